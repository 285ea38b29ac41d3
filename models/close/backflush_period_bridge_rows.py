# The rows of a GAAP bridge: goods made and unsold, open orders, purchases not recorded,
# or a count against the books. Read by backflush_period_bridge.py; nothing posts here.

from collections import defaultdict

from odoo import models
from odoo.fields import Domain

from ...costing import bridge, cards, terms
from ...costing.money import ZERO, exact

ONE = exact(1)


class BackflushPeriod(models.Model):
    _inherit = "backflush.period"

    def _get_bridge_rows(self):
        """Return [(`bridge.Row`, {field of the bridge line: value})] by the source that
        the close has chosen."""
        if self.bridge_source == "count":
            return [*self._get_count_rows(), *self._get_bridged_rows()]
        goods = self._get_policies_of_goods()._get_products()
        return [
            *self._get_unsold_rows(goods),
            *self._get_order_rows(),
            *self._get_order_material_rows(),
            *self._get_purchase_rows(goods),
            *self._get_bridged_rows(),
        ]

    # Goods made and unsold -----------------------------------------------------------

    def _get_unsold_rows(self, products):
        """Goods whose cost is flushed at sale have nothing in finished goods: their
        conversion is in no inventory account, nor is material whose purchase is not
        recorded."""
        goods = [row for row in self._get_goods(products) if row[2]]
        Card = self.env["backflush.cost.card"]
        flushed = Card._get_flushed_at_sale(
            Card.union(*(card for card, *_rest in goods)).product_id,
            self.company_id,
            self.date_to,
        )
        rows = []
        for card, quantity, _at_sale in goods:
            parts = bridge.content(card._to_costing(), flushed)
            for (role, component, element), cost in parts.items():
                part = self.env["product.product"].browse(component or ())
                if part and part._is_purchase_recorded(self.company_id):
                    continue
                applied = role == terms.APPLIED
                about = {
                    "origin": "unsold" if applied else "unsold_material",
                    "name": card.name,
                    "card_id": card.id,
                    "product_id": card.product_id.id,
                    "component_id": part.id,
                }
                rows.append((bridge.Row(quantity, cost, ZERO, element), about))
        return rows

    # Open orders ---------------------------------------------------------------------

    def _get_open_order_domain(self, name):
        """Return the domain of what belongs to orders of policies that were in progress
        at the end of the period; ``name`` is the path to the order."""
        end = self._get_moments()[1]
        is_open = Domain(f"{name}.state", "not in", ("draft", "done", "cancel"))
        is_later = Domain(f"{name}.state", "=", "done") & Domain(
            f"{name}.date_finished", ">=", end
        )
        categories = self._get_policies_of_goods().category_ids
        return Domain.AND(
            [
                [("company_id", "=", self.company_id.id)],
                [(f"{name}.product_id.categ_id", "in", categories.ids)],
                is_open | is_later,
            ]
        )

    def _get_order_rows(self):
        """Work recorded on open orders, at the standard of their cards: hours beyond
        those that the card allows are a variance, not inventory."""
        domain = self._get_open_order_domain("workorder_id.production_id") & Domain(
            "date_end", "<", self._get_moments()[1]
        )
        recorded = defaultdict(lambda: defaultdict(lambda: ZERO))
        for workorder, minutes in self.env["mrp.workcenter.productivity"]._read_group(
            domain, ["workorder_id"], ["duration:sum"]
        ):
            order, place = workorder.production_id, workorder.workcenter_id
            recorded[order][place.id] += exact(minutes) / 60
        orders = self.env["mrp.production"].union(*recorded)
        found = self.env["backflush.cost.card"]._get_in_force(
            orders.product_id, self.company_id, self.date_to
        )
        rows = []
        for order, hours in recorded.items():
            if card := found.get(order.product_id):
                rows += self._get_work_rows(order, card, hours)
        return rows

    def _get_work_rows(self, order, card, hours):
        """Return the rows of one order: standard hours and rate by work centre and
        element, and overhead by the hour of all of them.

        :param hours: {work centre id: hours recorded}
        """
        lines = card._to_costing().lines
        made = exact(order.product_uom_qty)
        planned = defaultdict(lambda: ZERO)
        for line in lines:
            if line.kind in (cards.OPERATION, cards.SETUP):
                planned[line.workcenter, line.element] += line.quantity * made
        share, worked = {}, ZERO
        for (place, element), allowed in planned.items():
            share[place, element] = min(hours.get(place, ZERO), allowed)
        worked = sum(
            {place: done for (place, _element), done in share.items()}.values(), ZERO
        )
        sums = defaultdict(lambda: [ZERO, ZERO])
        for line in lines:
            if line.kind in (cards.OPERATION, cards.SETUP):
                key = (line.workcenter, line.element)
                if planned[key]:
                    part = line.quantity * made / planned[key]
                    self._add_work(sums, line, share[key] * part)
            elif line.kind == cards.OVERHEAD and line.driver == cards.PER_HOUR:
                self._add_work(sums, line, min(worked, line.quantity * made))
        about = {
            "origin": "order",
            "name": order.name,
            "production_id": order.id,
            "product_id": order.product_id.id,
        }
        return [
            (bridge.Row(quantity, cost / quantity, ZERO, element), about)
            for element, (quantity, cost) in sums.items()
            if quantity
        ]

    @staticmethod
    def _add_work(sums, line, hours):
        sums[line.element][0] += hours
        sums[line.element][1] += hours * line.price

    def _get_order_material_rows(self):
        """Material that left stock for open orders and that no completion has taken:
        where its purchase is recorded, the books still have it."""
        domain = self._get_open_order_domain("raw_material_production_id") & Domain(
            [
                ("state", "=", "done"),
                ("date", "<", self._get_moments()[1]),
                ("backflush_entry_id", "=", False),
                ("product_id.is_storable", "=", True),
            ]
        )
        moves = self.env["stock.move"].search(domain)
        elements = self._get_material_elements(dict.fromkeys(moves.product_id))
        rows = []
        for move in moves:
            [[_product, quantity, value]] = move._get_material_facts()
            if not quantity:
                continue
            order = move.raw_material_production_id
            recorded = move.product_id._is_purchase_recorded(self.company_id)
            row = bridge.Row(
                exact(quantity),
                exact(value) / exact(quantity),
                self._to_money(value) if recorded else ZERO,
                elements.get(move.product_id),
            )
            about = {
                "origin": "order_material",
                "name": order.name,
                "production_id": order.id,
                "product_id": order.product_id.id,
                "component_id": move.product_id.id,
            }
            rows.append((row, about))
        return rows

    # Purchases not recorded ----------------------------------------------------------

    def _get_purchase_rows(self, goods):
        """Components on hand whose purchase went to materials clearing, less what
        Odoo's own stock closing put into their stock accounts."""
        components = self._get_components() - goods
        periodic = components.filtered(
            lambda product: not product._is_purchase_recorded(self.company_id)
        )
        quantities = self._get_quantities(periodic)
        elements = self._get_material_elements(quantities)
        prices = self._get_prices(periodic)
        rows = []
        for product, quantity in quantities.items():
            own = product.with_company(self.company_id)
            price = exact(prices.get(product.id, own.standard_price))
            if own.cost_method != "standard":
                price = exact(own.with_context(to_date=self.date_to).avg_cost)
            about = {
                "origin": "purchase",
                "name": product.display_name,
                "product_id": product.id,
                "component_id": product.id,
            }
            row = bridge.Row(quantity, price, ZERO, elements[product])
            rows.append((row, about))
        return rows + self._get_closing_rows(periodic)

    def _get_closing_rows(self, periodic):
        """Return a row for each stock account of ``periodic`` components that Odoo's
        stock closing, or an opening entry, has put them into already."""
        mine = self._get_stock_accounts(periodic.categ_id)
        shared = self._get_stock_accounts(
            self.env["product.category"]
            .with_company(self.company_id)
            .search([])
            .filtered(lambda category: category.property_valuation == "real_time")
        )
        booked = self._get_account_balances(mine - shared)
        booked |= self._get_closing_balances(mine & shared)
        return [
            (
                bridge.Row(ZERO, ZERO, amount),
                {
                    "origin": "closing",
                    "name": account.display_name,
                    "account_id": account.id,
                },
            )
            for account, amount in booked.items()
            if amount
        ]

    def _get_closing_balances(self, accounts):
        """Return {account: what Odoo's stock closings posted to it}."""
        found = self.env["account.move.line"]._read_group(
            [
                ("account_id", "in", accounts.ids),
                ("move_id", "in", self.company_id._get_stock_closings().ids),
                ("parent_state", "=", "posted"),
                ("date", "<=", self.date_to),
            ],
            ["account_id"],
            ["balance:sum"],
        )
        return {account: self._to_money(balance) for account, balance in found}

    def _get_stock_accounts(self, categories):
        """Return the stock accounts of ``categories``, as core finds them."""
        company = self.company_id
        accounts = self.env["account.account"]
        for category in categories.with_company(company):
            accounts |= (
                category.property_stock_valuation_account_id
                or company.account_stock_valuation_id
            )
        return accounts

    # A count against the books -------------------------------------------------------

    def _get_holder_accounts(self, holder):
        """Return the inventory accounts of components, or of finished goods."""
        categories = self._get_policies_of_goods().category_ids
        if holder == "rip":
            return self._get_stock_accounts(
                self._get_components().categ_id - categories
            ) - self._get_stock_accounts(categories)
        return self._get_stock_accounts(categories)

    def _get_count_rows(self):
        """What was counted, material and conversion apart, and what the accounts that
        it is compared with have in the books."""
        rows = []
        conversion = self._get_policies_of_goods().conversion_element_id[:1].id
        elements = self._get_material_elements(dict.fromkeys(self.count_ids.product_id))
        default = self._get_policies_of_goods().material_element_id[:1].id
        for count in self.count_ids:
            about = {
                "origin": "count",
                "name": count.name or count.product_id.display_name,
                "count_id": count.id,
                "product_id": count.product_id.id,
            }
            material = elements.get(count.product_id, default)
            for amount, element in (
                (count.material_amount, material),
                (count.conversion_amount, conversion),
            ):
                if not count.currency_id.is_zero(amount):
                    cost = self._to_money(amount)
                    rows.append((bridge.Row(ONE, cost, ZERO, element), about))
        for holder in sorted(set(self.count_ids.mapped("holder"))):
            rows += self._get_book_rows(self._get_holder_accounts(holder), "books")
        return rows

    def _get_bridged_rows(self):
        """What another close has bridged on the same day: the end of the year and its
        last month are not bridged twice."""
        return self._get_book_rows(
            self.company_id.backflush_bridge_account_id, "bridge"
        )

    def _get_book_rows(self, accounts, origin):
        return [
            (
                bridge.Row(ZERO, ZERO, amount),
                {
                    "origin": origin,
                    "name": account.display_name,
                    "account_id": account.id,
                },
            )
            for account, amount in self._get_account_balances(accounts).items()
            if amount
        ]
