"""The flush: facts of an event and a cost card in, balanced postings out.

Second step of capture -> flush -> post. The table of events and their entries is in the
README; accounts are still roles here, ``post`` finds them.
"""

from dataclasses import replace

from . import variances
from .conversion import conversion_postings
from .materials import material_postings
from .money import ZERO, rounded
from .terms import (
    COMPLETION,
    COST_OF_SALES,
    FINISHED_GOODS,
    SALE,
    STOCK,
    VARIANCE,
    Posting,
    balanced,
    standard_credit,
)


def flush_completion(card, completion, rules):
    """Return the postings of goods finished.

    With flush at completion: Dr finished goods at card, Cr each component's stock at
    actual quantity x component value, Cr conversion applied, Dr/Cr variances.
    With flush at sale: the material variances only, against the stock accounts.

    >>> from decimal import Decimal as D
    >>> from . import cards
    >>> from .facts import Completion, Consumption
    >>> from .terms import Rules
    >>> card = cards.Card((cards.component_line(1, 7, D(1), D(19)),
    ...     cards.operation_line(2, 5, 3, D("0.2"), D(60))))
    >>> done = Completion(D(900), (Consumption(7, D(905), D(17195)),))
    >>> for posting in flush_completion(card, done, Rules()):
    ...     print(posting.role, posting.kind or "", posting.amount)
    finished_goods  27900.00
    stock  -17195.00
    variance usage 95.00
    applied  -10800.00
    """
    materials = material_postings(card, completion, rules)
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
    conversion = conversion_postings(card, completion, rules)
    return balanced([finished, *materials, *conversion], rules)


def flush_delivery(card, delivery, rules):
    """Return the postings of goods delivered (of goods returned, when negative).

    With flush at completion: Dr cost of sales, Cr finished goods. With flush at sale:
    Dr cost of sales, Cr the card's materials and conversion applied.
    Units whose cost an invoice takes from finished goods to cost of sales are debited
    to finished goods instead.

    >>> from decimal import Decimal as D
    >>> from .cards import Card, component_line
    >>> from .facts import Delivery
    >>> from .terms import Rules
    >>> card = Card((component_line(1, 7, D(1), D(19)),))
    >>> three = Delivery(D(3), invoiced=D(1))
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
        standard_credit(line, delivery.quantity, rules.unit) for line in card.lines
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


def revalue_purchase(element, purchase, price, rules):
    """Return the postings of a bill taken back when its component is worth ``price``
    by now: stock gives up what it has become, the difference is a revaluation.

    10 plates billed at 10.00 have become worth 11.00 each:

    >>> from decimal import Decimal as D
    >>> from .facts import Purchase
    >>> from .terms import Rules
    >>> back = Purchase(7, D(-10), D(10), D(-100))
    >>> for p in revalue_purchase(1, back, D(11), Rules()):
    ...     print(p.role, p.kind or "", p.amount)
    stock  -10.00
    variance revaluation 10.00
    """
    amount = purchase.quantity * (price - purchase.standard_price)
    stock = Posting(
        STOCK,
        rounded(amount, rules.unit),
        element=element,
        product=purchase.product,
        actual_quantity=purchase.quantity,
        actual_price=price,
        exact=amount,
    )
    revaluation = replace(
        stock,
        role=VARIANCE,
        kind=variances.REVALUATION,
        amount=-stock.amount,
        exact=None,
    )
    return balanced([stock, revaluation], rules) if amount else []


def flush_purchase(element, purchase, rules):
    """Return the postings of a vendor bill line at another price than standard.

    The bill debits its own price to stock; this takes the difference to standard out of
    it: Dr/Cr price and exchange variance, Cr/Dr stock. Nothing at standard price.

    10 plates at 10.00, ordered for 110.00, billed 113.00 because the rate has changed:

    >>> from decimal import Decimal as D
    >>> from .facts import Purchase
    >>> from .terms import Rules
    >>> plates = Purchase(7, D(10), D(10), D(113), D(3))
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
