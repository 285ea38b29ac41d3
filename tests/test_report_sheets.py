"""Reports as sheets: what Excel opens is the ledger, to the cent, and nothing runs."""

import doctest
import io
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path

from openpyxl.utils.escape import unescape

from odoo import fields
from odoo.fields import Command

from ..reports import dataset, delimited, page_blocks, xlsx, xlsx_rows
from ..reports.formats import Formats
from .report_common import ReportCase

DANGEROUS = "=cmd|' /C calc'!A0"


class TestReportSheets(ReportCase):
    def test_ledger(self):
        """10 made of 20 plates at 10.00, 52 screws at 0.50 (2 more than planned) and
        2.5 h at 40.00. Dr FG 325.00 and usage 1.00; Cr plates 200.00, screws 26.00,
        applied 100.00: debits and credits are 326.00."""
        self._produce(10, {self.screw: 52})
        content = self._make("ledger")
        book, values = self._open_book(content), self._open_book(content, values=True)
        self.assertEqual(book.sheetnames, ["Cover", "Ledger", "Accounts", "Events"])
        sheet = book["Ledger"]
        rows = self._read_rows(values["Ledger"])
        self.assertEqual(len(rows), 6)
        total = rows.pop()
        self.assertEqual((total["Debit"], total["Credit"]), (326.0, 326.0))
        self.assertEqual(sum(row["Debit"] or 0 for row in rows), 326.0)
        found = {row["Account"].split()[-1]: row for row in rows}
        self.assertEqual(found["FG"]["Debit"], 325.0)
        self.assertEqual(found["Variances"]["Debit"], 1.0)
        self.assertEqual(found["Variances"]["Variance"], "Usage")
        self.assertEqual(found["Variances"]["Actual Quantity"], 52)
        # Live formulas, headers in sight, filters, formats.
        letter = next(c.column_letter for c in sheet[3] if c.value == "Debit")
        self.assertEqual(
            sheet[f"{letter}9"].value, f"=SUBTOTAL(109,{letter}4:{letter}8)"
        )
        self.assertEqual(sheet.freeze_panes, "A4")
        self.assertRegex(sheet.auto_filter.ref, r"^A3:[A-Z]+8$")
        self.assertEqual(sheet[f"{letter}4"].number_format, "#,##0.00")
        self.assertEqual(sheet["A4"].number_format, "mm/dd/yyyy")
        self.assertTrue(sheet["A4"].is_date)
        cover = values["Cover"]
        text = [cell.value for row in cover.iter_rows() for cell in row if cell.value]
        self.assertIn(self.company.name, text)
        self.assertIn(self.auditor.name, text)
        self.assertIn("Verification", text)
        self.assertIn(326.0, text)
        formulas = [cell.value for row in book["Cover"].iter_rows() for cell in row]
        self.assertIn(f"=SUM('Ledger'!{letter}4:{letter}8)", formulas)

    def test_language_and_currency(self):
        """Dates as 31.12.2026 in Norwegian; yen without decimals, dinars with three."""
        self.env["res.lang"]._activate_lang("nb_NO")
        self.auditor.lang = "nb_NO"
        self._produce(1)
        content = self._make("ledger", user=self.auditor)
        sheet = self._open_book(content).worksheets[1]
        formats = {
            cell.number_format for row in sheet.iter_rows(min_row=4) for cell in row
        }
        self.assertIn("#,##0.00", formats)
        self.assertIn("dd.mm.yyyy", formats)
        for code, pattern in {"JPY": "#,##0", "KWD": "#,##0.000"}.items():
            currency = self.env.ref(f"base.{code}")
            found = Formats(self.env, currency).get_number_format(dataset.MONEY)
            self.assertEqual(found, pattern)

    def test_names_are_never_formulas(self):
        """A product and a company named like a formula arrive as texts, in every sheet
        and on the cover; in CSV they begin with an apostrophe."""
        self.table.name = DANGEROUS
        self.screw.name = "+1+1"
        self.company.name = "@SUM(1)"
        self._produce(2, {self.screw: 12})
        for kind in ("ledger", "variance", "cost_sheet"):
            content = self._make(kind)
            for sheet in self._open_book(content):
                for cell in (cell for row in sheet.iter_rows() for cell in row):
                    if cell.data_type == "f":
                        self.assertRegex(cell.value, r"^=(SUM|SUBTOTAL)\(", sheet.title)
            self.assertNotIn(b"<f>cmd", self._read_parts(content))
        text = self._make("ledger", "csv").decode("utf-8-sig")
        self.assertIn(f"'{DANGEROUS}", text)
        self.assertIn("'+1+1", text)
        for cell in text.replace("\r\n", ",").split(","):
            number = cell.replace(".", "").replace("-", "")
            self.assertFalse(
                cell.startswith(("=", "+", "@", "-")) and not number.isdigit(), cell
            )

    def _read_parts(self, content):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())

    def test_odd_texts(self):
        """Control characters, markup, right-to-left and overlong names are kept as far
        as a sheet can have them."""
        self.table.name = "A\x0b<b>&</b> שולחן _x0041_ " + "x" * 40_000
        self._produce(1)
        for kind in ("ledger", "cost_sheet"):
            book = self._open_book(self._make(kind))
            texts = [
                cell.value
                for sheet in book
                for row in sheet.iter_rows()
                for cell in row
                if isinstance(cell.value, str) and "<b>" in cell.value
            ]
            self.assertTrue(texts, kind)
            self.assertTrue(all(len(unescape(text)) <= 32_767 for text in texts))
            self.assertTrue(all("שולחן" in text for text in texts))

    def test_moments_are_the_readers(self):
        """12:00 UTC is 14:00 in Oslo in summer; 0.58333 of a day. On pages, too."""
        self.auditor.tz = "Europe/Oslo"
        report = self._report("ledger")
        noon = datetime(2026, 7, 1, 12)
        columns = [dataset.Column("When", dataset.MOMENT)]
        data = dataset.Dataset("Moments", "moments")
        for streamed in (None, 1):
            data.sections = [dataset.Section("A", columns, [(noon,)], count=streamed)]
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "moments"
                report._render_xlsx(path, data, None)
                book = self._open_book(path.read_bytes())
            self.assertEqual(book["A"]["A4"].value, datetime(2026, 7, 1, 14))
        text = report._get_formats().get_text(noon, dataset.MOMENT)
        self.assertIn("02:00:00", text)

    def test_variances(self):
        """2 screws too many (1.00 unfavourable) and 1 plate too few (10.00 favourable):
        usage -10.00 + 1.00 = -9.00, in a chart by kind."""
        self._produce(10, {self.screw: 52, self.plate: 19})
        content = self._make("variance")
        book, values = self._open_book(content), self._open_book(content, values=True)
        [usage, total] = self._read_rows(values["Variances by kind"])
        self.assertEqual(
            (
                usage["Variance"],
                usage["Favourable"],
                usage["Unfavourable"],
                usage["Net"],
            ),
            ("Usage", -10.0, 1.0, -9.0),
        )
        self.assertEqual(total["Net"], -9.0)
        for name in ("Variances by kind", "Variances by product", "Variances by month"):
            self.assertEqual(len(book[name]._charts), 1, name)
        [line, other, total] = self._read_rows(values["Variance lines"])
        self.assertEqual(line["Amount"] + other["Amount"], total["Amount"])

    def test_cost_sheet(self):
        """A table goes from 32.50 to 33.50 when a plate costs 10.50: 2 x 0.50 more."""
        self._put_price(self.plate, 10.5)
        self._renew_card(self.table)
        content = self._make("cost_sheet", product_ids=[Command.set(self.table.ids)])
        values = self._open_book(content, values=True)
        [card] = self._read_rows(values["Standard costs"])
        self.assertEqual(
            (card["Cost Before"], card["Standard Cost"], card["Change"]),
            (32.5, 33.5, 1.0),
        )
        self.assertAlmostEqual(card["Change (%)"], 100 / 32.5, 6)
        lines = self._read_rows(values["Cost card lines"])
        self.assertEqual(sum(line["Amount"] for line in lines), 33.5)
        [chart] = self._open_book(content)["Standard costs"]._charts
        self.assertEqual(len(chart.series), 2)

    def test_order(self):
        """10 of 325.00: 226.00 of 225.00 material, 100.00 of labour; the derivation in
        words; postings of 326.00 each side."""
        entry = self._produce(10, {self.screw: 52}).backflush_entry_ids
        content = self._make("order", entry_ids=[Command.set(entry.ids)])
        values = self._open_book(content, values=True)
        *rows, total = self._read_rows(values["Standard and actual"])
        self.assertEqual(
            (total["Standard Cost"], total["Actual Cost"], total["Variance"]),
            (325.0, 326.0, 1.0),
        )
        self.assertEqual(len(rows), 3)
        texts = [row["Derivation"] for row in self._read_rows(values["Explanation"])]
        self.assertIn(
            "52 × 0.50 = 26.00 actual; 10 × 5 × 0.50 = 25.00 standard; usage 1.00 "
            "unfavourable",
            texts,
        )
        *_rows, total = self._read_rows(values["Postings"])
        self.assertEqual((total["Debit"], total["Credit"]), (326.0, 326.0))

    def test_statement_of_a_delivery(self):
        """A document without an order is stated by itself: 2 x 32.50 to cost of
        sales."""
        self._produce(2)
        entry = self._deliver(2).picking_ids.backflush_entry_ids
        content = self._make("order", entry_ids=[Command.set(entry.ids)])
        rows = self._read_rows(self._open_book(content, True)["Explanation"])
        texts = [row["Derivation"] for row in rows]
        self.assertEqual(texts, ["2 × 32.50 = 65.00 at standard"] * 2)

    def test_more_rows_than_a_sheet(self):
        """5 lines on sheets of 3 at most: the rest is on a second one, and each has its
        own total: 325.00 and 1.00 of 326.00, or however the order has it."""
        self.patch(xlsx, "SHEET_ROWS", 3)
        self._produce(10, {self.screw: 52})
        values = self._open_book(self._make("ledger"), True)
        self.assertEqual(values.sheetnames[1:3], ["Ledger", "Ledger 2"])
        sheets = [self._read_rows(values[name]) for name in values.sheetnames[1:3]]
        self.assertEqual([len(rows) for rows in sheets], [4, 3])
        self.assertEqual(sum(rows[-1]["Debit"] for rows in sheets), 326.0)

    def test_cost_sheet_of_a_release(self):
        """10 tables on hand become 1.00 dearer each: 16.5 minutes at 40.00 an hour
        instead of 15."""
        self._produce(10)
        self.bom.operation_ids.time_cycle_manual = 16.5
        wizard = self.env["backflush.rollup"].create(
            {
                "scope": "products",
                "product_ids": [Command.set(self.table.ids)],
                "date_from": fields.Date.today(),
            }
        )
        release = self.env["backflush.release"].browse(
            wizard.action_propose()["res_id"]
        )
        values = self._open_book(self._make("cost_sheet", release_id=release.id), True)
        rows = self._read_rows(values["Standard costs"])
        [table] = [row for row in rows if row["Product"] == "Table"]
        self.assertEqual((table["Cost Before"], table["Standard Cost"]), (32.5, 33.5))
        self.assertEqual(table["Quantity on Hand"], 10.0)
        self.assertEqual(table["Effect on Inventory"], 10.0)

    def test_examples(self):
        """What the files of plain Python say of themselves."""
        for module in (dataset, delimited, page_blocks, xlsx, xlsx_rows):
            failed, tried = doctest.testmod(module)
            self.assertTrue(tried, module.__name__)
            self.assertFalse(failed, module.__name__)

    def test_filters(self):
        """One account and one product: only their lines."""
        self._produce(1)
        content = self._make("ledger", account_ids=[Command.set(self.account_fg.ids)])
        rows = self._read_rows(self._open_book(content, values=True)["Ledger"])
        self.assertEqual([row["Debit"] for row in rows], [32.5, 32.5])
        content = self._make("ledger", product_ids=[Command.set(self.plate.ids)])
        rows = self._read_rows(self._open_book(content, values=True)["Ledger"])
        self.assertEqual(
            rows[0]["Accounting Date"], "No entry was posted in these days."
        )

    def test_no_rows(self):
        for kind in ("ledger", "variance", "cost_sheet"):
            self.assertTrue(
                self._open_book(
                    self._make(
                        kind,
                        category_ids=[Command.set(self._create_category("Empty").ids)],
                    )
                ).sheetnames
            )
