"""Decimal helpers: exact numbers from floats, rounding to a currency.

Used by every step of ``costing``.
"""

from decimal import ROUND_HALF_UP, Decimal

ZERO, ONE = Decimal(0), Decimal(1)
#: Power of ten beyond which an amount has no digits left to round: nothing that can be
#: booked is as large, and its caller refuses it.
LAST_ROUNDED = 20


def exact(number):
    """Return ``number`` as the Decimal that a person would write for it.

    A float is read through its shortest representation, so that 0.1 is one tenth.

    >>> exact(0.1), exact("2.50"), exact(3)
    (Decimal('0.1'), Decimal('2.50'), Decimal('3'))
    """
    if isinstance(number, Decimal):
        return number
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)


def rounded(amount, unit):
    """Return ``amount`` rounded half away from zero to a multiple of ``unit``.

    :param unit: the smallest amount of the currency, as in 0.01, 1 or 0.05

    >>> rounded(Decimal("2.345"), Decimal("0.01"))
    Decimal('2.35')
    >>> rounded(Decimal("-2.5"), Decimal("1"))
    Decimal('-3')
    >>> rounded(Decimal("2.33"), Decimal("0.05"))
    Decimal('2.35')
    """
    if amount.adjusted() > LAST_ROUNDED:
        return amount
    steps = (amount / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return (steps * unit).quantize(unit)
