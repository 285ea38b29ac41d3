# Capture: quantities of moves are edited after the ledger has recorded them.
# First step; nothing is rewritten, the difference becomes a correction.

from odoo import api, models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.move_id._capture_correction()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"quantity", "product_uom_id", "owner_id"}:
            self.move_id._capture_correction()
        return result

    def unlink(self):
        moves = self.move_id
        result = super().unlink()
        moves.exists()._capture_correction()
        return result
