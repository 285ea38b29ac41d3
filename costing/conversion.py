"""Conversion of goods finished: what is applied, and what it differs from standard.

Part of ``flush``; the basis is standard output or actual time. For standard output
conversion is applied as the card plans it for what was made, whatever was worked: there
is neither efficiency nor lot size variance at completion, the close finds them.
"""

from collections import defaultdict
from dataclasses import replace

from . import cards, variances
from .lots import lot_size_measure
from .money import ZERO, rounded
from .terms import APPLIED, STANDARD_OUTPUT, VARIANCE, Posting, standard_credit


def conversion_postings(card, completion, rules):
    """Return conversion applied, and when time is the basis what it differs from
    standard by: efficiency, and lot size of operations with set-up."""
    if rules.basis == STANDARD_OUTPUT:
        return [
            standard_credit(line, completion.quantity, rules.unit)
            for line in card.conversions
        ]
    spent = _spent_hours(completion)
    postings = []
    for line in with_setup(card.conversions):
        if line.driver == cards.PER_HOUR:
            lots = lot_size_measure(line, card, completion)
            postings += _timed_postings(line, spent, completion.quantity, lots, rules)
        else:
            postings.append(standard_credit(line, completion.quantity, rules.unit))
    return postings + _unplanned_work(card, completion, rules.unit)


def with_setup(lines):
    """Return ``lines`` with the set-up of each operation and element in the line of its
    run: time is recorded for an operation, whatever it is spent on.

    >>> from decimal import Decimal as D
    >>> run = cards.operation_line(2, 3, 5, D("0.25"), D(40))
    >>> setup = cards.setup_line(2, 3, 5, D("0.05"), D(40))
    >>> [line] = with_setup([run, setup])
    >>> line.kind, line.quantity, line.price, line.amount
    ('operation', Decimal('0.30'), Decimal('40'), Decimal('12.000000'))
    """
    found = {}
    for number, line in enumerate(lines):
        if line.kind in cards.WORK_KINDS:
            key = (line.operation, line.workcenter, line.element)
            found[key] = _joined(found[key], line) if key in found else line
        else:
            found[number] = line
    return tuple(found.values())


def _joined(line, other):
    """Return one line for two of the same operation and element."""
    hours, amount = line.quantity + other.quantity, line.amount + other.amount
    same = line.price == other.price or not hours
    return replace(
        line,
        kind=cards.OPERATION,
        quantity=hours,
        price=line.price if same else amount / hours,
        amount=amount,
    )


def _spent_hours(completion):
    """Return {(operation, workcenter): hours}; the total under ``None``."""
    hours = defaultdict(lambda: ZERO)
    for work in completion.works:
        hours[work.operation, work.workcenter] += work.hours
        hours[None] += work.hours
    return hours


def _timed_postings(line, spent, produced, lots, rules):
    """Return conversion applied for hours spent, and its efficiency and lot size
    variances, which add up to hours x rate - standard to the cent.

    Efficiency compares with the hours that the set-ups which were run, and the units
    which were made, are planned to take. Overhead per hour follows all the hours of the
    order.

    :param lots: `lots.SetupHours`
    """
    operation = line.kind in cards.WORK_KINDS
    hours = spent[(line.operation, line.workcenter) if operation else None]
    standard = produced * line.quantity
    applied = Posting(
        APPLIED,
        -rounded(hours * line.price, rules.unit),
        element=line.element,
        operation=line.operation,
        workcenter=line.workcenter,
        standard_quantity=standard,
        standard_price=line.price,
        actual_quantity=hours,
        actual_price=line.price,
    )
    amount = variances.efficiency_variance(standard, hours, line.price)
    total, setups = rounded(amount, rules.unit), lots.variance(line.price)
    setups = rounded(setups, rules.unit)
    allowed = replace(applied, standard_quantity=standard + lots.run - lots.charged)
    lot_size = replace(
        applied,
        role=VARIANCE,
        kind=variances.LOT_SIZE,
        amount=setups,
        standard_quantity=lots.charged,
        actual_quantity=lots.run,
    )
    return [applied, _efficiency(allowed, total - setups), lot_size]


def _unplanned_work(card, completion, unit):
    """Return conversion applied for work that the card does not plan, all of it
    efficiency variance."""
    planned = {(line.operation, line.workcenter) for line in card.conversions}
    postings = []
    for work in completion.works:
        if (work.operation, work.workcenter) in planned:
            continue
        for element, rate in work.rates:
            applied = Posting(
                APPLIED,
                -rounded(work.hours * rate, unit),
                element=element,
                operation=work.operation,
                workcenter=work.workcenter,
                standard_price=rate,
                actual_quantity=work.hours,
                actual_price=rate,
            )
            postings += [applied, _efficiency(applied, -applied.amount)]
    return postings


def _efficiency(applied, amount):
    return replace(applied, role=VARIANCE, kind=variances.EFFICIENCY, amount=amount)
