# Making a report: its file, at once or by a job, with progress and a last message.
# Last step of a report; the data come from the next files.

import logging
import tempfile
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError

from . import delimited, xlsx
from .formats import Formats
from .ir_attachment import REPORT_FILE

_logger = logging.getLogger(__name__)

MIMETYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "csv": "text/csv",
}
#: How often the job tries a report that the server was stopped at.
TRIES = 3
#: Rows between two notes of progress.
NOTE_ROWS = 50_000


class BackflushReport(models.Model):
    _inherit = "backflush.report"

    # Now -----------------------------------------------------------------------------

    def _make_now(self):
        """Make the file while the reader waits."""
        dataset = self._get_dataset()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "report"
            rows = self._render(path, dataset)
            self._keep(path, dataset, rows)

    def _render(self, path, dataset, progress=None):
        """Write the file of ``dataset`` to ``path``; return the number of its rows."""
        return getattr(self, f"_render_{self.output}")(path, dataset, progress)

    def _render_xlsx(self, path, dataset, progress):
        book = xlsx.Workbook(path, self._get_formats(), self._get_words(), progress)
        return book.save(dataset)

    def _render_csv(self, path, dataset, progress):
        with path.open("wb") as file:
            return delimited.write(file, dataset.main_section, progress)

    def _render_pdf(self, path, dataset, _progress):
        content = self._get_pdf(dataset)
        path.write_bytes(content)
        return len(dataset)

    def _get_formats(self):
        return Formats(self.env, self.currency_id)

    def _get_words(self):
        """Return what the workbook itself says."""
        return {
            "cover": self.env._("Cover"),
            "evidence": self.env._("Evidence"),
            "sheet": self.env._("Sheet"),
            "column": self.env._("Column"),
            "rows": self.env._("Rows"),
            "total": self.env._("Total"),
        }

    def _keep(self, path, dataset, rows):
        """Attach the file and say that it is ready."""
        # Auditors write nothing but their reports; the file is part of one.
        report = self.sudo()
        report.attachment_id.unlink()
        attachments = report.env["ir.attachment"].with_context(**{REPORT_FILE: True})
        attachment = attachments.create(
            {
                "name": f"{dataset.name}.{self.output}",
                "raw": path.read_bytes(),
                "mimetype": MIMETYPES[self.output],
                "res_model": self._name,
                "res_id": self.id,
                "company_id": self.company_id.id,
            }
        )
        report.write(
            {
                "attachment_id": attachment.id,
                "state": "done",
                "progress": 100.0,
                "row_count": rows,
                "error": False,
                "finished_on": fields.Datetime.now(),
            }
        )

    # Later ---------------------------------------------------------------------------

    def _queue(self, rows):
        """Let the job make the report; say so."""
        self.sudo().write(
            {"state": "queued", "progress": 0.0, "row_count": rows, "tries": 0}
        )
        self._trigger_job()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "%(report)s has %(rows)s rows and is made in the background. A "
                    "message tells you when it is ready, under Reports > Reports Made.",
                    report=self.name,
                    rows=rows,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _trigger_job(self):
        # The job's own rights: whoever asks for a report may not run scheduled jobs.
        job = self.env.ref("mrp_account_backflush.ir_cron_make_reports").sudo()
        job._trigger()

    @api.model
    @api.private
    def _cron_make(self):
        """Make the reports that wait, one after the other, each with what its reader
        may read. A report that was being made when the server stopped begins anew."""
        cron = self.env["ir.cron"]
        waiting = self.search([("state", "in", ("queued", "running"))], order="id")
        cron._commit_progress(remaining=len(waiting))
        for report in waiting:
            report._make_later()
            if not cron._commit_progress(1):
                break

    def _make_later(self):
        """Make this report, or keep the reason why it fails."""
        reader = self._as_reader().sudo()
        self.tries += 1
        if self.tries > TRIES:
            return self._fail(
                reader.env._(
                    "The server ended the job %(tries)s times before the report was "
                    "ready. Ask for fewer days, or ask the administrator for more time "
                    "for scheduled jobs (limit_time_real_cron).",
                    tries=TRIES,
                )
            )
        self.state = "running"
        cron = self.env["ir.cron"]
        cron._commit_progress()
        try:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "report"
                dataset, rows = self._make_as_reader(path)
                # What is noted meanwhile is seen from the next transaction on.
                cron._commit_progress()
                self._keep(path, dataset, rows)
        except UserError as error:
            self.env.cr.rollback()
            return self._fail(str(error))
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Report %s could not be made", self.id)
            return self._fail(
                reader.env._("An error that the administrator finds in the server log.")
            )
        return self._tell(
            "success",
            reader.env._(
                "%(report)s is ready: %(rows)s rows, under Reports > Reports Made.",
                report=reader.name,
                rows=rows,
            ),
        )

    def _make_as_reader(self, path):
        """Write the file from one look at the ledger, as what its reader may see.

        :return: the dataset and the number of its rows
        """
        reader = self._as_reader()
        reader._check_reader()
        dataset = reader._get_dataset()
        total = max(len(dataset), 1)
        return dataset, reader._render(
            path, dataset, lambda number: self._note(number, total)
        )

    def _as_reader(self):
        """Return this report in the environment of its user."""
        return self.with_user(self.user_id.id).with_context(
            lang=self.user_id.lang,
            tz=self.user_id.tz,
            allowed_company_ids=self.company_id.ids,
        )

    def _note(self, number, total):
        """Note how far the file is, now and then, in a transaction of its own: the one
        that reads the ledger goes on."""
        if number % NOTE_ROWS:
            return
        with self.env.registry.cursor() as cr:
            report = self.with_env(self.env(cr=cr))
            report.progress = min(100.0 * number / total, 99.0)
            reader = report._as_reader().sudo()
            report._tell(
                "info",
                reader.env._(
                    "%(report)s: %(percent)s %% of %(rows)s rows.",
                    report=reader.name,
                    percent=int(report.progress),
                    rows=total,
                ),
            )

    def _fail(self, reason):
        self.write({"state": "failed", "error": reason})
        self._tell("danger", reason, sticky=True)

    def _tell(self, kind, message, sticky=False):
        """Send the reader a message in the web client."""
        self.user_id._bus_send(
            "simple_notification",
            {
                "type": kind,
                "title": self._as_reader().sudo().name,
                "message": message,
                "sticky": sticky or kind == "success",
            },
        )

    @api.autovacuum
    def _gc_reports(self):
        """Delete reports that were never made, after a day."""
        before = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        self.search([("state", "=", "draft"), ("create_date", "<", before)]).unlink()
