# Transfers: the way from a delivery to its ledger entries.

from odoo import fields, models

from ..roles import AUDITOR


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "backflush.document"]
    _backflush_link = "picking_id"

    backflush_entry_ids = fields.One2many(
        "backflush.entry", "picking_id", "Backflush Entries", groups=AUDITOR
    )
