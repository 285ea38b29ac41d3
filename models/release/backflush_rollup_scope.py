# What a roll-up covers and which prices it takes; shared by its wizard and the release
# that comes out of it, which can roll up again.
# Standard cost; before the roll-up itself, which is in backflush_cost_card_build.

from odoo import fields, models
from odoo.exceptions import UserError

from ...costing import cards, rollup
from ...costing.money import exact


class BackflushRollupScope(models.AbstractModel):
    _name = "backflush.rollup.scope"
    _description = "Scope of a Cost Roll-up"

    scope = fields.Selection(
        [
            ("all", "All products with a policy"),
            ("categories", "Categories, with those below"),
            ("products", "Products"),
        ],
        "Roll Up",
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Products",
        check_company=True,
        domain=[("is_storable", "=", True)],
    )
    category_ids = fields.Many2many("product.category", string="Categories")
    deep = fields.Boolean(
        "With Sub-assemblies",
        default=True,
        help="Components made here get a new card too, at all levels below. Without, "
        "they are taken at their standard cost of today.",
    )
    price_source = fields.Selection(
        [
            ("standard", "Standard cost of today"),
            ("vendor", "Vendor price list"),
            ("purchases", "Average of the last purchases"),
        ],
        "Prices of Bought Components",
        default="standard",
        required=True,
        help="For bought components at standard cost. Where the price differs from "
        "the standard of today, a card with the new price is proposed as well. Vendor "
        "price list: the first vendor's price for his smallest quantity on the day. "
        "Average: by quantity, of posted bills up to the day.",
    )
    purchase_count = fields.Integer(
        "Number of Purchases",
        default=3,
        help="How many bill lines of a component are averaged, the last ones.",
    )

    # Products ------------------------------------------------------------------------

    def _get_scope_products(self):
        """Return the products that were asked for, storable ones of the company."""
        self.ensure_one()
        if self.scope == "products":
            return self.product_ids.with_company(self.company_id)
        if self.scope == "categories":
            return self.product_ids.with_company(self.company_id).search(
                [
                    ("categ_id", "child_of", self.category_ids.ids),
                    ("is_storable", "=", True),
                    ("company_id", "in", [False, self.company_id.id]),
                ]
            )
        policies = self.env["backflush.policy"].search(
            [("company_id", "=", self.company_id.id), ("state", "!=", "ended")]
        )
        return policies._get_products().with_company(self.company_id)

    def _filter_bought(self, products):
        """Return those of ``products`` that are bought at standard cost: no bill makes
        them, and they have vendors or follow no policy."""
        candidates = products.with_company(self.company_id).filtered(
            lambda product: product.is_storable
            and product.cost_method == "standard"
            and (product.seller_ids or not product.categ_id.backflush_policy_id)
        )
        bills = self.env["mrp.bom"]._find_for_cards(candidates, self.company_id)
        return candidates.filtered(lambda product: not bills[product])

    # Roll-up -------------------------------------------------------------------------

    def _roll_up_scope(self, date, excluded=None):
        """Return the `costing.rollup.RollUp` of what was asked for, made and bought.

        Made products and, by choice, the made ones below them; bought ones that were
        asked for and have no card yet; bought ones whose price differs from their
        standard cost.

        :param date: day on which prices and cards are valid
        :param excluded: products left out; they count at their standard cost of today
        :raises UserError: nothing in scope
        """
        self.ensure_one()
        excluded = excluded or self.env["product.product"]
        Card = self.env["backflush.cost.card"]
        chosen = self._get_scope_products() - excluded
        bought = self._filter_bought(chosen)
        made = (chosen - bought).filtered("categ_id.backflush_policy_id")
        self._check_scope(made | bought)
        deep = self.deep
        first = Card._roll_up(made, self.company_id, date, deep=deep)
        if deep and excluded:
            made, deep = made.browse(first.recipes) - excluded, False
            first = Card._roll_up(made, self.company_id, date)
        bought |= self._filter_bought(self._get_materials(first) - excluded)
        prices = self._get_new_prices(bought, date)
        bought = self._filter_proposed(bought, bought & chosen, prices)
        if not bought:
            return first
        changes = rollup.Changes(
            prices={product.id: price for product, price in prices.items()}
        )
        return Card._roll_up(
            made | bought, self.company_id, date, changes=changes, deep=deep
        )

    def _check_scope(self, products):
        """Raise when there is nothing to roll up."""
        if not products:
            raise UserError(
                self.env._(
                    "There is nothing to roll up: none of the chosen products of "
                    "%(company)s follows a backflush policy or is bought at standard "
                    "cost. Choose others, or set the policy of their category "
                    "(Backflush Costing > Configuration > Product Categories).",
                    company=self.company_id.display_name,
                )
            )

    def _get_materials(self, rolled_up):
        """Return the components of a roll-up that are not rolled up themselves."""
        used = {
            line.product
            for recipe in rolled_up.recipes.values()
            for line in recipe.materials
        }
        return self.env["product.product"].browse(used - rolled_up.recipes.keys())

    def _get_new_prices(self, bought, date):
        """Return {product: company currency for one unit} of those of ``bought`` whose
        price by the chosen source differs from their standard cost."""
        if self.price_source == "vendor":
            prices = bought._get_vendor_prices(self.company_id, date)
        elif self.price_source == "purchases":
            prices = bought._get_average_purchase_prices(
                self.company_id, date, self.purchase_count
            )
        else:
            prices = {}
        return {
            product: price
            for product, price in prices.items()
            if price != cards.unit_cost(exact(product.standard_price))
        }

    def _filter_proposed(self, bought, chosen, prices):
        """Return those of ``bought`` that get a card: those with a new price, and of
        those ``chosen`` the ones that have no card in force or another on it."""
        in_force = self.env["backflush.cost.card"]._get_in_force(
            chosen, self.company_id
        )

        def is_proposed(product):
            if product in prices:
                return True
            standard = cards.unit_cost(exact(product.standard_price))
            card = in_force.get(product)
            return product in chosen and (
                not card or cards.unit_cost(exact(card.total_cost)) != standard
            )

        return bought.filtered(is_proposed)
