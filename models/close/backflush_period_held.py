# What holds standard cost at the end of a period, by cost element: material on hand,
# goods on hand, goods sold. The bases of a proration; read by the next file.

from collections import defaultdict
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ...costing.closing import COGS, FG, RIP, UNSOLD
from ...costing.money import ZERO, exact


class BackflushPeriod(models.Model):
    _inherit = "backflush.period"

    def _get_held(self):
        """Return ({element id: {RIP, UNSOLD, FG, COGS: standard cost}}, {account id of
        cost of sales: amount}), company currency, not rounded.

        Material on hand counts where its purchase is recorded. Goods on hand count by
        their card: as finished goods, or, when cost is flushed at sale, with the
        material that the books still have as RIP. Under the key None are the sums, for
        variances that have no element.
        """
        held = defaultdict(lambda: dict.fromkeys((RIP, UNSOLD, FG, COGS), ZERO))
        products = self._get_policies_of_goods()._get_products()
        goods = self._get_goods(products)
        self._add_goods(held, goods)
        self._add_materials(held, products)
        accounts = self._add_sales(held)
        for key in (RIP, UNSOLD, FG, COGS):
            held[None][key] = sum((parts[key] for parts in held.values()), ZERO)
        return held, accounts

    def _get_policies_of_goods(self):
        """Return the policies by whose rules goods are in the books, which must have a
        company's stock as their own."""
        return (
            self.env["backflush.policy"]
            .with_company(self.company_id)
            .search([("company_id", "=", self.company_id.id), ("state", "=", "active")])
        )

    # Goods on hand -------------------------------------------------------------------

    def _get_quantities(self, products):
        """Return {product: quantity on hand at the end of the period}, without
        zeros."""
        last = fields.Datetime.to_datetime(self._get_moments()[1])
        dated = products.with_company(self.company_id).with_context(
            allowed_company_ids=self.company_id.ids,
            to_date=last - timedelta(seconds=1),
        )
        found = {}
        for alike in dated.grouped(
            lambda product: product.cost_method == "fifo"
        ).values():
            # Core asks product by product which owners count: it is the same for all.
            valued = alike.with_env(alike[0]._with_valuation_context().env)
            for product, there in zip(alike, valued, strict=True):
                if not product.uom_id.is_zero(there.qty_available):
                    found[products.browse(product.id)] = exact(there.qty_available)
        return found

    def _get_goods(self, products):
        """Return [(card, quantity on hand, flushed at sale?)] of ``products``."""
        quantities = self._get_quantities(products)
        cards = self.env["backflush.cost.card"]._get_in_force(
            products, self.company_id, self.date_to
        )
        return [
            (
                cards[product],
                quantity,
                product._is_flushed_at_sale(self.company_id, self.date_to),
            )
            for product, quantity in quantities.items()
            if product in cards
        ]

    def _add_goods(self, held, goods):
        """Add the standard cost of goods on hand to ``held``."""
        Card = self.env["backflush.cost.card"]
        stored = [card.id for card, _quantity, at_sale in goods if not at_sale]
        shares = self._get_card_elements(stored)
        flushed = Card._get_flushed_at_sale(
            Card.union(*(card for card, _quantity, _at_sale in goods)).product_id,
            self.company_id,
            self.date_to,
        )
        materials = defaultdict(lambda: ZERO)
        for card, quantity, at_sale in goods:
            if at_sale:
                for part, unit in card._get_perpetual_materials(flushed).items():
                    materials[part] += quantity * exact(unit)
            else:
                for element, share in shares.get(card.id, {}).items():
                    held[element][FG] += quantity * exact(card.total_cost) * share
        for part, element in self._get_material_elements(materials).items():
            held[element][UNSOLD] += materials[part]

    def _get_material_elements(self, components):
        """Return {component: element id} by the cards in force that use them; by the
        first policy that names a material element where none does."""
        policies = self._get_policies_of_goods()
        default = policies.material_element_id[:1].id
        products = self.env["product.product"].union(*components)
        found = dict.fromkeys(products, default)
        for product, element in self.env["backflush.cost.card.line"]._read_group(
            [
                ("company_id", "=", self.company_id.id),
                ("card_state", "=", "in_force"),
                ("product_id", "in", products.ids),
            ],
            ["product_id", "element_id"],
        ):
            found[product] = element.id
        return found

    # Material on hand ----------------------------------------------------------------

    def _add_materials(self, held, goods):
        """Add the value of material on hand to ``held``, of recorded purchases."""
        values = self._get_material_values(self._get_components() - goods)
        for product, element in self._get_material_elements(values).items():
            held[element][RIP] += values[product]

    def _get_components(self):
        """Return the storable products of the categories that cards in force of goods
        under a policy use."""
        goods = self._get_policies_of_goods().category_ids
        lines = self.env["backflush.cost.card.line"]._read_group(
            [
                ("company_id", "=", self.company_id.id),
                ("card_state", "=", "in_force"),
                ("product_id", "!=", False),
                ("card_product_id.categ_id", "in", goods.ids),
            ],
            ["product_id"],
        )
        used = self.env["product.product"].browse(product.id for (product,) in lines)
        return self.env["product.product"].search(
            [
                ("categ_id", "in", used.categ_id.ids),
                ("is_storable", "=", True),
                ("company_id", "in", [False, self.company_id.id]),
            ]
        )

    def _get_material_values(self, products):
        """Return {component: value on hand} of those whose purchases are recorded: at
        their standard of that day, or, without one, as Odoo values them."""
        recorded = products.filtered(lambda p: p._is_purchase_recorded(self.company_id))
        quantities = self._get_quantities(recorded)
        prices = self._get_prices(recorded)
        values = {}
        for product, quantity in quantities.items():
            own = product.with_company(self.company_id)
            if own.cost_method == "standard":
                price = prices.get(product.id, own.standard_price)
                values[product] = quantity * exact(price)
            else:
                valued = own.with_context(to_date=self.date_to)
                values[product] = exact(valued.total_value)
        return values

    def _get_prices(self, products):
        """Return {product id: standard price at the end of the period} of those whose
        price history knows one; core reads it product by product."""
        if not products or self.date_to >= fields.Date.context_today(self):
            return {}
        self.env["product.value"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (product_id) product_id, value
                  FROM product_value
                 WHERE product_id IN %(products)s
                   AND company_id = %(company)s
                   AND move_id IS NULL
                   AND lot_id IS NULL
              ORDER BY product_id, date < %(end)s DESC,
                       CASE WHEN date < %(end)s THEN date END DESC,
                       CASE WHEN date < %(end)s THEN id END DESC,
                       date, id
                """,
                products=products._ids,
                company=self.company_id.id,
                end=self._get_moments()[1],
            )
        )
        return dict(rows)

    # Goods sold ----------------------------------------------------------------------

    def _add_sales(self, held):
        """Add the standard cost of goods sold to ``held``; return {account id: amount}
        of it."""
        sales = self._get_sales()
        shares = self._get_card_elements({card for card, _account, _ in sales if card})
        accounts = defaultdict(lambda: ZERO)
        for card, account, amount in sales:
            accounts[account] += exact(amount)
            for element, share in shares.get(card, {}).items():
                held[element][COGS] += exact(amount) * share
        return dict(accounts)
