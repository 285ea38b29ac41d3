"""A worked example of a book, read into a `case.Case`. No Odoo import.

First step, before ``textbook``. What the fields of the data mean is in
tests/data/README.md.
"""

import json
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from . import families
from .case import USAGE_WORDS, Case, add_up
from .families import ZERO, NotPlayable


def load(path):
    """Return the cases of a data file as dicts, amounts in `Decimal`."""
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def read(data):
    """Return the `Case` of one dict of the data.

    :raises NotPlayable: what the data does not say
    """
    triggers = tuple(data["triggers"])
    family = data.get("family", families.TRIGGER_POINT)
    families.check_shape(family, triggers)
    inputs = data["inputs"]
    book = _read_book(data)
    opening = families.read_amounts(data, "opening_balances")
    content = families.read_amounts(data, "opening_conversion_content")
    purchased, billed = _read_purchase(inputs, book)
    counted = {}
    if family in families.COUNTED:
        counted = families.read_count(data, book)
    if family == families.POSTDEDUCT:
        before = {r: (a - content.get(r, ZERO), ZERO) for r, a in opening.items()}
        material, out = families.read_flow(before, purchased, counted, triggers)
        conversion = {}
        completed, sold = families.read_whole_units(material, out)
    else:
        material, conversion = _read_standard(data)
        cogs = _read_cogs(data, book) if "D" in triggers else ZERO
        if family == families.COGS_FIRST:
            left = sum(map(sum, counted.values()), ZERO)
            cogs = material + sum(conversion.values()) - left
        completed, sold = _read_units(data, material, conversion, cogs)
    usage = _read_usage(book)
    return Case(
        family=family,
        opening_content=content,
        count=_number(inputs.get("physical_count_material")),
        counted=counted,
        id=data["id"],
        currency=data["currency"] or "USD",
        triggers=triggers,
        completed=completed,
        sold=sold,
        material=material,
        conversion=conversion,
        usage=usage,
        purchased=purchased,
        billed=billed,
        spent=_read_spent(inputs, book),
        opening=opening,
        book=book,
        events={
            families.get_step(entry["step"]): entry["event"]
            for entry in data["entries"]
        },
        figures=_read_figures(data),
    )


def _read_book(data):
    """Return {step: {role: amount}}, debit positive; entries of one step added up."""
    parts = defaultdict(list)
    for entry in data["entries"]:
        parts[families.get_step(entry["step"])] += [
            {line["role"]: Decimal(line["debit"]) - Decimal(line["credit"])}
            for line in entry["lines"]
        ]
    return {step: add_up(lines) for step, lines in parts.items()}


def _read_standard(data):
    """Return (material, {element: conversion}) of all units completed: unit standards
    times units, else the totals of the inputs."""
    inputs, unit = data["inputs"], data.get("standard_cost_per_unit") or {}
    units = _read_completed(data)
    split = unit.get("conversion_split") or {}
    per_unit = {
        "material": _number(unit.get("direct_material")),
        "conversion": _number(unit.get("conversion")),
    }
    if per_unit["conversion"] is None and split:
        per_unit["conversion"] = sum(map(_number, split.values()))
    totals = {
        "material": _number(inputs.get("direct_material_standard_total")),
        "conversion": _number(inputs.get("conversion_standard_total")),
    }
    for name, price in per_unit.items():
        if units is not None and price is not None:
            totals[name] = units * price
        elif totals[name] is None:
            raise NotPlayable(f"neither unit nor total standard of {name} is given")
    elements = {name: _number(part) * (units or 0) for name, part in split.items()}
    if sum(elements.values()) != totals["conversion"]:
        elements = {"conversion": totals["conversion"]}
    return totals["material"], elements


def _read_completed(data):
    """Return the units completed, or total over unit standard; None when unknown."""
    inputs, unit = data["inputs"], data.get("standard_cost_per_unit") or {}
    units = _number(inputs.get("units_completed"))
    price = _number(unit.get("direct_material"))
    total = _number(inputs.get("direct_material_standard_total"))
    return total / price if units is None and price and total else units


def _read_cogs(data, book):
    """Return the cost of goods sold before any disposition; None when not given."""
    cogs = book.get("D1", {}).get("COGS")
    return cogs if cogs is not None else _number(data.get("cogs_before_disposition"))


def _read_units(data, material, conversion, cogs):
    """Return whole (completed, sold) units whose unit costs are exact.

    Units as the case gives them; where it gives totals only, or where their cost has
    more decimals than a cost card keeps, the smallest units in the same proportion.
    """
    total = material + sum(conversion.values())
    completed = _read_completed(data)
    sold = _number(data["inputs"].get("units_sold"))
    if "D" not in data["triggers"]:
        sold = ZERO
    if sold is not None and completed:
        share = Fraction(sold) / Fraction(completed)
    elif cogs is not None and total:
        share = Fraction(cogs) / Fraction(total)
    elif cogs is None:
        share = Fraction(0)
    else:
        raise NotPlayable("neither the units nor the cost of what was sold is given")
    if completed:
        costs = [material, *conversion.values()]
        exact = all(_is_decimal(Fraction(c) / Fraction(completed), 6) for c in costs)
        whole = [completed, share * Fraction(completed)]
        if exact and all(_is_decimal(units, 0) for units in whole):
            return tuple(Decimal(int(units)) for units in whole)
    return Decimal(share.denominator), Decimal(share.numerator)


def _read_purchase(inputs, book):
    """Return material bought (at standard price, as billed)."""
    bill = book.get("A1", {})
    purchased = _number(inputs.get("material_purchased"))
    if purchased is None:
        purchased = bill.get("RIP", bill.get("RM", ZERO))
    return purchased, -bill.get("AP", -purchased)


def _read_usage(book):
    """Return the material variance that the book isolates at completion."""
    return (
        sum(
            amount
            for role, amount in book.get("C1", {}).items()
            if "VAR" in role and any(word in role for word in USAGE_WORDS)
        )
        or ZERO
    )


def _read_spent(inputs, book):
    """Return ((role credited, amount), ...) of conversion cost incurred."""
    split = inputs.get("conversion_incurred_split")
    if split:
        return tuple((part["role"], Decimal(part["amount"])) for part in split)
    amounts = book.get("A2", {}).items()
    credits = [(role, -amount) for role, amount in amounts if amount < 0]
    incurred = _number(inputs.get("conversion_incurred"))
    if incurred is None or sum(amount for _role, amount in credits) == incurred:
        return tuple(credits)
    return (("VARIOUS", incurred),) if incurred else ()


def _read_figures(data):
    """Return the totals that a book gives besides its entries: ``cogs`` and ``applied``
    before the closing, ``under`` (control less applied), ``not_recorded`` purchases,
    and ``ending`` balances."""
    conversion = data.get("conversion") or {}
    return {
        "cogs": _number(data.get("cogs_before_disposition")),
        "applied": _number(conversion.get("applied")),
        "under": _number(conversion.get("under_applied")),
        "not_recorded": _number(data.get("purchases_not_recorded_under_variant")),
        "ending": {
            role: Decimal(amount)
            for role, amount in (data.get("ending_balances") or {}).items()
            if amount is not None
        },
    }


def _number(value):
    return None if value is None else Decimal(value)


def _is_decimal(fraction, digits):
    """Answer whether a number has at most ``digits`` decimals."""
    return (Fraction(fraction) * 10**digits).denominator == 1
