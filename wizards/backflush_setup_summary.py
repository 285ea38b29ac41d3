# Set-up wizard: the plan in words, and what the controller should know before.
# Configuration; shown beside the choices, writes nothing.

from odoo import models
from odoo.tools import format_amount

from .backflush_setup_accounts import EXPENSE, STOCK


class BackflushSetup(models.TransientModel):
    _inherit = "backflush.setup"

    # Summary -------------------------------------------------------------------------

    def _get_summary(self):
        """Return the values of the summary's template."""
        if not self.category_ids:
            return {"plan": False, "wizard": self}
        plan = self._get_plan()
        buildable, *unbuildable = self._get_cardless()
        return {
            "wizard": self,
            "plan": plan,
            "changes": self._get_changes(plan),
            "card_count": len(buildable),
            "warnings": [
                *self._get_stock_warnings(plan),
                *self._get_shared_warnings(plan),
                *self._get_card_warnings(*unbuildable),
            ],
        }

    def _get_changes(self, plan):
        """Return [(category, [change in words])] of the categories that change."""
        found = []
        for category in plan.categories:
            changes = [
                self._describe_change(category, name, value, plan)
                for name, value in plan.get_changes(category).items()
            ]
            if changes:
                found.append((category.display_name, changes))
        return found

    def _describe_change(self, category, name, value, plan):
        """Return one changed field of a category in words."""
        definition = category._fields[name]
        label = definition._description_string(self.env)
        if name == EXPENSE:
            label = self.env._("Expense Account")
        if name in (STOCK, EXPENSE):
            planned = plan.accounts.get(value)
            value = (
                f"{planned.code} {planned.account.name or planned.name}"
                if planned
                else value.display_name
            )
        else:
            value = dict(definition._description_selection(self.env))[value]
        return self.env._("%(field)s: %(value)s", field=label, value=value)

    # Warnings ------------------------------------------------------------------------

    def _get_stock_warnings(self, plan):
        """Return a warning for each category with stock whose valuation changes."""
        warnings = []
        for category in plan.categories:
            watched = {"property_cost_method", "property_valuation", STOCK}
            changed = watched & plan.get_changes(category).keys()
            products = changed and self._get_stocked(category)
            if products:
                warnings.append(
                    self.env._(
                        "%(category)s: stock worth %(value)s is on hand. Its valuation "
                        "changes at once, and nothing is posted for it: post an "
                        "inventory closing before (Inventory Valuation report), and "
                        "the next one brings the value into the account chosen here.",
                        category=category.display_name,
                        value=format_amount(
                            self.env,
                            sum(products.mapped("total_value")),
                            self.company_id.currency_id,
                        ),
                    )
                )
        return warnings

    def _get_shared_warnings(self, plan):
        """Return a warning for each component category that running products use and
        whose valuation changes."""
        return [
            self.env._(
                "%(category)s: components of other policies are in it. Changing its "
                "valuation changes the trigger points of those policies too.",
                category=category.display_name,
            )
            for category in self._get_used_component_categories()
            if category in plan.categories
            and "property_valuation" in plan.get_changes(category)
        ]

    def _get_card_warnings(self, without_bom, unpriced):
        """Return what keeps cost cards from being right, each a sentence."""
        warnings = []
        if without_bom:
            warnings.append(
                self.env._(
                    "No bill of materials: %(products)s. Their cost cards must be "
                    "entered by hand before the policy can be activated.",
                    products=self._get_names(without_bom),
                )
            )
        if unpriced:
            warnings.append(
                self.env._(
                    "No price of a subcontractor: %(products)s. Enter a vendor price "
                    "on the products (Purchase), then build their cost cards.",
                    products=self._get_names(unpriced),
                )
            )
        free = self._get_free_components()
        if free:
            warnings.append(
                self.env._(
                    "No cost: %(products)s. Cards of products that use them stay "
                    "drafts. Set their cost in Inventory > Products first.",
                    products=self._get_names(free),
                )
            )
        return warnings

    def _get_free_components(self):
        """Return the components whose cost is zero."""
        components = self._get_components().with_company(self.company_id)
        kits = self.env["mrp.bom"]._bom_find(
            components, company_id=self.company_id.id, bom_type="phantom"
        )
        return components.filtered(
            lambda product: not product.standard_price and not kits.get(product)
        )

    def _get_names(self, products):
        names = ", ".join(products[:5].mapped("display_name"))
        return f"{names}…" if len(products) > 5 else names
