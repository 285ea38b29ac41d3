# Computing a scenario: the same data rolled up twice, without and with the changes.
# Standard cost; after the roll-up, stops before cards and postings are made.

from dataclasses import dataclass

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ...costing.money import ZERO, exact
from ...costing.rollup import Changes


@dataclass(frozen=True)
class Costs:
    """Standard cost of one product without and with the changes, company currency.

    :param splits: {element: amount} without and with them; empty for a bought product
    """

    before: object
    after: object
    level: int = 0
    splits: tuple = ({}, {})

    @property
    def change(self):
        return self.after - self.before


class BackflushScenario(models.Model):
    _inherit = "backflush.scenario"

    def action_compute(self):
        """Roll up without and with the changes, and keep what differs; replaces the
        results before. Makes no cost card and posts nothing.

        :raises UserError: says what is missing
        """
        for scenario in self:
            scenario.check_access("write")
            scenario._check_can_be_computed()
            scenario._store_results()

    def _check_can_be_computed(self):
        if not self.change_ids:
            raise UserError(
                self.env._(
                    "Scenario %(scenario)s changes nothing yet: add a price, an hourly "
                    "rate or an overhead rate to its changes.",
                    scenario=self.name,
                )
            )

    def _store_results(self):
        changes = self._get_changes()
        base, then = self._roll_up(changes)
        costs = self._filter_scope(self._get_costs(base, then, changes))
        vals_list = self._prepare_results_vals(costs, base.cards, then.cards)
        # Nobody writes results by hand: whoever may compute has them replaced.
        self.sudo().result_ids.unlink()
        self.env["backflush.scenario.result"].sudo().create(vals_list)
        self.write(
            {
                "state": "computed",
                "problems": self._describe_problems(base, then),
                "computed_on": fields.Datetime.now(),
                "computed_by_id": self.env.user.id,
            }
        )

    # Roll-up -------------------------------------------------------------------------

    def _get_changes(self):
        prices, rates, overheads = self.change_ids._get_values()
        return Changes(prices=prices, rates=rates, overheads=overheads)

    def _roll_up(self, changes):
        """Return two `costing.rollup.RollUp` of the same data, without and with
        ``changes``, which is read once."""
        Card = self.env["backflush.cost.card"]
        reader = Card._read(self._get_products(), self.company_id, self.date, deep=True)
        return [
            Card._price(reader, self.date, changes=tried, strict=True)
            for tried in (None, changes)
        ]

    def _get_products(self):
        """Return the products of the scope whose category follows a policy."""
        followers = (
            self.env["product.category"]
            .with_company(self.company_id)
            .search([("backflush_policy_id", "!=", False)])
        )
        products = self.env["product.product"].search(
            [
                ("categ_id", "in", (followers & self._get_categories()).ids),
                ("is_storable", "=", True),
                ("company_id", "in", [False, *self.company_id.ids]),
            ]
        )
        return products._filter_rolled_up(self.company_id)

    def _get_categories(self):
        """Return the categories that the scenario is about."""
        domain = []
        if self.scope == "categories":
            domain = [("id", "child_of", self.category_ids.ids)]
        return self.env["product.category"].search(domain)

    def _get_costs(self, base, then, changes):
        """Return {product id: `Costs`} of the products whose cost changes, made ones
        and bought ones."""
        found = {
            product: Costs(
                card.total,
                then.cards[product].total,
                base.levels[product],
                (_by_element(base, product), _by_element(then, product)),
            )
            for product, card in base.cards.items()
            if product in then.cards
        }
        bought = self.env["product.product"].browse(changes.prices.keys() - found)
        for product in bought.with_company(self.company_id):
            before = exact(product.standard_price)
            found[product.id] = Costs(before, changes.prices[product.id])
        return {product: costs for product, costs in found.items() if costs.change}

    def _filter_scope(self, costs):
        if self.scope == "all":
            return costs
        categories = self._get_categories()
        products = self.env["product.product"].browse(costs)
        return {
            product.id: costs[product.id]
            for product in products
            if product.categ_id in categories
        }

    def _describe_problems(self, *rollups):
        """Return what cannot be rolled up, one sentence a line, or False."""
        Card = self.env["backflush.cost.card"]
        sentences = dict.fromkeys(
            problem["message"]
            for rollup in rollups
            for problem in Card._describe_problems(rollup)
        )
        return "\n".join(sentences) or False

    # Results -------------------------------------------------------------------------

    def _prepare_results_vals(self, costs, before, after):
        """Return the values of a result for each of ``costs``.

        :param before: {product id: `costing` card} rolled up without the changes
        :param after: the same with the changes
        """
        products = (
            self.env["product.product"].browse(costs).with_company(self.company_id)
        )
        currency = self.company_id.currency_id
        prices = self._get_list_prices(products)
        effects = self._get_inventory_effects(products, costs, before, after)
        on_hand = self.env["backflush.standing"]._get_on_hand(products, self.company_id)
        planned = self.env["backflush.planned.volume"]._get_quantities(
            products, self.company_id, self.date
        )
        return [
            {
                **self._prepare_result_vals(product, costs[product.id]),
                **self._prepare_margin_vals(prices[product], costs[product.id]),
                "quantity_on_hand": float(on_hand[product]),
                "inventory_effect": effects[product],
                "planned_quantity": planned[product],
                "planned_effect": currency.round(
                    planned[product] * float(costs[product.id].change)
                ),
            }
            for product in products
        ]

    def _prepare_result_vals(self, product, costs):
        before, after = costs.splits
        return {
            "scenario_id": self.id,
            "product_id": product.id,
            "category_id": product.categ_id.id,
            "basis": "made" if before else "bought",
            "level": costs.level,
            "base_cost": float(costs.before),
            "scenario_cost": float(costs.after),
            "change": float(costs.change),
            "change_percent": float(costs.change / costs.before) if costs.before else 0,
            "element_ids": [
                Command.create(
                    {
                        "element_id": element,
                        "base_amount": float(before.get(element, ZERO)),
                        "scenario_amount": float(after.get(element, ZERO)),
                        "change": float(
                            after.get(element, ZERO) - before.get(element, ZERO)
                        ),
                    }
                )
                for element in dict.fromkeys([*before, *after])
            ],
        }

    def _prepare_margin_vals(self, price, costs):
        """Return the margins of a product at its list price; none when it has none."""
        currency = self.company_id.currency_id
        if currency.is_zero(price):
            return {}
        before = currency.round(price - float(costs.before))
        after = currency.round(price - float(costs.after))
        return {
            "list_price": price,
            "margin_before": before,
            "margin_after": after,
            "margin_before_percent": before / price,
            "margin_after_percent": after / price,
        }

    def _get_list_prices(self, products):
        """Return {product: list price of one unit, company currency, without taxes that
        it includes}; zero for a product that is not sold."""
        company, currency = self.company_id, self.company_id.currency_id
        rates = {
            other: self.env["res.currency"]._get_conversion_rate(
                other, currency, company, self.date
            )
            for other in products.currency_id
        }
        prices = {}
        for product in products:
            price = product.lst_price * rates[product.currency_id]
            included = product.taxes_id._filter_taxes_by_company(company).filtered(
                "price_include"
            )
            if included and product.sale_ok:
                price = included.compute_all(price, currency, product=product)[
                    "total_excluded"
                ]
            prices[product] = currency.round(price) if product.sale_ok else 0.0
        return prices


def _by_element(rollup, product):
    """Return {element: amount in one unit, of all levels}."""
    return {
        element: own + below for element, (own, below) in rollup.splits[product].items()
    }
