"""What happens in a worked example of a book, as documents need it. No Odoo import.

``book`` reads a `Case` from the data; ``textbook`` plays its documents, ``comparison``
sets what they posted beside the book.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from . import families
from .families import CLOSING, ZERO

#: The step in which each event of the backflush ledger belongs.
STEPS = {
    "purchase": "A1",
    "completion": "C1",
    "delivery": "D1",
    "return": "D1",
    "adjustment": "X1",
    "close": CLOSING,
    "disposition": CLOSING,
    "bridge": CLOSING,
}
#: What the roles of a variance of material used are called.
USAGE_WORDS = ("EFF", "USAGE", "QUANTITY")


@dataclass(frozen=True)
class Case:
    """What happens in a case, in its currency, debit positive.

    :param completed, sold: units; `sold` is zero when the case has no sale
    :param material: standard material of the units completed
    :param conversion: {element: standard conversion of the units completed}
    :param usage: material used beyond standard, where the book isolates it
    :param purchased, billed: material bought, at standard price and as billed
    :param spent: ((role credited, conversion cost incurred), ...)
    :param opening: {role: opening balance}
    :param opening_content: {role: conversion in the opening balance}
    :param count: material found in store by count, at standard; None: not counted
    :param counted: {role: (material, conversion)} counted at the period end
    :param book: {step: {role: amount}} of the book's entries, its closing included
    :param figures: totals that the book gives besides, see `read`
    """

    id: str
    currency: str
    triggers: tuple
    completed: Decimal
    sold: Decimal
    material: Decimal
    conversion: dict
    usage: Decimal = ZERO
    purchased: Decimal = ZERO
    billed: Decimal = ZERO
    spent: tuple = ()
    opening: dict = field(default_factory=dict)
    family: str = families.TRIGGER_POINT
    opening_content: dict = field(default_factory=dict)
    count: Decimal | None = None
    counted: dict = field(default_factory=dict)
    book: dict = field(default_factory=dict)
    events: dict = field(default_factory=dict)
    figures: dict = field(default_factory=dict)

    @property
    def flush_point(self):
        """Where cost is flushed: at completion when that is a trigger point."""
        return "completion" if "C" in self.triggers else "sale"

    @property
    def is_recorded(self):
        """Whether purchases are recorded (trigger point A)."""
        return "A" in self.triggers

    @property
    def variant(self):
        return "·".join(self.triggers)

    @property
    def total(self):
        """Standard cost of the units completed."""
        return self.material + sum(self.conversion.values())

    @property
    def applied_role(self):
        """The book's role for conversion applied: some keep one conversion account."""
        flushed = {role for step in ("C1", "D1") for role in self.book.get(step, ())}
        one_account = "CC_CONTROL" in flushed and "CC_APPLIED" not in flushed
        return "CC_CONTROL" if one_account else "CC_APPLIED"

    def get_variance_role(self, *words, default):
        """Return the book's name of a variance whose role has one of ``words``."""
        roles = [role for lines in self.book.values() for role in lines]
        found = [role for role in roles if any(word in role for word in words)]
        return next((role for role in found if "VAR" in role), default)

    @property
    def price_role(self):
        return self.get_variance_role("PRICE", default="DM_PRICE_VAR")

    @property
    def usage_role(self):
        return self.get_variance_role(*USAGE_WORDS, default="DM_EFF_VAR")

    def get_opening_cost(self, role):
        """Return the opening balance of a role without the conversion in it."""
        amount = self.opening.get(role, ZERO)
        return amount - self.opening_content.get(role, ZERO)

    @property
    def is_native(self):
        """Whether no policy is involved: sequential costing is Odoo's own."""
        return self.family == families.SEQUENTIAL

    @property
    def is_closed(self):
        """Whether the book closes conversion cost, or corrects inventory by a count."""
        return CLOSING in self.book

    @property
    def bridge_source(self):
        """Where the book's correction of inventory comes from; None without one."""
        if self.family in families.COUNTED:
            return "count"
        return "ledger" if self.family == families.GAAP else None

    @property
    def is_prorated(self):
        """Whether the book shares conversion differences with inventory."""
        return not self.bridge_source and bool(
            set(families.INVENTORY) & self.book.get(CLOSING, {}).keys()
        )

    def get_bridge_role(self, is_finished):
        """Return the book's inventory role of a bridge, of finished goods or not."""
        roles = [r for r in families.INVENTORY if r in self.book.get(CLOSING, {})]
        wanted = "FG" if is_finished else "RIP"
        return wanted if wanted in roles or not roles else roles[0]

    def get_expected_inventory(self):
        """Return what the book has in inventory in the end."""
        balances = self.get_expected_balances()
        return sum((balances.get(role, ZERO) for role in families.INVENTORY), ZERO)

    def get_expected_balances(self):
        """Return {role: balance} in the end: opening plus entries."""
        return add_up([self.opening, *self.book.values()])


def add_up(parts):
    """Return {key: sum} over dicts, without sums of zero."""
    sums = defaultdict(lambda: ZERO)
    for part in parts:
        for key, amount in part.items():
            sums[key] += amount
    return {key: amount for key, amount in sums.items() if amount}
