"""Variances: actual minus standard, positive (a debit) is unfavourable.

Formulas of the flexible-budget variances of direct material and labour as in Horngren,
Datar and Rajan, *Cost Accounting*, chapter 7. Used by ``flush``, and by the close. Next
to it: ``mix`` splits usage, ``overhead`` what a period spent, ``proration`` disposes.
"""

from .money import ZERO

PRICE, USAGE, SUBSTITUTION, YIELD = "price", "usage", "substitution", "yield"
SCRAP, EFFICIENCY, MIX, LOT_SIZE = "scrap", "efficiency", "mix", "lot_size"
RATE, SPENDING, VOLUME = "rate", "spending", "volume"
VOLUME_EFFICIENCY, VOLUME_CAPACITY = "volume_efficiency", "volume_capacity"
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
        USAGE: usage_variance(standard_quantity, quantity, standard_price),
        PRICE: price_variance(quantity, standard_price, value),
    }


def usage_variance(standard_quantity, quantity, standard_price):
    """Return (actual - standard quantity) x standard price, company currency.

    :param standard_quantity: what the card allows for the output

    >>> from decimal import Decimal as D
    >>> usage_variance(D(600000), D(700000), D(2))
    Decimal('200000')
    """
    return (quantity - standard_quantity) * standard_price


def price_variance(quantity, standard_price, value):
    """Return value - quantity x standard price, company currency.

    Measured at purchase, where stock is kept at standard: quantity and value of the
    bill. Measured at use, where stock is kept at actual cost: quantity that an order
    took and the value that left stock for it. What is bought and not used yet makes the
    difference between the two.

    600,000 bought for 1,150,000 and planned at 2.00; of these 300,000 were used:

    >>> from decimal import Decimal as D
    >>> price_variance(D(600000), D(2), D(1150000))
    Decimal('-50000')
    >>> price_variance(D(300000), D(2), D(575000))
    Decimal('-25000')
    """
    return value - quantity * standard_price


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


def rate_variances(standard_hours, hours, rate, cost, kind=RATE):
    """Return {kind: amount} of labour, or of variable overhead with kind SPENDING.

    rate (of overhead: spending) = cost - hours x standard rate;
    efficiency = (hours - standard hours) x standard rate.
    Source: Horngren, Datar and Rajan, chapters 7 and 8.

    :param standard_hours: hours that the card allows for the output
    :param cost: what ``hours`` did cost, company currency

    2,500 h for 26,250; 2,400 h at 10.00 allowed:

    >>> from decimal import Decimal as D
    >>> rate_variances(D(2400), D(2500), D(10), D(26250))
    {'rate': Decimal('1250'), 'efficiency': Decimal('1000')}
    """
    return {
        kind: price_variance(hours, rate, cost),
        EFFICIENCY: efficiency_variance(standard_hours, hours, rate),
    }


def lot_size_variance(lots, setup_hours, rate, output, setup_per_unit):
    """Return set-up of the lots that were run less set-up that the card charged.

    lot size = (lots x set-up hours of a lot - output x set-up hours of a unit) x rate;
    what the set-ups took longer than planned is their efficiency, not part of it.

    :param setup_per_unit: hours for one unit, set-up of a lot / lot size of the card

    2 h at 40.00 spread over lots of 100, so 0.02 h a unit; 240 units made in 3 lots:
    3 x 2 h - 4.8 h = 1.2 h too much.

    >>> from decimal import Decimal as D
    >>> lot_size_variance(D(3), D(2), D(40), D(240), D("0.02"))
    Decimal('48.00')
    """
    return efficiency_variance(output * setup_per_unit, lots * setup_hours, rate)


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


def late_cost_variances(quantity, standard_price, cost, charges):
    """Return [amount, ...] of the price variance: after the bill, then what each later
    charge on the same goods (freight, duty, a second bill) changes it by.

    Stock at standard takes none of it, so their sum is the final price variance.

    Goods of 100.00 bought for 90.00; freight of 20.00 comes later: -10.00, then 20.00,
    in the end 10.00 unfavourable.

    >>> from decimal import Decimal as D
    >>> late_cost_variances(D(1), D(100), D(90), [D(20)])
    [Decimal('-10'), Decimal('20')]
    """
    return [price_variance(quantity, standard_price, cost), *charges]


def revaluation_variance(quantity, standard_price, new_price):
    """Return what ``quantity`` on hand loses by a new standard, company currency.

    A price variance that was posted before is left alone.

    >>> from decimal import Decimal as D
    >>> revaluation_variance(D(1), D(100), D(70))
    Decimal('30')
    """
    return quantity * (standard_price - new_price)
