"""Variances: actual minus standard, positive (a debit) is unfavourable.

Formulas of the flexible-budget variances of direct material and labour as in Horngren,
Datar and Rajan, *Cost Accounting*, chapter 7. Used by ``flush``.
"""

from .money import ZERO

PRICE, USAGE, SUBSTITUTION, YIELD = "price", "usage", "substitution", "yield"
SCRAP, EFFICIENCY = "scrap", "efficiency"
EXCHANGE, REVALUATION, ROUNDING = "exchange", "revaluation", "rounding"


def material_variances(standard_quantity, standard_price, quantity, value):
    """Return {kind: amount} for a component used in an order.

    usage = (actual quantity - standard quantity) x standard price;
    price = actual value - actual quantity x standard price.

    :param value: actual value of ``quantity``, company currency

    900 x 1 planned at 19.00, 905 taken at 19.00:

    >>> from decimal import Decimal as D
    >>> material_variances(D(900), D(19), D(905), D(17195))
    {'usage': Decimal('95'), 'price': Decimal('0')}
    """
    return {
        USAGE: (quantity - standard_quantity) * standard_price,
        PRICE: value - quantity * standard_price,
    }


def unplanned_variance(value, produced):
    """Return {kind: amount} for a component that the card does not have.

    Its whole value is a substitution; with no output at all it is a yield loss.
    """
    return {SUBSTITUTION if produced else YIELD: value}


def left_out_variance(standard_amount):
    """Return {kind: amount} for a component of the card that was not used at all.

    >>> from decimal import Decimal
    >>> left_out_variance(Decimal(30))
    {'substitution': Decimal('-30')}
    """
    return {SUBSTITUTION: -standard_amount}


def efficiency_variance(standard_hours, hours, rate):
    """Return (actual - standard hours) x standard rate, company currency.

    >>> from decimal import Decimal as D
    >>> efficiency_variance(D(10), D("10.5"), D(40))
    Decimal('20.0')
    """
    return (hours - standard_hours) * rate


def purchase_variances(quantity, standard_price, value, exchange=ZERO):
    """Return {kind: amount} of a bill: what the goods cost more than standard at the
    exchange rate of the order, and what the rate of the bill adds to it.

    price = value - exchange - quantity x standard price. The split follows the rule
    that a price variance is measured at the rate the price was agreed at.

    :param exchange: foreign amount x (rate of the bill - rate of the order)

    >>> from decimal import Decimal as D
    >>> purchase_variances(D(100), D(19), D(1950))
    {'price': Decimal('50'), 'exchange': Decimal('0')}
    """
    return {
        PRICE: value - exchange - quantity * standard_price,
        EXCHANGE: exchange,
    }
