# Set-up wizard: the plan, all that the set-up will create and change.
# Configuration; shown as the summary, carried out by apply.

from dataclasses import dataclass, field
from typing import Any

from odoo import fields, models

from .backflush_setup import RECORDED
from .backflush_setup_accounts import EXPENSE, STOCK

JOURNAL_CODE = "BFL"

#: Kinds of the cost elements by code; names are in `_get_conversion_names`.
CONVERSION = {
    "one": {"conv": "labour"},
    "split": {"lab": "labour", "mac": "machine", "ovh": "variable_overhead"},
}
#: The same for products that subcontractors make.
SUBCONTRACTING = {"sub": "subcontracting"}


@dataclass
class PlannedElement:
    """A cost element: found, or to be created; ``accounts`` are {field: key} of those
    that it lacks."""

    code: str
    name: str
    kind: str
    element: Any
    accounts: dict


@dataclass
class PlannedCategory:
    """What a category will be: ``settings`` {field: value} and ``accounts``
    {field: account that it keeps, or key of a planned one}."""

    settings: dict
    accounts: dict


@dataclass
class Plan:
    """What the set-up will do.

    :param elements: list of PlannedElement
    :param categories: {category: PlannedCategory}
    :param closing: {field of the company: key} of accounts for closes that it lacks
    :param accounts: {key: PlannedAccount}
    """

    journal: Any
    elements: list
    categories: dict
    closing: dict
    accounts: dict = field(default_factory=dict)

    def get_account_keys(self):
        """Return the keys of the accounts to find or create, in the order of use."""
        keys = [key for key in self._get_category_accounts() if isinstance(key, str)]
        keys += [key for e in self.elements for key in e.accounts.values()]
        keys += ["rounding", "revaluation", *self.closing.values()]
        return [*dict.fromkeys(keys)]

    def get_kept_accounts(self):
        """Return the accounts that categories keep, each once."""
        accounts = self._get_category_accounts()
        return [*dict.fromkeys(a for a in accounts if not isinstance(a, str))]

    def get_account(self, account):
        """Return the account that a key stands for, empty when it is to be created."""
        return self.accounts[account].account if isinstance(account, str) else account

    def get_changes(self, category):
        """Return {field: value or account} of what changes on ``category``."""
        planned = self.categories[category]
        changes = {
            name: value
            for name, value in planned.settings.items()
            if category[name] != value
        }
        changes |= {
            name: account
            for name, account in planned.accounts.items()
            if not self.get_account(account)
            or category[name] != self.get_account(account)
        }
        return changes

    def _get_category_accounts(self):
        return [
            account
            for planned in self.categories.values()
            for account in planned.accounts.values()
        ]


