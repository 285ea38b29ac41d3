# Cards that no longer match: each is computed again from its bill, operations and rates
# at the prices in force, and compared.
# Standard cost; part of the check, the reasons are worded in the next file.

from odoo import api, models

from ...costing import health, recipe_card, waterfall
from ...costing.money import ZERO, exact
from .finding_words import FindingWords


class BackflushCardFinding(models.Model):
    _inherit = "backflush.card.finding"

    def _find_mismatches(self, standards):
        """Find products without card, those that cannot be rolled up, and cards that
        would come to something else if computed today.

        Cards without a bill of materials, bought or computed elsewhere, have nothing
        that they could match.
        """
        products = self.env["product.product"].union(*standards.policy_of)
        result = self.env["backflush.cost.card"]._roll_up(
            products, standards.company, standards.date
        )
        problems = self._get_problem_texts(result)
        found = []
        for product in products.with_company(standards.company):
            card = standards.cards.get(product)
            if card and not card.bom_id:
                continue
            problem = problems.get(product.id)
            if card is None:
                found.append(self._prepare_missing_vals(standards, product, problem))
            elif problem:
                policy = standards.policy_of[product]
                found.append(
                    self._prepare_vals("problem", product, policy, card, problem)
                )
        computed = self._get_computed(standards, result, problems)
        steps = self._get_steps(standards, result, computed)
        return found + self._describe_mismatches(standards, result, steps, computed)

    def _get_problem_texts(self, result):
        """Return {product id: what keeps it from being rolled up}."""
        texts = {}
        for vals in self.env["backflush.cost.card"]._describe_problems(result):
            texts.setdefault(vals["product_id"], []).append(vals["message"])
        return {product: "\n".join(messages) for product, messages in texts.items()}

    def _prepare_missing_vals(self, standards, product, problem):
        detail = self.env._(
            "No cost card is in force: orders and deliveries of the product cannot be "
            "recorded at standard cost. Roll it up and release the card."
        )
        if problem:
            detail = f"{detail}\n{problem}"
        policy = standards.policy_of[product]
        return self._prepare_vals("missing", product, policy, False, detail)

    def _get_computed(self, standards, result, problems):
        """Return {product: `costing` card computed today} of the cards that follow a
        bill.

        Components are taken at the prices in force, not at what they would cost if
        rolled up too: each difference is found once, on the product that it starts at.
        """
        get_price = self._get_prices(result)
        computed = {}
        for product in standards.policy_of:
            recipe = result.recipes.get(product.id)
            card = standards.cards.get(product)
            if card and card.bom_id and recipe and product.id not in problems:
                computed[product] = recipe_card.get_card(recipe, get_price)
        return computed

    def _get_steps(self, standards, result, computed):
        """Return {product: steps from its card to one computed today} of the cards that
        differ, be it by mix groups alone."""
        steps = {}
        for product, today in computed.items():
            costing = standards.costings[product]
            lots = (
                exact(standards.cards[product].lot_size),
                result.recipes[product.id].lot_size,
            )
            found = waterfall.explain(costing, today, *lots)
            if found or health.regrouped(costing, today):
                steps[product] = found
        return steps

    def _get_prices(self, result):
        """Return a function from a product's id to its price in force."""
        ids = {
            line.product
            for recipe in result.recipes.values()
            for line in (*recipe.materials, *recipe.byproducts)
        }
        products = self.env["product.product"].browse(ids)
        prices = {
            product.id: exact(product.standard_price)
            for product in products.with_company(self.env.company)
        }
        return lambda product: prices.get(product, ZERO)

    def _describe_mismatches(self, standards, result, steps, computed):
        """Return the values of the findings of {product: steps}."""
        regrouped = {
            product: health.regrouped(standards.costings[product], computed[product])
            for product in steps
        }
        words = FindingWords(
            self.env,
            [step for mine in steps.values() for step in mine],
            {product.id: card for product, card in standards.cards.items()},
            {product.id: result.recipes[product.id].bill for product in steps},
        )
        return [
            self._prepare_vals(
                kind,
                product,
                standards.policy_of[product],
                standards.cards[product],
                words.describe(kind, product, mine, regrouped[product]),
                health.amount_of(mine),
                self._get_stock_amount(standards, product, mine),
            )
            for product, found in steps.items()
            for kind, mine in health.by_kind(found, regrouped[product]).items()
        ]

    @api.model
    def _get_stock_amount(self, standards, product, steps):
        """Return what ``steps`` add to what the books hold for a unit on hand: all, or
        the perpetual material of a product that is flushed at sale."""
        if not product._is_flushed_at_sale(standards.company, standards.date):
            return health.amount_of(steps)
        components = self.env["product.product"].browse(
            {step.product for step in steps if step.product}
        )
        perpetual = components.filtered(
            lambda component: component._is_purchase_recorded(standards.company)
        )
        return health.material_of(steps, set(perpetual.ids))
