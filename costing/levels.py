"""Levels of products: who comes first, who is made of itself.

Graphs of product keys; ``rollup`` follows the order.
"""

from collections import defaultdict, deque


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
