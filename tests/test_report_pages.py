"""Reports as pages, on screen and as PDF, and who may make them."""

import io
import shutil
from collections import namedtuple
from unittest import skipUnless

from pypdf import PdfWriter

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..reports import (
    backflush_report,
    backflush_report_pdf,
    page_blocks,
    pdf_stamp,
)
from .close_common import CloseCase
from .report_common import ReportCase

MARKUP = "<script>alert(1)</script>"


class TestReportScreen(ReportCase):
    def _show(self, report):
        """Return the page on screen."""
        content, kind = (
            self.env["ir.actions.report"]
            .with_env(report.env)
            ._render_qweb_html(
                "mrp_account_backflush.backflush_report_screen", report.ids
            )
        )
        self.assertEqual(kind, "html")
        return content.decode()

    def test_screen(self):
        """The page has the figures of the sheet; names are escaped."""
        self.table.name = MARKUP
        self._produce(10, {self.screw: 52})
        report = self._report("ledger", "screen")
        action = report.action_make()
        self.assertEqual(action["report_type"], "qweb-html")
        page = self._show(report)
        self.assertIn("325.00", page)
        self.assertIn("font-size: 8.0pt", page)
        self.assertNotIn(MARKUP, page)
        self.assertIn("&lt;script&gt;", page)

    def test_long_tables_are_cut_on_screen(self):
        """5 lines, 2 of them shown."""
        self.patch(backflush_report_pdf, "SCREEN_ROWS", 2)
        self._produce(10, {self.screw: 52})
        page = self._show(self._report("ledger", "screen"))
        self.assertIn("The first 2 of 5 rows", page)

    def test_addresses_that_make_no_sense(self):
        """Several reports in one address, none, and a context that a client made up."""
        self._produce(1)
        report = self._report("ledger", "screen")
        pages = self._show(report | report.copy())
        self.assertEqual(pages.count("<h2>"), 2)
        self.assertNotIn("<h2>", self._show(report.browse()))
        self.assertNotIn("<h2>", self._show(report.browse(report.id + 1000)))
        for forged in ("x", {"title": "x"}, 1):
            page = self._show(report.with_context(backflush_dataset=forged))
            self.assertIn("32.50", page)

    def test_long_pdf_is_refused(self):
        self.patch(backflush_report, "PDF_ROWS", 2)
        self._produce(1)
        with self.assertRaisesRegex(UserError, "Choose Excel or CSV"):
            self._report("ledger", "pdf").action_make()

    def test_what_is_too_long_for_the_screen(self):
        """A sheet of standard costs is collected as a whole: long ones are a file."""
        self.patch(backflush_report, "DIRECT_ROWS", 2)
        with self.assertRaisesRegex(UserError, "too long for the screen"):
            self._report("cost_sheet", "screen").action_make()

    def test_what_is_missing(self):
        """Each report says what it needs."""
        for kind, values, words in (
            ("ledger", {"date_to": "1999-01-01"}, "first and the last day"),
            ("order", {}, "Choose the manufacturing order"),
            ("close", {}, "Choose the period close"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self._report(kind, **values).action_make()


class TestReportPrint(ReportCase):
    """What the template prints where wkhtmltopdf has no header, footer or repetition
    of a table's header, as Debian's."""

    def setUp(self):
        super().setUp()
        engine = namedtuple("Engine", ["is_patched_qt"])
        self.patched = False
        self.patch(
            backflush_report_pdf.ir_actions_report,
            "_wkhtml",
            lambda: engine(self.patched),
        )

    def _get_page(self, kind, **values):
        report = self._report(kind, "pdf", **values)
        data = report._get_dataset()
        return report.with_context(backflush_dataset=data)._get_page()

    def test_letterhead(self):
        """Also above a report without rows, but not where the layout has it."""
        self.assertTrue(self._get_page("variance")["letterhead"])
        self._produce(10, {self.screw: 52})
        self.assertTrue(self._get_page("variance")["letterhead"])
        self.patched = True
        self.assertFalse(self._get_page("variance")["letterhead"])
        self.assertFalse(self._report("variance", "screen")._get_page()["letterhead"])

    def test_rows_are_whole(self):
        """8 orders of 4 lines have 32: one block each, the header again after so many
        lines of a page; where the header is repeated anyway, they are one table."""
        for _number in range(8):
            self._produce(1)
        blocks = self._get_page("ledger")["sections"][0]["blocks"]
        self.assertEqual([len(block["rows"]) for block in blocks], [1] * 32)
        headers = [n for n, block in enumerate(blocks) if block["has_header"]]
        self.assertEqual(headers[0], 0)
        steps = [b - a for a, b in zip(headers, headers[1:], strict=False)]
        self.assertTrue(steps and max(steps) <= page_blocks.HEADER_LINES / 0.5, steps)
        self.assertTrue(all(block["is_whole"] for block in blocks))
        self.patched = True
        [block] = self._get_page("ledger")["sections"][0]["blocks"]
        self.assertEqual(len(block["rows"]), 32)

    def test_long_names_leave_the_amounts_in_sight(self):
        """A name of 10,000 letters has 12 lines of its cell, and all in the sheet."""
        self.table.name = "L" * 10_000
        self._produce(1)
        section = self._get_page("ledger")["sections"][0]
        texts = [
            str(cell[0]) for b in section["blocks"] for r in b["rows"] for cell in r
        ]
        cut = [text for text in texts if text.startswith("LLL")]
        self.assertTrue(cut)
        self.assertLess(max(map(len, cut)), 500)
        self.assertTrue(all(text.endswith("…") for text in cut))
        self.assertIn("32.50", texts)
        self.assertAlmostEqual(sum(h[2] for h in section["headers"]), 100, delta=0.2)

    def test_foot_of_a_page(self):
        """Name and number; what the font has no letters for is left out."""
        blank = PdfWriter()
        blank.add_blank_page(842, 595)
        blank.add_blank_page(842, 595)
        content = io.BytesIO()
        blank.write(content)
        for texts, foot in (
            (["Zażółć Sp. z o.o.", "Audit Ledger"], "Zażółć Sp. z o.o. · Audit Ledger"),
            (["株式会社", "Audit Ledger"], "Audit Ledger"),
            (["M" * 10_000], "MMM"),
        ):
            pages = self._read_text(pdf_stamp.stamp(content.getvalue(), texts))
            self.assertEqual(len(pages), 2)
            self.assertTrue(pages[0].startswith(foot), pages[0])
            self.assertRegex(pages[1], r"2 / 2$")


@tagged("post_install", "-at_install")
@skipUnless(shutil.which("wkhtmltopdf"), "wkhtmltopdf is not installed")
class TestReportPdf(CloseCase, ReportCase):
    def test_close_pack(self):
        """100 made at 12.00, 1,260.00 spent: 60.00 under-applied; every part of the
        pack is there, and every page is numbered."""
        self._make_and_sell()
        period = self._post_period()
        values = {"period_id": period.id}
        report = self._report("close", "pdf", **values)
        with self.allow_pdf_render():
            report.with_context(force_report_rendering=True).action_make()
        pages = self._read_text(report.attachment_id.raw)
        text = "\n".join(pages)
        for words in (
            "Checklist",
            "T-accounts",
            "Dispositions",
            "GAAP bridge",
            "Journal entries",
            "Checkpoints",
            "Signatures",
            "60.00",
        ):
            self.assertIn(words, text)
        self._check_numbers(pages)
        book = self._open_book(self._make("close", **values))
        self.assertEqual(len(book.sheetnames), 10)
        self.assertEqual(len(book["Conversion"]._charts), 1)
        rows = self._read_rows(
            self._open_book(self._make("close", **values), True)["Journal entries"]
        )
        self.assertEqual(rows[-1]["Debit"], rows[-1]["Credit"])

    def _check_numbers(self, pages):
        for number, page in enumerate(pages, start=1):
            self.assertRegex(page, rf"{number}\s*/\s*{len(pages)}")

    def test_working_paper(self):
        """The paper of the bridge, which Odoo itself prints, is numbered too, and each
        page says whose it is."""
        self._make_and_sell()
        period = self._post_period()
        printer = self.env["ir.actions.report"].with_user(self.auditor)
        with self.allow_pdf_render():
            content, _kind = printer.with_context(
                force_report_rendering=True
            )._render_qweb_pdf(
                "mrp_account_backflush.backflush_bridge_report", period.ids
            )
        pages = self._read_text(content)
        self._check_numbers(pages)
        self.assertIn(self.company.name, pages[-1])


class TestReportAccess(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = cls._create_reader(
            "report_worker", "mrp.group_mrp_user,stock.group_stock_user"
        )
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.stranger = cls._create_reader(
            "report_stranger",
            "mrp_account_backflush.group_backflush_manager",
            company_id=cls.other.id,
            company_ids=[(6, 0, cls.other.ids)],
        )

    def test_worker(self):
        """Makes none, reads none, not even the screen of somebody else's."""
        with self.assertRaises(AccessError):
            self._report("ledger", user=self.worker)
        report = self._report("ledger", "screen").with_user(self.worker)
        for forbidden in (
            report.action_make,
            report.action_view_screen,
            report.action_download,
            lambda: report.read(["name"]),
        ):
            with self.assertRaises(AccessError):
                forbidden()

    def test_other_company(self):
        """Neither a report of this company nor its ledger in one of their own."""
        self._produce(1)
        with self.assertRaises(AccessError):
            self._report("ledger", user=self.stranger)
        mine = self.env["backflush.report"].with_user(self.stranger)
        report = mine.with_context(allowed_company_ids=self.other.ids).create(
            {
                "kind": "ledger",
                "company_id": self.other.id,
                "date_from": "2000-01-01",
                "date_to": "2099-12-31",
            }
        )
        report.action_make()
        values = self._open_book(report.attachment_id.raw, True)
        self.assertEqual(values["Cover"]["B4"].value, self.other.currency_id.name)
        text = values["Ledger"]["A4"].value
        self.assertEqual(text, "No entry was posted in these days.")
        entry = self.env["backflush.entry"].search([], limit=1)
        with self.assertRaises(UserError):
            report.write({"kind": "order", "entry_ids": [Command.set(entry.ids)]})
            report.action_make()

    def test_reports_of_others(self):
        """A file is its reader's own."""
        content = self._report("ledger")
        content.action_make()
        accountant = self._create_reader(
            "report_accountant", "mrp_account_backflush.group_backflush_user"
        )
        mine = self.env["backflush.report"].with_user(accountant)
        self.assertFalse(mine.search([("id", "=", content.id)]))
        with self.assertRaises(AccessError):
            content.attachment_id.with_user(accountant).read(["raw"])

    def test_copy(self):
        """A report is asked for again by copying it; the copy is not made yet."""
        report = self._report("ledger")
        report.action_make()
        copy = report.copy()
        self.assertEqual((copy.user_id, copy.kind), (self.auditor, "ledger"))
        self.assertEqual((copy.state, copy.attachment_id.ids), ("draft", []))

    def test_written_by_the_code_alone(self):
        """Nobody hangs another file on a report, or makes one somebody else's."""
        report = self._report("ledger")
        file = self.env["ir.attachment"].create({"name": "x", "raw": b"x"})
        for vals in (
            {"attachment_id": file.id},
            {"state": "done"},
            {"user_id": self.env.user.id},
        ):
            with self.assertRaises(AccessError):
                report.write(vals)
        with self.assertRaises(AccessError):
            self._report("ledger", user_id=self.env.user.id)
