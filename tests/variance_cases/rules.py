"""Makes cases like those of data/variances.json, for examples that no book has.

What they come to is computed here by other formulas than those of ``costing``: whole
cost against whole cost, average prices of a mix, fractions that are rounded once.
"""

from decimal import Decimal
from fractions import Fraction

from ...costing.money import rounded

PLACES = Decimal("0.0001")


def F(text):
    return Fraction(str(text))


def make_case(name, inputs, expected, **more):
    """Return a case as the data files have it.

    :param expected: {name of variance: signed amount, a Fraction}
    """
    return {
        "id": name,
        "inputs": inputs,
        "variances": [
            {"name": key, **_make_figures(amount)} for key, amount in expected.items()
        ],
        **more,
    }


def _make_figures(amount):
    amount = Fraction(amount)
    signed = rounded(Decimal(amount.numerator) / amount.denominator, PLACES)
    effect = "none" if not signed else "U" if signed > 0 else "F"
    return {"signed": signed, "amount": abs(signed), "effect": effect}


def make_flat(units, materials, labour):
    """Return (inputs, expected) of materials {name: (unit, standard quantity of one
    unit, standard price, used, bought, cost)} and labour {name: (standard hours of one
    unit, standard rate, hours, cost)}; None is what the case does not say."""
    standard, actual, expected = {}, {}, {}
    for name, (unit, allowed, price, used, bought, cost) in materials.items():
        standard |= {f"{name}_{unit}": allowed, f"{name}_price": price}
        actual |= {f"{name}_used": used, f"{name}_bought": bought, f"{name}_cost": cost}
        if cost is not None:
            paid_for = F(used if bought is None else bought)
            expected[f"material_price.{name}"] = F(cost) - paid_for * F(price)
        flexible = units * F(allowed) * F(price)
        expected[f"material_usage.{name}"] = F(used) * F(price) - flexible
    for name, (allowed, rate, hours, cost) in labour.items():
        standard |= {f"{name}_hours": allowed, f"{name}_rate": rate}
        actual |= {f"{name}_hours": hours, f"{name}_cost": cost}
        expected[f"labour_rate.{name}"] = F(cost) - F(hours) * F(rate)
        flexible = units * F(allowed) * F(rate)
        expected[f"labour_efficiency.{name}"] = F(hours) * F(rate) - flexible
    actual = {key: value for key, value in actual.items() if value is not None}
    inputs = {"units": units, "standard": standard, "actual": actual}
    return inputs, expected | _add_up(expected, materials, labour)


def _add_up(expected, materials, labour):
    """Return the total of each kind of which no part is missing."""
    found, parts = {}, {"material": materials, "labour": labour}
    for kind in sorted({key.partition(".")[0] for key in expected}):
        amounts = [
            amount for key, amount in expected.items() if key.startswith(f"{kind}.")
        ]
        if len(amounts) == len(parts[kind.partition("_")[0]]):
            found[kind] = sum(amounts)
    return found


def make_group(what, units, rows):
    """Return (inputs, expected) of a group {name: (standard of one unit, price, used)}:
    yield = quantity too much x average price of the planned mix, mix = quantity used x
    (average price of the actual mix - that of the planned mix)."""
    labels = {
        "material": ("per_unit", "kg", "price"),
        "labour": ("hours", "hours", "rate"),
    }
    plan, used, price = labels[what]
    inputs = {
        "units": units,
        f"standard_{plan}": {
            key: row[0] for key, row in rows.items() if row[0] is not None
        },
        f"actual_{used}": {key: row[2] for key, row in rows.items()},
        price: {key: row[1] for key, row in rows.items()},
    }
    planned = [(units * F(row[0] or 0), F(row[1])) for row in rows.values()]
    actual = [(F(row[2]), F(row[1])) for row in rows.values()]
    allowed, taken = (sum(row[0] for row in side) for side in (planned, actual))
    average, paid = (
        sum(quantity * price for quantity, price in side) / whole
        for side, whole in ((planned, allowed), (actual, taken))
    )
    usage = "material_usage" if what == "material" else "labour_efficiency"
    return inputs, {
        f"{what}_yield": (taken - allowed) * average,
        f"{what}_mix": taken * (paid - average),
        usage: taken * paid - allowed * average,
    }


