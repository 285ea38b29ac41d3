"""Values that make no sense, and what counts as an answer to one: a clear error, or the
error that Odoo gives for fields and methods of its own.
"""

import traceback

from psycopg2 import DatabaseError

from odoo.exceptions import UserError

from .surface import MODULE

NAN, INF = float("nan"), float("inf")
MISSING = 2**31 - 2
#: Part of the paths of this module's files.
OWN_FILES = f"addons/{MODULE}/"
HTML = "<img src=x onerror=alert(1)>"
#: Wrong for some types of fields, right for others.
ANYTHING = [None, True, 2**63, HTML, ["x"], {"x": 1}]
TEXTS = ["x" * 70000, "\u202eמחיר\u202c", "a\x00b", "=1+1", "+1", "-1", "@SUM(A1)"]
NUMBERS = [NAN, INF, -INF, 1e308, -1e308, 1e15, "nan", "inf", "1e400", "12,5"]
LINKS = [MISSING, -1, 2**40, "1", [1, 2], [[6, 0, [MISSING]]], [[0, 0, {"x": 1}]]]
LINKS += [[[1, MISSING, {}]], [[2, MISSING, 0]], [[4, MISSING, 0]], [[99, 0, 0]], [[]]]
DATES = ["2026-02-30", "0000-00-00", "9999-12-31", "0001-01-01", "99999-01-01", 5.5]
VALUES = {
    "char": TEXTS,
    "text": TEXTS,
    "html": TEXTS,
    "float": NUMBERS,
    "monetary": NUMBERS,
    "integer": [*NUMBERS, 2**31, -(2**31)],
    "selection": TEXTS[3:],
    "date": DATES,
    "datetime": DATES,
    "many2one": LINKS,
    "one2many": LINKS,
    "many2many": LINKS,
    "reference": TEXTS,
}
#: Types whose values are refused in words, whatever Odoo itself answers.
STRICT = ("float", "monetary")
#: Fields of Odoo itself of each type: what they answer to a value, ours may answer too.
REFERENCES = {
    "char": [("res.partner", "ref"), ("product.template", "name")],
    "text": [("product.template", "description_sale")],
    "html": [("res.partner", "comment")],
    "integer": [("res.partner", "color")],
    "boolean": [("res.partner", "is_company")],
    "selection": [("res.partner", "type")],
    "date": [("product.supplierinfo", "date_start")],
    "datetime": [("mrp.production", "date_deadline")],
    "many2one": [("res.partner", "parent_id"), ("res.partner", "state_id")],
    "one2many": [("res.partner", "child_ids")],
    "many2many": [("res.partner", "category_id")],
    "reference": [("res.partner", "ref")],
    "many2one_reference": [("res.partner", "color")],
    "json": [("res.partner", "ref")],
}
IDS = [[], [MISSING], 2**40, "abc", ["abc"], [None], 1.5]
#: Contexts that a client may send; names that the module reads are found by hand.
CONTEXTS = [
    {"active_id": "x", "active_ids": "x", "active_model": "x"},
    {"default_company_id": MISSING, "default_period_id": "x", "cutover": "x"},
    {"default_release_id": MISSING, "default_purpose": "x", "lang": "xx_XX"},
    {"backflush_takes_effect": True, "backflush_cutover": True},
    {"allowed_company_ids": [MISSING]},
]
#: Methods that are not tried here, and why.
LEFT_OUT = {
    "stock_value": "Odoo's own, which answers with records as keys",
    "create": "tried field by field",
    "write": "tried field by field",
    "unlink": "deletes, or refuses",
    "copy_data": "values for a copy",
    "default_get": "tried with contexts",
    "load": "tried by import",
    "name_search": "a search",
}
#: Rows that a dialog computes and shows; nothing is read back from them.
SHOWN_ROWS = {
    "backflush.cutover.account",
    "backflush.cutover.document",
    "backflush.cutover.product",
    "backflush.where.used.line",
}


def is_clear(error):
    """Answer whether ``error`` says in words what is wrong."""
    return error is None or isinstance(error, UserError)


def get_family(error):
    """Return the type of an error; errors of the database are one."""
    return DatabaseError if isinstance(error, DatabaseError) else type(error)


def get_frames(error):
    """Return (frames of this module, innermost frame) of the way of ``error``."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        f for f in frames if OWN_FILES in f.filename and "/tests/" not in f.filename
    ]
    return ours, frames[-1]


def is_core(error, allowed):
    """Answer whether ``error`` is Odoo's own answer to a value of the wrong type: not
    raised here, and either the same as for a field or method of its own, or nothing of
    this module did more than to call Odoo's method."""
    ours, innermost = get_frames(error)
    if innermost in ours:
        return False
    return get_family(error) in allowed or all("super(" in f.line for f in ours)
