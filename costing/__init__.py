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
    health,
    materials,
    mix,
    money,
    overhead,
    pairing,
    proration,
    redating,
    rounding,
    steps,
    terms,
    variances,
    waterfall,
    waterfall_overheads,
    where_used,
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
    "health",
    "materials",
    "mix",
    "money",
    "overhead",
    "pairing",
    "proration",
    "redating",
    "rounding",
    "steps",
    "terms",
    "variances",
    "waterfall",
    "waterfall_overheads",
    "where_used",
]
