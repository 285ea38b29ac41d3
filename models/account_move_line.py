# Capture: invoice lines whose cost of sales a delivery has flushed already.
# First step; the purchase side is in the next file.

from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # Sales ---------------------------------------------------------------------------

    def _get_cogs_value(self):
        """Return core's unit cost only for the units that core delivered.

        The cost of units delivered under a policy was flushed at their delivery.
        """
        product = self.product_id
        policy = product and product._get_backflush_policy(self.company_id)
        if not policy or policy.state == "draft" or self._reverses_native_cogs():
            return super()._get_cogs_value()
        native = self._get_native_delivered_quantity()
        if not self.quantity or product.uom_id.compare(native, 0) <= 0:
            return 0.0
        quantity = self.product_uom_id._compute_quantity(self.quantity, product.uom_id)
        price = product.with_company(self.company_id).standard_price
        return price * min(native / quantity, 1.0)

    def _reverses_native_cogs(self):
        """Answer whether this credits an invoice that posted cost of sales itself."""
        return any(
            line.display_type == "cogs" and line.product_id == self.product_id
            for line in self.move_id.reversed_entry_id.line_ids
        )

    def _get_native_delivered_quantity(self):
        """Return the units delivered without a policy that no invoice before this one
        has taken to cost of sales, in the product's unit of measure."""
        delivered = sum(
            (-1 if move.is_in else 1) * move._get_valued_qty()
            for move in self._get_stock_moves()
            if move.state == "done"
            and move.is_valued
            and move.product_id == self.product_id
            and not move.sudo().backflush_entry_id
        )
        invoiced = sum(
            line.product_uom_id._compute_quantity(line.quantity, line.product_id.uom_id)
            for line in self.sale_line_ids.invoice_lines - self
            if line.parent_state == "posted" and line.move_type == "out_invoice"
        )
        return delivered - invoiced
