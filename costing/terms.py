"""The terms of a flush: flush points, roles of accounts, postings, rules.

What every file of the second step speaks of; ``post`` finds the accounts of the roles.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from . import variances
from .money import ZERO, rounded

#: Flush points: where standard cost is flushed back.
COMPLETION, SALE = "completion", "sale"

#: Conversion bases: what conversion is applied for.
STANDARD_OUTPUT, ACTUAL_TIME = "output", "time"

#: Roles of accounts. STOCK is the account that a component's purchase was debited to.
FINISHED_GOODS, STOCK, APPLIED = "finished_goods", "stock", "applied"
COST_OF_SALES, VARIANCE = "cost_of_sales", "variance"
#: Roles of a period close: what was spent on conversion, variances that leave their
#: account, what inventory is worth besides its standard, what full absorption adds to
#: the result.
CONTROL, DISPOSITION = "control", "disposition"
INVENTORY_ADJUSTMENT, BRIDGE = "inventory_adjustment", "bridge"


@dataclass(frozen=True)
class Posting:
    """One amount for one role, with what it was computed from.

    :param role: one of the roles of this module
    :param amount: company currency, rounded; debit positive
    :param kind: the kind of variance, for VARIANCE
    :param element, product, operation, workcenter: keys of what it is about
    :param standard_quantity, standard_price: what the card allows
    :param actual_quantity, actual_price: what happened
    :param group: name of the mix group that ``product`` is in
    :param exact: for a stock account, what it moves by before rounding; see `rounding`
    :param account: key of its account, where the facts name it; see `cutover`
    """

    role: str
    amount: Decimal
    kind: str | None = None
    element: int | None = None
    product: int | None = None
    operation: int | None = None
    workcenter: int | None = None
    standard_quantity: Decimal = ZERO
    standard_price: Decimal = ZERO
    actual_quantity: Decimal = ZERO
    actual_price: Decimal = ZERO
    exact: Decimal | None = None
    account: int | None = None
    group: str | None = None


@dataclass(frozen=True)
class Rules:
    """What a policy says about a flush.

    :param flush_point: COMPLETION or SALE
    :param basis: STANDARD_OUTPUT or ACTUAL_TIME (with COMPLETION only)
    :param unit: smallest amount of the company currency
    :param material: key of the cost element of material that a card does not plan
    :param flushed_at_sale: {product: Card} of components that are themselves flushed at
        sale, see ``explosion``
    """

    flush_point: str = COMPLETION
    basis: str = STANDARD_OUTPUT
    unit: Decimal = Decimal("0.01")
    material: int | None = None
    flushed_at_sale: Mapping = field(default_factory=dict, compare=False)


def balanced(postings, rules):
    """Return ``postings`` without empty ones, and the last cents as rounding variance.

    A stock posting of less than half a cent is kept for what `rounding` carries on.

    >>> whole = Posting(FINISHED_GOODS, Decimal(1))
    >>> third = Posting(STOCK, Decimal("-0.33"))
    >>> [str(p.amount) for p in balanced([whole, third, third, third], Rules())]
    ['1', '-0.33', '-0.33', '-0.33', '-0.01']
    """
    postings = [posting for posting in postings if posting.amount or posting.exact]
    rest = rounded(-sum((posting.amount for posting in postings), ZERO), rules.unit)
    if rest:
        postings.append(Posting(VARIANCE, rest, kind=variances.ROUNDING))
    return postings


def standard_credit(line, quantity, unit):
    """Return the credit of card ``line`` for ``quantity`` units of the product."""
    return Posting(
        STOCK if line.is_material else APPLIED,
        -rounded(quantity * line.amount, unit),
        exact=-quantity * line.amount if line.is_material else None,
        element=line.element,
        product=line.product,
        operation=line.operation,
        workcenter=line.workcenter,
        standard_quantity=quantity * line.quantity,
        standard_price=line.price,
        actual_quantity=quantity * line.quantity,
        actual_price=line.price,
    )
