# Capture: cost of sales that an invoice posts itself says how many units it is for.
# First step; deliveries and later invoices count these units.

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _stock_account_prepare_realtime_out_lines_vals(self):
        """State on each item the units that it costs, instead of those invoiced."""
        vals_list = super()._stock_account_prepare_realtime_out_lines_vals()
        for vals in vals_list:
            line = self.env["account.move.line"].browse(vals["cogs_origin_id"])
            if not line._may_be_flushed() or line._get_kit_moves():
                continue
            units, price = line._get_native_cogs()
            vals["quantity"] = line.product_id.uom_id._compute_quantity(
                units, line.product_uom_id, round=False
            )
            vals["price_unit"] = price if vals["price_unit"] > 0 else -price
        return vals_list
