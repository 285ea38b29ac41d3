# Capture: purchase order lines that pay a subcontractor for work, not for goods.
# First step; asked by their bills, and by the cut-over.

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
