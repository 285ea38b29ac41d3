"""Mix and yield: why a group of substitutable components cost more than planned.

Splits the usage of ``variances``; the efficiency of labour classes in the same way.
"""

from dataclasses import dataclass
from decimal import Decimal

from .money import ONE, ZERO, rounded
from .variances import MIX, YIELD, usage_variance

#: Without a currency unit, yield is kept to the billionth; mix takes the rest.
STEP = Decimal("0.000000001")


@dataclass(frozen=True)
class Member:
    """One component (or labour class) of a group.

    Quantities are in the unit of measure of the component, and of a group in one that
    all of its members can be converted into: kg of iron, g of carbon, hours.

    :param standard_quantity: what the card allows for the output; zero for a substitute
        that the card does not have
    :param price: standard price of a unit, company currency
    :param quantity: what was used
    :param weight: its quantity in the planned mix of any output; ``standard_quantity``
        when None. To be given for output of zero, which allows nothing of anything.
    :param units: units of the group in one unit of the component
    """

    standard_quantity: Decimal
    price: Decimal
    quantity: Decimal
    weight: Decimal | None = None
    units: Decimal = ONE

    @property
    def usage(self):
        """Usage variance of this member, company currency."""
        return usage_variance(self.standard_quantity, self.quantity, self.price)

    @property
    def excess(self):
        """What was used above standard, in the unit of the component."""
        return self.quantity - self.standard_quantity

    @property
    def part(self):
        return self.standard_quantity if self.weight is None else self.weight


def mix_and_yield(group, unit=None):
    """Return {key: {MIX: amount, YIELD: amount}} of ``group``, {key: Member}.

    With Q used and S allowed of the whole group, and s the part of a member in the
    planned mix:
    yield = (Q - S) x s x standard price; mix = (quantity - Q x s) x standard price.
    Mix + yield = usage, exactly, for each member and so for the group. Sources:
    Horngren, Datar and Rajan, *Cost Accounting*, chapter 14 (direct materials mix and
    yield); Drury, *Management and Cost Accounting*, chapter 18.

    Without a planned mix all of the usage is yield.

    :param unit: smallest amount of the currency, to which each amount is rounded; the
        amounts of a member then add up to its rounded usage

    20 kg of a mixture allowed, 15 of iron at 7.00 and 5 of carbon at 8.00; used 16 and
    6: 2 kg too much, in the planned mix 1.5 and 0.5.

    >>> from decimal import Decimal as D
    >>> steel = {"iron": Member(D(15), D(7), D(16)), "carbon": Member(D(5), D(8), D(6))}
    >>> for key, found in mix_and_yield(steel, D("0.01")).items():
    ...     print(key, found[MIX], found[YIELD])
    iron -3.50 10.50
    carbon 4.00 4.00
    >>> totals(mix_and_yield(steel, D("0.01")))
    {'mix': Decimal('0.50'), 'yield': Decimal('14.50')}

    The same with carbon in grams, a thousandth of a kg, at 0.008:

    >>> steel["carbon"] = Member(D(5000), D("0.008"), D(6000), units=D("0.001"))
    >>> totals(mix_and_yield(steel, D("0.01")))
    {'mix': Decimal('0.50'), 'yield': Decimal('14.50')}
    """
    planned = sum((member.part * member.units for member in group.values()), ZERO)
    excess = sum((member.excess * member.units for member in group.values()), ZERO)
    found = {}
    for key, member in group.items():
        usage = member.usage if unit is None else rounded(member.usage, unit)
        lost = usage
        if planned:
            # Units of the group to those of the member, and price, cancel out.
            lost = excess * member.part * member.price / planned
            lost = rounded(lost, unit or STEP)
        found[key] = {MIX: usage - lost, YIELD: lost}
    return found


def totals(found):
    """Return {kind: amount} of a group, from what `mix_and_yield` returned."""
    return {
        kind: sum((amounts[kind] for amounts in found.values()), ZERO)
        for kind in (MIX, YIELD)
    }
