"""Groups of substitutable components in an order: their usage as mix and yield.

Part of ``materials``; the formulas are in ``mix`` and ``variances``.
"""

from . import variances
from .mix import Member, mix_and_yield
from .money import ZERO


def group_variances(planned, used, produced, unit):
    """Return {component: {kind: amount}} of the components that belong to groups.

    A component that the card plans belongs to the group of its card line. One that it
    does not plan joins the group that the order's bill has it in, with a standard of
    zero at the value of what was used; when the card does not know that group, it is a
    substitution like any other. Without output the planned mix is that of the card.

    :param planned: {component: card line}
    :param used: {component: `facts.Consumption`}
    :param produced: product units
    :param unit: smallest amount of the currency

    2 kg of oil at 3.00 planned for a unit; 1.5 kg of oil were used, and 1 kg of fat
    from the same group, worth 4.00: 0.5 kg too much.

    >>> from decimal import Decimal as D
    >>> from dataclasses import replace
    >>> from .cards import component_line
    >>> from .facts import Consumption
    >>> oil = replace(component_line(1, 7, D(2), D(3)), group="fats")
    >>> used = {7: Consumption(7, D("1.5"), D("4.50")),
    ...         8: Consumption(8, D(1), D(4), group="fats")}
    >>> for product, found in group_variances({7: oil}, used, D(1), D("0.01")).items():
    ...     print(product, *(f"{kind} {amount}" for kind, amount in found.items()))
    7 price 0.00 mix -3.00 yield 1.50
    8 price 0 mix 4.00 yield 0.00
    """
    groups = {}
    for product, line in planned.items():
        if line.group and line.quantity >= 0:
            taken = used.get(product)
            member = _planned_member(line, taken, produced)
            groups.setdefault(line.group, {})[product] = member
    for product, taken in used.items():
        if product not in planned and taken.group in groups and taken.quantity > 0:
            groups[taken.group][product] = _unplanned_member(taken)
    found = {}
    for group in groups.values():
        for product, amounts in mix_and_yield(group, unit).items():
            price = _price(group[product], product in planned and used.get(product))
            found[product] = {variances.PRICE: price, **amounts}
    return found


def _planned_member(line, taken, produced):
    return Member(
        produced * line.quantity,
        line.price,
        taken.quantity if taken else ZERO,
        weight=line.quantity,
        units=line.units,
    )


def _unplanned_member(taken):
    price = taken.value / taken.quantity
    return Member(ZERO, price, taken.quantity, weight=ZERO, units=taken.units)


def _price(member, taken):
    """Return the price variance of a member that the card plans, else nothing."""
    if not taken:
        return ZERO
    return variances.price_variance(taken.quantity, member.price, taken.value)
