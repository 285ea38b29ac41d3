"""Why overheads moved: they follow what they are taken of, or their own rate did.

Standard cost; last step of ``waterfall``.
"""

from collections import defaultdict
from decimal import Decimal

from . import cards
from .money import ZERO
from .steps import (
    LOT_SIZE,
    OVERHEAD_RATE,
    ROUTING_TIME,
    Measure,
    setup_at_new_lot,
    walk,
)


def explain_overheads(old, new, steps, lots):
    """Return the steps of all overhead lines.

    :param steps: `Step` of the direct lines, which percentages follow
    :param lots: lot sizes of the old and of the new card

    An overhead of 8.00 an hour, then 9.00, on a quarter of an hour that becomes half of
    one: + 0.25 x 8.00 + 0.5 x 1.00.

    >>> from decimal import Decimal as D
    >>> def card(hours, rate):
    ...     return cards.with_overheads(
    ...         [cards.operation_line(2, 7, 5, D(hours), D(40))],
    ...         [cards.OverheadRate(3, cards.PER_HOUR, D(rate))])
    >>> old, new = card("0.25", 8), card("0.50", 9)
    >>> [(step.cause, str(step.amount))
    ...  for step in explain_overheads(old, new, [], (D(1), D(1)))]
    [('routing_time', '2.000000'), ('overhead_rate', '0.500000')]
    """
    bases = [_sums(card) for card in (old, new)]
    result = []
    for before, after in _pairs(old, new, bases):
        if not (before and after):
            result += _come_or_gone(before, after)
        elif after.driver == cards.PER_HOUR:
            result += _follow_hours(before, after, (old, new), lots)
        else:
            base = _find_base(before, after, bases)
            followed = [step for step in steps if step.element == base]
            result += _follow_base(before, after, followed)
    return result


# Which overhead is which -------------------------------------------------------------


def _sums(card):
    """Return {element: direct cost}, zero for elements that the card has not."""
    sums = defaultdict(Decimal)
    for line in card.lines:
        if line.kind != cards.OVERHEAD:
            sums[line.element] += line.amount
    return sums


def _find_bases(line, sums, elements):
    """Return the elements that ``line`` may be a percentage of: cards keep the base's
    amount as its price, not which element it was."""
    return {element for element in elements if sums[element] == line.price}


def _find_base(before, after, bases):
    """Return the element that both lines are a percentage of, or None."""
    if before.driver == cards.PER_HOUR:
        return None
    elements = {*bases[0], *bases[1]}
    found = _find_bases(before, bases[0], elements) & _find_bases(
        after, bases[1], elements
    )
    return min(found, default=None)


def _is_alike(before, after, bases):
    """Answer whether two overhead lines come of one rate of a policy."""
    if (before.element, before.driver) != (after.element, after.driver):
        return False
    if before.driver == cards.PER_HOUR or before.quantity == after.quantity == 1:
        return True
    return _find_base(before, after, bases) is not None


def _pairs(old, new, bases):
    """Return [(old line, new line)] of overheads; None where one is missing."""
    left = [line for line in old.lines if line.kind == cards.OVERHEAD]
    found = []
    for after in (line for line in new.lines if line.kind == cards.OVERHEAD):
        alike = [line for line in left if _is_alike(line, after, bases)]
        before = after if after in alike else next(iter(alike), None)
        found.append((before, after))
        if before:
            left.remove(before)
    return found + [(line, None) for line in left]


# What moved it -----------------------------------------------------------------------


def _about(line, **moved):
    return {
        "kind": line.kind,
        "element": line.element,
        "driver": line.driver,
        **moved,
    }


def _come_or_gone(before, after):
    """Return the step of an overhead that is new, or is no more: one amount."""
    line = after or before
    there, nothing = Measure(Decimal(1), line.amount), Measure(Decimal(1), ZERO)
    start, end = (nothing, there) if after else (there, nothing)
    change = end.amount - start.amount
    return walk(start, [(OVERHEAD_RATE, end, _about(line))], change)


def _follow_base(before, after, steps):
    """Return the steps of a percentage: the old one of each step of its base, then the
    new one of the new base. An amount per unit has no ``steps`` to follow."""
    moves = []
    base = before.price
    for step in steps:
        base += step.amount
        about = _about(
            after,
            product=step.product,
            operation=step.operation,
            workcenter=step.workcenter,
        )
        moves.append((step.cause, Measure(before.quantity, base), about))
    end = Measure(after.quantity, after.price)
    moves.append((OVERHEAD_RATE, end, _about(after)))
    start = Measure(before.quantity, before.price)
    return walk(start, moves, after.amount - before.amount)


def _follow_hours(before, after, both, lots):
    """Return the steps of an overhead per hour: hours at the old rate, then the rate at
    the new hours."""
    moves = []
    hours = before.quantity
    for cause, difference, (operation, workcenter) in _find_moves(
        both, lots, after.quantity - before.quantity
    ):
        hours += difference
        about = _about(after, operation=operation, workcenter=workcenter)
        moves.append((cause, Measure(hours, before.price), about))
    end = Measure(after.quantity, after.price)
    moves.append((OVERHEAD_RATE, end, _about(after)))
    start = Measure(before.quantity, before.price)
    return walk(start, moves, after.amount - before.amount)


def _find_moves(both, lots, change):
    """Return [(cause, hours, (operation, work centre))] that add up to ``change``.

    Whether set-up counts among the hours, the sum tells; hours that the lines do not
    account for are routing time.
    """
    running = _moved(both, lots, cards.OPERATION)
    for moves in (running, running + _moved(both, lots, cards.SETUP)):
        if sum(hours for _cause, hours, _key in moves) == change:
            return moves
    return [(ROUTING_TIME, change, (None, None))]


def _moved(both, lots, kind):
    """Return [(cause, hours, (operation, work centre))] of the lines of ``kind``; an
    operation whose rate is split into several elements counts once."""
    old, new = (
        {
            (line.operation, line.workcenter): line.quantity
            for line in card.lines
            if line.kind == kind
        }
        for card in both
    )
    moves = []
    for key in {**new, **old}:
        before, after = old.get(key, ZERO), new.get(key, ZERO)
        kept = before
        if kind == cards.SETUP:
            kept = setup_at_new_lot(before, after, *lots)
        moves.append((LOT_SIZE, kept - before, key))
        moves.append((ROUTING_TIME, after - kept, key))
    return moves
