"""Long reports: made by the job, told when ready, failed with a reason."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..reports import backflush_report, backflush_report_make, xlsx
from .report_common import ReportCase


@tagged("post_install", "-at_install")
class TestReportJob(ReportCase):
    def setUp(self):
        super().setUp()
        self.patch(backflush_report, "DIRECT_ROWS", 2)
        self.told = []
        Users = type(self.env["res.users"])
        self.patch(
            Users,
            "_bus_send",
            lambda user, kind, message, **_kw: self.told.append((user.id, message)),
        )

    def _queue(self, **values):
        report = self._report("ledger", **values)
        action = report.action_make()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(report.state, "queued")
        return report

    def _run_job(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "mrp_account_backflush.ir_cron_make_reports"
            ).sudo().method_direct_trigger()
        self.env.invalidate_all()

    def test_long_report(self):
        """5 lines and what they add up to, made in the background as an attachment of
        the reader's."""
        self._produce(10, {self.screw: 52})
        report = self._queue()
        self._run_job()
        self.assertEqual((report.state, report.progress), ("done", 100.0))
        values = self._open_book(report.attachment_id.raw, True)
        self.assertEqual(self._read_rows(values["Ledger"])[-1]["Debit"], 326.0)
        user, message = self.told[-1]
        self.assertEqual((user, message["type"]), (self.auditor.id, "success"))
        self.assertIn("is ready", message["message"])
        action = report.action_download()
        self.assertIn(str(report.attachment_id.id), action["url"])

    def test_reader_who_may_no_longer(self):
        """The job sees what its reader may see: nothing any more."""
        self._produce(10)
        report = self._queue()
        self.auditor.group_ids -= self.env.ref(
            "mrp_account_backflush.group_backflush_auditor"
        )
        self._run_job()
        report = report.sudo()
        self.assertEqual(report.state, "failed")
        self.assertFalse(report.attachment_id)
        self.assertTrue(report.error)
        self.assertEqual(self.told[-1][1]["type"], "danger")

    def test_stopped_server(self):
        """A report that was being made begins anew, three times at most."""
        self._produce(10)
        report = self._queue()
        report.sudo().write({"state": "running", "tries": 1})
        self._run_job()
        self.assertEqual(report.state, "done")
        report.sudo().write({"state": "running", "tries": backflush_report_make.TRIES})
        self._run_job()
        self.assertEqual(report.state, "failed")
        self.assertIn("limit_time_real_cron", report.sudo().error)

    def test_progress(self):
        """The reader is told how far a long file is; asking again changes nothing."""
        self.patch(xlsx, "STEP", 2)
        self.patch(backflush_report_make, "NOTE_ROWS", 2)
        self._produce(10, {self.screw: 52})
        report = self._queue()
        with self.assertRaisesRegex(UserError, "is being made already"):
            report.action_make()
        self._run_job()
        self.assertEqual(report.state, "done")
        kinds = [message["type"] for _user, message in self.told]
        self.assertEqual(kinds[-1], "success")
        self.assertIn("info", kinds)
