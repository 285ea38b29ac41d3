# Set-up wizard: the plan, all that the set-up will create and change.
# Configuration; shown as the summary, carried out by apply.

from dataclasses import dataclass, field
from typing import Any

from odoo import models
from odoo.tools import format_amount

from .backflush_setup import RECORDED
from .backflush_setup_accounts import EXPENSE, STOCK

JOURNAL_CODE = "BFL"

#: Kinds of the cost elements by code; names are in `_get_conversion_names`.
CONVERSION = {
    "one": {"conv": "labour"},
    "split": {"lab": "labour", "mac": "machine", "ovh": "variable_overhead"},
}


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
class Plan:
    """What the set-up will do.

    :param accounts: {key: PlannedAccount}
    :param categories: {category: values}; an account is a record or a key of accounts
    """

    journal: Any
    elements: list
    categories: dict
    accounts: dict = field(default_factory=dict)

    def get_account_keys(self):
        """Return the keys of the accounts to find or create, in the order of use."""
        values = [
            value
            for vals in self.categories.values()
            for name, value in vals.items()
            if name in (STOCK, EXPENSE) and isinstance(value, str)
        ]
        values += [key for e in self.elements for key in e.accounts.values()]
        return [*dict.fromkeys(values), "rounding", "revaluation"]

    def get_kept_accounts(self):
        """Return the accounts that categories keep."""
        return {
            value: None
            for vals in self.categories.values()
            for name, value in vals.items()
            if name in (STOCK, EXPENSE) and not isinstance(value, str)
        }


class BackflushSetup(models.TransientModel):
    _inherit = "backflush.setup"

    def _get_plan(self):
        """Return the `Plan` of this wizard; writes nothing."""
        self.ensure_one()
        plan = Plan(
            journal=self._find_journal(),
            elements=self._get_planned_elements(),
            categories=self._get_planned_categories(),
        )
        plan.accounts = self._get_planned_accounts(plan.get_account_keys())
        return plan

    def _find_journal(self):
        """Return the journal of the company's last policy, or the one of our code."""
        return self._get_last_policy().journal_id or self.env["account.journal"].search(
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
        _ = self.env._
        return {
            "conv": _("Conversion"),
            "lab": _("Labour"),
            "mac": _("Machine"),
            "ovh": _("Overhead"),
        }

    def _get_planned_elements(self):
        """Return the material element and the conversion elements of the choice."""
        names = self._get_conversion_names()
        return [
            self._get_planned_element("mat", self.env._("Material"), "material"),
            *(
                self._get_planned_element(code, names[code], kind)
                for code, kind in CONVERSION[self.conversion].items()
            ),
        ]

    def _get_planned_element(self, code, name, kind):
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
            name: key for name, key in wanted.items() if name == "price"
            or not element[name]
        }
        return PlannedElement(code.upper(), element.name or name, kind, element, lacking)

    def _find_element(self, code, kind):
        """Return the company's element of this code, else the first that fits."""
        elements = self.env["backflush.cost.element"].search(
            [("company_id", "=", self.company_id.id)]
        )
        return (
            elements.filtered(lambda element: element.code == code.upper())
            or elements.filtered(
                lambda element: element.is_conversion
                if code == "conv"
                else element.kind == kind
            )
        )[:1]

    # Categories ----------------------------------------------------------------------

    def _get_planned_categories(self):
        """Return {category: values to write}.

        Components come first: an account that they keep is not free for finished goods.
        """
        others = self._get_policy_categories()
        used = self._get_used_component_categories()
        recorded = self.purchases == RECORDED
        name, key = (
            (STOCK, "raw_materials") if recorded else (EXPENSE, "materials_clearing")
        )
        planned = {}
        mine = self._get_component_categories()
        in_use = bool(mine & used) or (recorded and self._is_stocked(mine))
        for category in mine:
            kept = self._keeps_account(category, name, others[name], in_use)
            planned[category] = {
                "property_valuation": self.purchases,
                name: category[name] if kept else key,
            }
        components = used | mine
        taken = {
            STOCK: components[STOCK] if not recorded else used[STOCK],
            EXPENSE: used[EXPENSE],
        }
        for vals in planned.values():
            if not isinstance(vals[name], str):
                taken[name] |= vals[name]
        for category in self._get_finished():
            planned[category] = self._get_finished_vals(category, taken)
        return planned

    def _get_finished_vals(self, category, taken):
        vals = {"property_cost_method": "standard", "property_valuation": RECORDED}
        stocked = self._is_stocked(self._get_finished())
        for name, key, in_use in (
            (STOCK, "finished_goods", stocked),
            (EXPENSE, "cost_of_sales", False),
        ):
            kept = self._keeps_account(category, name, taken[name], in_use)
            vals[name] = category[name] if kept else key
        return vals

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
        """Return (products to build cost cards for, those without a bill)."""
        products = self._get_products()._without_card(self.company_id)
        boms = self.env["mrp.bom"]._bom_find(
            products, company_id=self.company_id.id, bom_type="normal"
        )
        buildable = products.filtered(lambda product: boms.get(product))
        return buildable, products - buildable

    # Summary -------------------------------------------------------------------------

    def _get_summary(self):
        """Return the values of the summary's template."""
        if not self.category_ids:
            return {"plan": False, "wizard": self}
        plan = self._get_plan()
        buildable, without_bom = self._get_cardless()
        return {
            "wizard": self,
            "plan": plan,
            "changes": self._get_changes(plan),
            "card_count": len(buildable),
            "warnings": [
                *self._get_stock_warnings(plan),
                *self._get_shared_warnings(plan),
                *self._get_card_warnings(without_bom),
            ],
        }

    def _get_changes(self, plan):
        """Return [(category, [change in words])] of the categories that change."""
        found = []
        for category, vals in plan.categories.items():
            changes = [
                self._describe_change(category, name, value, plan)
                for name, value in vals.items()
                if category[name] != value
            ]
            if changes:
                found.append((category.display_name, changes))
        return found

    def _describe_change(self, category, name, value, plan):
        """Return one changed field of a category in words."""
        definition = category._fields[name]
        if name in (STOCK, EXPENSE):
            planned = plan.accounts.get(value) if isinstance(value, str) else None
            value = f"{planned.code} {planned.name}" if planned else value.display_name
        else:
            value = dict(definition._description_selection(self.env))[value]
        label = (
            self.env._("Expense Account")
            if name == EXPENSE
            else definition._description_string(self.env)
        )
        return self.env._("%(field)s: %(value)s", field=label, value=value)

    # Warnings ------------------------------------------------------------------------

    def _get_stock_warnings(self, plan):
        """Return a warning for each category with stock whose valuation changes."""
        watched = ("property_cost_method", "property_valuation", STOCK)
        warnings = []
        for category, vals in plan.categories.items():
            changed = [
                name for name in watched if name in vals and category[name] != vals[name]
            ]
            products = changed and self._get_stocked(category)
            if products:
                warnings.append(
                    self.env._(
                        "%(category)s: %(count)s products are in stock, worth "
                        "%(value)s. Their valuation changes at once, and nothing is "
                        "posted for it: post an inventory closing before (Inventory "
                        "Valuation report), and the next one brings their value into "
                        "the account chosen here.",
                        category=category.display_name,
                        count=len(products),
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
            and category.property_valuation
            != plan.categories[category]["property_valuation"]
        ]

    def _get_card_warnings(self, without_bom):
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
