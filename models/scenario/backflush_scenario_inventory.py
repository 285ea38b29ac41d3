# What a scenario does to the goods on hand: as a release of its costs would post it.
# Standard cost; part of computing a scenario, arithmetic in costing/cutover.py.

from odoo import models

from ...costing import cutover, terms
from ...costing.money import ZERO


class BackflushScenario(models.Model):
    _inherit = "backflush.scenario"

    def _get_inventory_effects(self, products, costs, before, after):
        """Return {product: what a release of its cost then would revalue the goods on
        hand by, company currency}.

        Goods flushed at completion, and bought ones, stand in their stock account at
        full cost; of goods flushed at sale only material does. Goods of periodic
        categories stand in no stock account. Units whose cost an invoice is still to
        take out count too, see `backflush.standing`.

        :param costs: {product id: `Costs`}
        :param before: {product id: `costing` card} rolled up without the changes
        :param after: the same with the changes
        """
        company, currency = self.company_id, self.company_id.currency_id
        units = self.env["backflush.standing"]._get_units(
            products, company, company._get_backflush_day()
        )
        at_sale = products.filtered(
            lambda product: (
                product.id in before and product._get_flush_point(company) == terms.SALE
            )
        )
        effects = {
            product: sum(units.get(product, ())) * costs[product.id].change
            for product in products - at_sale
            if product._is_purchase_recorded(company)
        }
        old, new = (self._get_goods(at_sale, units, cards) for cards in (before, after))
        recorded = self._get_recorded(old, new)
        for product in at_sale:
            effects[product] = sum(
                sign * row.amount
                for sign, rows in ((-1, old[product]), (1, new[product]))
                for row in rows
                if row.role == terms.FINISHED_GOODS or row.product in recorded
            )
        return {
            product: currency.round(float(effects.get(product, ZERO)))
            for product in products
        }

    def _get_goods(self, at_sale, units, cards):
        """Return {product: postings in stock accounts that its goods on hand, flushed
        at sale, stand for}; conversion is not applied yet.

        :param cards: {product id: `costing` card}, of sub-assemblies too
        """
        ids = {
            line.product for product in at_sale for line in cards[product.id].materials
        }
        in_force = self.env["backflush.cost.card"]._get_flushed_at_sale(
            at_sale.browse(ids), self.company_id
        )
        flushed = {
            product: cards.get(product, card) for product, card in in_force.items()
        }
        rules = terms.Rules(flush_point=terms.SALE, flushed_at_sale=flushed)
        rows = {
            product: cutover.standing(
                cards[product.id], *units.get(product, (ZERO, ZERO)), rules
            )
            for product in at_sale
        }
        return {
            product: [row for row in mine if row.role != terms.APPLIED]
            for product, mine in rows.items()
        }

    def _get_recorded(self, *standings):
        """Return the ids of the components in ``standings`` whose purchases enter
        inventory."""
        ids = {
            row.product
            for found in standings
            for rows in found.values()
            for row in rows
        }
        products = self.env["product.product"].browse(ids)
        return {
            product.id
            for product in products
            if product._is_purchase_recorded(self.company_id)
        }
