# Transfers: the way from a delivery to its ledger entries.

from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    backflush_entry_ids = fields.One2many(
        "backflush.entry",
        "picking_id",
        "Backflush Entries",
        groups="mrp_account_backflush.group_backflush_auditor",
    )
    backflush_entry_count = fields.Integer(
        compute="_compute_backflush_entry_count",
        groups="mrp_account_backflush.group_backflush_auditor",
    )

    def _compute_backflush_entry_count(self):
        counts = dict(
            self.env["backflush.entry"]._read_group(
                [("picking_id", "in", self.ids)], ["picking_id"], ["__count"]
            )
        )
        for picking in self:
            picking.backflush_entry_count = counts.get(picking, 0)

    def action_view_backflush_entries(self):
        self.ensure_one()
        return self.env["backflush.entry"]._get_action([("picking_id", "=", self.id)])
