"""Cases that are tables of their own: mixtures in percent, balances, one purchase.

Second step; ``reader`` puts the amounts together.
"""

from decimal import Decimal

from ...costing import mix, proration, variances
from ...costing.money import ZERO, exact
from .resources import name_mix

#: So small a unit that rounding of shares does not show.
UNIT = Decimal("0.000000001")
SOLD = "COGS"
MATERIAL, LABOUR, OVERHEAD = "material", "labour", "overhead"
#: How keys of balances begin, and what the variances call them.
ACCOUNTS = {
    "raw_material": "RM",
    "work_in_pro": "WIP",
    "finished_goods": "FG",
    "cogs": SOLD,
    "cost_of_goods_sold": SOLD,
}


# Mixtures in percent of inputs used and allowed --------------------------------------


def get_mixture_amounts(inputs, _convention):
    """Return mix, yield and usage of a planned and an actual mix, in percent."""
    used, allowed = (_find_quantity(inputs, word) for word in ("used", "allowed"))
    planned, actual, price = (
        _by_item(inputs, key) for key in ("mix_budget_pct", "mix_actual_pct", "price")
    )
    whole, whole_used = sum(planned.values(), ZERO), sum(actual.values(), ZERO)
    if None in (used, allowed) or not (whole and whole_used and price):
        return {}
    group = {
        name: mix.Member(
            allowed * part / whole,
            price[name],
            used * actual.get(name, ZERO) / whole_used,
        )
        for name, part in planned.items()
    }
    usage = {f"material_usage.{name}": member.usage for name, member in group.items()}
    return {
        **usage,
        "material_usage": sum(usage.values(), ZERO),
        **name_mix(MATERIAL, mix.mix_and_yield(group)),
    }


def _find_quantity(inputs, word):
    """Return what is said with ``word``, in whatever unit: inputs_used_tons."""
    for key, value in inputs.items():
        if word in key.split("_") and not isinstance(value, dict | list):
            return exact(value)
    return None


def _by_item(inputs, key):
    """Return {item: number} of a table or of a list in the order of ``items``."""
    table = inputs.get(key) or inputs.get(f"budget_{key}") or {}
    if isinstance(table, list):
        table = dict(zip(inputs.get("items") or range(len(table)), table, strict=True))
    return {name: exact(value) for name, value in table.items()}


# Under- and over-applied, by balances ------------------------------------------------


def get_applied_amounts(inputs, _convention):
    """Return what was under-applied (over-applied: negative), and each share of it."""
    if not {"incurred", "applied", "balances"} <= set(inputs):
        return {}
    amount = exact(inputs["incurred"]) - exact(inputs["applied"])
    held = {name: exact(value) for name, value in inputs["balances"].items()}
    taken = proration.prorate(amount, held, UNIT, SOLD)
    return {
        "under_applied": amount,
        "over_applied": amount,
        **{f"to_{name}": share for name, share in taken.items()},
        **{f"{name}_after": held.get(name, ZERO) + taken[name] for name in taken},
    }


# Variances by the cost elements in each balance --------------------------------------


def get_element_amounts(inputs, _convention):
    """Return the shares of material, labour and overhead variances, and the balances
    after; usage before price."""
    held = _find_balances(inputs)
    if not held:
        return {}
    found = proration.dispose(_find_differences(inputs, held), held, UNIT)
    amounts = {}
    for key, taken in found.shares.items():
        for (account, _element), share in taken.items():
            amounts[f"{key}_to_{account}"] = share
    for (account, element), balance in found.after.items():
        amounts[f"{account}_{element}_after"] = balance
        total = f"{account}_after"
        amounts[total] = amounts.get(total, ZERO) + balance
    return amounts


def _find_balances(inputs):
    """Return {(account, element): balance}; a balance without elements is material,
    overhead that is not given follows labour."""
    held = {}
    for key, value in inputs.items():
        for start, account in ACCOUNTS.items():
            if key.startswith(start):
                for label, amount in _elements(value).items():
                    held[account, label.split("_")[0]] = exact(amount)
    rate = inputs.get("overhead_rate_on_labour_cost")
    for account, element in list(held) if rate else ():
        if element == LABOUR:
            applied = held[account, LABOUR] * exact(rate)
            held.setdefault((account, OVERHEAD), applied)
    return held


def _elements(value):
    return value if isinstance(value, dict) else {MATERIAL: value}


def _find_differences(inputs, held):
    """Return the differences to dispose of, usage before price.

    Usage has nothing to do with material in store, nor have labour and overhead.
    """

    def over(element, *without):
        return tuple(key for key in held if key[1] == element and key[0] not in without)

    def total(*keys):
        return sum((exact(inputs.get(key, 0)) for key in keys), ZERO)

    applied = sum((held[key] for key in over(OVERHEAD)), ZERO)
    incurred = exact(inputs.get("overhead_incurred", applied))
    amounts = {
        "usage": (total("material_usage"), over(MATERIAL, "RM")),
        "price": (total("material_price"), over(MATERIAL)),
        LABOUR: (total("labour_rate", "labour_efficiency"), over(LABOUR)),
        OVERHEAD: (incurred - applied, over(OVERHEAD)),
    }
    return [
        proration.Difference(key, amount, where, (SOLD, where[0][1]))
        for key, (amount, where) in amounts.items()
        if where
    ]


# One purchase and what comes later ---------------------------------------------------


def get_purchase_amounts(inputs, _convention):
    """Return the variance of a purchase at standard after its bill, its change by a
    later charge, in the end; and stock after a revaluation, which leaves it alone."""
    if not {"standard_cost", "purchase_cost"} <= set(inputs):
        return {}
    quantity = exact(inputs.get("quantity", 1))
    standard, cost = (exact(inputs[key]) for key in ("standard_cost", "purchase_cost"))
    charges = [quantity * exact(inputs.get("item_charge_later", 0))]
    steps = variances.late_cost_variances(quantity, standard, quantity * cost, charges)
    lost = variances.revaluation_variance(
        quantity, standard, exact(inputs.get("revalued_to", standard))
    )
    return {
        "purchase_variance_after_invoice": steps[0],
        "purchase_variance_change_by_item_charge": steps[1],
        "purchase_variance_final": sum(steps, ZERO),
        "inventory_revaluation": lost,
        "inventory_after_revaluation": quantity * standard - lost,
    }
