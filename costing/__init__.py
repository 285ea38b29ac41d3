"""Backflush arithmetic in plain Python: no Odoo import, amounts in Decimal.

Everything that an accountant would check by hand is here. ``facts`` and ``cards`` say
what goes in, ``flush`` says what comes out.
"""

from . import (
    adjustments,
    cards,
    changes,
    closing,
    conversion,
    cutover,
    explosion,
    facts,
    flush,
    materials,
    mix,
    money,
    overhead,
    proration,
    redating,
    rounding,
    terms,
    variances,
)

__all__ = [
    "adjustments",
    "cards",
    "changes",
    "closing",
    "conversion",
    "cutover",
    "explosion",
    "facts",
    "flush",
    "materials",
    "mix",
    "money",
    "overhead",
    "proration",
    "redating",
    "rounding",
    "terms",
    "variances",
]
