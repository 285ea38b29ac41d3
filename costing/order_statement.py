"""Cost statement of an order: standard, actual and variances, row by row.

Cards, facts and postings of all ledger entries of one order in, rows out. Follows
``post``; nothing is computed here that was not posted.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from . import cards, variances
from .money import ZERO, rounded
from .terms import VARIANCE

#: Parts of a statement, in its order.
MATERIAL, SCRAP, CONVERSION, OTHER = "material", "scrap", "conversion", "other"
PARTS = (MATERIAL, SCRAP, CONVERSION, OTHER)


@dataclass
class Row:
    """One component, or one element of an operation; amounts in company currency.

    :param kind: the kind of variance, for what belongs to neither
    :param actual_quantity: None where the ledger does not have it
    :param variances: {kind: amount}, positive unfavourable
    """

    part: str
    product: int | None = None
    operation: int | None = None
    workcenter: int | None = None
    element: int | None = None
    kind: str | None = None
    standard_quantity: Decimal = ZERO
    standard_amount: Decimal = ZERO
    actual_quantity: Decimal | None = None
    variances: dict = field(default_factory=lambda: defaultdict(lambda: ZERO))

    @property
    def variance(self):
        return sum(self.variances.values(), ZERO)

    @property
    def actual_amount(self):
        """What the row did cost: actual - standard is its variance, exactly."""
        return self.standard_amount + self.variance

    @property
    def is_empty(self):
        amounts = (self.standard_amount, self.variance, *self.variances.values())
        return not any((*amounts, self.standard_quantity, self.actual_quantity))


def statement(made, materials, works, postings, unit):
    """Return the rows of an order.

    The standard of a row is rounded; the last cents to the standard of the whole order
    are in the row of the rounding variance.

    :param made: [(quantity, card)] of what was made, unbuilds negative
    :param materials: {component: quantity} that was used, by-products negative
    :param works: {(operation, workcenter): hours} worked; None where conversion is
        applied for standard output, as the ledger has no hours then
    :param postings: all postings of the order's entries
    :param unit: smallest amount of the company currency

    4 tables of 2 plates at 10.00 and a quarter of an hour at 40.00; 9 plates taken:

    >>> from decimal import Decimal as D
    >>> card = cards.Card((cards.component_line(1, 7, D(2), D(10)),
    ...                    cards.operation_line(2, 3, 5, D("0.25"), D(40))))
    >>> from .facts import Completion, Consumption
    >>> from .flush import flush_completion
    >>> from .terms import Rules
    >>> done = Completion(D(4), (Consumption(7, D(9), D(90)),))
    >>> posted = flush_completion(card, done, Rules())
    >>> for row in statement([(D(4), card)], {7: D(9)}, None, posted, D("0.01")):
    ...     print(row.part, row.standard_quantity, row.actual_quantity,
    ...           row.standard_amount, row.actual_amount, dict(row.variances))
    material 8 9 80.00 90.00 {'usage': Decimal('10.00')}
    conversion 1.00 None 40.00 40.00 {}
    """
    rows = {}
    for quantity, card in made:
        for line in card.lines:
            row = _row(rows, _line_key(line), line.element)
            row.standard_quantity += quantity * line.quantity
            row.standard_amount += quantity * line.amount
    for posting in postings:
        if posting.role == VARIANCE:
            row = _row(rows, _posting_key(posting), posting.element)
            row.variances[posting.kind] += posting.amount
    _add_actual(rows, materials, works)
    _round(rows, unit)
    shown = [row for row in rows.values() if not row.is_empty]
    return sorted(shown, key=lambda row: PARTS.index(row.part))


def totals(rows):
    """Return {kind: amount} of all rows, without zeros."""
    found = defaultdict(lambda: ZERO)
    for row in rows:
        for kind, amount in row.variances.items():
            found[kind] += amount
    return {kind: amount for kind, amount in found.items() if amount}


def _row(rows, key, element):
    """Return the row of ``key``; its element is that of the first who asks."""
    if key not in rows:
        part, product, operation, workcenter, own, kind = key
        rows[key] = Row(part, product, operation, workcenter, own or element, kind)
    return rows[key]


def _line_key(line):
    """Return the key of a card line; set-up is in the row of its operation."""
    if line.is_material:
        part = SCRAP if line.kind == cards.SCRAP else MATERIAL
        return (part, line.product, None, None, None, None)
    return (CONVERSION, None, line.operation, line.workcenter, line.element, None)


def _posting_key(posting):
    """Return the key of the row that a variance belongs to."""
    if posting.kind == variances.SCRAP:
        return (SCRAP, posting.product, None, None, None, None)
    if posting.product:
        return (MATERIAL, posting.product, None, None, None, None)
    if posting.operation or posting.workcenter or posting.kind == variances.EFFICIENCY:
        place = (posting.operation, posting.workcenter)
        return (CONVERSION, None, *place, posting.element, None)
    return (OTHER, None, None, None, None, posting.kind)


def _add_actual(rows, materials, works):
    """Add what was used and worked to the rows that it is about."""
    for product, quantity in materials.items():
        _row(rows, (MATERIAL, product, None, None, None, None), None)
        rows[MATERIAL, product, None, None, None, None].actual_quantity = quantity
    for row in rows.values():
        if row.part == MATERIAL and row.actual_quantity is None:
            row.actual_quantity = ZERO
        if row.part == CONVERSION and row.workcenter and works is not None:
            row.actual_quantity = works.get((row.operation, row.workcenter), ZERO)


def _round(rows, unit):
    """Round the standard of each row; the rest of the whole is rounding."""
    whole = sum((row.standard_amount for row in rows.values()), ZERO)
    for row in rows.values():
        row.standard_amount = rounded(row.standard_amount, unit)
    rest = rounded(whole, unit) - sum(
        (row.standard_amount for row in rows.values()), ZERO
    )
    if rest:
        key = (OTHER, None, None, None, None, variances.ROUNDING)
        _row(rows, key, None).standard_amount += rest
