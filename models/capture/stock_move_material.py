# Capture: what moves took out of stock and brought back, as facts of material.
# First step; read by completions, unbuilds, corrections and adjustments.

from collections import defaultdict

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _set_byproduct_price(self):
        """Value by-products at their own standard, as the card does; core values them
        at zero when the product of the order is at standard cost."""
        for move in self.filtered(lambda move: move.state not in ("done", "cancel")):
            move.price_unit = move.product_id.with_company(
                move.company_id
            ).standard_price

    def _get_material_facts(self):
        """Return [[component, quantity, value]] taken out of stock; a by-product comes
        in, and is negative."""
        facts = []
        for move in self:
            sign = -1 if move.is_in else 1
            quantity = sign * move._get_valued_qty()
            facts.append(
                [move.product_id.id, quantity, move._get_exact_value(quantity)]
            )
        return facts

    def _get_exact_value(self, quantity):
        """Return the value of ``quantity`` of this move in its company's currency; at
        standard cost as quantity x standard, which is not rounded yet.

        Core rounds the value of a move, and takes the standard of the user's company.
        """
        product = self.product_id.with_company(self.company_id)
        if product.cost_method == "standard" and not product.lot_valuated:
            return quantity * product.standard_price
        valued = self._get_valued_qty()
        return self.value * quantity / valued if valued else 0.0

    def _get_returned_facts(self):
        """Return [[component, quantity, value]] of material that enters stock again, at
        today's value; by-products that leave it are negative."""
        facts = []
        for move in self:
            sign = 1 if move.is_in else -1
            quantity, value = sign * move._get_valued_qty(), sign * move.value
            product = move.product_id.with_company(move.company_id)
            if product.cost_method == "standard":
                value = quantity * product.standard_price
            facts.append([product.id, quantity, value])
        return facts

    def _get_changed_materials(self, entries):
        """Return [[component, quantity, value]] that ``entries`` lack of these moves;
        at today's standard, or as Odoo values them."""
        now, held = defaultdict(lambda: [0, 0]), defaultdict(lambda: [0, 0])
        for product, quantity, value in self._get_material_facts():
            now[product] = [now[product][0] + quantity, now[product][1] + value]
        for entry in entries:
            for product, quantity, value in entry.facts["consumptions"]:
                held[product] = [held[product][0] + quantity, held[product][1] + value]
        changed = []
        for product in self.product_id.browse({*now, *held}).with_company(
            entries.company_id
        ):
            quantity = now[product.id][0] - held[product.id][0]
            value = now[product.id][1] - held[product.id][1]
            if product.cost_method == "standard":
                value = quantity * product.standard_price
            if not product.uom_id.is_zero(quantity):
                changed.append([product.id, quantity, value])
        return changed
