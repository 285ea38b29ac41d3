"""Overhead of a case: rates, budget and hours, and the variances they allow.

Second step; ``reader`` puts the amounts together.
"""

from dataclasses import replace

from ...costing import overhead, variances
from ...costing.money import ZERO, exact
from .words import get_actual, units_made

VARIABLE, FIXED = "variable_overhead", "fixed_overhead"


def get_overhead_amounts(inputs, _convention):
    """Return {name: amount} of variable, fixed and all overhead."""
    driver = _find_driver(inputs)
    variable, fixed = (_find_rate(inputs, kind, driver) for kind in (VARIABLE, FIXED))
    budget = _find_budget(inputs, driver, fixed)
    if fixed is None and budget is not None:
        fixed = _rate_of_budget(inputs, driver, budget)
    facts = overhead.Overhead(
        hours=get_actual(inputs, [driver]),
        standard_hours=units_made(inputs) * _hours_of_unit(inputs, driver),
        variable_rate=variable,
        fixed_rate=fixed,
        budget=budget,
    )
    return {
        **_get_variable(facts, get_actual(inputs, [VARIABLE, f"{VARIABLE}_cost"])),
        **_get_fixed(facts, get_actual(inputs, [FIXED, f"{FIXED}_cost"])),
        **_get_total(facts, _find_cost(inputs)),
    }


# What the inputs say -----------------------------------------------------------------


def _find_driver(inputs):
    """Return the key of the hours that overhead follows: machine hours where a rate
    says so, or where there are no others."""
    standard = inputs.get("standard") or {}
    for key in standard:
        if "overhead" in key and ("machine" in key or key.endswith("_mh")):
            return "machine_hours"
    hours = [key for key in standard if key.endswith("hours")]
    return "labour_hours" if "labour_hours" in hours else (hours or [None])[0]


def _hours_of_unit(inputs, driver):
    """Return hours of one unit; 1 where overhead follows the units themselves."""
    return exact((inputs.get("standard") or {}).get(driver, 1))


def _find_rate(inputs, kind, driver):
    """Return the rate for an hour; None without one."""
    rates = {
        key: exact(value)
        for key, value in (inputs.get("standard") or {}).items()
        if key.startswith(kind)
    }
    for key, rate in rates.items():
        if not key.endswith("per_unit"):
            return rate
    hours = _hours_of_unit(inputs, driver)
    return next((rate / hours for rate in rates.values() if hours), None)


def _find_budget(inputs, driver, rate):
    for key, value in inputs.items():
        if "budget" in key and FIXED in key:
            return exact(value)
    hours = _budget_hours(inputs, driver)
    return None if None in (hours, rate) else hours * rate


def _budget_hours(inputs, driver):
    """Return hours that the budget was made for, from hours or from units."""
    for key, value in inputs.items():
        if key.endswith("hours") and key.startswith(
            ("denominator", "normal", "budget")
        ):
            return exact(value)
    if "budget_units" in inputs:
        return exact(inputs["budget_units"]) * _hours_of_unit(inputs, driver)
    return None


def _rate_of_budget(inputs, driver, budget):
    hours = _budget_hours(inputs, driver)
    return budget / hours if hours else None


def _find_cost(inputs):
    """Return the cost of all overhead, as a total or of its two parts."""
    if (total := get_actual(inputs, ["overhead", "overhead_cost"])) is not None:
        return total
    parts = [get_actual(inputs, [kind]) for kind in (VARIABLE, FIXED)]
    return None if None in parts else sum(parts, ZERO)


# What it comes to --------------------------------------------------------------------


def _get_variable(facts, cost):
    if None in (facts.hours, facts.variable_rate):
        return {}
    found = variances.rate_variances(
        facts.standard_hours,
        facts.hours,
        facts.variable_rate,
        ZERO if cost is None else cost,
        kind=variances.SPENDING,
    )
    if cost is None:
        del found[variances.SPENDING]
    return _named(VARIABLE, found, "", "_4way")


def _get_fixed(facts, cost):
    found = {}
    if facts.budget is not None and cost is not None:
        found[variances.SPENDING] = cost - facts.budget
    if None in (facts.budget, facts.fixed_rate):
        return _named(FIXED, found, "", "_4way")
    volume = overhead.fixed_variances(facts, facts.budget)[variances.VOLUME]
    found[variances.VOLUME] = volume
    if facts.hours is not None:
        found |= overhead.volume_split(facts)
    return _named(FIXED, found, "", "_4way")


def _get_total(facts, cost):
    """Of all overhead, whose parts need not be known."""
    if None in (facts.budget, facts.fixed_rate, facts.variable_rate, cost):
        return {}
    found = _named("overhead", _get_two(facts, cost), "", "_2way")
    if facts.hours is not None:
        found |= _named("overhead", overhead.three_way(facts, cost), "", "_3way")
    return {**found, "overhead_total": cost - facts.applied}


def _get_two(facts, cost):
    """Hours worked make no difference to two variances: any will do."""
    return overhead.two_way(replace(facts, hours=facts.hours or ZERO), cost)


def _named(what, amounts, *endings):
    return {
        f"{what}_{kind}{ending}": amount
        for kind, amount in amounts.items()
        for ending in endings
    }
