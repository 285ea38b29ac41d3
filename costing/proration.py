"""Proration: an amount shared by what each account still holds, closing to the cent.

What is left on variance and conversion accounts at a period end goes to cost of sales,
to the accounts that hold the goods, or on to the next period. Follows ``variances`` and
``overhead``. Source: Horngren, Datar and Rajan, *Cost Accounting*, chapters 4 and 7
(proration of end-of-period variances by the component in each balance).
"""

from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal

from .money import ZERO

#: What becomes of an amount: to cost of sales, prorated, or carried forward.
TO_COST_OF_SALES, PRORATED, CARRIED = "cost_of_sales", "prorated", "carried"


def shares(total, weights, unit):
    """Return {key: share of ``total``} by ``weights``; the shares add up to ``total``.

    The method of largest remainders: every share is cut to whole units, and the units
    left over go, one each, to the keys that lost most by it, of equal ones to the
    heavier. A part of ``total`` that is less than a unit goes to the heaviest key.
    Nothing to share by: all shares are zero.

    :param unit: smallest amount of the currency, as in 0.01 or 1

    >>> from decimal import Decimal as D
    >>> [str(s) for s in shares(D(10), {1: D(1), 2: D(2)}, D("0.01")).values()]
    ['3.33', '6.67']
    >>> held = {"WIP": D(11200), "FG": D(8800), "COGS": D(190000)}
    >>> [str(s) for s in shares(D(4000), held, D(1)).values()]
    ['213', '168', '3619']
    >>> [str(s) for s in shares(D(-2), dict.fromkeys("abc", D(1)), D(1)).values()]
    ['-1', '-1', '0']
    >>> [str(s) for s in shares(D(2), {1: D(1), 2: D(3)}, D(1)).values()]
    ['0', '2']
    """
    whole = sum(weights.values(), ZERO)
    if not whole:
        return dict.fromkeys(weights, ZERO)
    step = unit if total > 0 else -unit
    due = {key: total / step * weight / whole for key, weight in weights.items()}
    units = {key: due[key].to_integral_value(ROUND_FLOOR) for key in due}
    heavy = sorted(weights, key=lambda key: -abs(weights[key]))
    # A stable sort: keys that lost the same stay in the order of weight.
    lost = sorted(heavy, key=lambda key: units[key] - due[key])
    rest = total - step * sum(units.values(), ZERO)
    for key in lost[: int(rest / step)]:
        units[key] += 1
        rest -= step
    found = {key: (units[key] * step).quantize(unit) + ZERO for key in weights}
    found[heavy[0]] += rest
    return found


def prorate(amount, balances, unit, cost_of_sales):
    """Return {key: share of ``amount``} by ``balances``, {key: standard cost that it
    still holds}; the shares add up to ``amount``.

    A balance that holds nothing, or less (more went out than came in), takes nothing;
    when none holds anything all of it goes to ``cost_of_sales``, a key.

    >>> from decimal import Decimal as D
    >>> held = {"RIP": D(-50), "FG": D(300), "COGS": D(600)}
    >>> found = prorate(D(100), held, D("0.01"), "COGS")
    >>> [f"{key} {share}" for key, share in found.items()]
    ['RIP 0', 'FG 33.33', 'COGS 66.67']
    >>> prorate(D(100), {"RIP": D(0)}, D("0.01"), "COGS")
    {'RIP': Decimal('0'), 'COGS': Decimal('100')}
    """
    holding = {key: held for key, held in balances.items() if held > 0}
    found = dict.fromkeys(balances, ZERO)
    return found | (shares(amount, holding, unit) or {cost_of_sales: amount})


@dataclass(frozen=True)
class Difference:
    """An amount to dispose of: a variance, or conversion under- or over-applied.

    :param key: what it is, as in "usage"
    :param amount: company currency, rounded; positive is unfavourable (under-applied)
    :param over: keys of the balances whose standard cost it concerns: usage has nothing
        to do with material in store, labour only with the labour in each account
    :param cost_of_sales: key of the balance that takes it when it is not prorated
    :param method: TO_COST_OF_SALES, PRORATED or CARRIED
    """

    key: object
    amount: Decimal
    over: tuple
    cost_of_sales: object
    method: str = PRORATED


