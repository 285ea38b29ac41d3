"""Material of goods finished: credits of the components' stock, and their variances.

Part of ``flush``; the formulas are in ``variances``.
"""

from dataclasses import replace

from . import variances
from .facts import Consumption
from .groups import group_variances
from .money import ZERO, rounded
from .terms import SALE, STOCK, VARIANCE, Posting, standard_credit


def material_postings(card, completion, rules):
    """Return stock credits and material variances, component by component."""
    planned = by_component(card.components)
    used = _used_materials(completion)
    produced = completion.quantity
    postings = _scrap_allowances(card, produced, rules)
    grouped = group_variances(planned, used, produced, rules.unit)
    for product in [*planned, *(key for key in used if key not in planned)]:
        line = planned.get(product)
        taken = used.get(product) or Consumption(product, ZERO, ZERO)
        found = grouped.get(product) or _component_variances(line, taken, produced)
        group = (line or taken).group if product in grouped else None
        postings += [
            replace(posting, group=group)
            for posting in _component_postings(line, taken, found, produced, rules)
        ]
    return postings


def by_component(lines):
    """Return {component: card line}, ``lines`` of the same component added up; when one
    of them is in a group, all are."""
    planned = {}
    for line in lines:
        if other := planned.get(line.product):
            line = replace(
                other if other.group else line,
                quantity=other.quantity + line.quantity,
                amount=other.amount + line.amount,
            )
        planned[line.product] = line
    return planned


def _scrap_allowances(card, produced, rules):
    """Return the planned scrap of goods finished: Cr scrap variance, which scrap orders
    are debited to. Finished goods bear it; with flush at sale, stock does.

    >>> from decimal import Decimal as D
    >>> from .cards import Card, component_line, scrap_line
    >>> from .terms import Rules
    >>> lost = scrap_line(component_line(1, 7, D(2), D(10)), D("0.05"))
    >>> for p in _scrap_allowances(Card((lost,)), D(4), Rules(SALE)):
    ...     print(p.role, p.kind or "", p.amount)
    stock  4.00
    variance scrap -4.00
    """
    postings = []
    for line in card.planned_scrap:
        credit = standard_credit(line, produced, rules.unit)
        if rules.flush_point == SALE:
            kept = replace(credit, amount=-credit.amount, exact=-credit.exact)
            postings.append(kept)
        postings.append(
            replace(credit, role=VARIANCE, kind=variances.SCRAP, exact=None)
        )
    return postings


def _used_materials(completion):
    """Return {component: `Consumption`}, those of the same component added up."""
    used = {}
    for taken in completion.consumptions:
        if other := used.get(taken.product):
            taken = replace(
                other if other.group else taken,
                quantity=other.quantity + taken.quantity,
                value=other.value + taken.value,
            )
        used[taken.product] = taken
    return used


def _component_postings(line, taken, found, produced, rules):
    """Return the credit of one component and its variances, {kind: amount} ``found``.

    With flush at sale the standard stays in stock, and the variances alone leave it.
    """
    quantity, value = taken.quantity, taken.value
    standard_quantity = produced * line.quantity if line else ZERO
    standard_amount = produced * line.amount if line else ZERO
    origin = Posting(
        STOCK,
        -rounded(value, rules.unit),
        element=line.element if line else rules.material,
        product=taken.product,
        standard_quantity=standard_quantity,
        standard_price=line.price if line else ZERO,
        actual_quantity=quantity,
        actual_price=value / quantity if quantity else ZERO,
        exact=-value,
    )
    if rules.flush_point == SALE:
        left = rounded(standard_amount, rules.unit)
        origin = replace(
            origin, amount=origin.amount + left, exact=standard_amount - value
        )
    variance = replace(origin, role=VARIANCE, exact=None)
    return [origin] + [
        replace(variance, kind=kind, amount=rounded(amount, rules.unit))
        for kind, amount in found.items()
    ]


def _component_variances(line, taken, produced):
    """Return {kind: amount} for one component of no group; see `variances` for the
    formulas.

    A by-product is a component of negative quantity: what differs from plan is yield.
    """
    quantity, value = taken.quantity, taken.value
    byproduct = line.quantity < 0 if line else quantity < 0
    if line is None or not produced:
        return variances.unplanned_variance(value, produced and not byproduct)
    if byproduct:
        return {variances.YIELD: value - produced * line.amount}
    if not quantity:
        return variances.left_out_variance(produced * line.amount)
    return variances.material_variances(
        produced * line.quantity, line.price, quantity, value
    )
