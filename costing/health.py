"""Health of standards: what makes a card differ from one computed today.

Standard cost; after ``waterfall``, whose steps it sorts into findings. Nothing comes
after it: findings are read by people.
"""

from dataclasses import replace

from .cards import (
    MATERIAL_KINDS,
    OPERATION,
    OVERHEAD,
    SETUP,
    unit_cost,
    with_overheads,
)
from .materials import by_component
from .money import ZERO
from .steps import (
    BILL,
    COMPONENT_PRICE,
    LOT_SIZE,
    OVERHEAD_RATE,
    RATE,
    ROUTING_TIME,
    SCRAP,
    SUB_ASSEMBLY,
    SUBCONTRACTING,
)

#: Cause of a step: kind of the finding that it belongs to.
KINDS = {
    BILL: "bill",
    SCRAP: "bill",
    ROUTING_TIME: "routing",
    LOT_SIZE: "routing",
    RATE: "rate",
    SUBCONTRACTING: "rate",
    OVERHEAD_RATE: "overhead",
    COMPONENT_PRICE: "component",
    SUB_ASSEMBLY: "component",
}


def by_kind(steps, regrouped=()):
    """Return {kind of finding: its steps}, in the order of the steps.

    :param regrouped: see `regrouped`; it is about the bill, also when nothing else is

    >>> from .steps import Measure, Step
    >>> from decimal import Decimal as D
    >>> half, one = Measure(D("0.5"), D(40)), Measure(D(1), D(40))
    >>> steps = [Step(ROUTING_TIME, D(20), OPERATION, 2, half, one, operation=7),
    ...          Step(ROUTING_TIME, D(5), OVERHEAD, 3, half, one, operation=7)]
    >>> [(kind, len(mine)) for kind, mine in by_kind(steps).items()]
    [('routing', 2)]
    """
    found = {}
    for step in steps:
        found.setdefault(KINDS[step.cause], []).append(step)
    if regrouped:
        found.setdefault(KINDS[BILL], [])
    return found


def amount_of(steps):
    """Return what ``steps`` add to the standard cost, company currency for one unit."""
    return sum((step.amount for step in steps), ZERO)


def material_of(steps, perpetual):
    """Return what ``steps`` add to the material of one unit, company currency.

    It is what unsold goods stand at that are flushed at sale.

    :param perpetual: components whose purchases are recorded; others stand nowhere

    >>> from .steps import Measure, Step
    >>> from decimal import Decimal as D
    >>> half, one = Measure(D("0.5"), D(40)), Measure(D(1), D(40))
    >>> steps = [Step(BILL, D(20), "component", 1, half, one, product=7),
    ...          Step(BILL, D(20), "component", 1, half, one, product=8),
    ...          Step(BILL, D(5), OVERHEAD, 3, half, one, product=7)]
    >>> material_of(steps, {7})
    Decimal('20')
    """
    return amount_of(
        step
        for step in steps
        if step.kind in MATERIAL_KINDS and step.product in perpetual
    )


def regrouped(card, today):
    """Return [(component, mix group on ``card``, mix group on ``today``), ...] of the
    components of both whose group differs; None is no group. It moves no standard cost.

    >>> from decimal import Decimal as D
    >>> from .cards import Card, component_line
    >>> oil = component_line(1, 7, D(2), D(3))
    >>> regrouped(Card((oil,)), Card((replace(oil, group="fats"),)))
    [(7, None, 'fats')]
    """
    before, after = (by_component(each.components) for each in (card, today))
    return [
        (product, line.group, after[product].group)
        for product, line in before.items()
        if product in after and line.group != after[product].group
    ]


def _direct(card):
    """Return the lines of ``card`` without its overheads."""
    return [line for line in card.lines if line.kind != OVERHEAD]


def standard_hours(card):
    """Return {operation: hours for one unit}, run and set-up together; an operation
    whose rate is split into elements counts once.

    >>> from decimal import Decimal as D
    >>> from .cards import Card, operation_line
    >>> run = [operation_line(element, 7, 8, D("0.25"), D(20)) for element in (2, 3)]
    >>> setup = replace(run[0], kind=SETUP, quantity=D("0.05"))
    >>> standard_hours(Card((*run, setup)))
    {7: Decimal('0.30')}
    """
    parts = {
        (line.kind, line.operation, line.workcenter): (line.operation, line.quantity)
        for line in card.lines
        if line.kind in (OPERATION, SETUP) and line.operation
    }
    hours = {}
    for operation, quantity in parts.values():
        hours[operation] = hours.get(operation, ZERO) + quantity
    return hours


def effect_of_hours(card, hours, rates):
    """Return by how much one unit of ``card`` costs more if its operations take
    ``hours``, {operation: hours for one unit}, overheads included.

    :param rates: the `cards.OverheadRate` of the card

    0.25 hours on the card, 0.30 in fact, at 40.00 and 25 % overhead on them:
    0.05 x 40.00 x 1.25 = 2.50.

    >>> from decimal import Decimal as D
    >>> from .cards import PERCENT, OverheadRate, operation_line
    >>> rates = [OverheadRate(3, PERCENT, D(25), base=2)]
    >>> card = with_overheads([operation_line(2, 7, 8, D("0.25"), D(40))], rates)
    >>> effect_of_hours(card, {7: D("0.30")}, rates)
    Decimal('2.500000')
    """
    standard, direct = standard_hours(card), _direct(card)
    moved = []
    for line in direct:
        if line.kind in (OPERATION, SETUP) and line.operation in hours:
            share = hours[line.operation] / standard[line.operation]
            quantity = line.quantity * share
            amount = unit_cost(quantity * line.price)
            line = replace(line, quantity=quantity, amount=amount)
        moved.append(line)
    return with_overheads(moved, rates).total - with_overheads(direct, rates).total


def is_beyond(standard, actual, tolerance):
    """Answer whether ``actual`` differs from ``standard`` by more than ``tolerance``
    percent of it.

    >>> from decimal import Decimal as D
    >>> is_beyond(D(10), D("10.5"), D(5)), is_beyond(D(10), D("9.49"), D(5))
    (False, True)
    >>> is_beyond(D(0), D("0.01"), D(5))
    True
    """
    return abs(actual - standard) > abs(standard) * tolerance / 100
