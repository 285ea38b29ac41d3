"""The shapes of worked examples, and what each means for documents. No Odoo import.

Part of the first step, beside ``case``: names of steps, trigger points, and families
whose figures come from a physical count. The fields are told in tests/data/README.md.
"""

from decimal import Decimal
from fractions import Fraction

ZERO = Decimal(0)

TRIGGER_POINT = "trigger_point"
SEQUENTIAL = "sequential_reference"
GAAP = "gaap_adjustment"
COGS_FIRST = "cogs_first_then_backflush"
POSTDEDUCT = "physical_count_postdeduct"
FAMILIES = (TRIGGER_POINT, SEQUENTIAL, GAAP, COGS_FIRST, POSTDEDUCT)

#: Families that charge conversion to cost of goods sold as it is incurred.
EXPENSED = (COGS_FIRST, POSTDEDUCT)
#: Families in which a count at the period end tells what inventory is worth.
COUNTED = (COGS_FIRST, POSTDEDUCT)

#: Steps by the names that families give them. A step of any other name is part of the
#: period end.
STEPS = {name: name for name in ("A1", "A2", "B1", "C1", "D1", "X1")} | {
    "P1": "A1",
    "P2": "A2",
    "P3": "C1",
    "P4": "D1",
    "1": "A1",
    "2": "A2",
}
CLOSING = "D2"

#: Roles of inventory; a bridge may be in any of them.
INVENTORY = ("RIP", "FG", "WIP", "RM")


class NotPlayable(Exception):
    """Why a case cannot be played: what its data does not say."""


def get_step(name):
    """Return the step of an entry by the name that its book gives it."""
    return STEPS.get(name, CLOSING)


def check_shape(family, triggers):
    """Raise `NotPlayable` for a family or trigger points that nothing here plays."""
    if family not in FAMILIES:
        raise NotPlayable(f"family {family} is unknown")
    if family == SEQUENTIAL:
        return
    if not {"A", "C", "D"} >= set(triggers) or not {"C", "D"} & set(triggers):
        raise NotPlayable(
            f"trigger points {'·'.join(triggers)} are not a backflush variant"
        )


def read_count(data, book):
    """Return {role: (material, conversion)} that was counted at the period end, by the
    closing count and its conversion content.

    Without one, cost that was charged to cost of goods sold at first and is backed out
    at the period end is what was counted.
    """
    counts = read_amounts(data, "closing_count")
    if not counts:
        closing = book.get(CLOSING, {})
        counts = {
            role: closing[role] for role in INVENTORY if closing.get(role, ZERO) > 0
        }
        unit = data.get("standard_cost_per_unit") or {}
        total = Decimal(unit.get("total") or 0)
        if not counts or not total:
            raise NotPlayable("neither a count nor what is backed out is given")
        share = Decimal(unit["conversion"]) / total
        return {role: (a - a * share, a * share) for role, a in counts.items()}
    content = read_amounts(data, "closing_conversion_content")
    return {
        role: (amount - content.get(role, ZERO), content.get(role, ZERO))
        for role, amount in counts.items()
    }


def read_amounts(data, name):
    """Return {role: amount} of a field of balances, without zeros."""
    return {
        role: Decimal(amount)
        for role, amount in (data.get(name) or {}).items()
        if amount
    }


def read_flow(opening, purchased, counted, triggers):
    """Return (material used, material sold) that counts imply: what was there and was
    bought, less what is left.

    :param opening, counted: {role: (material, conversion)}
    """
    flow = purchased
    steps = {"RIP": True, "FG": "C" in triggers}
    used = sold = ZERO
    for role, exists in steps.items():
        if not exists:
            continue
        if role == "FG" and "D" not in triggers and role not in counted:
            break
        flow += opening.get(role, (ZERO, ZERO))[0] - counted.get(role, (ZERO, ZERO))[0]
        used, sold = (flow, sold) if role == "RIP" else (used, flow)
    return used, sold if steps["FG"] else used


def read_whole_units(completed_cost, sold_cost):
    """Return the smallest whole (completed, sold) units of two total costs."""
    share = Fraction(sold_cost) / Fraction(completed_cost) if completed_cost else 0
    share = Fraction(share)
    return Decimal(share.denominator), Decimal(share.numerator)
