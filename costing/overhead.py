"""Conversion of a period: what its control accounts differ by from what was applied.

Rates and budgets in, variances of one cost element out; ``proration`` disposes of them.
Sources: Horngren, Datar and Rajan, *Cost Accounting*, chapter 8 (two-, three- and
four-variance analysis); Drury, *Management and Cost Accounting*, chapter 17 (volume
split into efficiency and capacity).
"""

from dataclasses import dataclass
from decimal import Decimal

from .money import ZERO, rounded
from .variances import (
    EFFICIENCY,
    SPENDING,
    VOLUME,
    VOLUME_CAPACITY,
    VOLUME_EFFICIENCY,
    efficiency_variance,
    rate_variances,
)

#: Of the two-way analysis: all that is not volume (also called budget variance).
CONTROLLABLE = "controllable"


@dataclass(frozen=True)
class Overhead:
    """Overhead of a period: rates and budget on one side, hours on the other.

    :param hours: hours worked, of the driver that the rates are for
    :param standard_hours: hours that the cards allow for the output
    :param variable_rate, fixed_rate: company currency per standard hour
    :param budget: fixed overhead of the period as budgeted, company currency; fixed
        rate = budget / budgeted hours
    """

    hours: Decimal
    standard_hours: Decimal
    variable_rate: Decimal = ZERO
    fixed_rate: Decimal = ZERO
    budget: Decimal = ZERO

    @property
    def applied(self):
        """Overhead applied to the output, variable and fixed."""
        return self.standard_hours * (self.variable_rate + self.fixed_rate)


def fixed_variances(overhead, cost):
    """Return {SPENDING, VOLUME} of fixed overhead that did ``cost`` so much.

    spending (expenditure) = cost - budget;
    volume = budget - standard hours x fixed rate. There is no efficiency: fixed
    overhead does not follow hours. Their sum is cost - applied.

    4,500 hours at 10.00 budgeted, 4,000 allowed for the output, 47,000 spent:

    >>> from decimal import Decimal as D
    >>> thing = Overhead(D(4200), D(4000), fixed_rate=D(10), budget=D(45000))
    >>> fixed_variances(thing, D(47000))
    {'spending': Decimal('2000'), 'volume': Decimal('5000')}
    """
    return {
        SPENDING: cost - overhead.budget,
        VOLUME: overhead.budget - overhead.standard_hours * overhead.fixed_rate,
    }


def volume_split(overhead):
    """Return {VOLUME_EFFICIENCY, VOLUME_CAPACITY}, which add up to volume.

    efficiency = (hours - standard hours) x fixed rate: slow work used the capacity up;
    capacity = budget - hours x fixed rate: capacity was left idle.

    >>> from decimal import Decimal as D
    >>> volume_split(Overhead(D(4200), D(4000), fixed_rate=D(10), budget=D(45000)))
    {'volume_efficiency': Decimal('2000'), 'volume_capacity': Decimal('3000')}
    """
    return {
        VOLUME_EFFICIENCY: efficiency_variance(
            overhead.standard_hours, overhead.hours, overhead.fixed_rate
        ),
        VOLUME_CAPACITY: overhead.budget - overhead.hours * overhead.fixed_rate,
    }


def four_way(overhead, variable_cost, fixed_cost):
    """Return {"variable": {SPENDING, EFFICIENCY}, "fixed": {SPENDING, VOLUME}}.

    >>> from decimal import Decimal as D
    >>> webb = Overhead(D(4500), D(4000), D(30), D("57.5"), D(276000))
    >>> found = four_way(webb, D(130500), D(285000))
    >>> found["variable"]
    {'spending': Decimal('-4500'), 'efficiency': Decimal('15000')}
    >>> found["fixed"]
    {'spending': Decimal('9000'), 'volume': Decimal('46000.0')}
    """
    variable = rate_variances(
        overhead.standard_hours,
        overhead.hours,
        overhead.variable_rate,
        variable_cost,
        kind=SPENDING,
    )
    return {"variable": variable, "fixed": fixed_variances(overhead, fixed_cost)}


