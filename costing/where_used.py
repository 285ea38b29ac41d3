"""Where a product is used: directly, and through sub-assemblies, at all levels above.

Asked with the quantities of cards in force or of bills of materials; see also `cards`.
"""

from collections import defaultdict, deque
from dataclasses import dataclass
from decimal import Decimal

from .money import ZERO


@dataclass(frozen=True)
class Use:
    """One product that takes the product asked about.

    :param product: key of the product that uses it
    :param level: 1 when it uses it directly, 2 when a sub-assembly does, and so on;
        the nearest counts when there are several ways
    :param direct: units that it takes itself, for one unit of its own
    :param quantity: units that it takes on all ways together; None when they run in a
        circle, which has no quantity
    """

    product: int
    level: int
    direct: Decimal
    quantity: Decimal | None


def where_used(product, quantities):
    """Return a `Use` of each product above ``product``, the nearest first.

    A product is not used by itself, whatever two cards of different dates say.

    :param quantities: {(component, user): component units in one unit of the user};
        those that are not above ``product`` are ignored

    A frame (2) takes 4 screws (1); a table (3) takes a frame and 6 screws; a set (4)
    takes two tables:

    >>> taken = {(1, 2): Decimal(4), (1, 3): Decimal(6), (2, 3): Decimal(1),
    ...          (3, 4): Decimal(2)}
    >>> for use in where_used(1, taken):
    ...     print(use.product, use.level, use.direct, use.quantity)
    2 1 4 4
    3 1 6 10
    4 2 0 20

    Products that use each other have no quantity, nor has what is made of them:

    >>> circle = {(1, 2): Decimal(1), (2, 3): Decimal(1), (3, 2): Decimal(1)}
    >>> [(use.product, use.quantity) for use in where_used(1, circle)]
    [(2, None), (3, None)]
    """
    users = defaultdict(dict)
    for (component, user), quantity in quantities.items():
        if user != product:
            users[component][user] = quantity
    levels = _levels(product, users)
    totals = _totals(product, users, levels)
    return [
        Use(user, level, users[product].get(user, ZERO), totals.get(user))
        for user, level in levels.items()
        if user != product
    ]


def _levels(product, users):
    """Return {product: fewest levels above ``product``}, the nearest first."""
    levels, waiting = {product: 0}, deque([product])
    while waiting:
        component = waiting.popleft()
        for user in users[component]:
            if user not in levels:
                levels[user] = levels[component] + 1
                waiting.append(user)
    return levels


def _totals(product, users, levels):
    """Return {product: units of ``product`` in one unit}: each once, after all that it
    takes; those in or above a circle never have their turn."""
    missing = defaultdict(int)
    for component in levels:
        for user in users[component]:
            missing[user] += 1
    totals, ready = defaultdict(lambda: ZERO, {product: Decimal(1)}), deque([product])
    done = {}
    while ready:
        component = ready.popleft()
        done[component] = totals[component]
        for user, quantity in users[component].items():
            totals[user] += quantity * done[component]
            missing[user] -= 1
            if not missing[user]:
                ready.append(user)
    return done
