"""A section as comma-separated values, for other programs.

Last step of a report. A spreadsheet that opens the file must not take a name for a
formula: such texts begin with an apostrophe.
"""

import csv
import io
from datetime import date, datetime

from . import dataset

#: What makes a spreadsheet read a text as a formula; also in full width.
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutralise(text):
    """Return ``text`` so that no spreadsheet takes it for a formula.

    >>> neutralise("=1+1"), neutralise("-2"), neutralise("Plate")
    ("'=1+1", "'-2", 'Plate')
    """
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_MARKS) else text


def write(file, section, progress=None):
    """Write a section to a binary ``file`` as UTF-8 with a mark; return its rows.

    :param progress: called with the number of rows now and then
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([neutralise(column.header) for column in section.columns])
    kinds = [column.kind for column in section.columns]
    number = 0
    for number, row in enumerate(section.rows, start=1):
        writer.writerow([_get_value(v, k) for v, k in zip(row, kinds, strict=True)])
        if progress and not number % 5000:
            progress(number)
    text.flush()
    text.detach()
    return number


def _get_value(value, kind):
    if value is None or value is False:
        return ""
    if isinstance(value, date | datetime):
        return value.isoformat(*((" ",) if isinstance(value, datetime) else ()))
    if kind in dataset.NUMBERS:
        return value
    return neutralise(str(value))
