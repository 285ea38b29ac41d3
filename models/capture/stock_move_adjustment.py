# Capture: goods are scrapped, counted, lost or found.
# First step; products of a policy and the components that it manages.

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _capture_adjustment(self):
        """State the facts of products and managed components lost and found.

        Components that core itself posts, to the valuation account of the location, are
        left to it.
        """
        facts = []
        for company, moves in self.grouped("company_id").items():
            finished = moves.filtered(lambda move: move._is_backflush())
            others = (moves - finished).filtered(
                lambda move: move.product_id._is_purchase_recorded(move.company_id)
                and not move.account_move_id
            )
            components = others.product_id._filter_backflush_components(company)
            others = others.filtered(lambda m, known=components: m.product_id in known)
            facts += [move._prepare_adjustment_vals(False) for move in finished]
            facts += [move._prepare_adjustment_vals(True) for move in others]
        self.env["backflush.entry"]._capture(facts)

    def _prepare_adjustment_vals(self, component):
        """Return the ledger entry of stock lost (negative) or found."""
        [[_product, quantity, value]] = self._get_returned_facts()
        policy = (
            self.env["backflush.policy"]._get_for_components(
                self.product_id, self.company_id
            )
            if component
            else self.product_id._get_backflush_policy(self.company_id)
        )
        return {
            "event": "adjustment",
            "source_key": f"stock.move/{self.id}",
            "origin": self.scrap_id.name
            or self.reference
            or self.product_id.display_name,
            "company_id": self.company_id.id,
            "policy_id": policy.id,
            "date": self._get_backflush_date(),
            "product_id": self.product_id.id,
            "quantity": quantity,
            "production_id": (self.raw_material_production_id or self.production_id).id,
            "picking_id": self.picking_id.id,
            "scrap_id": self.scrap_id.id,
            "stock_move_ids": self.ids,
            "facts": {
                "component": component,
                "quantity": quantity,
                "value": value,
                "kind": "scrap" if self.scrap_id else "usage",
            },
        }
