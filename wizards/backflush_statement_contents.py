# What a unit of each product is in inventory accounts on the day of a statement.
# Read by the next files, which find the quantities. Read only.

from bisect import bisect
from collections import defaultdict
from datetime import datetime, time

import pytz

from odoo import fields, models


class BackflushStatement(models.TransientModel):
    _inherit = "backflush.statement"

    # Products and accounts -----------------------------------------------------------

    def _as_period(self):
        """Return a close in memory, which knows goods and components of the company."""
        return self.env["backflush.period"].new({"company_id": self.company_id.id})

    def _get_goods(self):
        """Return the finished products of active policies."""
        return self._as_period()._get_policies_of_goods()._get_products()

    def _get_components(self):
        """Return the components whose purchases are recorded."""
        return self._get_stored_components().filtered(
            lambda product: product._is_purchase_recorded(self.company_id)
        )

    def _get_stored_components(self):
        """Return all components, whether their purchases are recorded or not."""
        return self._as_period()._get_components() - self._get_goods()

    def _get_accounts(self):
        """Return the inventory accounts: of stock, and those beside it that only period
        closes post to."""
        period = self._as_period()
        categories = (self._get_goods() | self._get_components()).categ_id
        return period._get_stock_accounts(categories) | self._get_close_accounts()

    def _get_close_accounts(self):
        company = self.company_id
        return (
            company.backflush_adjustment_rip_account_id
            | company.backflush_adjustment_fg_account_id
            | company.backflush_bridge_account_id
        )

    def _get_account(self, product):
        return self._as_period()._get_stock_accounts(product.categ_id)

    def _get_end(self, day=None):
        """Return the moment (UTC) at which ``day``, that of the statement, ends."""
        zone = pytz.timezone(self.company_id.partner_id.tz or self.env.user.tz or "UTC")
        local = zone.localize(datetime.combine(day or self.date, time.max))
        return local.astimezone(pytz.utc).replace(tzinfo=None, microsecond=0)

    def _get_native(self):
        """Return the perpetual products without a policy whose stock account is one of
        those of the statement: what is theirs in it is Odoo's own."""
        managed = self._get_goods() | self._get_stored_components()
        accounts, period = self._get_accounts(), self._as_period()
        sharing = (
            self.env["product.category"]
            .search([])
            .filtered(lambda category: period._get_stock_accounts(category) in accounts)
        )
        products = self.env["product.product"].search(
            [
                ("categ_id", "in", sharing.ids),
                ("is_storable", "=", True),
                ("company_id", "in", [False, self.company_id.id]),
                ("id", "not in", managed.ids),
            ]
        )
        return products.filtered(
            lambda product: product._is_purchase_recorded(self.company_id)
        )

    def _get_contents(self):
        """Return {product: [(product, account, cost of one unit)]} of what a unit is in
        inventory accounts: itself, or, flushed at sale, the material in it."""
        goods = self._get_goods()
        at_sale = goods.filtered(
            lambda p: p._is_flushed_at_sale(self.company_id, self.date)
        )
        Card = self.env["backflush.cost.card"]
        cards = Card._get_in_force(at_sale, self.company_id, self.date)
        flushed = Card._get_flushed_at_sale(at_sale, self.company_id, self.date)
        products = self._get_components() | goods | self._get_native()
        contents = self._get_own_contents(products - at_sale)
        for product in at_sale:
            card = cards.get(product, Card)
            parts = card._get_perpetual_materials(flushed) if card else {}
            contents[product] = [
                (part, self._get_account(part), cost) for part, cost in parts.items()
            ]
        return contents

    def _get_own_contents(self, products):
        """Return the contents of ``products`` that are in the books as themselves."""
        cards = self.env["backflush.cost.card"]._get_in_force(
            products, self.company_id, self.date
        )
        prices = self._get_prices(products, cards)
        return {
            product: [(product, self._get_account(product), prices[product])]
            for product in products
        }

    def _get_products_of_own(self, contents):
        """Return the products that are in the books as themselves."""
        return self.env["product.product"].union(
            *(
                product
                for product, parts in contents.items()
                if any(part == product for part, _account, _cost in parts)
            )
        )

    def _get_prices(self, products, cards):
        """Return {product: its standard on the day, or its average cost}."""
        products = products.with_company(self.company_id)
        past = self.date < fields.Date.context_today(self)
        history = self._get_price_history(products) if past else {}
        prices = {}
        for product in products:
            if product.cost_method != "standard":
                own = product.with_context(to_date=self._get_end())
                prices[product] = own.avg_cost
            elif not past:
                prices[product] = product.standard_price
            elif product in cards:
                prices[product] = cards[product].total_cost
            else:
                prices[product] = self._get_price_on(self._get_end(), product, history)
        return prices

    def _get_price_history(self, products):
        """Return {product: [(moment, standard)]}, the oldest first."""
        history = defaultdict(list)
        for value in self._get_price_values(products):
            history[value.product_id].append((value.date, value.value))
        return history

    def _get_price_values(self, products):
        """Return Odoo's history of standards, the oldest first."""
        return self.env["product.value"].search(
            [
                ("product_id", "in", products.ids),
                ("company_id", "=", self.company_id.id),
                ("move_id", "=", False),
                ("lot_id", "=", False),
            ],
            order="date, id",
        )

    def _get_price_on(self, moment, product, history):
        """Return the standard of ``product`` at ``moment``; before all that is known,
        the first one, as core does."""
        known = history.get(product)
        if not known:
            return product.with_company(self.company_id).standard_price
        number = bisect(known, moment, key=lambda change: change[0])
        return known[max(number - 1, 0)][1]

    def _prepare_rows(self, kind, contents, product, quantity, **about):
        """Return a row for each part of ``quantity`` of ``product``."""
        return [
            {
                "account_id": account.id,
                "kind": kind,
                "product_id": part.id,
                "quantity": quantity,
                "price": cost,
                "amount": quantity * cost,
                **about,
            }
            for part, account, cost in contents.get(product, ())
            if quantity and cost
        ]
