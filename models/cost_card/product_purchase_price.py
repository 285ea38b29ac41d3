# Products: what they cost to buy, by vendor price list and by posted bills.
# Standard cost; one of the sources of a roll-up's prices.

from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ...costing import cards
from ...costing.money import ZERO, exact


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_vendor_prices(self, company, date):
        """Return {product: price of one unit} by the vendor price lists, company
        currency, discounts taken off; products without a price on ``date`` are left
        out.

        The first vendor of a product counts, with the price for his smallest quantity.
        """
        sellers = self.env["product.supplierinfo"].search(
            self._get_seller_domain(company, date),
            order="sequence, min_qty, price, id",
        )
        by_template = sellers.grouped("product_tmpl_id")
        rates = {
            currency: exact(
                currency._get_conversion_rate(
                    currency, company.currency_id, company, date
                )
            )
            for currency in sellers.currency_id
        }
        prices = {}
        for product in self:
            seller = by_template.get(
                product.product_tmpl_id, sellers.browse()
            ).filtered(
                lambda seller, product=product: seller.product_id
                in (
                    product.browse(),
                    product,
                )
            )[:1]
            price = exact(seller.price_discounted) * rates.get(seller.currency_id, ZERO)
            if price:
                prices[product] = cards.unit_cost(price)
        return prices

    def _get_seller_domain(self, company, date):
        """Return the domain of the vendor prices of these products on ``date``."""
        return [
            ("product_tmpl_id", "in", self.product_tmpl_id.ids),
            ("company_id", "in", [False, company.id]),
            ("partner_id.active", "=", True),
            "|",
            ("date_start", "=", False),
            ("date_start", "<=", date),
            "|",
            ("date_end", "=", False),
            ("date_end", ">=", date),
        ]

    def _get_average_purchase_prices(self, company, date, count):
        """Return {product: average price of one unit} of the last ``count`` lines of
        posted vendor bills up to ``date``, company currency, before tax; products
        without one are left out.

        Average: Σ value ÷ Σ quantity of the lines. Refunds do not count.
        """
        values, quantities = defaultdict(lambda: ZERO), defaultdict(lambda: ZERO)
        Uom = self.env["uom.uom"]
        for product_id, uom_id, quantity, value in self._get_last_purchases(
            company, date, count
        ):
            product = self.browse(product_id)
            quantity = Uom.browse(uom_id)._compute_quantity(
                quantity, product.uom_id, round=False
            )
            values[product] += exact(value)
            quantities[product] += exact(quantity)
        return {
            product: cards.unit_cost(values[product] / quantity)
            for product, quantity in quantities.items()
            if quantity
        }

    def _get_last_purchases(self, company, date, count):
        """Return rows (product id, unit id, quantity, value in company currency) of the
        last ``count`` lines of posted bills of each product, in one query."""
        if not self or count < 1:
            return []
        self.env["account.move.line"].flush_model()
        self.env["account.move"].flush_model(["state", "move_type", "invoice_date"])
        return self.env.execute_query(
            SQL(
                """
                SELECT product_id, product_uom_id, quantity, value
                  FROM (SELECT line.product_id, line.product_uom_id, line.quantity,
                               line.price_subtotal
                               / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)
                               AS value,
                               ROW_NUMBER() OVER (
                                   PARTITION BY line.product_id
                                   ORDER BY move.invoice_date DESC, line.id DESC
                               ) AS place
                          FROM account_move_line line
                          JOIN account_move move ON move.id = line.move_id
                         WHERE line.product_id IN %(products)s
                           AND line.company_id = %(company)s
                           AND line.display_type = 'product'
                           AND line.quantity > 0
                           AND line.product_uom_id IS NOT NULL
                           AND move.state = 'posted'
                           AND move.move_type = 'in_invoice'
                           AND move.invoice_date <= %(date)s) last
                 WHERE place <= %(count)s
                """,
                products=tuple(self.ids),
                company=company.id,
                date=date,
                count=count,
            )
        )
