# Accounts of a policy: they belong to its company, have a fitting type, one role each.
# Configuration; part of the coherence check.

from collections import defaultdict

from odoo import models

from ...costing import terms

#: Account types that each role may have.
ASSETS = ("asset_current", "asset_non_current", "asset_fixed", "asset_prepayments")
EXPENSES = ("expense", "expense_direct_cost", "expense_depreciation", "expense_other")
RESULT = (*EXPENSES, "income_other")
INTERIM = (*RESULT, "asset_current", "liability_current")


class BackflushPolicy(models.Model):
    _inherit = "backflush.policy"

    def _get_account_problems(self):
        """Accounts belong to the company, have a fitting type, and one role each."""
        problems = []
        roles = defaultdict(dict)
        for role, types, owner, account in self._get_account_roles():
            if not account:
                continue
            roles[account].setdefault(role, owner)
            problems += self._get_type_problems(types, owner, account)
        for account, owners in roles.items():
            if len(owners) > 1:
                problems.append(
                    self.env._(
                        "Account %(account)s has several roles: %(roles)s. Give each "
                        "an account of its own.",
                        account=account.display_name,
                        roles=", ".join(owners.values()),
                    )
                )
        return problems

    def _get_account_roles(self):
        """Return (role, allowed types, owner and role in words, account) of all."""
        roles = []
        for category in self.category_ids.with_company(self.company_id):
            name = category.display_name
            roles += [
                (
                    terms.FINISHED_GOODS,
                    ASSETS,
                    self.env._("finished goods of %(name)s", name=name),
                    self._get_stock_account(category),
                ),
                (
                    terms.COST_OF_SALES,
                    EXPENSES,
                    self.env._("cost of goods sold of %(name)s", name=name),
                    self._get_expense_account(category),
                ),
            ]
        roles += self._get_material_roles()
        for element in self._get_elements():
            name = element.name
            roles += [
                (
                    "applied",
                    INTERIM,
                    self.env._("conversion applied of %(name)s", name=name),
                    element.applied_account_id,
                ),
                (
                    "control",
                    INTERIM,
                    self.env._("conversion control of %(name)s", name=name),
                    element.control_account_id,
                ),
            ]
            roles += [
                (
                    "variance",
                    RESULT,
                    self.env._("variances of %(name)s", name=name),
                    account,
                )
                for account in element.variance_account_id
                | element.variance_account_ids.account_id
            ]
        roles += [
            ("variance", RESULT, self.env._("rounding"), self.rounding_account_id),
            (
                "variance",
                RESULT,
                self.env._("revaluation"),
                self.revaluation_account_id,
            ),
        ]
        return roles

    def _get_material_roles(self):
        """Return the accounts of the components on cards in force."""
        cards = self.env["backflush.cost.card"].search(
            [
                ("product_id", "in", self._get_products().ids),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "in_force"),
            ]
        )
        roles = []
        for product in cards.line_ids.product_id:
            if product.categ_id in self.category_ids:
                continue
            perpetual = product._is_purchase_recorded(self.company_id)
            category = product.categ_id.display_name
            label = (
                self.env._("raw and in-process inventory of %(name)s", name=category)
                if perpetual
                else self.env._("materials clearing of %(name)s", name=category)
            )
            roles.append(
                (
                    terms.STOCK if perpetual else "clearing",
                    ASSETS if perpetual else EXPENSES,
                    label,
                    product._get_backflush_stock_account(self.company_id),
                )
            )
        return roles

    def _get_type_problems(self, types, owner, account):
        problems = []
        labels = dict(account._fields["account_type"]._description_selection(self.env))
        if account.account_type not in types:
            problems.append(
                self.env._(
                    "Account %(account)s (%(role)s): its type is %(type)s, it should "
                    "be one of %(types)s.",
                    account=account.display_name,
                    role=owner,
                    type=labels[account.account_type],
                    types=", ".join(labels[key] for key in types if key in labels),
                )
            )
        if not account.company_ids & self.company_id.parent_ids:
            problems.append(
                self.env._(
                    "Account %(account)s (%(role)s) belongs to another company than "
                    "the policy.",
                    account=account.display_name,
                    role=owner,
                )
            )
        return problems
