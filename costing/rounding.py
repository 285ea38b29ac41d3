"""Rounding of stock accounts: what is less than the smallest coin is carried on.

A card may have more decimals than the currency. Were every posting rounded by itself,
a stock account would drift away from quantity x standard by half a coin a posting. So
each stock posting settles what earlier ones of the same product have left over; the
account is then always quantity x standard, rounded once, in whatever order goods came
and went. The counterpart is the rounding variance. Follows ``flush`` and ``changes``.
"""

from dataclasses import replace
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from .money import ZERO
from .terms import FINISHED_GOODS, STOCK, VARIANCE, balanced
from .variances import ROUNDING

#: What is carried on is kept to the billionth of the currency unit.
STEP = Decimal("0.000000001")


def is_stock(posting):
    """Answer whether ``posting`` moves a stock account."""
    return posting.role in (FINISHED_GOODS, STOCK)


def remainder(posting):
    """Return what ``posting`` owes its stock account, less than a coin; exact - amount.

    >>> from .terms import Posting
    >>> remainder(Posting(STOCK, Decimal("31.01"), exact=Decimal("31.005")))
    Decimal('-0.005000000')
    """
    if not is_stock(posting) or posting.exact is None:
        return ZERO
    return (posting.exact - posting.amount).quantize(STEP, rounding=ROUND_HALF_UP)


def needs_settling(postings):
    """Answer whether rounding leaves anything over in these ``postings``."""
    return any(remainder(posting) for posting in postings)


def settle(postings, carried, finished, rules):
    """Return ``postings`` with stock amounts that settle what was left over before.

    :param carried: {product: remainder} of earlier postings, updated in place
    :param finished: key of the finished product, which finished goods are about

    Four units of 31.005, made one by one, are worth 124.02:

    >>> from .terms import Posting, Rules
    >>> one, carried = Posting(FINISHED_GOODS, Decimal("31.01"),
    ...                        exact=Decimal("31.005")), {}
    >>> [str(settle([one], carried, 1, Rules())[0].amount) for _number in range(4)]
    ['31.01', '31.00', '31.01', '31.00']
    """
    settled = [
        _settled(posting, carried, finished, rules) if is_stock(posting) else posting
        for posting in postings
        if posting.kind != ROUNDING or posting.role != VARIANCE
    ]
    return balanced(settled, rules)


def _settled(posting, carried, finished, rules):
    if posting.exact is None:
        return posting
    product = posting.product or finished
    before = carried.get(product, ZERO)
    due = (posting.exact + before).quantize(STEP, rounding=ROUND_HALF_UP)
    settled = replace(posting, amount=_nearest(due, rules.unit))
    carried[product] = before + remainder(settled)
    return settled


def _nearest(amount, unit):
    """Return the multiple of ``unit`` nearest to ``amount``, upwards from the middle,
    so that what an account holds does not depend on how it came there.

    >>> _nearest(Decimal("31.005"), Decimal("0.01"))
    Decimal('31.01')
    >>> _nearest(Decimal("-31.005"), Decimal("0.01"))
    Decimal('-31.00')
    """
    steps = (amount / unit + Decimal("0.5")).to_integral_value(ROUND_FLOOR)
    return (steps * unit).quantize(unit)