class BackflushSetup(models.TransientModel):
    _inherit = "backflush.setup"

    def _get_plan(self):
        """Return the `Plan` of this wizard; writes nothing."""
        self.ensure_one()
        plan = Plan(
            journal=self._find_journal(),
            elements=self._get_planned_elements(),
            categories=self._get_planned_categories(),
            closing=self._get_planned_closing(),
        )
        plan.accounts = self._get_planned_accounts(plan.get_account_keys())
        return plan

    def _find_journal(self):
        """Return the journal of the company's last policy, or the one of our code."""
        return self._get_last_policy(self.company_id).journal_id or self.env[
            "account.journal"
        ].search(
            [
                ("company_id", "=", self.company_id.id),
                ("type", "=", "general"),
                ("code", "=", JOURNAL_CODE),
            ],
            limit=1,
        )

    # Elements ------------------------------------------------------------------------

    def _get_conversion_names(self):
        """Return {code: name} of all conversion elements that a set-up may create."""
        return {
            "conv": self.env._("Conversion"),
            "lab": self.env._("Labour"),
            "mac": self.env._("Machine"),
            "ovh": self.env._("Overhead"),
            "sub": self.env._("Subcontracting"),
        }

    def _get_planned_elements(self):
        """Return the material element, the conversion elements of the choice and, when
        subcontractors make any of the products, the one for their work."""
        names = self._get_conversion_names()
        kinds = CONVERSION[self.conversion]
        if self._get_subcontracted():
            kinds = kinds | SUBCONTRACTING
        return [
            self._get_planned_element("mat", self.env._("Material"), "material"),
            *(
                self._get_planned_element(code, names[code], kind)
                for code, kind in kinds.items()
            ),
        ]

    def _get_planned_element(self, code, name, kind):
        """Return the PlannedElement of one code; the price variances of material have
        an account by kind, under the field name ``price``."""
        element = self._find_element(code, kind)
        if kind == "material":
            wanted = {"variance_account_id": "material_usage"}
            if not element:
                wanted["price"] = "material_price"
        else:
            wanted = {
                "applied_account_id": f"{code}_applied",
                "control_account_id": f"{code}_control",
                "variance_account_id": "conversion_variance",
            }
        lacking = {
            owner: key
            for owner, key in wanted.items()
            if owner == "price" or not element[owner]
        }
        return PlannedElement(
            code.upper(), element.name or name, kind, element, lacking
        )

    def _find_element(self, code, kind):
        """Return the company's element of this code, else the first that fits."""
        elements = self.env["backflush.cost.element"].search(
            [("company_id", "=", self.company_id.id)]
        )
        exact = elements.filtered(lambda element: element.code == code.upper())
        if exact:
            return exact
        if code == "conv":
            own = elements.filtered(lambda e: e.kind != "subcontracting")
            return own.filtered("is_conversion")[:1]
        # An element for all conversion cost is not the one for labour alone.
        return elements.filtered(lambda e: e.kind == kind and e.code != "CONV")[:1]

    # Categories ----------------------------------------------------------------------

    def _get_planned_categories(self):
        """Return {category: PlannedCategory}.

        Components come first: an account that they keep is not free for finished goods.
        """
        mine = self._get_component_categories()
        used = self._get_used_component_categories()
        recorded = self.purchases == RECORDED
        name, key = (
            (STOCK, "raw_materials") if recorded else (EXPENSE, "materials_clearing")
        )
        taken = self._get_policy_categories(self.company_id)[name]
        in_use = bool(mine & used) or (recorded and self._is_stocked(mine))
        planned = {}
        for category in mine:
            kept = self._keeps_account(category, name, taken, in_use)
            planned[category] = PlannedCategory(
                {"property_valuation": self.purchases},
                {name: category[name] if kept else key},
            )
        components = self._get_component_accounts(planned, used)
        stocked = self._is_stocked(self._get_finished())
        for category in self._get_finished():
            planned[category] = self._get_planned_finished(
                category, components, stocked
            )
        return planned

    def _get_component_accounts(self, planned, used):
        """Return {field: accounts that components have, now or after the set-up}."""
        mine = self._get_component_categories()
        recorded = self.purchases == RECORDED
        accounts = {
            STOCK: used[STOCK] if recorded else (used | mine)[STOCK],
            EXPENSE: used[EXPENSE],
        }
        for category in planned.values():
            for name, account in category.accounts.items():
                if not isinstance(account, str):
                    accounts[name] |= account
        return accounts

    def _get_planned_finished(self, category, taken, stocked):
        """Return the PlannedCategory of finished products."""
        accounts = {}
        for name, key, in_use in (
            (STOCK, "finished_goods", stocked),
            (EXPENSE, "cost_of_sales", False),
        ):
            kept = self._keeps_account(category, name, taken[name], in_use)
            accounts[name] = category[name] if kept else key
        return PlannedCategory(
            {"property_cost_method": "standard", "property_valuation": RECORDED},
            accounts,
        )

    def _keeps_account(self, category, name, taken, in_use):
        """Answer whether a category keeps its account: one that has no other role and
        is its own. The company's default account is kept only where changing it would
        move something, that is for categories ``in_use``."""
        account = category[name]
        default = {
            STOCK: self.company_id.account_stock_valuation_id,
            EXPENSE: self.company_id.expense_account_id,
        }[name]
        if not account or account in taken:
            return False
        own = account != default or account.account_type == "expense_direct_cost"
        return own or in_use

    def _is_stocked(self, categories):
        """Answer whether any product of these categories is in stock."""
        return bool(self._get_stocked(categories, limit=1))

    def _get_stocked(self, categories, limit=None):
        """Return the products of ``categories`` that are in stock."""
        return (
            self.env["product.product"]
            .with_company(self.company_id)
            .search(
                [
                    ("categ_id", "in", categories.ids),
                    ("is_storable", "=", True),
                    ("qty_available", "!=", 0),
                ],
                limit=limit,
            )
        )

    # Cards ---------------------------------------------------------------------------

    def _get_cardless(self):
        """Return (products to build cost cards for, those without a bill, those whose
        subcontractor has no price)."""
        products = self._get_products()._without_card(self.company_id)
        boms = self.env["mrp.bom"]._find_for_cards(products, self.company_id)
        without_bom = products.filtered(lambda product: not boms[product])
        today = fields.Date.context_today(self)
        unpriced = products.filtered(
            lambda product: (
                boms[product]._is_subcontracting()
                and not boms[product]._get_subcontracting_price(
                    product, self.company_id, today
                )
            )
        )
        return products - without_bom - unpriced, without_bom, unpriced

    def _get_subcontracted(self):
        """Return the products that have a bill for a subcontractor."""
        products = self._get_products()
        boms = self.env["mrp.bom"]._find_subcontracting(products, self.company_id)
        return products.filtered(lambda product: boms[product])
