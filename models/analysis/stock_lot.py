# Lots: the way from a lot to the story of its cost.
# After post; wizards/backflush_lot_timeline.py finds the events.

from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def action_view_backflush_timeline(self):
        """Open the events of this lot from the bills of its components to cost of goods
        sold; refused to users without accounting rights."""
        self.ensure_one()
        return self.env["backflush.lot.timeline"]._open(self)
