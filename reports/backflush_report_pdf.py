# A report as a page: what the template of screen and PDF shows, and the PDF itself.
# Last step of a report, beside the sheet.

import io
import itertools

from odoo import models

from odoo.addons.base.models import ir_actions_report

from . import dataset

#: Rows of a table on screen; a sheet has all of them.
SCREEN_ROWS = 500
#: Rows of a table that is not spread over two pages.
SHORT_ROWS = 24


class BackflushReport(models.Model):
    _inherit = "backflush.report"

    def _get_pdf(self, data):
        """Return the PDF of ``data``, a `dataset.Dataset`."""
        printer = self.env["ir.actions.report"].with_context(backflush_dataset=data)
        content, kind = printer._render_qweb_pdf(
            "mrp_account_backflush.backflush_report_pdf", res_ids=self.ids
        )
        if kind == "pdf" and not ir_actions_report._wkhtml().is_patched_qt:
            content = self._stamp(content)
        return content

    def _stamp(self, content):
        """Return the PDF with company, report and page number on each page: some
        builds of wkhtmltopdf leave out the header and footer of the company layout."""
        # Odoo itself needs them for its PDFs, and imports them where it does.
        from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

        from odoo.tools.pdf import PdfFileReader, PdfFileWriter  # noqa: PLC0415

        source = PdfFileReader(io.BytesIO(content), strict=False)
        pages = [source.getPage(number) for number in range(source.getNumPages())]
        packet = io.BytesIO()
        canvas = Canvas(packet)
        for number, page in enumerate(pages, start=1):
            width = float(abs(page.mediaBox.getWidth()))
            canvas.setPageSize((width, float(abs(page.mediaBox.getHeight()))))
            canvas.setFont("Helvetica", 8)
            canvas.setFillGray(0.4)
            canvas.drawString(28, 18, f"{self.company_id.name} · {self.name}")
            canvas.drawRightString(width - 28, 18, f"{number} / {len(pages)}")
            canvas.showPage()
        canvas.save()
        stamps, writer = PdfFileReader(packet), PdfFileWriter()
        for number, page in enumerate(pages):
            page.mergePage(stamps.getPage(number))
            writer.addPage(page)
        stamped = io.BytesIO()
        writer.write(stamped)
        return stamped.getvalue()

    def _get_page(self):
        """Return what the template shows: the report with its cells as texts, tables on
        screen cut after some rows."""
        data = self.env.context.get("backflush_dataset")
        limit = None if data else SCREEN_ROWS
        data = data or self._get_dataset()
        patched = ir_actions_report._wkhtml().is_patched_qt
        return {
            "title": data.title,
            # What the company layout would show above a page, and cannot.
            "letterhead": bool(limit is None and not patched),
            "parameters": data.parameters,
            "evidence": data.evidence,
            "sections": [self._get_page_section(s, limit) for s in data.sections],
        }

    def _get_page_section(self, section, limit):
        """Return a section for the template: cells are (text, classes)."""
        formats, columns = self._get_formats(), section.columns
        shown = list(itertools.islice(iter(section.rows), limit))
        totals = (
            section.totals if section.has_totals and not section.is_streamed else []
        )
        if section.is_streamed:
            totals = self._get_shown_totals(section, shown)
        return {
            "title": section.title,
            "note": section.note,
            "empty": section.empty or self.env._("Nothing to report."),
            "shape": section.shape,
            "is_short": len(section) <= SHORT_ROWS,
            "headers": [
                (column.header, self._get_classes(column), round(share, 1))
                for column, share in self._get_shares(columns)
            ],
            "rows": [
                [
                    (formats.get_cell(value, column.kind), self._get_classes(column))
                    for value, column in zip(row, columns, strict=True)
                    if column.page
                ]
                for row in shown
            ],
            "t_accounts": self._get_t_accounts(section)
            if section.shape == dataset.T_ACCOUNTS
            else [],
            "links": section.get_links(shown),
            "totals": [
                ("" if total is None else formats.get_text(total, column.kind))
                for total, column in zip(totals, columns, strict=False)
                if column.page
            ],
            "more": self._describe_rest(section, len(shown)),
        }

    @staticmethod
    def _get_shares(columns):
        """Return [(column, its share of the page in percent)]."""
        shown = [column for column in columns if column.page]
        whole = sum(column.width for column in shown)
        return [(column, 100 * column.width / whole) for column in shown]

    def _get_t_accounts(self, section):
        """Return the accounts of a section of T-accounts, in pairs."""
        money = self._get_formats().get_money
        accounts = {}
        for name, event, debit, credit in section.rows:
            account = accounts.setdefault(name, {"name": name, "lines": [], "sums": []})
            account["sums"].append((debit or 0.0, credit or 0.0))
            account["lines"].append(
                {
                    "event": event,
                    "debit": money(debit) if debit else "",
                    "credit": money(credit) if credit else "",
                }
            )
        for account in accounts.values():
            debit, credit = map(sum, zip(*account.pop("sums"), strict=True))
            account |= {"debit": money(debit), "credit": money(credit)}
        shown = list(accounts.values())
        return list(itertools.zip_longest(shown[::2], shown[1::2]))

    @staticmethod
    def _get_shown_totals(section, shown):
        """Return the totals of a streamed section that is shown as a whole."""
        if not shown or len(shown) < len(section) or not section.has_totals:
            return []
        return dataset.Section(section.title, section.columns, shown).totals

    @staticmethod
    def _get_classes(column):
        return "text-end text-nowrap" if column.is_number else ""

    def _describe_rest(self, section, shown):
        """Return what a table leaves out, or nothing."""
        if shown >= len(section):
            return ""
        return self.env._(
            "The first %(shown)s of %(rows)s rows. Make the report as a sheet to have "
            "all of them.",
            shown=shown,
            rows=len(section),
        )
