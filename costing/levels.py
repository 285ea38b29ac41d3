"""Levels of products: who comes first, who is made of itself, who uses whom.

Graphs of product keys; ``rollup`` follows the order.
"""

from collections import defaultdict, deque
from decimal import Decimal

from .cards import PURCHASE
from .money import ZERO


def sort_by_level(needs, yields=None):
    """Return (products, lowest level first; those that wait for each other forever).

    A by-product comes before its product where it can. It need not: where its own cost
    waits for the product that yields it, the product goes without.

    :param needs: {product: products that it is made of}, which are keys of it too
    :param yields: {product: its by-products}, which are keys of ``needs`` too

    >>> sort_by_level({3: {1, 2}, 2: {1}, 1: set()})
    ([1, 2, 3], set())
    >>> sort_by_level({1: {2}, 2: {1}, 3: {1}, 4: set()})
    ([4], {1, 2, 3})
    >>> sort_by_level({1: set(), 2: {1}}, {1: {2}})
    ([1, 2], set())
    """
    yields = yields or {}
    users, waiting = defaultdict(list), {}
    for product, below in needs.items():
        before = below | yields.get(product, set())
        waiting[product] = len(before)
        for other in before:
            users[other].append(product)
    order, queued = [], set()
    ready = deque(product for product, number in waiting.items() if not number)
    queued.update(ready)
    while ready or _go_without(needs, queued, ready):
        while ready:
            order.append(product := ready.popleft())
            for user in users[product]:
                waiting[user] -= 1
                if not waiting[user] and user not in queued:
                    queued.add(user)
                    ready.append(user)
    return order, needs.keys() - queued


def _go_without(needs, queued, ready):
    """Queue the products that wait for by-products alone; answer whether any does."""
    free = [
        product
        for product, below in needs.items()
        if product not in queued and below <= queued
    ]
    queued.update(free)
    ready.extend(free)
    return bool(free)


def find_cycles(needs):
    """Return the cycles of ``needs``, {product: products that it is made of}, each as
    (A, B, …, A): A is made of B and so on. Every product that is made of itself is on
    one of them, or below and above products of one.

    >>> find_cycles({3: {1}, 1: {2}, 2: {1, 4}, 4: {4}})
    [(1, 2, 1), (4, 4)]
    >>> find_cycles({1: {2}, 2: set()})
    []
    """
    found, finished = {}, set()
    for start in sorted(needs):
        path, place = [], {}
        walk = [] if start in finished else [(start, None)]
        while walk:
            product, below = walk.pop()
            if below is None:
                place[product] = len(path)
                path.append(product)
                below = iter(sorted(needs.get(product, ())))
            other = next(below, None)
            if other is None:
                finished.add(product)
                del place[path.pop()]
                continue
            walk.append((product, below))
            if other in place:
                cycle = _from_smallest(path[place[other] :])
                found[cycle] = None
            elif other not in finished:
                walk.append((other, None))
    return list(found)


def _from_smallest(cycle):
    """Return the closed path of a cycle that begins with its smallest key."""
    first = cycle.index(min(cycle))
    return (*cycle[first:], *cycle[:first], cycle[first])


def where_used(cards, product):
    """Return {user: units of ``product`` in one unit of it}, through all levels, lowest
    first; planned scrap counts, and so does what is bought less for a by-product.

    :param cards: {product: `cards.Card`} of the products that may use it

    A table takes 5 screws and a frame of 4:

    >>> from .cards import Card, component_line
    >>> frame = Card((component_line(1, 7, Decimal(4), Decimal("0.5")),))
    >>> table = Card((component_line(1, 7, Decimal(5), Decimal("0.5")),
    ...               component_line(1, 8, Decimal(1), Decimal(2))))
    >>> where_used({9: table, 8: frame}, 7)
    {8: Decimal('4'), 9: Decimal('9')}
    """
    inside = {user: _get_materials(card) for user, card in cards.items()}
    needs = {user: found.keys() & cards.keys() for user, found in inside.items()}
    order, _stuck = sort_by_level(needs)
    content = {product: Decimal(1)}
    for user in order:
        if user == product:
            continue
        found = inside[user]
        parts = [found[part] * content[part] for part in found.keys() & content.keys()]
        if parts:
            content[user] = sum(parts, ZERO)
    del content[product]
    return content


def _get_materials(card):
    """Return {component: units in one unit of a card's product}."""
    found = defaultdict(lambda: ZERO)
    for line in card.materials:
        if line.kind != PURCHASE:
            found[line.product] += line.quantity
    return dict(found)
