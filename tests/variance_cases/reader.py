"""Reads published cases of variances: inputs in, every variance they allow out.

Third step, after ``words`` and what computes amounts. No case is known by its name.
"""

import json
from decimal import Decimal
from pathlib import Path

from .conversion import get_overhead_amounts
from .resources import get_labour_amounts, get_material_amounts
from .tables import (
    get_applied_amounts,
    get_element_amounts,
    get_mixture_amounts,
    get_purchase_amounts,
)

DATA = Path(__file__).parents[1] / "data" / "variances.json"
AMOUNTS = (
    get_material_amounts,
    get_labour_amounts,
    get_overhead_amounts,
    get_mixture_amounts,
    get_applied_amounts,
    get_element_amounts,
    get_purchase_amounts,
)
#: Words that books use for the same thing.
SAME = {
    "labor": "labour",
    "expenditure": "spending",
    "material_quantity": "material_usage",
    "overhead_budget": "overhead_controllable",
}
#: Variance roles of a case's entries: a debit is unfavourable.
ROLES = {
    "DM_PRICE_VAR": ("material_price", "purchase_variance_final"),
    "DM_USAGE_VAR": ("material_usage",),
    "LABOUR_RATE_VAR": ("labour_rate",),
    "LABOUR_EFF_VAR": ("labour_efficiency",),
    "INVENTORY_REVALUATION": ("inventory_revaluation",),
}


class NotGiven(Exception):
    """The inputs of a case do not allow one of its variances; says what they allow."""


def load(path=DATA):
    """Return the cases of a file, numbers as they are written."""
    return json.loads(path.read_text(), parse_float=Decimal)


def read(case):
    """Return {name: signed amount} of all that the inputs of ``case`` allow."""
    inputs, convention = _given(case["inputs"]), case.get("convention") or ""
    found = {}
    for get_amounts in AMOUNTS:
        found |= get_amounts(inputs, convention)
    return {name.lower(): amount for name, amount in found.items()}


def _given(table):
    """Return ``table`` without what is null in it: not given."""
    return {
        key: _given(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if value is not None
    }


def get_amount(case, name):
    """Return the signed amount of a variance; raise `NotGiven` without its inputs."""
    found, known = read(case), name.lower()
    for word, same in SAME.items():
        known = known.replace(word, same)
    for alias in (known, f"material_{known}"):
        if alias in found:
            return found[alias]
    given = ", ".join(sorted(found)) or "nothing"
    raise NotGiven(f"{name} does not follow from the inputs, which give {given}")


def get_booked(case):
    """Return {role: (booked, computed)} of the variance roles in a case's entries."""
    booked, found = {}, read(case)
    for entry in case.get("entries") or ():
        for line in entry["lines"]:
            amount = Decimal(line["debit"]) - Decimal(line["credit"])
            booked[line["role"]] = booked.get(line["role"], 0) + amount
    return {
        role: (amount, found[name])
        for role, amount in booked.items()
        for name in ROLES.get(role, ())
        if name in found
    }


def get_places(case):
    """Return the decimals that a case gives: of its most precise figure."""
    numbers = (Decimal(item["signed"]) for item in case["variances"])
    return max((-number.as_tuple().exponent for number in numbers), default=0)
