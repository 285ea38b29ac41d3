# The working paper of a GAAP bridge has company, name and number on each page, even if
# wkhtmltopdf leaves out the company layout. Last step of a report.

from odoo import models

from odoo.addons.base.models import ir_actions_report

from .pdf_stamp import stamp

#: Reports of periods that Odoo itself prints.
PAPERS = ("mrp_account_backflush.backflush_bridge_paper",)


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        content, kind = super()._render_qweb_pdf(report_ref, res_ids, data)
        if kind != "pdf" or ir_actions_report._wkhtml().is_patched_qt:
            return content, kind
        report = self._get_report(report_ref)
        if report.report_name not in PAPERS:
            return content, kind
        periods = self.env[report.model].browse(res_ids)
        texts = [*periods.company_id.mapped("name"), *periods.mapped("name")]
        return stamp(content, [*texts, report.name]), kind
