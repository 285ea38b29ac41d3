# Coherence of a policy: all that is missing or contradictory, in one message.
# Configuration; runs when a policy is activated.

from odoo import models
from odoo.exceptions import UserError

from ...costing import terms


class BackflushPolicy(models.Model):
    _inherit = "backflush.policy"

    def _check_coherent(self):
        """Raise one `UserError` that lists what keeps this policy from running."""
        self.ensure_one()
        problems = self.with_company(self.company_id)._get_problems()
        if problems:
            raise UserError(
                self.env._(
                    "Policy %(policy)s cannot be activated yet:\n%(problems)s",
                    policy=self.name,
                    problems="\n".join(f"• {problem}" for problem in problems),
                )
            )

    def _get_problems(self):
        """Return all problems, each a sentence that says where to mend it."""
        return [
            *self._get_setup_problems(),
            *self._get_category_problems(),
            *self._get_element_problems(),
            *self._get_account_problems(),
            *self._get_card_problems(),
            *self._get_point_of_sale_problems(),
        ]

    def _get_setup_problems(self):
        problems = []
        if not self.journal_id:
            problems.append(
                self.env._("Journal: none is set. Choose one on the policy.")
            )
        if not self.category_ids:
            problems.append(
                self.env._(
                    "Product categories: none follows this policy. Add one on the "
                    "policy."
                )
            )
        if not self.material_element_id:
            problems.append(
                self.env._("Material element: none is set. Choose one on the policy.")
            )
        if (self.flush_point, self.conversion_basis) == (
            terms.SALE,
            terms.ACTUAL_TIME,
        ):
            problems.append(
                self.env._(
                    "Conversion basis: actual time is known when an order is "
                    "completed, not when goods are sold. Choose standard output, or "
                    "flush at completion."
                )
            )
        for name in ("rounding_account_id", "revaluation_account_id"):
            if not self[name]:
                problems.append(
                    self.env._(
                        "%(field)s: none is set. Choose one on the policy.",
                        field=self._fields[name]._description_string(self.env),
                    )
                )
        return problems

    def _get_category_problems(self):
        """Finished goods are perpetual, at standard cost, with their accounts."""
        where = self.env._("Inventory > Configuration > Product Categories")
        problems = []
        for category in self.category_ids.with_company(self.company_id):
            name = category.display_name
            if category.property_cost_method != "standard":
                problems.append(
                    self.env._(
                        "Category %(category)s: the costing method must be Standard "
                        "Price (%(where)s).",
                        category=name,
                        where=where,
                    )
                )
            if category.property_valuation != "real_time":
                problems.append(
                    self.env._(
                        "Category %(category)s: the inventory valuation must be "
                        "Perpetual (%(where)s).",
                        category=name,
                        where=where,
                    )
                )
            problems += self._get_missing_account_problems(category, where)
        return problems

    def _get_missing_account_problems(self, category, where):
        missing = []
        if not self._get_stock_account(category):
            missing.append(self.env._("finished goods (stock valuation)"))
        if not self._get_expense_account(category):
            missing.append(self.env._("cost of goods sold (expense)"))
        return [
            self.env._(
                "Category %(category)s: its %(account)s account is missing "
                "(%(where)s).",
                category=category.display_name,
                account=account,
                where=where,
            )
            for account in missing
        ]

    def _get_stock_account(self, category):
        """Return the stock account of a category, as core finds it."""
        return (
            category.property_stock_valuation_account_id
            or self.company_id.account_stock_valuation_id
        )

    def _get_expense_account(self, category):
        """Return the expense account of a category, as core finds it."""
        return (
            category.property_account_expense_categ_id
            or self.company_id.expense_account_id
        )

    def _get_element_problems(self):
        """Elements in use have the accounts that a flush posts to."""
        problems = []
        names = {
            "applied_account_id": self.env._("applied"),
            "control_account_id": self.env._("control"),
            "variance_account_id": self.env._("variance"),
        }
        for element in self._get_elements():
            wanted = ["variance_account_id"]
            if element.is_conversion:
                wanted = list(names)
            for field in wanted:
                if not element[field]:
                    problems.append(
                        self.env._(
                            "Cost element %(element)s: its %(account)s account is "
                            "missing (Backflush Costing > Configuration > Cost "
                            "Elements).",
                            element=element.name,
                            account=names[field],
                        )
                    )
        return problems

    def _get_elements(self):
        """Return the cost elements that this policy's cards and rates use."""
        lines = self.env["backflush.cost.card.line"].search(
            [
                ("card_product_id", "in", self._get_products().ids),
                ("company_id", "=", self.company_id.id),
                ("card_state", "=", "in_force"),
            ]
        )
        return (
            self.material_element_id
            | self.conversion_element_id
            | self.overhead_rate_ids.element_id
            | lines.element_id
        )

    # Cards ---------------------------------------------------------------------------

    def _get_card_problems(self):
        """Every product that follows the policy has a card in force."""
        without = self._get_products()._without_card(self.company_id)
        if not without:
            return []
        return [
            self.env._(
                "Products without a cost card in force (%(count)s): %(products)s. "
                "Build them with the button Build Cost Cards, and put them in force.",
                count=len(without),
                products=", ".join(without[:10].mapped("display_name"))
                + ("…" if len(without) > 10 else ""),
            )
        ]

    # Other modules -------------------------------------------------------------------

    def _get_point_of_sale_problems(self):
        """Point of Sale books cost of sales itself when a session is closed."""
        sold = self._get_point_of_sale_products()
        if not sold:
            return []
        return [
            self.env._(
                "Products sold in Point of Sale (%(count)s): %(products)s. It records "
                "their cost of goods sold itself, at the close of the session, and it "
                "would be recorded twice. Take them out of Point of Sale, or out of "
                "the policy's categories.",
                count=len(sold),
                products=", ".join(sold[:10].mapped("display_name"))
                + ("…" if len(sold) > 10 else ""),
            )
        ]

    def _get_point_of_sale_products(self):
        """Return the policy's products that Point of Sale sells, if it is installed."""
        products = self._get_products()
        if not self._is_point_of_sale_installed():
            return products.browse()
        return products.filtered("available_in_pos")

    def _is_point_of_sale_installed(self):
        return "available_in_pos" in self.env["product.template"]._fields
