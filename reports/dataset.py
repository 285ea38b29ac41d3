"""A report as data: parameters, and sections of columns and rows.

First step of a report: `backflush_report` builds it, the renderers of this folder turn
it into a sheet, a page or a file. Plain Python, no Odoo import.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

#: Kinds of columns: how a value is written, aligned and formatted.
TEXT, DATE, MOMENT = "text", "date", "moment"
COUNT, QUANTITY, PRICE, MONEY, PERCENT = (
    "count",
    "quantity",
    "price",
    "money",
    "percent",
)
NUMBERS = (COUNT, QUANTITY, PRICE, MONEY, PERCENT)

#: Colours of what is good for the result and of what is not.
FAVOURABLE, UNFAVOURABLE = "#2E8B57", "#C0392B"

#: Shapes of sections: rows in a table, T-accounts, lines to sign.
TABLE, T_ACCOUNTS, SIGNATURES = "table", "t_accounts", "signatures"


@dataclass(frozen=True)
class Column:
    """One column of a section.

    :param header: as the reader sees it
    :param kind: one of the kinds of this module
    :param width: in characters
    :param total: whether its numbers are added up
    :param page: whether a page has room for it; a sheet has it anyway
    """

    header: str
    kind: str = TEXT
    width: int = 14
    total: bool = False
    page: bool = True

    @property
    def is_number(self):
        return self.kind in NUMBERS


@dataclass(frozen=True)
class Chart:
    """A chart of a section: its columns ``values`` over its column ``categories``.

    :param kind: "column", "bar" or "line"
    :param rows: the first so many rows; all of them when it is 0
    :param colors: of its series, in turn
    """

    title: str
    categories: int
    values: tuple[int, ...]
    kind: str = "column"
    stacked: bool = False
    rows: int = 0
    colors: tuple[str, ...] = ("#714B67", "#E0A030")


@dataclass
class Section:
    """A table of a report.

    :param rows: tuples of a value for each column; an iterable that is read once when
        the section is streamed, else a list
    :param count: number of rows, for a section that is streamed
    :param links: [(model, id)] of the record behind each row, or nothing
    :param link: (model, column that has its id) of the record behind each row, for a
        section that is streamed
    :param note: a sentence below the title
    :param empty: what is said when there are no rows
    """

    title: str
    columns: list[Column]
    rows: Iterable = ()
    count: int | None = None
    shape: str = TABLE
    links: list = field(default_factory=list)
    link: tuple | None = None
    note: str = ""
    empty: str = ""
    chart: Chart | None = None

    @property
    def is_streamed(self):
        return self.count is not None

    def get_links(self, shown):
        """Return [(model, id)] of the records behind the rows ``shown``, or nothing."""
        if self.link:
            model, number = self.link
            return [(model, row[number]) for row in shown]
        return self.links

    def __len__(self):
        return self.count if self.is_streamed else len(self.rows)

    @property
    def totals(self):
        """Return the total of each column, None where nothing is added up.

        >>> columns = [Column("What"), Column("Amount", MONEY, total=True)]
        >>> Section("Costs", columns, [("a", 1.5), ("b", None), ("c", 2.0)]).totals
        [None, 3.5]
        """
        return [
            sum(row[number] or 0 for row in self.rows) if column.total else None
            for number, column in enumerate(self.columns)
        ]

    @property
    def has_totals(self):
        return any(column.total for column in self.columns)


@dataclass
class Dataset:
    """A report: what it is about, and its sections.

    :param name: of its file, without an ending
    :param parameters: [(label, text)] of what was asked for
    :param evidence: [(label, text)] of what shows that it can be relied on
    """

    title: str
    name: str
    parameters: list = field(default_factory=list)
    evidence: list = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    def __len__(self):
        return sum(len(section) for section in self.sections)

    @property
    def main_section(self):
        """The table for other programs: what is streamed, else the longest one. It is
        the same without rows.

        >>> lines = Section("Lines", [], count=0)
        >>> Dataset("x", "x", sections=[Section("Sums", []), lines]).main_section.title
        'Lines'
        """
        return max(self.sections, key=lambda s: (s.is_streamed, len(s)))
