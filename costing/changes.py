"""Changes after the fact: returns, unbuilds, late corrections.

Nothing that was posted is rewritten. What should stand is compared with what stands,
and the difference is posted; stock accounts move at today's value of the goods, and
what that differs by is a revaluation. Follows ``flush``.
"""

from dataclasses import replace

from .money import ZERO, rounded
from .terms import FINISHED_GOODS, STOCK, VARIANCE, Posting, balanced
from .variances import REVALUATION


def share_of(postings, share, rules):
    """Return ``share`` (0 to 1) of what ``postings`` add up to, in currency units.

    >>> from decimal import Decimal as D
    >>> from .terms import Rules
    >>> [p.amount for p in share_of([Posting(STOCK, D("-2.50")),
    ...                              Posting(STOCK, D("-2.50"))], D("0.5"), Rules())]
    [Decimal('-2.50')]
    """
    return [
        replace(
            posting,
            amount=rounded(posting.amount * share, rules.unit),
            exact=None if posting.exact is None else posting.exact * share,
            standard_quantity=posting.standard_quantity * share,
            actual_quantity=posting.actual_quantity * share,
        )
        for posting in merged(postings).values()
    ]


def difference(posted, target, rules, stock_values=None):
    """Return the postings that turn what stands, ``posted``, into ``target``.

    :param stock_values: {(role, product): amount} of what entered stock, at today's
        value, debit positive; stock postings that it does not name keep the difference

    Half of a delivery of 100.00 comes back when the goods are worth 60.00:

    >>> from decimal import Decimal as D
    >>> from .terms import COST_OF_SALES, Rules
    >>> sold = [Posting(COST_OF_SALES, D(100)), Posting(FINISHED_GOODS, D(-100))]
    >>> for p in difference(sold, share_of(sold, D("0.5"), Rules()), Rules(),
    ...                     {(FINISHED_GOODS, None): D("60")}):
    ...     print(p.role, p.kind or "", p.amount)
    cost_of_sales  -50.00
    finished_goods  60.00
    variance revaluation -10.00
    """
    before, after = merged(posted), merged(target)
    changes = [
        _changed(before.get(key), after.get(key))
        for key in [*before, *(key for key in after if key not in before)]
    ]
    return at_stock_values(changes, stock_values or {}, rules)


def at_stock_values(postings, stock_values, rules):
    """Return ``postings`` with stock accounts that move by ``stock_values``, and what
    that differs by as a revaluation.

    :param stock_values: {(role, product): amount} that enters stock, debit positive;
        stock postings that it does not name stay as they are

    A table finished on a day when its card said 30.00 enters stock where tables are
    worth 33.00 by now:

    >>> from decimal import Decimal as D
    >>> from .terms import APPLIED, Rules
    >>> made = [Posting(FINISHED_GOODS, D(30)), Posting(APPLIED, D(-30))]
    >>> for p in at_stock_values(made, {(FINISHED_GOODS, None): D(33)}, Rules()):
    ...     print(p.role, p.kind or "", p.amount)
    finished_goods  33.00
    variance revaluation -3.00
    applied  -30
    """
    due = dict(stock_values)
    for posting in postings:
        if (key := (posting.role, posting.product)) in due:
            due[key] -= posting.amount
    moved = []
    for posting in postings:
        # Of several about the same stock the first takes the difference.
        key = (posting.role, posting.product)
        value = posting.amount + due.pop(key, ZERO) if key in stock_values else None
        moved += _at_today(posting, value, rules)
    for (role, product), value in due.items():
        moved += _at_today(Posting(role, ZERO, product=product), value, rules)
    return balanced(moved, rules)


def merged(postings):
    """Return {key: posting}, amounts and quantities of the same thing added up.

    >>> from decimal import Decimal as D
    >>> [steel] = merged([Posting(STOCK, D("-0.33"), exact=D("-0.333")),
    ...                   Posting(STOCK, D("-2"))]).values()
    >>> print(steel.amount, steel.exact)
    -2.33 -2.333
    """
    found = {}
    for posting in postings:
        key = _key(posting)
        if other := found.get(key):
            posting = replace(
                posting,
                amount=other.amount + posting.amount,
                exact=_added(other, posting),
                standard_quantity=other.standard_quantity + posting.standard_quantity,
                actual_quantity=other.actual_quantity + posting.actual_quantity,
            )
        found[key] = posting
    return found


def _added(*postings):
    """Return what ``postings`` move their stock account by before rounding; None when
    that is what they say."""
    if all(posting.exact is None for posting in postings):
        return None
    return sum((p.amount if p.exact is None else p.exact for p in postings), start=ZERO)


def _key(posting):
    return (
        posting.role,
        posting.kind,
        posting.element,
        posting.product,
        posting.operation,
        posting.workcenter,
        posting.account,
    )


def _changed(before, after):
    """Return the posting from ``before`` to ``after``, either of which may be None."""
    if before is None:
        return after
    standard = after.standard_quantity if after else ZERO
    actual = after.actual_quantity if after else ZERO
    return replace(
        after or before,
        amount=(after.amount if after else ZERO) - before.amount,
        exact=None,
        standard_quantity=standard - before.standard_quantity,
        actual_quantity=actual - before.actual_quantity,
    )


def _at_today(change, value, rules):
    """Return ``change``, for stock at its ``value`` today with its revaluation.

    A difference of one currency unit is rounding, and stays with the change.

    :param value: company currency; None when the change is today's value itself
    """
    if change.role not in (FINISHED_GOODS, STOCK):
        return [change]
    if value is None and change.exact is not None:
        return [change]
    if value is None:
        value = change.amount if abs(change.amount) > rules.unit else ZERO
    today = rounded(value, rules.unit)
    change = replace(change, exact=value)
    if abs(today - change.amount) <= rules.unit:
        return [change]
    revaluation = Posting(
        VARIANCE,
        change.amount - today,
        kind=REVALUATION,
        element=change.element,
        product=change.product,
        standard_quantity=change.standard_quantity,
        actual_quantity=change.actual_quantity,
    )
    return [replace(change, amount=today), revaluation]
