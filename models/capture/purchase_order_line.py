# Capture: purchase order lines that pay a subcontractor for work, not for goods, and
# those whose bills and receipts differ. First step; asked by their bills, by the
# cut-over and by new cost cards.

from odoo import models


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def _get_subcontracting_policy(self, date):
        """Return the policy under which this line pays a subcontractor for his work.

        It is the one that has recorded what he made or, before he made anything, the
        one that runs on ``date``; none for goods bought and for work left to Odoo.
        """
        self.ensure_one()
        moves = self.sudo().move_ids
        if "is_subcontract" not in moves._fields:
            return self.env["backflush.policy"]
        orders = moves._get_subcontract_production()
        if made := orders.filtered(lambda order: order.state == "done"):
            return made.backflush_entry_ids.policy_id[:1]
        if not orders:
            return self.env["backflush.policy"]
        return self.product_id._get_running_policy(self.company_id, date)

    def _get_ahead_of_receipts(self):
        """Return the units that posted bills have debited and that are not received
        yet, negative when received and not billed; in the product's unit of measure."""
        billed = sum(
            (-1 if item.move_type == "in_refund" else 1) * item._get_product_quantity()
            for item in self.invoice_lines
            if item.parent_state == "posted"
        )
        received = self.product_uom_id._compute_quantity(
            self.qty_received, self.product_id.uom_id, round=False
        )
        return round(billed - received, 9)
