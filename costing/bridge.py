"""GAAP bridge: what full absorption costing has in inventory and the books do not.

Rows of inventory in, differences and postings out. Follows the ledger and the cards of
a period end; what comes after is ``post``, and a reversal on the next day.
"""

from dataclasses import dataclass
from decimal import Decimal

from . import explosion
from .money import ZERO, rounded
from .terms import APPLIED, BRIDGE, INVENTORY_ADJUSTMENT, STOCK, Posting

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Row:
    """One part of inventory at a period end, at standard.

    :param quantity: product units, hours or pieces of one, as counted or recorded
    :param unit_cost: company currency for one of them
    :param in_books: what the inventory accounts hold of it, debit positive
    :param element, product: keys of what it is about
    """

    quantity: Decimal
    unit_cost: Decimal
    in_books: Decimal = ZERO
    element: int | None = None
    product: int | None = None

    def amount(self, unit):
        """Return what full absorption has in inventory, rounded to ``unit``.

        1,000 unsold goods with 12.00 of conversion each:

        >>> Row(Decimal(1000), Decimal(12)).amount(Decimal("0.01"))
        Decimal('12000.00')
        """
        return rounded(self.quantity * self.unit_cost, unit)

    def difference(self, unit):
        """Return what the bridge adds to inventory: positive raises the result.

        >>> Row(Decimal(10), Decimal(5), in_books=Decimal(30)).difference(Decimal(1))
        Decimal('20')
        """
        return self.amount(unit) - self.in_books


def content(card, flushed_at_sale):
    """Return {(role, component, element): cost of one unit} of ``card``: STOCK for its
    material, APPLIED (component None) for its conversion; sub-assemblies that are
    flushed at sale themselves count by what they are made of.

    :param flushed_at_sale: {product: Card}, see `explosion.parts`

    A table takes 20.00 of steel and, through a frame, 6.00 of work; 10.00 of its own:

    >>> from decimal import Decimal as D
    >>> from .cards import Card, component_line, operation_line
    >>> frame = Card((component_line(1, 7, D(2), D(10)),
    ...               operation_line(2, 4, 3, D("0.15"), D(40))))
    >>> table = Card((component_line(1, 8, D(1), D(26)),
    ...               operation_line(2, 5, 3, D("0.25"), D(40))))
    >>> for key, cost in content(table, {8: frame}).items():
    ...     print(*key, f"{cost:.2f}")
    stock 7 1 20.00
    applied None 2 16.00
    """
    found = {}
    for line in card.lines:
        role = STOCK if line.is_material else APPLIED
        whole = Posting(role, line.amount, element=line.element, product=line.product)
        for part in explosion.parts(whole, flushed_at_sale):
            product = part.product if part.role == STOCK else None
            key = (part.role, product, part.element)
            found[key] = found.get(key, ZERO) + part.amount
    return found


def counted(quantity, degree, material, conversion):
    """Return (material, conversion) of goods as counted, company currency.

    :param degree: percent of the work that is done; material is in from the start
    :param material, conversion: standard of one finished unit

    1,000 units half done, of 3.00 material and 1.50 conversion:

    >>> counted(Decimal(1000), Decimal(50), Decimal(3), Decimal("1.50"))
    (Decimal('3000'), Decimal('750.00'))
    """
    return quantity * material, quantity * conversion * degree / HUNDRED


@dataclass(frozen=True)
class Materiality:
    """How much a bridge matters.

    :param amount: what it adds to inventory, and to the result
    :param inventory: inventory in the books before it
    :param result: profit (positive) or loss of the period before it
    :param threshold: percent of either from which on it matters
    """

    amount: Decimal
    inventory: Decimal
    result: Decimal
    threshold: Decimal = ZERO

    @property
    def inventory_share(self):
        """Percent of inventory; None when there is none.

        >>> Materiality(Decimal(12000), Decimal(69000), Decimal(0)).inventory_share
        Decimal('17.39')
        """
        return _percent(self.amount, self.inventory)

    @property
    def result_share(self):
        """Percent of the result; None when there is none."""
        return _percent(self.amount, self.result)

    @property
    def is_material(self):
        """Answer whether the bridge exceeds the threshold on either side. A share of
        nothing exceeds every threshold.

        >>> few = (Decimal(1), Decimal(1000), Decimal(100))
        >>> Materiality(*few, Decimal(1)).is_material
        False
        >>> Materiality(*few, Decimal("0.5")).is_material
        True
        >>> Materiality(Decimal(1), Decimal(0), Decimal(100), Decimal(5)).is_material
        True
        >>> Materiality(Decimal(0), Decimal(0), Decimal(0)).is_material
        False
        """
        return any(
            abs(self.amount) * HUNDRED > self.threshold * abs(base)
            for base in (self.inventory, self.result)
        )


def _percent(amount, base):
    if not base:
        return None
    return rounded(amount * HUNDRED / abs(base), Decimal("0.01"))


def bridge_postings(rows, asset, result, unit):
    """Return the postings of the bridge: a line of inventory for each product and
    element of ``rows``, the result against their sum.

    :param asset, result: keys of the accounts

    >>> from decimal import Decimal as D
    >>> rows = [Row(D(10), D(12), element=2), Row(D(5), D(3), D(20), element=1)]
    >>> for p in bridge_postings(rows, 21, 31, D("0.01")):
    ...     print(p.role, p.account, p.element, p.amount)
    inventory_adjustment 21 2 120.00
    inventory_adjustment 21 1 -5.00
    bridge 31 None -115.00
    """
    sums = {}
    for row in rows:
        key = (row.element, row.product)
        sums[key] = sums.get(key, ZERO) + row.difference(unit)
    postings = [
        Posting(
            INVENTORY_ADJUSTMENT,
            amount,
            element=element,
            product=product,
            account=asset,
        )
        for (element, product), amount in sums.items()
        if amount
    ]
    total = sum(sums.values(), ZERO)
    if total:
        postings.append(Posting(BRIDGE, -total, account=result))
    return postings


def reversed_postings(postings):
    """Return the postings that take the bridge back on the next day.

    >>> one, cent = Decimal(1), Decimal("0.01")
    >>> bridge = bridge_postings([Row(one, one * 12)], 21, 31, cent)
    >>> [(p.account, str(p.amount)) for p in reversed_postings(bridge)]
    [(21, '-12.00'), (31, '12.00')]
    """
    return [
        Posting(
            posting.role,
            -posting.amount,
            element=posting.element,
            product=posting.product,
            account=posting.account,
        )
        for posting in postings
    ]
