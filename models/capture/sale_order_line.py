# Units of a sales order line whose cost reaches cost of sales by an invoice, as Odoo
# itself records it: those delivered without a policy, or invoiced before it started.
# Used by capture, on deliveries and on invoices, so that each unit is costed once.

from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_invoice_costed_quantity(self):
        """Return the units that posted invoices took to cost of sales, less those that
        credit notes took back; in the product's unit of measure."""
        return sum(
            line._get_cogs_items_quantity()
            for line in self.invoice_lines
            if line.parent_state == "posted"
        )

    def _get_left_to_invoices_quantity(self, besides=None):
        """Return the units, less returns, whose cost is left to invoices: delivered
        without a policy, or left out of a delivery's flush; in the product's unit of
        measure.

        :param besides: stock moves that are not counted
        """
        moves = self.move_ids - (besides or self.move_ids.browse())
        return sum(
            move._get_left_out_quantity()
            for move in moves
            if move.state == "done"
            and move.is_valued
            and move.product_id in self.product_id
        )

    def _get_invoiced_quantity(self):
        """Return the units on posted invoices, less those on credit notes, in the
        product's unit of measure."""
        return sum(
            (-1 if line.move_type == "out_refund" else 1) * line._get_product_quantity()
            for line in self.invoice_lines
            if line.parent_state == "posted"
        )

    def _get_flushed_quantity(self):
        """Return the units, less returns, whose cost deliveries took to cost of sales,
        in the product's unit of measure."""
        return sum(
            entry.quantity - entry.facts.get("invoiced", 0)
            for entry in self.move_ids.backflush_entry_id._with_changes()
            if entry.product_id in self.product_id
        )

    def _has_flushed_returns(self):
        """Answer whether a return took the cost of units out of cost of sales."""
        entries = self.move_ids.backflush_entry_id
        return any(
            entry.event == "return" and entry.quantity < entry.facts.get("invoiced", 0)
            for entry in entries
        )

    def _get_ahead_of_invoices(self):
        """Return the units left to invoices, see `_get_left_to_invoices_quantity`, that
        an invoice is still to cost; negative, units that invoices have costed and that
        are not delivered yet. In the product's unit of measure."""
        costed = self._get_invoice_costed_quantity()
        ahead = self._get_left_to_invoices_quantity() - costed
        delivered = self.product_uom_id._compute_quantity(
            self.qty_delivered, self.product_id.uom_id, round=False
        )
        # What was sold before the product was perpetual is invoiced, and never costed.
        return min(ahead, max(delivered - self._get_invoiced_quantity(), 0))