def make_overhead(units, hours, rates, budget, actual, driver="labour_hours"):
    """Return (inputs, expected) of overhead, all of it from flexible budgets.

    :param hours: (standard for one unit, worked, of the budget)
    :param rates: (variable, fixed or None: fixed follows from budget and hours)
    :param actual: (variable, fixed)
    """
    allowed, worked, planned = units * F(hours[0]), F(hours[1]), F(hours[2])
    variable, fixed = F(rates[0]), F(budget) / planned
    inputs = {
        "units": units,
        "standard": {driver: hours[0], "variable_overhead_per_hour": rates[0]},
        "denominator_hours": hours[2],
        "budgeted_fixed_overhead": budget,
        "actual": {
            driver: hours[1],
            "variable_overhead": actual[0],
            "fixed_overhead": actual[1],
        },
    }
    if rates[1] is not None:
        inputs["standard"]["fixed_overhead_per_hour"] = rates[1]
    cost, at_hours = F(actual[0]) + F(actual[1]), F(budget) + worked * variable
    at_output, volume = F(budget) + allowed * variable, (planned - allowed) * fixed
    return inputs, {
        "variable_overhead_spending": F(actual[0]) - worked * variable,
        "variable_overhead_efficiency": at_hours - at_output,
        "fixed_overhead_expenditure": F(actual[1]) - F(budget),
        "fixed_overhead_volume": volume,
        "fixed_overhead_volume_efficiency": (worked - allowed) * fixed,
        "fixed_overhead_volume_capacity": (planned - worked) * fixed,
        "overhead_controllable_2way": cost - at_output,
        "overhead_volume_2way": volume,
        "overhead_spending_3way": cost - at_hours,
        "overhead_efficiency_3way": at_hours - at_output,
        "overhead_volume_3way": volume,
        "overhead_total": cost - allowed * (variable + fixed),
    }


def make_applied(incurred, applied, balances):
    """Return (inputs, expected) of a proration; what holds nothing takes nothing."""
    amount = F(incurred) - F(applied)
    whole = sum(F(held) for held in balances.values() if held > 0)
    inputs = {"incurred": incurred, "applied": applied, "balances": balances}
    return inputs, {
        "under_applied": amount,
        **{
            f"to_{name}": amount * max(F(held), 0) / whole
            for name, held in balances.items()
        },
    }


def make_elements(raw, goods, variances, overhead_rate):
    """Return (inputs, expected) of variances prorated by element.

    :param goods: {account: (key of the inputs, material, labour)}
    :param variances: (price, usage, rate, efficiency, overhead incurred)
    """
    price, usage, rate, efficiency, incurred = map(F, variances)
    material = {account: F(row[1]) for account, row in goods.items()}
    labour = {account: F(row[2]) for account, row in goods.items()}
    whole, worked = sum(material.values()), sum(labour.values())
    inputs = {
        "raw_material_closing": raw,
        "material_price": variances[0],
        "material_usage": variances[1],
        "labour_rate": variances[2],
        "labour_efficiency": variances[3],
        "overhead_incurred": variances[4],
        "overhead_rate_on_labour_cost": overhead_rate,
        **{row[0]: {"material": row[1], "labour": row[2]} for row in goods.values()},
    }
    # After usage, material in goods is larger by one and the same factor everywhere.
    after = {key: held * (1 + usage / whole) for key, held in material.items()}
    base = F(raw) + whole + usage
    rest = incurred - worked * F(overhead_rate)
    expected = {"price_to_RM": price * F(raw) / base}
    for key in goods:
        expected |= {
            f"usage_to_{key}": usage * material[key] / whole,
            f"price_to_{key}": price * after[key] / base,
            f"labour_to_{key}": (rate + efficiency) * labour[key] / worked,
            f"overhead_to_{key}": rest * labour[key] / worked,
            f"{key}_material_after": after[key] * (1 + price / base),
        }
    return inputs, expected


GOODS = {
    "WIP": ("work_in_process", 1200, "800.50"),
    "FG": ("finished_goods", 4100, 2900),
    "COGS": ("cogs", "17000.25", 14000),
}