@dataclass(frozen=True)
class Disposition:
    """What becomes of differences.

    :param shares: {key of difference: {key of balance: amount, debit positive}}
    :param after: {key of balance: what it holds afterwards}
    :param carried: differences that wait for a later period
    """

    shares: dict
    after: dict
    carried: tuple = ()

    @property
    def by_balance(self):
        """{key of balance: what it takes of all differences}, zeros left out."""
        found = {}
        for taken in self.shares.values():
            for key, amount in taken.items():
                found[key] = found.get(key, ZERO) + amount
        return {key: amount for key, amount in found.items() if amount}


def dispose(differences, balances, unit):
    """Return the `Disposition` of ``differences``, in their order.

    What one adds to a balance the next is prorated by: usage goes first, price after
    it, as the material of a balance then is what it really took (Blocher, Stout and
    Cokins, *Cost Management*, chapter 15).

    :param balances: {key: standard cost that it still holds}

    Material of 650 in store, 870 in finished goods, 3,480 sold; usage 150 favourable
    (-30, -120), then price 100 by 650, 840 and 3,360:

    >>> from decimal import Decimal as D
    >>> held = {"RIP": D(650), "FG": D(870), "COGS": D(3480)}
    >>> usage = Difference("usage", D(-150), ("FG", "COGS"), "COGS")
    >>> price = Difference("price", D(100), ("RIP", "FG", "COGS"), "COGS")
    >>> found = dispose([usage, price], held, D("0.01"))
    >>> [str(amount) for amount in found.shares["price"].values()]
    ['13.40', '17.32', '69.28']
    >>> [str(amount) for amount in found.after.values()]
    ['663.40', '857.32', '3429.28']
    """
    after, disposed, carried = dict(balances), {}, []
    for difference in differences:
        if difference.method == CARRIED:
            carried.append(difference)
            continue
        disposed[difference.key] = taken = _taken(difference, after, unit)
        for key, amount in taken.items():
            after[key] = after.get(key, ZERO) + amount
    return Disposition(disposed, after, tuple(carried))


def _taken(difference, balances, unit):
    """Return {key of balance: what it takes of ``difference``}."""
    cost_of_sales, amount = difference.cost_of_sales, difference.amount
    if difference.method == TO_COST_OF_SALES:
        return {cost_of_sales: amount}
    held = {key: balances.get(key, ZERO) for key in difference.over}
    return prorate(amount, held, unit, cost_of_sales)


def side_by_side(differences, balances, unit):
    """Return {TO_COST_OF_SALES: Disposition, PRORATED: Disposition}: both results of
    all that is not carried forward, whatever was chosen for it.

    >>> from decimal import Decimal as D
    >>> held = {"FG": D(100), "COGS": D(300)}
    >>> labour = Difference("labour", D(20), ("FG", "COGS"), "COGS")
    >>> for method, found in side_by_side([labour], held, D(1)).items():
    ...     print(method, *found.after.values())
    cost_of_sales 100 320
    prorated 105 315
    """
    return {
        method: dispose(_all_by(method, differences), balances, unit)
        for method in (TO_COST_OF_SALES, PRORATED)
    }


def _all_by(method, differences):
    return [
        difference
        if difference.method == CARRIED
        else replace(difference, method=method)
        for difference in differences
    ]


def bring_forward(carried, differences):
    """Return ``differences`` with what earlier periods ``carried`` added to them.

    What has no difference of its key in this period comes last, by the method that this
    period is asked to choose: it stays CARRIED until then.

    >>> from decimal import Decimal as D
    >>> def labour(amount, method=PRORATED):
    ...     return Difference("labour", D(amount), ("FG", "COGS"), "COGS", method)
    >>> [june] = bring_forward([labour(30, CARRIED)], [labour(-10)])
    >>> june.amount, june.method
    (Decimal('20'), 'prorated')
    """
    waiting = {}
    for difference in carried:
        other = waiting.get(difference.key)
        amount = difference.amount + (other.amount if other else ZERO)
        waiting[difference.key] = replace(difference, amount=amount)
    found = []
    for difference in differences:
        other = waiting.pop(difference.key, None)
        amount = difference.amount + (other.amount if other else ZERO)
        found.append(replace(difference, amount=amount))
    return [*found, *waiting.values()]
