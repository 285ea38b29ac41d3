"""The first sheet of a workbook: what was asked for, by whom, and what is in it.

Part of `xlsx`; written last, when the rows and totals of all sheets are known.
"""

from . import dataset

#: Characters that fit beside a label, and the height of a line in points.
LONG, LINE_HEIGHT = 74, 15


class Cover:
    """The cover of a report; its sheet is the first of ``workbook``."""

    def __init__(self, workbook, report):
        self.workbook, self.report = workbook, report
        self.sheet = workbook.book.add_worksheet(
            workbook.get_sheet_name(workbook.words["cover"])
        )

    def fill(self, sheets):
        """Write it; ``sheets`` are what `Workbook._add` returned."""
        sheet, book = self.sheet, self.workbook
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 34)
        sheet.set_column(2, 3, 20)
        sheet.write_string(0, 0, self.report.title, book.get_style("title"))
        row = self._write_pairs(2, self.report.parameters)
        if self.report.evidence:
            sheet.write_string(
                row + 1, 0, book.words["evidence"], book.get_style("label")
            )
            row = self._write_pairs(row + 2, self.report.evidence)
        self._write_contents(row + 1, sheets)

    def _write_pairs(self, row, pairs):
        for label, value in pairs:
            self.sheet.write_string(row, 0, label, self.workbook.get_style("label"))
            if isinstance(value, str) and len(value) > LONG:
                self._write_long(row, value)
            else:
                self.workbook.write_cell(self.sheet, row, 1, value, dataset.TEXT)
            row += 1
        return row

    def _write_long(self, row, text):
        """Write ``text`` over the columns beside the label, in as many lines as it
        needs: no sheet program finds the height of joined cells."""
        self.sheet.set_row(row, LINE_HEIGHT * -(-len(text) // LONG))
        style = self.workbook.get_style("lines")
        self.sheet.merge_range(row, 1, row, 3, text, style)

    def _write_contents(self, row, sheets):
        """Write a line for each sheet and each of its totals, of all its rows."""
        book, sheet = self.workbook, self.sheet
        headers = [book.words[key] for key in ("sheet", "column", "rows", "total")]
        for number, header in enumerate(headers):
            style = "header_number" if number > 1 else "header"
            sheet.write_string(row, number, header, book.get_style(style))
        for name, section, count, totals, first, last in sheets:
            row += 1
            quoted = "'" + name.replace("'", "''") + "'"
            sheet.write_url(
                row, 0, f"internal:{quoted}!A1", book.get_style("link"), name
            )
            sheet.write_number(row, 2, count, book.get_style(dataset.COUNT))
            for number, total in totals.items() if count else ():
                row += 1
                column = section.columns[number]
                book.write_cell(sheet, row, 1, column.header, dataset.TEXT)
                sheet.write_formula(
                    row,
                    3,
                    f"=SUM({quoted}!{book.get_area(number, first, last)})",
                    book.get_style(column.kind),
                    total,
                )
