"""Rows of a long sheet, written as XML at once instead of cell by cell.

Used by `xlsx` for sections that are streamed: a million rows of twenty columns in
constant memory. xlsxwriter keeps such rows in a file of its own, in order; what it does
with each cell on the way takes five times as long as the cell itself.
"""

import re
from datetime import date, datetime

from . import dataset

#: Day zero of the dates of a sheet.
EPOCH = date(1899, 12, 30).toordinal()
DAY_SECONDS = 86_400
#: Longest text of a cell.
LONGEST = 32_767
#: How many different texts are kept ready.
KEPT = 50_000
#: What XML cannot have, and how a sheet writes it; a text of that looks is escaped too.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
LOOKS_ESCAPED = re.compile("_(?=x[0-9a-fA-F]{4}_)")
#: Rows that are handed to the file at once.
BLOCK = 2_000


def escape(text):
    """Return ``text`` for an inline string of a sheet.

    >>> escape("a < b & \\x01 _x0041_")
    'a &lt; b &amp; _x0001_ _x005F_x0041_'
    """
    text = LOOKS_ESCAPED.sub("_x005F_", text[:LONGEST])
    text = CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def is_possible(sheet):
    """Answer whether this xlsxwriter keeps rows in the way that is meant here."""
    names = ("row_data_fh", "previous_row", "_write_single_row", "dim_rowmax")
    return all(hasattr(sheet, name) for name in names) and bool(sheet.row_data_fh)


class RowWriter:
    """Writes rows of a section to a sheet in constant memory.

    :param sheet: whose rows before ``first`` are written already
    :param formats: the format of each column, of xlsxwriter
    :param local: function that returns a date and time where the reader is
    """

    def __init__(self, sheet, columns, formats, first, local):
        self.sheet, self.local = sheet, local
        self.row = self.first = first
        self.block = []
        self.width = len(columns)
        self.cells = [
            self._get_cell_writer(column, letters, style._get_xf_index())
            for column, letters, style in zip(
                columns, get_letters(len(columns)), formats, strict=True
            )
        ]
        # What is written below bypasses the row that xlsxwriter holds back.
        sheet._write_single_row(first)

    def add(self, row):
        """Write one row, a value for each column."""
        self.row += 1
        number = str(self.row)
        cells = [
            write(value, number)
            for write, value in zip(self.cells, row, strict=True)
            if value is not None and value is not False and value != ""
        ]
        self.block.append(f'<row r="{number}">{"".join(cells)}</row>')
        if len(self.block) >= BLOCK:
            self._flush()

    def close(self):
        """Finish; return the number of the first row that is free, from zero."""
        self._flush()
        sheet = self.sheet
        sheet.previous_row = self.row
        if self.row > self.first:
            sheet.dim_rowmax = max(sheet.dim_rowmax or 0, self.row - 1)
            sheet.dim_colmax = max(sheet.dim_colmax or 0, self.width - 1)
        return self.row

    def _flush(self):
        self.sheet.row_data_fh.write("".join(self.block))
        self.block.clear()

    def _get_cell_writer(self, column, letters, style):
        """Return the function (value, row) -> XML of a column's cells."""
        start = f'<c r="{letters}'
        if column.kind == dataset.DATE:
            return get_date_writer(start, style)
        if column.is_number:
            middle = f'" s="{style}"><v>'
            return lambda value, row: f"{start}{row}{middle}{value!r}</v></c>"
        if column.kind == dataset.MOMENT:
            middle, local = f'" s="{style}"><v>', self.local
            return lambda value, row: (
                f"{start}{row}{middle}{to_serial(local(value))}</v></c>"
            )
        return get_text_writer(start, style)


def get_text_writer(start, style):
    """Return the writer of texts, those of before kept ready."""
    ready = {}
    middle = f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">'

    def write(value, row):
        end = ready.get(value)
        if end is None:
            end = f"{middle}{escape(str(value))}</t></is></c>"
            if len(ready) < KEPT:
                ready[value] = end
        return f"{start}{row}{end}"

    return write


def get_date_writer(start, style):
    ready = {}
    middle = f'" s="{style}"><v>'

    def write(value, row):
        end = ready.get(value)
        if end is None:
            end = ready[value] = f"{middle}{to_serial(value)}</v></c>"
        return f"{start}{row}{end}"

    return write


def to_serial(value):
    """Return a date, or date and time, as the number of a sheet.

    >>> to_serial(date(2026, 1, 1)), to_serial(datetime(2026, 1, 1, 6))
    (46023, 46023.25)
    """
    days = value.toordinal() - EPOCH
    if not isinstance(value, datetime):
        return days
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    return days + seconds / DAY_SECONDS


def get_letters(count):
    """Return the letters of the first ``count`` columns.

    >>> get_letters(28)[25:]
    ['Z', 'AA', 'AB']
    """
    found = []
    for number in range(1, count + 1):
        letters = ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(65 + rest) + letters
        found.append(letters)
    return found
