# Capture: goods that a subcontractor keeps for good, or sends to the customer himself.
# First step; what goes back to him for repair stays ours, at his location.

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _is_adjustment(self):
        """Count what a subcontractor keeps as lost: his credit note is about his work,
        the goods with our material in them are gone."""
        return super()._is_adjustment() or self._is_kept_by_subcontractor()

    def _is_kept_by_subcontractor(self):
        """Answer whether goods that a subcontractor has made leave our stock."""
        return (
            self.location_dest_id.usage == "supplier"
            and "is_subcontract" in self._fields
            and self.origin_returned_move_id.is_subcontract
        )

    # Sent to the customer ------------------------------------------------------------

    def _is_sent_by_subcontractor(self):
        """Answer whether goods under a policy go from a subcontractor to the customer,
        or come back there. For Odoo they are dropshipped, worth nothing to us; but they
        were finished goods at his location, and their delivery is flushed."""
        mine = self._is_dropshipped() and self.location_id._should_be_valued()
        back = (
            self._is_dropshipped_returned()
            and self.location_dest_id._should_be_valued()
        )
        return (mine or back) and self.product_id._is_backflush(self.company_id)

    def _compute_is_dropship(self):
        result = super()._compute_is_dropship()
        sent = self.filtered(lambda move: move._is_sent_by_subcontractor())
        sent.is_dropship = False
        return result

    def _is_out(self):
        return super()._is_out() or bool(
            self._is_sent_by_subcontractor() and self._get_out_move_lines()
        )

    def _is_in(self):
        return super()._is_in() or bool(
            self._is_sent_by_subcontractor() and self._get_in_move_lines()
        )