def three_way(overhead, cost):
    """Return {SPENDING, EFFICIENCY, VOLUME} of all overhead, which add up to cost -
    applied; variable and fixed cost need not be known apart.

    spending = cost - (budget + hours x variable rate), both spendings of four_way.

    65,000 h worked, 60,000 allowed, 6.00 variable and 4.00 fixed, 275,000 budgeted:

    >>> from decimal import Decimal as D
    >>> terry = Overhead(D(65000), D(60000), D(6), D(4), D(275000))
    >>> list(three_way(terry, D(666500)).values())
    [Decimal('1500'), Decimal('30000'), Decimal('35000')]
    """
    found = four_way(overhead, cost - overhead.budget, overhead.budget)
    return {**found["variable"], VOLUME: found["fixed"][VOLUME]}


def two_way(overhead, cost):
    """Return {CONTROLLABLE, VOLUME} of all overhead, which add up to cost - applied.

    controllable = cost - (budget + standard hours x variable rate).

    >>> from decimal import Decimal as D
    >>> terry = Overhead(D(65000), D(60000), D(6), D(4), D(275000))
    >>> two_way(terry, D(666500))
    {'controllable': Decimal('31500'), 'volume': Decimal('35000')}
    """
    found = three_way(overhead, cost)
    return {
        CONTROLLABLE: found[SPENDING] + found[EFFICIENCY],
        VOLUME: found[VOLUME],
    }


@dataclass(frozen=True)
class Conversion:
    """One cost element in a period, as its accounts and budget have it.

    :param cost: debited to its control account, company currency
    :param applied: credited to its applied account, company currency
    :param hours: hours worked; None when they are not known
    :param standard_hours: hours that were applied for; the same as ``hours`` where time
        is the conversion basis, as efficiency is then posted with the order
    :param rate: standard rate, company currency per hour
    :param budget: of a fixed element, its amount for the period; None when the element
        is variable, or fixed without a budget
    """

    cost: Decimal
    applied: Decimal
    hours: Decimal | None = None
    standard_hours: Decimal = ZERO
    rate: Decimal = ZERO
    budget: Decimal | None = None


def period_variances(conversion, unit, spending=SPENDING):
    """Return {kind: amount} of one element; they add up to cost - applied, exactly.

    Variable: efficiency, and the rest is spending. With a budget: spending against
    it, and budget - applied as volume, split into efficiency and capacity when hours
    are known. As applied is what the books have, cards with different rates or a rate
    that changed in the period leave nothing over.

    :param unit: smallest amount of the company currency
    :param spending: RATE for labour, whose rate variance is not called spending

    >>> from decimal import Decimal as D
    >>> from .variances import RATE
    >>> thing = Conversion(D(47000), D(40000), D(4200), D(4000), D(10), D(45000))
    >>> for kind, amount in period_variances(thing, D("0.01")).items():
    ...     print(kind, amount)
    spending 2000.00
    volume_efficiency 2000.00
    volume_capacity 3000.00
    >>> labour = Conversion(D(26250), D(24000), D(2500), D(2400), D(10))
    >>> for kind, amount in period_variances(labour, D("0.01"), RATE).items():
    ...     print(kind, amount)
    rate 1250.00
    efficiency 1000.00
    """
    efficiency = _efficiency(conversion, unit)
    if conversion.budget is None:
        rest = conversion.cost - conversion.applied - (efficiency or ZERO)
        found = {spending: rest, EFFICIENCY: efficiency}
    else:
        budget = rounded(conversion.budget, unit)
        volume = budget - conversion.applied
        found = {spending: conversion.cost - budget}
        if efficiency is None:
            found[VOLUME] = volume
        else:
            found[VOLUME_EFFICIENCY] = efficiency
            found[VOLUME_CAPACITY] = volume - efficiency
    return {kind: amount for kind, amount in found.items() if amount is not None}


def _efficiency(conversion, unit):
    """Return the efficiency variance, None when no hours are known."""
    if conversion.hours is None:
        return None
    amount = efficiency_variance(
        conversion.standard_hours, conversion.hours, conversion.rate
    )
    return rounded(amount, unit)
