"""Pairs of card lines: which line of a new cost card took the place of which old one.

Standard cost; first step of ``waterfall``.
"""

from collections import defaultdict
from dataclasses import dataclass

from .cards import COMPONENT, OVERHEAD, SCRAP, CardLine


@dataclass(frozen=True)
class Item:
    """A direct card line, with the planned scrap of it if it is a component."""

    line: CardLine
    scrap: CardLine | None = None


def items(card):
    """Return the `Item` of each direct line of ``card``; a scrap line goes with the
    last component line of its product, or stands alone when there is none."""
    found = []
    for line in card.lines:
        if line.kind == OVERHEAD:
            continue
        owner = _find_owner(found, line) if line.kind == SCRAP else None
        if owner is None:
            found.append(Item(line))
        else:
            found[owner] = Item(found[owner].line, line)
    return found


def _find_owner(found, scrap):
    """Return the index of the item whose scrap ``scrap`` is, or None."""
    for index in reversed(range(len(found))):
        line = found[index].line
        if (line.kind, line.product) == (COMPONENT, scrap.product):
            return None if found[index].scrap else index
    return None


def _exact_key(item):
    line = item.line
    return line.kind, line.element, line.product, line.operation, line.workcenter


def _loose_key(item):
    """Work goes by its work centre too: a new bill has operations of its own."""
    line = item.line
    return line.kind, line.element, line.product, line.workcenter


def pairs(old, new):
    """Return [(old item, new item)] in the order of ``new``; None where one is missing.

    Lines are paired by all that they are about, then operations by their work centre
    alone; of several alike, those that did not change go together first.

    >>> from decimal import Decimal as D
    >>> from .cards import Card, component_line, operation_line
    >>> plate, screw = (component_line(1, key, D(2), D(10)) for key in (8, 9))
    >>> weld, glue = (operation_line(2, key, 3, D(1), D(40)) for key in (31, 32))
    >>> [(a and (a.line.product or a.line.operation),
    ...   b and (b.line.product or b.line.operation))
    ...  for a, b in pairs(items(Card((plate, weld))), items(Card((screw, glue))))]
    [(None, 9), (31, 32), (8, None)]
    """
    left, partners = list(old), {}
    for key in (_exact_key, _loose_key):
        _pair(left, new, partners, key)
    return [(partners.get(index), item) for index, item in enumerate(new)] + [
        (item, None) for item in left
    ]


def _pair(left, new, partners, key):
    """Move items of ``left`` to ``partners``, {index in ``new``: old item}."""
    waiting = defaultdict(list)
    for index, item in enumerate(new):
        if index not in partners:
            waiting[key(item)].append(index)
    for same in (True, False):
        for item in tuple(left):
            group = waiting[key(item)]
            match = [index for index in group if new[index] == item or not same][:1]
            if match:
                partners[match[0]] = item
                group.remove(match[0])
                left.remove(item)
