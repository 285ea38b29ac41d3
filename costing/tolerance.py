"""Tolerance: which variances of an order are worth a look.

Next to ``variances``, whose amounts it judges; the limits are those of a policy.
"""

from .money import ZERO


def is_beyond(variance, standard, percent=ZERO, amount=ZERO):
    """Answer whether ``variance`` is beyond the limits that are set, all of them.

    Favourable ones count like unfavourable ones. A limit of zero is not set; without
    any, nothing is beyond. Two limits keep a large percentage of a small order, and a
    small percentage of a large one, out of the way (Horngren, Datar and Rajan, *Cost
    Accounting*, chapter 7: management by exception).

    :param standard: standard cost of the output, company currency; where it is zero,
        every variance is beyond every percentage
    :param percent: of ``standard``, in hundredths
    :param amount: company currency

    50.00 of 1,000.00 is 5 %: beyond 4 % and 40.00, not beyond 4 % and 60.00.

    >>> from decimal import Decimal as D
    >>> is_beyond(D(50), D(1000), D(4), D(40)), is_beyond(D(-50), D(1000), D(4), D(40))
    (True, True)
    >>> is_beyond(D(50), D(1000), D(4), D(60)), is_beyond(D(50), D(1000), D(5), D(40))
    (False, False)
    >>> is_beyond(D(50), D(1000)), is_beyond(D(50), D(0), D(90)), is_beyond(D(0), D(0))
    (False, True, False)
    """
    size = abs(variance)
    limits = []
    if percent:
        limits.append(size * 100 > percent * abs(standard))
    if amount:
        limits.append(size > amount)
    return bool(size and limits) and all(limits)
