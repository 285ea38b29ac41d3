# Documents that auditors and approvers read: what changes them is not offered to those
# who may not change them. Beside capture; the trail leads to them from an amount.

from lxml import etree

from odoo import api, models


class BackflushReading(models.AbstractModel):
    _name = "backflush.reading"
    _description = "Document That Auditors Read"

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """Leave out the buttons of the header for auditors who only read."""
        result = super().get_view(view_id, view_type, **options)
        auditor = self.env.user.has_group(
            "mrp_account_backflush.group_backflush_auditor"
        )
        if auditor and not self.has_access("write"):
            arch = etree.fromstring(result["arch"])
            for button in arch.xpath("./header//button | ./header//widget"):
                button.getparent().remove(button)
            result["arch"] = etree.tostring(arch, encoding="unicode")
        return result


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "backflush.reading"]


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "backflush.reading"]
