"""Variances: actual minus standard, positive (a debit) is unfavourable.

Formulas of the flexible-budget variances of direct material and labour as in Horngren,
Datar and Rajan, *Cost Accounting*, chapter 7. Used by ``flush``.
"""

from .money import ZERO

PRICE, USAGE, SUBSTITUTION, YIELD = "price", "usage", "substitution", "yield"
SCRAP, EFFICIENCY = "scrap", "efficiency"
REVALUATION, ROUNDING = "revaluation", "rounding"


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


def price_variance(quantity, standard_price, value):
    """Return the purchase price variance of a bill: value - quantity x standard.

    >>> from decimal import Decimal as D
    >>> price_variance(D(100), D(19), D(1950))
    Decimal('50')
    """
    return value - quantity * standard_price if quantity else value or ZERO
