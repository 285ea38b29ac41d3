"""Makes cases like those of data/backflush.json from the rules in data/README.md.

For examples that no book has: other currencies, unit costs of many decimals, opening
balances, usage variances.
"""

from decimal import Decimal

D = Decimal


def make_case(triggers, currency, unit, units, bought, **more):
    """Return a case as the data files have it.

    :param unit: (direct material, conversion) standard of one unit
    :param units: (completed, sold)
    :param bought: (material at standard price, as billed)
    :param more: ``usage`` (material used beyond standard), ``spent`` ((role, amount),
        ...), ``split`` {element: unit standard}, ``opening`` {role: balance},
        ``totals`` (give totals instead of units and unit standards)
    """
    material, conversion = unit
    completed, sold = units
    spent = more.get("spent") or (("VARIOUS", completed * conversion),)
    lines = _make_lines(triggers, unit, units, bought, more.get("usage", 0), spent)
    by_unit = not more.get("totals")
    return {
        "id": f"{currency} {''.join(triggers)}",
        "triggers": list(triggers),
        "currency": currency,
        "standard_cost_per_unit": by_unit
        and {
            "direct_material": material,
            "conversion": conversion,
            "conversion_split": more.get("split"),
        }
        or None,
        "opening_balances": more.get("opening") or {},
        "inputs": {
            "material_purchased": bought[0],
            "conversion_incurred": sum(amount for _role, amount in spent),
            "conversion_incurred_split": [
                {"role": role, "amount": amount} for role, amount in spent
            ],
            "units_completed": completed if by_unit else None,
            "units_sold": sold if by_unit else None,
            "direct_material_standard_total": completed * material,
            "conversion_standard_total": completed * conversion,
        },
        "entries": [
            {"step": step, "event": step, "lines": _make_sides(amounts)}
            for step, amounts in lines.items()
        ],
        "cogs_before_disposition": sold * (material + conversion),
    }


def _make_lines(triggers, unit, units, bought, usage, spent):
    """Return {step: [(role, amount)]} by the rules, debit positive."""
    (material, conversion), (completed, sold) = unit, units
    origin = "RIP" if "A" in triggers else "AP"
    at_standard, billed = bought
    purchase = [
        ("RIP", at_standard),
        ("DM_PRICE_VAR", billed - at_standard),
        ("AP", -billed),
    ]
    credits = [(role, -amount) for role, amount in spent]
    flush = [(origin, -material), ("CC_APPLIED", -conversion)]
    used = [("DM_EFF_VAR", usage), (origin, -usage)]
    total = material + conversion
    finished = [("FG", total), *flush] if "C" in triggers else []
    sale = [("COGS", total), *([("FG", -total)] if finished else flush)]
    return {
        "A1": purchase if "A" in triggers else [],
        "A2": [("CC_CONTROL", sum(amount for _role, amount in spent)), *credits],
        "C1": [*((role, completed * amount) for role, amount in finished), *used],
        "D1": [(role, sold * amount) for role, amount in sale],
    }


def _make_sides(amounts):
    return [
        {"role": role, "debit": max(amount, 0), "credit": max(-amount, 0)}
        for role, amount in amounts
        if amount
    ]


CASES = [
    # Whole yen only; the bill is below standard; units of four digits.
    make_case(
        "ACD",
        "JPY",
        (D(1234), D(567)),
        (D(4321), D(4000)),
        (D(6000000), D(5900000)),
    ),
    # Thousandths of a dinar, flush at sale.
    make_case(
        "AD",
        "KWD",
        (D("1.125"), D("0.875")),
        (D(1001), D(900)),
        (D("1200.375"), D("1300.125")),
    ),
    # Unit costs of four decimals, which the bill of materials has for all units only.
    make_case(
        "CD",
        "EUR",
        (D("4.1255"), D("3.3332")),
        (D(10000), D(9500)),
        (D("45000.01"), D("45000.01")),
    ),
    # Three cost elements, wages and bills, opening balances, more sold than made.
    make_case(
        "ACD",
        "CHF",
        (D(40), D("31.50")),
        (D(800), D(850)),
        (D(40000), D(41000)),
        split={
            "labour": D("10.25"),
            "variable_overhead": D("9.75"),
            "fixed_overhead": D("11.50"),
        },
        spent=(("WAGES", D(9000)), ("AP", D(8000)), ("VARIOUS", D("9999.99"))),
        opening={"RIP": D(5000), "FG": D(7150), "CC_CONTROL": D(100)},
    ),
    # Material used beyond standard, at completion, though cost is flushed at sale.
    make_case(
        "AD",
        "USD",
        (D(19), D(12)),
        (D(100), D(90)),
        (D(2500), D(2400)),
        usage=D(95),
    ),
    # Totals instead of units: thirds of a unit have no exact cost.
    make_case(
        "D",
        "USD",
        (D("33.07"), D("21.11")),
        (D(300), D(100)),
        (D(10000), D(10000)),
        totals=True,
    ),
]
