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
    steps = dict.fromkeys([*case.get_expected(), *(r.step for r in comparison.entries)])
    for step in steps:
        lines.append(f"{step} {case.events.get(step, '')}")
        rows = [row for row in comparison.entries if row.step == step]
        lines += [_render_row(row, ROLES.get(row.role, row.role)) for row in rows]
    lines.append("Balances before the closing of conversion cost")
    lines += [_render_row(r, ROLES.get(r.role, r.role)) for r in comparison.balances]
    lines += [
        _render_row(row, FIGURES.get(row.role, row.role))
        for row in comparison.figures
        if row.difference or row.role == "not_recorded"
    ]
    return "\n".join(line.rstrip() for line in lines)


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
    return "\n".join(lines)


def _money(amount):
    """Return an amount with thousands separators; nothing for zero."""
    return f"{amount:,.2f}" if amount else ""
