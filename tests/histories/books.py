"""The oracle: what the shelves and the books of one factory must hold.

Quantities and amounts in plain dictionaries, from what each event posts by definition
(readme/FLOWS.md): each account is a sum over events, whatever their order. A new
standard revalues what is in the books by the shelf; costs follow the card of a
document's day. Nothing here knows how the module computes.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

#: Names of accounts; MATERIAL is RIP, or materials clearing for periodic components.
MATERIAL, GOODS, SOLD, APPLIED = "material", "goods", "sold", "applied"
REVALUED = "revalued"
TABLE = "table"


@dataclass(frozen=True)
class Plan:
    """The standard of one table, and how the policy posts it.

    :param prices: {component: company currency per unit}
    :param planned: the same, as the card of the table has them
    :param needs: {component: units for one table}
    :param hours, rate: of assembly, for one table; company currency per hour
    :param coin: smallest amount of the company's currency
    :param at_sale: cost is flushed at sale, else at completion
    :param recorded: components are perpetual, else periodic
    :param timed: conversion is applied for hours, else for output
    """

    prices: dict
    planned: dict
    needs: dict
    hours: Decimal
    rate: Decimal
    coin: Decimal
    at_sale: bool
    recorded: bool
    timed: bool

    @property
    def material(self):
        return sum(self.needs[name] * self.planned[name] for name in self.needs)

    @property
    def conversion(self):
        return self.hours * self.rate

    @property
    def card(self):
        return self.material + self.conversion


class Books:
    """What is on the shelf, and what each account holds.

    ``shelf``: {product: units on hand}; ``ahead``: {component: units billed and not
    received, less those received and not billed}; ``value``: {(account, product):
    amount before rounding, debit positive}; ``changed``: whether a standard has
    changed.
    """

    def __init__(self, plan):
        self.plan = plan
        self.changed = False
        self.shelf = defaultdict(Decimal)
        self.ahead = defaultdict(Decimal)
        self.value = defaultdict(Decimal)

    def move(self, product, quantity):
        """Record units that enter the shelf (leave it, when negative)."""
        self.shelf[product] += quantity

    def post(self, effect, sign=1):
        """Add the ``effect`` of an event on the accounts; ``sign`` -1 takes it back."""
        for key, amount in effect.items():
            self.value[key] += sign * amount

    def change(self, **standards):
        """From today on standards are others: what the books hold is revalued."""
        before, self.changed = self.plan, True
        self.plan = plan = replace(before, **standards)
        tables = self.shelf[TABLE]
        if not plan.at_sale:
            self.value[GOODS, TABLE] += tables * (plan.card - before.card)
        if not plan.recorded:
            return
        for name, price in plan.prices.items():
            units = self.shelf[name] + self.ahead[name]
            self.value[MATERIAL, name] += units * (price - before.prices[name])
            if plan.at_sale and (need := plan.needs.get(name)):
                more = plan.planned[name] - before.planned[name]
                self.value[MATERIAL, name] += tables * need * more

    # Effects of events, {(account, product): amount} ---------------------------------

    def made(self, quantity, used, hours, then, late=False):
        """Tables made (taken apart, when negative) of ``used`` {component: units}.

        :param then: the plan of the order's day
        :param late: it is a change of what was made
        """
        plan = self.plan
        effect = {
            (MATERIAL, name): -units * plan.prices[name] for name, units in used.items()
        }
        if plan.at_sale:
            return self._add_unsold(effect, quantity, then, late)
        worked = hours if plan.timed else quantity * then.hours
        return {
            **effect,
            (GOODS, TABLE): quantity * plan.card,
            (APPLIED, None): -worked * then.rate,
        }

    def revalued(self, taken_back, back):
        """Components come back from an unbuild otherwise than their share of what was
        used says: a count of its own, or less than a hundredth of a unit.

        :param taken_back, back: {component: units}
        """
        prices = self.plan.prices
        worth = sum((taken_back[name] - back[name]) * prices[name] for name in back)
        return {(REVALUED, None): worth}

    def sold(self, quantity, then, late=False):
        """Tables delivered (returned, when negative); see `made`."""
        plan = self.plan
        effect = {(SOLD, None): quantity * then.card}
        if not plan.at_sale:
            return {**effect, (GOODS, TABLE): -quantity * plan.card}
        effect[APPLIED, None] = -quantity * then.conversion
        return self._add_unsold(effect, -quantity, then, late)

    def found(self, product, quantity):
        """A count's gain; a loss or scrap, when negative."""
        plan = self.plan
        if product != TABLE:
            if not plan.recorded:
                return {}
            return {(MATERIAL, product): quantity * plan.prices[product]}
        if plan.at_sale:
            return self._add_unsold({}, quantity, plan)
        return {(GOODS, TABLE): quantity * plan.card}

    def billed(self, product, quantity, price):
        """Components on a vendor bill (on its credit note, when negative)."""
        name = product if self.plan.recorded else "bills"
        return {(MATERIAL, name): quantity * price}

    def corrected(self, product, quantity, price):
        """A bill's price is taken to standard, where components are perpetual."""
        if not self.plan.recorded:
            return {}
        return {(MATERIAL, product): quantity * (self.plan.prices[product] - price)}

    def _add_unsold(self, effect, quantity, then, late=False):
        """The material of unsold tables is in its components' account; of periodic ones
        nothing is there to be revalued, it is expensed as the document says."""
        plan = self.plan if self.plan.recorded or late else then
        found = defaultdict(Decimal, effect)
        for name, units in plan.needs.items():
            found[MATERIAL, name] += quantity * units * plan.planned[name]
        return dict(found)

    # What must be --------------------------------------------------------------------

    def get_balance(self, account):
        """What the account holds: each product rounded once, half a coin upwards."""
        return sum(
            self._round(amount, ROUND_FLOOR, Decimal("0.5"))
            for (name, _product), amount in self.value.items()
            if name == account
        )

    def get_worth(self, account):
        """What the goods on the shelf are worth, as core's closing values them."""
        plan = self.plan
        worth = defaultdict(Decimal)
        if account == GOODS and not plan.at_sale:
            worth[TABLE] = self.shelf[TABLE] * plan.card
        if account == MATERIAL:
            for name, price in plan.prices.items():
                worth[name] = self.shelf[name] * price
            if plan.at_sale and plan.recorded:
                for name, units in plan.needs.items():
                    worth[name] += self.shelf[TABLE] * units * plan.planned[name]
        return sum(self._round(amount, ROUND_HALF_UP) for amount in worth.values())

    def _round(self, amount, rounding, add=Decimal(0)):
        return (amount / self.plan.coin + add).to_integral_value(rounding) * (
            self.plan.coin
        )
