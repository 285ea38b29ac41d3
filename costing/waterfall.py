"""Why it moved: the change from one cost card to the next, cause by cause, to the cent.

Standard cost; after ``rollup``. ``pairing`` finds the lines to compare, ``steps`` keeps
the sum, ``waterfall_overheads`` does the overheads that follow.
"""

from . import cards
from .money import ZERO
from .pairing import items, pairs
from .steps import (
    BILL,
    COMPONENT_PRICE,
    LOT_SIZE,
    RATE,
    ROUTING_TIME,
    SCRAP,
    SUB_ASSEMBLY,
    SUBCONTRACTING,
    Measure,
    scrap_at_old_share,
    setup_at_new_lot,
    walk,
)
from .waterfall_overheads import explain_overheads


def explain(old, new, old_lot, new_lot, made=frozenset()):
    """Return the steps from card ``old`` to card ``new``, a tuple of `steps.Step`.

    Quantities move first, at old prices; prices move next, at new quantities. The steps
    add up to ``new.total - old.total`` exactly: within each card line, the largest step
    takes the millionths that rounding leaves over. A cost that did not move has no
    step. An overhead in percent follows the causes of its base, an overhead per hour
    those of the hours; only what its own rate adds is an overhead rate.

    :param old_lot, new_lot: lot sizes of the cards, product units
    :param made: keys of the components that are made here: a new price of theirs is
        the cause SUB_ASSEMBLY

    Screws 0.50 -> 0.60, 5 a table; assembly 15 -> 12 minutes at 40.00 an hour, with an
    overhead of 25 % of it: + 5 x 0.10 - 0.05 x 40.00 x 1.25 = 0.50 - 2.50 = - 2.00.

    >>> from decimal import Decimal as D
    >>> def table(price, hours):
    ...     return cards.with_overheads(
    ...         [cards.component_line(1, 9, D(5), D(price)),
    ...          cards.operation_line(2, 7, 8, D(hours), D(40))],
    ...         [cards.OverheadRate(3, cards.PERCENT, D(25), base=2)])
    >>> old, new = table("0.50", "0.25"), table("0.60", "0.20")
    >>> for step in explain(old, new, D(1), D(1)):
    ...     print(step.cause, step.kind, step.amount)
    component_price component 0.500000
    routing_time operation -2.000000
    routing_time overhead -0.500000
    >>> new.total - old.total
    Decimal('-2.000000')
    """
    lots = (old_lot, new_lot)
    steps = []
    for before, after in pairs(items(old), items(new)):
        kind = (after or before).line.kind
        if kind in cards.MATERIAL_KINDS:
            steps += _explain_material(before, after, made)
        elif kind == cards.SUBCONTRACTING:
            steps += _explain_subcontracting(before, after)
        else:
            steps += _explain_work(before, after, (old, new), lots)
    return (*steps, *explain_overheads(old, new, steps, lots))


def _about(line):
    """Return the fields of `Step` that say what it is about."""
    return {
        "kind": line.kind,
        "element": line.element,
        "product": line.product,
        "operation": line.operation,
        "workcenter": line.workcenter,
        "driver": line.driver,
    }


def _measures(before, after):
    """Return the `Measure` of two lines; one that is missing has quantity zero at the
    price of the other, so that only its quantity moves."""
    lines = (before or after, after or before)
    return [
        Measure(line.quantity if there else ZERO, line.price)
        for line, there in zip(lines, (before, after), strict=True)
    ]


def _change(before, after):
    return (after.amount if after else ZERO) - (before.amount if before else ZERO)


def _walk(before, after, *moves):
    """Return the steps of one line: moves are [(cause, quantity, price)]."""
    about = _about(after or before)
    start, _end = _measures(before, after)
    measures = [
        (cause, Measure(quantity, price), about) for cause, quantity, price in moves
    ]
    return walk(start, measures, _change(before, after))


# Material ----------------------------------------------------------------------------


def _explain_material(before, after, made):
    """Return the steps of a component, its scrap, a by-product or a purchase price."""
    lines = (before and before.line, after and after.line)
    line = lines[1] or lines[0]
    price = SUB_ASSEMBLY if line.product in made else COMPONENT_PRICE
    old, new = _measures(*lines)
    if line.kind == cards.PURCHASE:
        return _walk(*lines, (COMPONENT_PRICE, new.quantity, new.price))
    if line.kind == cards.SCRAP:
        return _walk(
            *lines, (SCRAP, new.quantity, old.price), (price, new.quantity, new.price)
        )
    steps = _walk(
        *lines, (BILL, new.quantity, old.price), (price, new.quantity, new.price)
    )
    scraps = (before and before.scrap, after and after.scrap)
    if any(scraps):
        steps += _explain_scrap(*scraps, (old.quantity, new.quantity), price)
    return steps


def _explain_scrap(before, after, components, price):
    """Return the steps of planned scrap: the share stays while the bill moves, then
    the share moves, then the price.

    :param components: quantity of the component on the old and on the new card
    """
    old, new = _measures(before, after)
    kept = scrap_at_old_share(old.quantity, new.quantity, *components)
    return _walk(
        before,
        after,
        (BILL, kept, old.price),
        (SCRAP, new.quantity, old.price),
        (price, new.quantity, new.price),
    )


# Work --------------------------------------------------------------------------------


def _explain_subcontracting(before, after):
    lines = (before and before.line, after and after.line)
    _old, new = _measures(*lines)
    return _walk(*lines, (SUBCONTRACTING, new.quantity, new.price))


def _explain_work(before, after, both, lots):
    """Return the steps of an operation or of its set-up, for one cost element.

    An element that is new to an operation on both cards is a part of its rate: its
    hours were there, at a rate of zero.
    """
    lines = (before and before.line, after and after.line)
    line = lines[1] or lines[0]
    old, new = _measures(*lines)
    for index, card in enumerate(both):
        if lines[index] is None and (hours := _find_hours(card, line)):
            there = Measure(hours, ZERO)
            old, new = (there, new) if index == 0 else (old, there)
    kept = old.quantity
    if line.kind == cards.SETUP:
        kept = setup_at_new_lot(old.quantity, new.quantity, *lots)
    about = _about(line)
    moves = [
        (LOT_SIZE, Measure(kept, old.price), about),
        (ROUTING_TIME, Measure(new.quantity, old.price), about),
        (RATE, new, about),
    ]
    return walk(old, moves, _change(*lines))


def _find_hours(card, line):
    """Return the hours that ``card`` has for the work of ``line``, in any element."""
    key = (line.kind, line.operation, line.workcenter)
    return next(
        (
            other.quantity
            for other in card.lines
            if (other.kind, other.operation, other.workcenter) == key
        ),
        ZERO,
    )
