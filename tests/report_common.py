"""Reports made and opened again: sheets by openpyxl, pages by pypdf."""

import io

from odoo.tests import new_test_user

from .common import BackflushCase

AUDITOR = "mrp_account_backflush.group_backflush_auditor"


class ReportCase(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._create_reader("report_auditor", AUDITOR)

    @classmethod
    def _create_reader(cls, login, groups, **values):
        return new_test_user(
            cls.env,
            login,
            f"base.group_user,{groups}",
            **{
                "company_id": cls.company.id,
                "company_ids": [(6, 0, cls.company.ids)],
                "tz": "UTC",
                **values,
            },
        )

    def _report(self, kind, output="xlsx", user=None, **values):
        """Return a report that ``user``, the auditor otherwise, asks for."""
        days = {"date_from": "2000-01-01", "date_to": "2099-12-31"}
        return (
            self.env["backflush.report"]
            .with_user(user or self.auditor)
            .with_context(
                allowed_company_ids=self.company.ids, lang=(user or self.auditor).lang
            )
            .create(
                {
                    "kind": kind,
                    "output": output,
                    "company_id": self.company.id,
                    **days,
                    **values,
                }
            )
        )

    def _make(self, kind, output="xlsx", user=None, **values):
        """Make a report; return the content of its file."""
        report = self._report(kind, output, user, **values)
        action = report.action_make()
        self.assertEqual(report.state, "done")
        self.assertIn(f"/web/content/{report.attachment_id.id}", action["url"])
        return report.attachment_id.raw

    def _open_book(self, content, values=False):
        """Return the workbook; with ``values``, what the formulas have cached."""
        import openpyxl  # noqa: PLC0415

        return openpyxl.load_workbook(io.BytesIO(content), data_only=values)

    def _read_rows(self, sheet):
        """Return the rows of a sheet below its header, as {header: value}."""
        rows = list(sheet.iter_rows(min_row=3, values_only=True))
        return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]

    def _read_text(self, content):
        """Return the text of each page of a PDF."""
        import pypdf  # noqa: PLC0415

        pages = pypdf.PdfReader(io.BytesIO(content)).pages
        return [" ".join(page.extract_text().split()) for page in pages]