CASES = [
    # Three materials bought and used apart, two classes of labour, signs both ways.
    make_case(
        "flat",
        *make_flat(
            730,
            {
                "resin": ("kg", "1.25", "4.20", 900, 1000, "4310.55"),
                "hardener": ("litre", "0.40", "11.75", 310, 250, "2900"),
                "box": ("pcs", 1, "0.35", 730, 800, 280),
            },
            {
                "skilled_labour": ("0.30", 24, 205, 5000),
                "unskilled_labour": ("0.55", "14.50", 420, "6100.25"),
            },
        ),
    ),
    # One material without a cost: its price variance and the total of all are missing.
    make_case(
        "a cost is missing",
        *make_flat(
            12,
            {
                "oak": ("m", "2.5", 18, 33, None, 570),
                "glue": ("g", 40, "0.02", 455, None, None),
            },
            {"labour": (2, 30, 23, 700)},
        ),
    ),
    # Five components: one that the card does not have, one left out.
    make_case(
        "group of five",
        *make_group(
            "material",
            75,
            {
                "a": ("1.2", "3.10", 80),
                "b": ("0.8", "4.75", "71.5"),
                "c": (2, "0.99", 160),
                "d": ("0.5", 7, 0),
                "e": (None, "6.05", 31),
            },
        ),
    ),
    # Three classes of labour, fewer hours than allowed.
    make_case(
        "three classes of labour",
        *make_group(
            "labour",
            9,
            {"Ada": (7, 31, 60), "Ben": (3, "22.5", 30), "Cy": (1, 18, 2)},
        ),
    ),
    # Machine hours, over-applied, the fixed rate only as budget / hours (thirds).
    make_case(
        "overhead over-applied",
        *make_overhead(
            700,
            ("1.5", 1000, 900),
            ("8.25", None),
            40000,
            ("7900.10", 39500),
            driver="machine_hours",
        ),
    ),
    make_case(
        "overhead under-applied",
        *make_overhead(50, (4, 230, 250), (6, 12), 3000, (1400, "3100.75")),
    ),
    # Overhead by units: no hours are known, so there is no efficiency to split off.
    make_case(
        "overhead by units",
        {
            "units": 90,
            "budget_units": 100,
            "standard": {
                "variable_overhead_per_unit": "2.5",
                "fixed_overhead_per_unit": 7,
            },
            "actual": {"overhead": 950, "labour_hours": None},
        },
        {
            "fixed_overhead_volume": 70,
            "overhead_controllable_2way": F("25"),
            "overhead_total": 95,
        },
    ),
    # A zero and a negative balance, over-applied.
    make_case(
        "balances",
        *make_applied(
            "75010.40", 80000, {"WIP": 0, "FG": -120, "Store": 333, "COGS": 9667}
        ),
    ),
    make_case(
        "elements",
        *make_elements(650, GOODS, (-444, 310, 120, "-75.5", 9000), "0.6"),
    ),
    # Units of a material dearer than standard, a charge that comes back.
    make_case(
        "purchase",
        {
            "quantity": 30,
            "standard_cost": 8,
            "purchase_cost": "9.5",
            "item_charge_later": "-0.25",
            "revalued_to": "8.75",
        },
        {
            "purchase_variance_after_invoice": 45,
            "purchase_variance_change_by_item_charge": F("-7.5"),
            "purchase_variance_final": F("37.5"),
            "inventory_after_revaluation": F("262.5"),
        },
    ),
    # 100 bought for 550 at a standard of 5; 40 used: 20 of the 50 are measured at use.
    make_case(
        "price at use",
        {
            "units": 20,
            "standard": {"tin_kg": 2, "tin_price": 5},
            "actual": {"tin_bought": 100, "tin_used": 40, "tin_cost": 550},
        },
        {
            "material_price": 20,
            "material_price_at_use.tin": 20,
            "material_price_at_purchase": 50,
        },
        convention="price variance at use",
    ),
    # A list of percentages for 60 parts allowed and 63 used: planned 30 + 30, in the
    # actual mix 42 + 21; yield 1.5 x 2 + 1.5 x 5, mix 10.5 x 2 - 10.5 x 5.
    make_case(
        "percentages",
        {
            "litres_allowed": 60,
            "litres_used": 63,
            "mix_budget_pct": [50, 50],
            "mix_actual_pct": ["66.6666666667", "33.3333333333"],
            "budget_price": [2, 5],
            "items": ["water", "syrup"],
        },
        {"mix.water": 21, "mix.syrup": F("-52.5"), "material_yield": F("10.5")},
    ),
]
