"""Reports as pages, on screen and as PDF, and who may make them."""

import shutil
from unittest import skipUnless

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..reports import backflush_report, backflush_report_pdf
from .close_common import CloseCase
from .report_common import ReportCase

MARKUP = "<script>alert(1)</script>"


class TestReportScreen(ReportCase):
    def _show(self, report):
        """Return the page on screen."""
        content, kind = (
            self.env["ir.actions.report"]
            .with_user(report.env.user)
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
        self.assertNotIn(MARKUP, page)
        self.assertIn("&lt;script&gt;", page)

    def test_long_tables_are_cut_on_screen(self):
        """5 lines, 2 of them shown."""
        self.patch(backflush_report_pdf, "SCREEN_ROWS", 2)
        self._produce(10, {self.screw: 52})
        page = self._show(self._report("ledger", "screen"))
        self.assertIn("The first 2 of 5 rows", page)

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
        for number, page in enumerate(pages, start=1):
            self.assertRegex(page, rf"{number}\s*/\s*{len(pages)}")
        book = self._open_book(self._make("close", **values))
        self.assertEqual(len(book.sheetnames), 10)
        self.assertEqual(len(book["Conversion"]._charts), 1)
        rows = self._read_rows(
            self._open_book(self._make("close", **values), True)["Journal entries"]
        )
        self.assertEqual(rows[-1]["Debit"], rows[-1]["Credit"])


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
