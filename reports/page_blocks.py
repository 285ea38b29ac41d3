"""How a table fits a page: shares of its columns, size of its letters, its blocks.

Used by the page. Debian's wkhtmltopdf parts rows at the end of a page and repeats no
header; a table is printed there as blocks that stay whole, some with a header.
Plain Python, no Odoo import.
"""

import math
from dataclasses import dataclass

#: Size of letters in points, and how many of them are beside each other on a page.
POINTS, LETTERS = 8.0, 195
#: The smallest letters that are printed.
SMALLEST = 4.5
#: Lines of a page between two headers, and of a table that is not spread over pages.
HEADER_LINES, SHORT_LINES = 26, 30
#: Lines of a cell; what is longer is in the sheet.
CELL_LINES = 12
#: Part of a line that words fill, and the height of a row's edge in lines.
FILLED, EDGE = 0.85, 0.3


@dataclass
class Block:
    """Rows that are printed as a whole.

    :param first: number of the first row
    :param has_header: whether the names of the columns stand above it
    """

    first: int
    size: int
    has_header: bool


class Grid:
    """The columns of a section that a page has room for.

    :param columns: `dataset.Column` of them
    """

    def __init__(self, columns):
        self.columns = columns
        widths = [get_width(column) for column in columns]
        whole = sum(widths)
        self.points = round(max(min(POINTS, POINTS * LETTERS / whole), SMALLEST), 1)
        letters = LETTERS * POINTS / self.points
        self.shares = [100 * width / whole for width in widths]
        self.letters = [letters * width / whole for width in widths]

    def get_most(self, number):
        """Return the number of letters that a cell of a column is cut to."""
        return int(self.letters[number] * CELL_LINES * FILLED)

    def get_height(self, texts):
        """Return the height of a row in lines of usual size.

        >>> from .dataset import Column
        >>> Grid([Column("What", width=90), Column("Why", width=90)]).get_height(
        ...     ["x" * 100, "one\\ntwo"]
        ... )
        2.3
        """
        lines = max(
            sum(
                max(math.ceil(len(part) / (letters * FILLED)), 1)
                for part in str(text).split("\n")
            )
            for text, letters in zip(texts, self.letters, strict=True)
        )
        return (lines + EDGE) * self.points / POINTS

    def get_blocks(self, rows):
        """Return the blocks of ``rows``, texts of each column: one of a short table."""
        heights = [self.get_height(row) for row in rows]
        if sum(heights) <= SHORT_LINES:
            return [Block(0, len(rows), True)]
        blocks, used = [], HEADER_LINES
        for number, height in enumerate(heights):
            used += height
            has_header = used > HEADER_LINES
            if has_header:
                used = height
            blocks.append(Block(number, 1, has_header))
        return blocks


def get_width(column):
    """Return the width of a column in letters; no word of its header is parted.

    >>> from .dataset import Column
    >>> get_width(Column("Accounting Date", width=9)), get_width(Column("No", width=9))
    (12, 9)
    """
    longest = max((len(word) for word in column.header.split()), default=0)
    return max(column.width, longest + 2)
