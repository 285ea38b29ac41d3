# Capture: goods that a subcontractor keeps for good.
# First step; what goes back to him for repair stays ours, at his location.

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _is_adjustment(self):
        """Count what a subcontractor keeps as lost: his credit note is about his work,
        the goods with our material in them are gone."""
        return super()._is_adjustment() or self._is_kept_by_subcontractor()

    def _is_kept_by_subcontractor(self):
        """Answer whether goods that a subcontractor has made leave our stock for his."""
        return (
            self.location_dest_id.usage == "supplier"
            and "is_subcontract" in self._fields
            and self.origin_returned_move_id.is_subcontract
        )
