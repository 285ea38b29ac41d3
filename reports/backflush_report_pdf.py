# A report as a page: what the template of screen and PDF shows, and the PDF itself.
# Last step of a report, beside the sheet.

import itertools

from odoo import models

from odoo.addons.base.models import ir_actions_report

from . import dataset
from .formats import Formats
from .page_blocks import POINTS, Block, Grid
from .pdf_stamp import stamp

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
            # Without the company layout, pages would have neither name nor number.
            content = stamp(content, [self.company_id.name, self.name])
        return content

    def _get_page(self):
        """Return what the template shows: the report with its cells as texts, tables on
        screen cut after some rows."""
        data = self._get_printed_dataset()
        # A report without rows is printed, too.
        limit = SCREEN_ROWS if data is None else None
        page = self._get_dataset() if data is None else data
        return {
            "title": page.title,
            "letterhead": self._is_letterhead_needed(),
            "parameters": page.parameters,
            "evidence": page.evidence,
            "sections": [self._get_page_section(s, limit) for s in page.sections],
        }

    def _get_printed_dataset(self):
        """Return the `dataset.Dataset` of the PDF that is being made, else nothing."""
        data = self.env.context.get("backflush_dataset")
        return data if isinstance(data, dataset.Dataset) else None

    def _is_letterhead_needed(self):
        """Answer whether a page shows what the company layout would show above it, and
        cannot."""
        patched = ir_actions_report._wkhtml().is_patched_qt
        return bool(self._get_printed_dataset() is not None and not patched)

    def _get_page_section(self, section, limit):
        """Return a section for the template: cells are (text, classes)."""
        formats, columns = self._get_formats(), section.columns
        shown = list(itertools.islice(iter(section.rows), limit))
        totals = (
            section.totals if section.has_totals and not section.is_streamed else []
        )
        if section.is_streamed:
            totals = self._get_shown_totals(section, shown)
        grid = Grid([column for column in columns if column.page])
        rows = [self._get_page_row(row, columns, grid, limit) for row in shown]
        return {
            "title": section.title,
            "note": section.note,
            "empty": section.empty or self.env._("Nothing to report."),
            "shape": section.shape,
            # A screen scrolls sideways; its letters need not be small.
            "style": f"font-size: {grid.points}pt; table-layout: fixed; "
            "word-wrap: break-word"
            if limit is None
            else f"font-size: {POINTS}pt",
            "headers": [
                (column.header, "text-end" * column.is_number, round(share, 2))
                for column, share in zip(grid.columns, grid.shares, strict=True)
            ],
            "rows": rows,
            "blocks": self._get_page_blocks(grid, rows, section.get_links(shown)),
            "t_accounts": self._get_t_accounts(section)
            if section.shape == dataset.T_ACCOUNTS
            else [],
            "totals": [
                ("" if total is None else formats.get_text(total, column.kind))
                for total, column in zip(totals, columns, strict=False)
                if column.page
            ],
            "more": self._describe_rest(section, len(shown)),
        }

    def _get_page_row(self, row, columns, grid, limit):
        """Return [(text, classes)] of a row; what no page has room for is cut."""
        formats = self._get_formats()
        shown = [(v, c) for v, c in zip(row, columns, strict=True) if c.page]
        return [
            (
                formats.get_page_text(
                    value, column.kind, limit is None and grid.get_most(number)
                ),
                self._get_classes(column),
            )
            for number, (value, column) in enumerate(shown)
        ]

    def _get_page_blocks(self, grid, rows, links):
        """Return the rows as blocks: many for a page whose maker parts tables."""
        if self._is_letterhead_needed():
            blocks = grid.get_blocks([[text for text, _c in row] for row in rows])
        else:
            blocks = [Block(0, len(rows), True)]
        return [
            {
                "has_header": block.has_header,
                "rows": [
                    [(Formats.get_lines(text), classes) for text, classes in row]
                    for row in rows[block.first : block.first + block.size]
                ],
                "links": links[block.first : block.first + block.size],
                "is_whole": len(blocks) > 1 or block.size <= SHORT_ROWS,
            }
            for block in blocks
        ]

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
