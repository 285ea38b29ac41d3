"""The flush: facts of an event and a cost card in, balanced postings out.

Second step of capture -> flush -> post. The table of events and their entries is in the
README; accounts are still roles here, ``post`` finds them.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from . import cards, variances
from .money import ZERO, rounded

#: Flush points: where standard cost is flushed back.
COMPLETION, SALE = "completion", "sale"

#: Conversion bases: what conversion is applied for.
STANDARD_OUTPUT, ACTUAL_TIME = "output", "time"

#: Roles of accounts. STOCK is the account that a component's purchase was debited to.
FINISHED_GOODS, STOCK, APPLIED = "finished_goods", "stock", "applied"
COST_OF_SALES, VARIANCE = "cost_of_sales", "variance"


@dataclass(frozen=True)
class Posting:
    """One amount for one role, with what it was computed from.

    :param role: one of the roles of this module
    :param amount: company currency, rounded; debit positive
    :param kind: the kind of variance, for VARIANCE
    :param element, product, operation, workcenter: keys of what it is about
    :param standard_quantity, standard_price: what the card allows
    :param actual_quantity, actual_price: what happened
    :param exact: for a stock account, what it moves by before rounding; see `rounding`
    :param account: key of its account, where the facts name it; see `cutover`
    """

    role: str
    amount: Decimal
    kind: str | None = None
    element: int | None = None
    product: int | None = None
    operation: int | None = None
    workcenter: int | None = None
    standard_quantity: Decimal = ZERO
    standard_price: Decimal = ZERO
    actual_quantity: Decimal = ZERO
    actual_price: Decimal = ZERO
    exact: Decimal | None = None
    account: int | None = None


@dataclass(frozen=True)
class Rules:
    """What a policy says about a flush.

    :param flush_point: COMPLETION or SALE
    :param basis: STANDARD_OUTPUT or ACTUAL_TIME (with COMPLETION only)
    :param unit: smallest amount of the company currency
    :param material: key of the cost element of material that a card does not plan
    :param flushed_at_sale: {product: Card} of components that are themselves flushed at
        sale, see ``explosion``
    """

    flush_point: str = COMPLETION
    basis: str = STANDARD_OUTPUT
    unit: Decimal = Decimal("0.01")
    material: int | None = None
    flushed_at_sale: Mapping = field(default_factory=dict, compare=False)


def flush_completion(card, completion, rules):
    """Return the postings of goods finished.

    With flush at completion: Dr finished goods at card, Cr each component's stock at
    actual quantity x component value, Cr conversion applied, Dr/Cr variances.
    With flush at sale: the material variances only, against the stock accounts.

    >>> card = cards.Card((cards.component_line(1, 7, Decimal(1), Decimal(19)),
    ...     cards.operation_line(2, 5, 3, Decimal("0.2"), Decimal(60))))
    >>> from .facts import Completion, Consumption
    >>> done = Completion(Decimal(900), (Consumption(7, Decimal(905), Decimal(17195)),))
    >>> for posting in flush_completion(card, done, Rules()):
    ...     print(posting.role, posting.kind or "", posting.amount)
    finished_goods  27900.00
    stock  -17195.00
    variance usage 95.00
    applied  -10800.00
    """
    materials = _material_postings(card, completion, rules)
    if rules.flush_point == SALE:
        return balanced(materials, rules)
    finished = Posting(
        FINISHED_GOODS,
        rounded(completion.quantity * card.total, rules.unit),
        standard_quantity=completion.quantity,
        standard_price=card.total,
        actual_quantity=completion.quantity,
        actual_price=card.total,
        exact=completion.quantity * card.total,
    )
    conversion = _conversion_postings(card, completion, rules)
    return balanced([finished, *materials, *conversion], rules)


def flush_delivery(card, delivery, rules):
    """Return the postings of goods delivered (of goods returned, when negative).

    With flush at completion: Dr cost of sales, Cr finished goods. With flush at sale:
    Dr cost of sales, Cr the card's materials and conversion applied.
    Units whose cost an invoice takes from finished goods to cost of sales are debited
    to finished goods instead.

    >>> card = cards.Card((cards.component_line(1, 7, Decimal(1), Decimal(19)),))
    >>> from .facts import Delivery
    >>> three = Delivery(Decimal(3), invoiced=Decimal(1))
    >>> for posting in flush_delivery(card, three, Rules(flush_point=SALE)):
    ...     print(posting.role, posting.amount)
    cost_of_sales 38.00
    finished_goods 19.00
    stock -57.00
    """
    flushed = delivery.quantity - delivery.invoiced
    cost = _cost_of(card, flushed, COST_OF_SALES, rules)
    if rules.flush_point == COMPLETION:
        goods = replace(cost, role=FINISHED_GOODS, amount=-cost.amount)
        goods = replace(goods, exact=-flushed * card.total)
        return [cost, goods] if flushed else []
    invoiced = replace(
        _cost_of(card, delivery.invoiced, FINISHED_GOODS, rules),
        exact=delivery.invoiced * card.total,
    )
    credits = [
        _standard_credit(line, delivery.quantity, rules.unit) for line in card.lines
    ]
    return balanced([cost, invoiced, *credits], rules)


def _cost_of(card, quantity, role, rules):
    """Return the posting of ``quantity`` units at card to ``role``."""
    return Posting(
        role,
        rounded(quantity * card.total, rules.unit),
        standard_quantity=quantity,
        standard_price=card.total,
        actual_quantity=quantity,
        actual_price=card.total,
    )


def flush_purchase(element, purchase, rules):
    """Return the postings of a vendor bill line at another price than standard.

    The bill debits its own price to stock; this takes the difference to standard out of
    it: Dr/Cr price and exchange variance, Cr/Dr stock. Nothing at standard price.

    10 plates at 10.00, ordered for 110.00, billed 113.00 because the rate has changed:

    >>> from .facts import Purchase
    >>> plates = Purchase(7, Decimal(10), Decimal(10), Decimal(113), Decimal(3))
    >>> for posting in flush_purchase(1, plates, Rules()):
    ...     print(posting.role, posting.kind or "", posting.amount)
    variance price 10.00
    variance exchange 3.00
    stock  -13.00
    """
    found = variances.purchase_variances(
        purchase.quantity, purchase.standard_price, purchase.value, purchase.exchange
    )
    actual = purchase.value / purchase.quantity if purchase.quantity else ZERO
    difference = sum(found.values(), ZERO)
    total = rounded(difference, rules.unit)
    exchange = rounded(found[variances.EXCHANGE], rules.unit)
    stock = Posting(
        STOCK,
        -total,
        element=element,
        product=purchase.product,
        standard_quantity=purchase.quantity,
        standard_price=purchase.standard_price,
        actual_quantity=purchase.quantity,
        actual_price=actual,
    )
    shown = {variances.PRICE: total - exchange, variances.EXCHANGE: exchange}
    postings = [
        replace(stock, role=VARIANCE, kind=kind, amount=amount)
        for kind, amount in shown.items()
    ]
    return balanced([*postings, replace(stock, exact=-difference)], rules)


def balanced(postings, rules):
    """Return ``postings`` without empty ones, and the last cents as rounding variance.

    A stock posting of less than half a cent is kept for what `rounding` carries on.

    >>> whole = Posting(FINISHED_GOODS, Decimal(1))
    >>> third = Posting(STOCK, Decimal("-0.33"))
    >>> [str(p.amount) for p in balanced([whole, third, third, third], Rules())]
    ['1', '-0.33', '-0.33', '-0.33', '-0.01']
    """
    postings = [posting for posting in postings if posting.amount or posting.exact]
    rest = rounded(-sum((posting.amount for posting in postings), ZERO), rules.unit)
    if rest:
        postings.append(Posting(VARIANCE, rest, kind=variances.ROUNDING))
    return postings


def _standard_credit(line, quantity, unit):
    """Return the credit of card ``line`` for ``quantity`` units of the product."""
    return Posting(
        STOCK if line.is_material else APPLIED,
        -rounded(quantity * line.amount, unit),
        exact=-quantity * line.amount if line.is_material else None,
        element=line.element,
        product=line.product,
        operation=line.operation,
        workcenter=line.workcenter,
        standard_quantity=quantity * line.quantity,
        standard_price=line.price,
        actual_quantity=quantity * line.quantity,
        actual_price=line.price,
    )


# Material -----------------------------------------------------------------------------


def _material_postings(card, completion, rules):
    """Return stock credits and material variances, component by component."""
    planned = by_component(card.components)
    used = _used_materials(completion)
    postings = _scrap_allowances(card, completion.quantity, rules)
    for product in [*planned, *(key for key in used if key not in planned)]:
        line = planned.get(product)
        quantity, value = used.get(product, (ZERO, ZERO))
        postings += _component_postings(
            line, product, quantity, value, completion.quantity, rules
        )
    return postings


def by_component(lines):
    """Return {component: card line}, ``lines`` of the same component added up."""
    planned = {}
    for line in lines:
        if other := planned.get(line.product):
            line = replace(
                line,
                quantity=other.quantity + line.quantity,
                amount=other.amount + line.amount,
            )
        planned[line.product] = line
    return planned


def _scrap_allowances(card, produced, rules):
    """Return the planned scrap of goods finished: Cr scrap variance, which scrap orders
    are debited to. Finished goods bear it; with flush at sale, stock does.

    >>> lost = cards.scrap_line(
    ...     cards.component_line(1, 7, Decimal(2), Decimal(10)), Decimal("0.05"))
    >>> for p in _scrap_allowances(cards.Card((lost,)), Decimal(4), Rules(SALE)):
    ...     print(p.role, p.kind or "", p.amount)
    stock  4.00
    variance scrap -4.00
    """
    postings = []
    for line in card.planned_scrap:
        credit = _standard_credit(line, produced, rules.unit)
        if rules.flush_point == SALE:
            kept = replace(credit, amount=-credit.amount, exact=-credit.exact)
            postings.append(kept)
        postings.append(
            replace(credit, role=VARIANCE, kind=variances.SCRAP, exact=None)
        )
    return postings


def _used_materials(completion):
    """Return {component: (quantity, value)}, consumptions added up."""
    used = defaultdict(lambda: (ZERO, ZERO))
    for consumption in completion.consumptions:
        quantity, value = used[consumption.product]
        used[consumption.product] = (
            quantity + consumption.quantity,
            value + consumption.value,
        )
    return used


def _component_postings(line, product, quantity, value, produced, rules):
    """Return the credit of one component and its variances.

    With flush at sale the standard stays in stock, and the variances alone leave it.
    """
    standard_quantity = produced * line.quantity if line else ZERO
    standard_amount = produced * line.amount if line else ZERO
    origin = Posting(
        STOCK,
        -rounded(value, rules.unit),
        element=line.element if line else rules.material,
        product=product,
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
    found = _component_variances(line, quantity, value, produced)
    return [origin] + [
        replace(variance, kind=kind, amount=rounded(amount, rules.unit))
        for kind, amount in found.items()
    ]


def _component_variances(line, quantity, value, produced):
    """Return {kind: amount} for one component; see `variances` for the formulas.

    A by-product is a component of negative quantity: what differs from plan is yield.
    """
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


# Conversion ---------------------------------------------------------------------------


def _conversion_postings(card, completion, rules):
    """Return conversion applied, and efficiency variances when time is the basis."""
    if rules.basis == STANDARD_OUTPUT:
        return [
            _standard_credit(line, completion.quantity, rules.unit)
            for line in card.conversions
        ]
    spent = _spent_hours(completion)
    postings = []
    for line in card.conversions:
        if line.driver == cards.PER_HOUR:
            postings += _timed_postings(line, spent, completion.quantity, rules.unit)
        else:
            postings.append(_standard_credit(line, completion.quantity, rules.unit))
    return postings + _unplanned_work(card, completion, rules.unit)


def _spent_hours(completion):
    """Return {(operation, workcenter): hours}; the total under ``None``."""
    hours = defaultdict(lambda: ZERO)
    for work in completion.works:
        hours[work.operation, work.workcenter] += work.hours
        hours[None] += work.hours
    return hours


def _timed_postings(line, spent, produced, unit):
    """Return conversion applied for hours spent, and its efficiency variance.

    Overhead per hour follows all the hours of the order.
    """
    operation = line.kind == cards.OPERATION
    hours = spent[(line.operation, line.workcenter) if operation else None]
    standard = produced * line.quantity
    applied = Posting(
        APPLIED,
        -rounded(hours * line.price, unit),
        element=line.element,
        operation=line.operation,
        workcenter=line.workcenter,
        standard_quantity=standard,
        standard_price=line.price,
        actual_quantity=hours,
        actual_price=line.price,
    )
    amount = variances.efficiency_variance(standard, hours, line.price)
    return [applied, _efficiency(applied, rounded(amount, unit))]


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
