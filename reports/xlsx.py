"""A report as a workbook: a cover, and a sheet for each section.

Last step of a report. Totals are formulas with their value beside them, headers stay
in sight, rows can be filtered, amounts have the decimals of the currency. A text is
written as a text whatever it begins with.
"""

import itertools
import re

from . import dataset, xlsx_rows
from .xlsx_cover import Cover

#: Rows of one sheet, some below what it can have; longer sections go on in another.
SHEET_ROWS = 1_000_000
#: Rows above the first of a section: title, note, header.
HEADER_ROW = 2
#: How often progress is told.
STEP = 5_000
#: What a sheet's name cannot have.
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
ACCENT, SHADE, LINE = "#714B67", "#F3EEF2", "#C9BCC6"


class Workbook:
    """The workbook of a `dataset.Dataset`.

    :param path: the file that is written
    :param formats: `formats.Formats` of the reader
    :param words: {key: text} of what the workbook itself says, translated
    :param progress: called with the number of rows written so far, now and then
    """

    def __init__(self, path, formats, words, progress=None):
        # Odoo does not need it to start, and neither do we.
        import xlsxwriter  # noqa: PLC0415

        self.formats, self.words = formats, words
        self.progress = progress or (lambda _number: None)
        self.done = 0
        self.path = path
        self.library = xlsxwriter
        self.names = set()
        self.styles = {}
        self.book = None

    def save(self, report):
        """Write ``report`` to the file; return the number of its rows."""
        self.book = self.library.Workbook(
            str(self.path),
            {
                "constant_memory": any(s.is_streamed for s in report.sections),
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        self.book.set_properties({"title": report.title})
        cover = Cover(self, report)
        written = [sheet for section in report.sections for sheet in self._add(section)]
        cover.fill(written)
        self.book.close()
        return self.done

    # Sheets --------------------------------------------------------------------------

    def _add(self, section):
        """Add the sheets of a section; return [(name, section, rows, {column: total},
        first row, last row)]."""
        rows = iter(self._get_rows(section))
        sheets, more = [], True
        while more:
            name = self.get_sheet_name(section.title)
            sheet = self.book.add_worksheet(name)
            found = self._fill(sheet, section, rows)
            more = found[0] == SHEET_ROWS and len(section) > self.done_of(sheets, found)
            sheets.append((name, section, *found))
        if section.chart and sheets[0][2]:
            self._add_chart(sheet, name, section, sheets[0][2])
        return sheets

    @staticmethod
    def done_of(sheets, found):
        return sum(sheet[2] for sheet in sheets) + found[0]

    @staticmethod
    def _get_rows(section):
        return section.rows if section.is_streamed else list(section.rows)

    def _fill(self, sheet, section, rows):
        """Write one sheet of a section; return (rows, totals, first row, last row)."""
        self._prepare_page(sheet, section)
        sheet.write_string(0, 0, section.title, self.get_style("title"))
        sheet.write_string(1, 0, section.note, self.get_style("note"))
        sheet.set_row(HEADER_ROW, 28)
        for number, column in enumerate(section.columns):
            style = "header_number" if column.is_number else "header"
            sheet.write_string(HEADER_ROW, number, column.header, self.get_style(style))
        first = HEADER_ROW + 1
        count, totals = self._write_rows(sheet, section, rows, first)
        last = first + max(count, 1) - 1
        if not count and section.empty:
            sheet.write_string(first, 0, section.empty, self.get_style("note"))
        sheet.freeze_panes(first, 0)
        sheet.autofilter(HEADER_ROW, 0, last, len(section.columns) - 1)
        if section.has_totals and count:
            self._write_totals(sheet, section, totals, first, last)
        return count, totals, first, last

    def _prepare_page(self, sheet, section):
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER_ROW)
        sheet.set_footer("&L&F&R&P / &N")
        sheet.hide_gridlines(2)
        for number, column in enumerate(section.columns):
            sheet.set_column(number, number, column.width)

    def _write_rows(self, sheet, section, rows, first):
        """Write up to a sheet of rows; return their number and {column: total}."""
        columns = section.columns
        summed = [number for number, column in enumerate(columns) if column.total]
        totals = dict.fromkeys(summed, 0.0)
        write, close = self._get_writer(sheet, section, first)
        count = 0
        for row in rows:
            write(row)
            count += 1
            for number in summed:
                totals[number] += row[number] or 0.0
            if not count % STEP:
                self.progress(self.done + count)
            if count == SHEET_ROWS:
                break
        close()
        self.done += count
        unit = self.formats.currency
        return count, {
            number: unit.round(total)
            if columns[number].kind == dataset.MONEY
            else round(total, 6)
            for number, total in totals.items()
        }

    def _get_writer(self, sheet, section, first):
        """Return (write a row, finish): quick for what is streamed."""
        styles = [self.get_style(column.kind) for column in section.columns]
        if section.is_streamed and xlsx_rows.is_possible(sheet):
            local = self.formats.get_local
            writer = xlsx_rows.RowWriter(sheet, section.columns, styles, first, local)
            return writer.add, writer.close
        position = [first]

        def write(row):
            for number, (value, column) in enumerate(
                zip(row, section.columns, strict=True)
            ):
                self.write_cell(sheet, position[0], number, value, column.kind)
            position[0] += 1

        return write, lambda: None

    def _write_totals(self, sheet, section, totals, first, last):
        """Write the totals of what the filter leaves, as formulas."""
        row = last + 1
        for number, column in enumerate(section.columns):
            if not column.total:
                text = self.words["total"] if not number else ""
                sheet.write_string(row, number, text, self.get_style("total"))
                continue
            area = self.get_area(number, first, last)
            sheet.write_formula(
                row,
                number,
                f"=SUBTOTAL(109,{area})",
                self.get_style(f"total_{column.kind}"),
                totals[number],
            )

    def _add_chart(self, sheet, name, section, count):
        chart = section.chart
        kind = {"type": chart.kind}
        if chart.stacked:
            kind["subtype"] = "stacked"
        picture = self.book.add_chart(kind)
        first = HEADER_ROW + 1
        last = HEADER_ROW + (min(count, chart.rows) if chart.rows else count)
        for color, number in zip(itertools.cycle(chart.colors), chart.values):
            picture.add_series(
                {
                    "fill": {"color": color},
                    "line": {"color": color},
                    "name": [name, HEADER_ROW, number],
                    "categories": [
                        name,
                        first,
                        chart.categories,
                        last,
                        chart.categories,
                    ],
                    "values": [name, first, number, last, number],
                    "gap": 60,
                }
            )
        picture.set_title({"name": chart.title, "name_font": {"size": 12}})
        height = get_height(chart, last - first + 1)
        picture.set_size({"width": 760, "height": height})
        picture.set_legend(
            {"position": "bottom"} if len(chart.values) > 1 else {"none": True}
        )
        names = {"label_position": "low", "major_gridlines": {"visible": False}}
        values = {"major_gridlines": {"visible": True, "line": {"color": LINE}}}
        if self._is_positive(section):
            values["min"] = 0
        if chart.kind == "bar":
            # The first row on top, as in the table.
            names["reverse"] = True
            names, values = values, names
        picture.set_x_axis(names)
        picture.set_y_axis(values)
        sheet.insert_chart(HEADER_ROW, len(section.columns) + 1, picture)

    @staticmethod
    def _is_positive(section):
        """Answer whether nothing in the chart of a section is below zero; its axis
        then starts there."""
        numbers = section.chart.values
        return all((row[n] or 0) >= 0 for row in section.rows for n in numbers)

    # Cells ---------------------------------------------------------------------------

    def write_cell(self, sheet, row, column, value, kind):
        """Write a value as what it is; a text stays a text."""
        style = self.get_style(kind)
        if value is None or value is False or value == "":
            return
        if kind in dataset.NUMBERS:
            sheet.write_number(row, column, value, style)
        elif kind in (dataset.DATE, dataset.MOMENT):
            if kind == dataset.MOMENT:
                value = self.formats.get_local(value)
            sheet.write_number(row, column, xlsx_rows.to_serial(value), style)
        else:
            text = str(value)[: xlsx_rows.LONGEST]
            style = self.get_style("lines") if "\n" in text else style
            sheet.write_string(row, column, text, style)

    def get_area(self, column, first, last):
        """Return a column's cells, as in C4:C9."""
        letters = xlsx_rows.get_letters(column + 1)[column]
        return f"{letters}{first + 1}:{letters}{last + 1}"

    def get_sheet_name(self, title):
        """Return a name that a sheet can have and that no other has."""
        base = FORBIDDEN.sub(" ", title).strip(" '")[:31].strip() or "-"
        name, number = base, 1
        while name.lower() in self.names:
            number += 1
            name = f"{base[: 30 - len(str(number))]} {number}"
        self.names.add(name.lower())
        return name

    def get_style(self, name):
        """Return the format of a kind of column or part of a sheet."""
        if name not in self.styles:
            self.styles[name] = self.book.add_format(self._describe_style(name))
        return self.styles[name]

    def _describe_style(self, name):
        kind = name.removeprefix("total_")
        style = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
        if number_format := self.formats.get_number_format(kind):
            style["num_format"] = number_format
        if kind in (dataset.DATE, dataset.MOMENT):
            style |= {"align": "left", "indent": 1}
        if name.startswith("total"):
            style |= {"bold": True, "top": 1, "bottom": 6, "bg_color": SHADE}
        return style | {
            "title": {"bold": True, "font_size": 14, "font_color": ACCENT},
            "note": {"italic": True, "font_color": "#666666"},
            "header": {**HEADER_STYLE, "align": "left", "indent": 1},
            dataset.TEXT: {"align": "left", "indent": 1},
            "header_number": {**HEADER_STYLE, "align": "right"},
            "label": {"bold": True, "align": "left", "indent": 1},
            "lines": {"text_wrap": True, "align": "left", "indent": 1},
            "link": {
                "font_color": "#0563C1",
                "underline": 1,
                "align": "left",
                "indent": 1,
            },
        }.get(name, {})


def get_height(chart, rows):
    """Return the height of a chart in pixels: each bar has its name beside it.

    >>> bars = dataset.Chart("Costs", 0, (1, 2), "bar")
    >>> get_height(bars, 5), get_height(bars, 50), get_height(bars, 5000)
    (360, 1110, 3000)
    """
    return min(max(360, 110 + 20 * rows), 3000) if chart.kind == "bar" else 360


HEADER_STYLE = {
    "bold": True,
    "font_color": "#FFFFFF",
    "bg_color": ACCENT,
    "text_wrap": True,
    "valign": "vcenter",
}
