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
        if (kits := self._get_kit_moves()).sudo().backflush_entry_id:
            # Odoo's own price of a kit of several components is none: it raises.
            return sum(kits.mapped("value")) / self.quantity if self.quantity else 0.0
        if not self._may_be_flushed():
            return super()._get_cogs_value()
        if not self.quantity:
            return 0.0
        units, price = self._get_native_cogs()
        return price * units / self._get_product_quantity()

    def _get_native_cogs(self):
        """Return (units that this line takes to cost of sales itself, their price), in
        the product's unit of measure; on a credit note, units that it takes back."""
        sale_lines = self.sale_line_ids.sudo()
        quantity = self._get_product_quantity()
        costed = sale_lines._get_invoice_costed_quantity()
        left = sale_lines._get_left_to_invoices_quantity()
        price = self.product_id.with_company(self.company_id).standard_price
        units = left - costed
        if not self._follows_policy():
            # As core: what is invoiced, but for the units that were flushed.
            units = sale_lines._get_invoiced_quantity() + quantity - costed
            units -= sale_lines._get_flushed_quantity()
        if self.move_id.move_type == "out_refund":
            units = costed - left
            if items := self._get_reversed_cogs():
                price = items[0].price_unit
                if not sale_lines:
                    units = sum(items.mapped("quantity"))
                elif not sale_lines._has_flushed_returns():
                    # As core: whatever it is that comes back.
                    units = costed
        return min(max(units, min(quantity, 0)), max(quantity, 0)), price

    def _follows_policy(self):
        """Answer whether the policy of the product runs on the date of this line."""
        policy = self.product_id._get_backflush_policy(self.company_id)
        return bool(policy) and policy._is_running(self.move_id.date)

    def _may_be_flushed(self):
        """Answer whether a policy that runs, or did, may have recorded cost of units on
        this line."""
        policy = self.product_id and self.product_id._get_backflush_policy(
            self.company_id
        )
        running = bool(policy) and policy.state != "draft"
        return running or bool(self.sale_line_ids.sudo().move_ids.backflush_entry_id)

    def _get_product_quantity(self):
        """Return the quantity in the product's unit of measure."""
        return self.product_uom_id._compute_quantity(
            self.quantity, self.product_id.uom_id, round=False
        )

    def _get_native_share_of_kit(self):
        """Return the share, 0 to 1, that the components which Odoo itself costs have in
        the value of the kit on this line; 1 for what is no kit."""
        moves = self._get_kit_moves()
        flushed = moves.filtered(lambda move: move.sudo().backflush_entry_id)
        if not flushed:
            return 1.0
        value = sum(moves.mapped("value"))
        return sum((moves - flushed).mapped("value")) / value if value else 0.0

    def _get_kit_moves(self):
        """Return the deliveries of components, when this line sells a kit."""
        return self._get_stock_moves().filtered(
            lambda move: move.state == "done"
            and move.is_valued
            and move.product_id != self.product_id
        )

    def _get_reversed_cogs(self):
        """Return the items of cost of sales, stock side, of the invoice that this line
        credits."""
        return self.move_id.reversed_entry_id.line_ids.filtered(
            lambda line: line.display_type == "cogs"
            and line.product_id == self.product_id
            and line.price_unit > 0
        )

    def _get_cogs_items_quantity(self):
        """Return the units that this invoice line has taken to cost of sales, negative
        when it took them back, in the product's unit of measure."""
        sign = -1 if self.move_type == "out_refund" else 1
        items = self.move_id.line_ids.filtered(
            lambda line: line.display_type == "cogs"
            and line.product_id == self.product_id
            and line.price_unit > 0
            and line.cogs_origin_id in (self, self.browse())
        )
        return sign * sum(item._get_product_quantity() for item in items)
