"""The textbook table: what was posted beside the book, as aligned plain text.

Last step, after ``comparison``. No Odoo import.
"""

WIDTH = 14
ROLES = {
    "RIP": "Raw and in-process inventory",
    "FG": "Finished goods",
    "COGS": "Cost of goods sold",
    "CC_CONTROL": "Conversion control",
    "CC_APPLIED": "Conversion applied",
    "AP": "Accounts payable",
    "VARIOUS": "Various accounts",
    "WAGES": "Wages payable",
    "DM_PRICE_VAR": "Material price variance",
    "DM_EFF_VAR": "Material efficiency variance",
}
FIGURES = {
    "cogs": "Total: cost of goods sold",
    "applied": "Total: conversion applied",
    "under": "Total: conversion under-applied",
    "not_recorded": "In clearing: not yet flushed",
}
NOTE = "Accounts payable of a flush is our materials clearing, which the bill debits."


def render(comparisons):
    """Return the table of all ``comparisons``, and whether nothing differs."""
    differences = sum(len(c.differences) for c in comparisons)
    blocks = [
        *(_render_case(comparison) for comparison in comparisons),
        _render_variants(comparisons),
        NOTE,
        f"{differences} differences." if differences else "No difference.",
    ]
    return "\n\n".join(blocks) + "\n", not differences


def _render_case(comparison):
    """Return entries and balances of one case, ours and the book's side by side."""
    case = comparison.case
    width = 34 + 5 * WIDTH
    title = f"{case.variant}   {case.id}, in {case.currency}"
    names = ("ours Dr", "ours Cr", "book Dr", "book Cr", "difference")
    lines = [
        f"{title}   ({comparison.company.name})",
        "=" * width,
        " " * 34 + "".join(f"{name:>{WIDTH}}" for name in names),
    ]
    steps = dict.fromkeys([*case.book, *(r.step for r in comparison.entries)])
    for step in steps:
        lines.append(f"{step} {case.events.get(step, '')}")
        rows = [row for row in comparison.entries if row.step == step]
        lines += [_render_row(row, ROLES.get(row.role, row.role)) for row in rows]
    closed = "after" if case.is_closed else "before"
    lines.append(f"Balances {closed} the closing of conversion cost")
    lines += [_render_row(r, ROLES.get(r.role, r.role)) for r in comparison.balances]
    lines += [
        _render_row(row, FIGURES.get(row.role, row.role))
        for row in comparison.figures
        if row.difference or row.role == "not_recorded"
    ]
    lines += _render_bridge(comparison)
    return "\n".join(line.rstrip() for line in lines)


def _render_bridge(comparison):
    """Return a bridge that the book does not have, and inventory with it."""
    lines = ["GAAP bridge at the period end, taken back on the next day"]
    for role, amount in comparison.bridge.items():
        label = f"{ROLES.get(role, role)}, bridge"
        sides = [_money(max(amount, 0)), _money(max(-amount, 0))]
        lines.append(f"    {label:<30}" + "".join(f"{s:>{WIDTH}}" for s in sides))
    inventory = _money(comparison.inventory)
    lines.append(f"    {'Total: inventory with it':<30}{inventory:>{WIDTH}}")
    return lines


def _render_row(row, label):
    sides = []
    for amount in (row.ours, row.book):
        sides += [_money(max(amount, 0)), _money(max(-amount, 0))]
    difference = _money(row.difference) or "-"
    columns = "".join(f"{side:>{WIDTH}}" for side in sides)
    return f"    {label:<30}{columns}{difference:>{WIDTH}}"


def _render_variants(comparisons):
    """Return the balances of all cases side by side, credit balances negative."""
    columns = [{row.role: row for row in c.balances} for c in comparisons]
    roles = dict.fromkeys(role for column in columns for role in column)
    heads = "".join(f"{c.case.variant:>{WIDTH}}" for c in comparisons)
    lines = [
        f"{'Our balances side by side':<34}" + heads,
        "=" * (34 + WIDTH * len(columns)),
    ]
    for role in roles:
        cells = [
            _money(column[role].ours) + "*" * bool(column[role].difference)
            if role in column
            else ""
            for column in columns
        ]
        row = "".join(f"{cell:>{WIDTH}}" for cell in cells)
        lines.append(f"    {ROLES.get(role, role):<30}{row}".rstrip())
    for label, amounts in (
        ("Inventory", [c.inventory - c.bridged for c in comparisons]),
        ("Inventory with the GAAP bridge", [c.inventory for c in comparisons]),
        ("COGS with the GAAP bridge", [c.cost_of_sales for c in comparisons]),
    ):
        row = "".join(f"{_money(amount):>{WIDTH}}" for amount in amounts)
        lines.append(f"    {label:<30}{row}".rstrip())
    return "\n".join(lines)


def _money(amount):
    """Return an amount with thousands separators; nothing for zero."""
    return f"{amount:,.2f}" if amount else ""
