"""Cut-over: what goods on hand stand for in the books, and how that moves from one set
of rules to another.

A unit on the shelf is worth its card in finished goods when cost is flushed at
completion. Flushed at sale, its material is still where its purchase was debited to and
its conversion is not applied yet; native Odoo keeps it in finished goods at its own
value. Follows ``flush`` and ``explosion``.
"""

from dataclasses import replace

from .changes import merged
from .explosion import parts
from .money import ZERO, rounded
from .terms import (
    APPLIED,
    COMPLETION,
    FINISHED_GOODS,
    STOCK,
    VARIANCE,
    Posting,
    balanced,
)
from .variances import REVALUATION


def standing(card, quantity, left, rules):
    """Return what ``quantity`` units on hand stand for, amounts not rounded.

    :param quantity: product units; negative when more were delivered than received
    :param left: units on which finished goods and shelf differ because their cost
        leaves finished goods by an invoice: delivered and not invoiced yet (positive),
        invoiced and not delivered yet (negative)

    >>> from decimal import Decimal as D
    >>> from .cards import Card, component_line, operation_line
    >>> from .terms import SALE, Rules
    >>> table = Card((component_line(1, 7, D(2), D(10)),
    ...               operation_line(2, 5, 3, D("0.25"), D(40))))
    >>> for p in standing(table, D(4), D(0), Rules(flush_point=SALE)):
    ...     print(p.role, p.product or "", p.amount.normalize())
    stock 7 8E+1
    applied  4E+1
    >>> [p.role for p in standing(table, D(4), D(0), Rules())]
    ['finished_goods']
    """
    if rules.flush_point == COMPLETION:
        return goods(quantity + left, card.total)
    lines = [part for line in card.lines for part in _parts(line, quantity, rules)]
    return _without_empty([_goods(left, card.total), *lines])


def goods(quantity, price):
    """Return what ``quantity`` units worth ``price`` each stand for as finished goods,
    not rounded."""
    return _without_empty([_goods(quantity, price)])


def native(value, quantity, left, price, unit):
    """Return what units on hand stand for in native Odoo, where finished goods hold
    their ``value``, as it was posted: rounded.

    :param price: of one unit that an invoice is still to take out, see `standing`
    """
    if quantity:
        price = value / quantity
    amount = rounded(value + left * price, unit)
    return _without_empty([replace(_goods(quantity + left, price), amount=amount)])


def material(product, element, quantity, price, amount, account):
    """Return what a component on hand stands for, in ``account``; not rounded."""
    return Posting(
        STOCK,
        amount,
        element=element,
        product=product,
        actual_quantity=quantity,
        actual_price=price,
        account=account,
    )


def reclassify(before, after, rules):
    """Return the postings that turn what stood ``before`` into what stands ``after``.

    What the goods are worth more or less by the new rules is a revaluation.

    4 tables, worth 30.00 each in native Odoo, come under flush at sale at a card of
    20.00 of material and 10.00 + 2.00 of conversion:

    >>> from decimal import Decimal as D
    >>> from .terms import Rules
    >>> old = native(D(120), D(4), D(0), D(30), D("0.01"))
    >>> new = [Posting(STOCK, D(80), product=7), Posting(APPLIED, D(48), element=2)]
    >>> for p in reclassify(old, new, Rules()):
    ...     print(p.role, p.kind or "", p.amount)
    finished_goods  -120.00
    stock  80.00
    applied  48.00
    variance revaluation -8.00
    """
    old, new = merged(before), merged(after)
    keys = [*old, *(key for key in new if key not in old)]
    moved = [_moved(old.get(key), new.get(key), rules.unit) for key in keys]
    worth = rounded(_total(after) - _total(before), rules.unit)
    if worth:
        moved.append(Posting(VARIANCE, -worth, kind=REVALUATION))
    return balanced(moved, rules)


def _goods(quantity, price):
    return Posting(
        FINISHED_GOODS,
        quantity * price,
        actual_quantity=quantity,
        actual_price=price,
    )


def _parts(line, quantity, rules):
    """Return what card ``line`` stands for in ``quantity`` units on hand."""
    whole = Posting(
        STOCK if line.is_material else APPLIED,
        quantity * line.amount,
        element=line.element,
        product=line.product,
        operation=line.operation,
        workcenter=line.workcenter,
        actual_quantity=quantity * line.quantity,
        actual_price=line.price,
    )
    return parts(whole, rules.flushed_at_sale)


def _moved(old, new, unit):
    """Return the posting from ``old`` to ``new``, either of which may be None."""
    amount = (new.amount if new else ZERO) - (old.amount if old else ZERO)
    quantity = (new.actual_quantity if new else ZERO) - (
        old.actual_quantity if old else ZERO
    )
    return replace(
        new or old,
        amount=rounded(amount, unit),
        exact=amount if (new or old).role in (FINISHED_GOODS, STOCK) else None,
        standard_quantity=ZERO,
        actual_quantity=quantity,
    )


def _total(postings):
    return sum((posting.amount for posting in postings), ZERO)


def _without_empty(postings):
    return [posting for posting in postings if posting.amount]
