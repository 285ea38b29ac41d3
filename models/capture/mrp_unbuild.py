# Capture: goods are taken apart again, the reverse of a completion.
# First step; states what was unbuilt and what came back, and hands it to the ledger.

from odoo import fields, models

from ..roles import AUDITOR


class MrpUnbuild(models.Model):
    _name = "mrp.unbuild"
    _inherit = ["mrp.unbuild", "backflush.document"]
    _backflush_link = "unbuild_id"

    backflush_entry_ids = fields.One2many(
        "backflush.entry", "unbuild_id", "Backflush Entries", groups=AUDITOR
    )

    def action_unbuild(self):
        """Capture the unbuild of products under a policy."""
        result = super().action_unbuild()
        self._capture_unbuild()
        return result

    def _is_backflush(self):
        """Answer whether a policy records the cost of this unbuild."""
        self.ensure_one()
        return self.product_id._is_backflush(self.company_id)

    def _capture_unbuild(self):
        """State the facts of goods taken apart."""
        self.env["backflush.entry"]._capture(
            [
                unbuild._prepare_unbuild_vals()
                for unbuild in self.filtered(lambda unbuild: unbuild._is_backflush())
            ]
        )

    def _prepare_unbuild_vals(self):
        """Return the ledger entry of one unbuild; its quantity is negative."""
        moves = self.env["stock.move"].search(
            [("unbuild_id", "=", self.id), ("state", "=", "done")]
        )
        main = moves.filtered(lambda move: move.product_id == self.product_id)
        components = moves - main
        quantity = -sum(move._get_valued_qty() for move in main)
        return {
            "event": "unbuild",
            "source_key": f"mrp.unbuild/{self.id}",
            "origin": self.name,
            "company_id": self.company_id.id,
            "policy_id": self.product_id._get_backflush_policy(self.company_id).id,
            "date": moves._get_backflush_date(),
            "product_id": self.product_id.id,
            "quantity": quantity,
            "production_id": self.mo_id.id,
            "unbuild_id": self.id,
            "stock_move_ids": moves.ids,
            "facts": {
                "quantity": quantity,
                "consumptions": components._get_returned_facts(),
            },
        }
