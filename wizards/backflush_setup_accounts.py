# Set-up wizard: the accounts it needs, those that the company has and those to create.
# Configuration; asked by the plan, carried out by apply.

from dataclasses import dataclass
from typing import Any

from odoo import Command, models

STOCK = "property_stock_valuation_account_id"
EXPENSE = "property_account_expense_categ_id"

#: Codes to start from in a company without any account of the kind.
FIRST_CODES = {"asset_current": "110100", "expense_direct_cost": "500100"}


@dataclass
class PlannedAccount:
    """An account that the set-up needs: found, or to be created with ``code``."""

    key: str
    name: str
    account_type: str
    account: Any
    code: str


class BackflushSetup(models.TransientModel):
    _inherit = "backflush.setup"

    def _get_account_specs(self):
        """Return {key: (name, account type)} of all accounts that a set-up may need."""
        cost = "expense_direct_cost"
        specs = {
            "finished_goods": (self.env._("Finished Goods"), "asset_current"),
            "raw_materials": (
                self.env._("Raw and In-Process Inventory"),
                "asset_current",
            ),
            "cost_of_sales": (self.env._("Cost of Goods Sold"), cost),
            "materials_clearing": (self.env._("Materials Clearing"), cost),
            "material_price": (self.env._("Material Price Variance"), cost),
            "material_usage": (self.env._("Material Usage Variance"), cost),
            "conversion_variance": (self.env._("Conversion Variance"), cost),
            "rounding": (self.env._("Rounding Variance"), cost),
            "revaluation": (self.env._("Revaluation Variance"), cost),
            **self._get_close_account_specs(),
        }
        for code, name in self._get_conversion_names().items():
            specs[f"{code}_applied"] = (self.env._("%s Applied", name), cost)
            specs[f"{code}_control"] = (self.env._("%s Control", name), cost)
        return specs

    def _get_planned_accounts(self, keys):
        """Return {key: PlannedAccount} for ``keys``, with free codes for new ones."""
        specs = self._get_account_specs()
        taken = set()
        planned = {}
        for key in keys:
            name, account_type = specs[key]
            account = self._find_account(key)
            code = account.code or self._get_free_code(account_type, taken)
            taken.add(code)
            planned[key] = PlannedAccount(key, name, account_type, account, code)
        return planned

    def _find_account(self, key):
        """Return the account that plays this role in the company already, if any.

        Another policy has it; or this wizard created it, as its external id tells
        whatever it is called now; or the chart of accounts has just one.
        """
        found = self.env["account.account"]
        for company in self.company_id | self.company_id.root_id:
            found = found or self._find_policy_account(key, company)
        xmlid = self._get_account_xmlid(key)
        found = found or self.env.ref(xmlid, raise_if_not_found=False)
        if not found and key == "cost_of_sales":
            return self._get_chart_cogs()
        return found or self.env["account.account"]

    def _find_policy_account(self, key, company):
        """Return the account that another policy of ``company`` has for a role."""
        if key in ("rounding", "revaluation"):
            return self._get_last_policy(company)[f"{key}_account_id"]
        name = {"finished_goods": STOCK, "cost_of_sales": EXPENSE}.get(key)
        if name:
            return self._get_policy_categories(company)[name][:1]
        return self.env["account.account"]

    def _get_chart_cogs(self):
        """Return the chart's cost of sales account, where it has just one."""
        accounts = self.env["account.account"].search(
            [
                ("account_type", "=", "expense_direct_cost"),
                ("company_ids", "parent_of", self.company_id.id),
            ],
            limit=2,
        )
        return accounts if len(accounts) == 1 else accounts.browse()

    def _get_last_policy(self, company):
        return self.env["backflush.policy"].search(
            [("company_id", "=", company.id)], order="id desc", limit=1
        )

    def _get_policy_categories(self, company):
        """Return the categories that follow policies of ``company``, without those of
        the wizard, seen from ``company``."""
        policies = self.env["backflush.policy"].search(
            [("company_id", "=", company.id)]
        )
        categories = policies.category_ids.with_company(company)
        if company == self.company_id:
            categories -= self._get_finished()
        return categories

    # Codes ---------------------------------------------------------------------------

    def _get_free_code(self, account_type, taken):
        """Return a free code next to the company's accounts of ``account_type``."""
        accounts = self.env["account.account"].with_company(self.company_id)
        start = (
            self._get_neighbour(account_type).with_company(self.company_id).code
            or FIRST_CODES[account_type]
        )
        return accounts._search_new_account_code(start, {start, *taken})

    def _get_neighbour(self, account_type):
        """Return an account of the company whose code new ones are next to."""
        company = self.company_id
        stock = company.account_stock_valuation_id
        if account_type == stock.account_type:
            return stock
        accounts = self.env["account.account"].with_company(company)
        return (
            accounts.search(
                [
                    ("account_type", "=", account_type),
                    ("company_ids", "parent_of", company.id),
                ],
                order="code desc",
                limit=1,
            )
            or company.expense_account_id
        )

    # Creation ------------------------------------------------------------------------

    def _create_accounts(self, planned):
        """Create the accounts that were not found; return {key: account} of all."""
        missing = [account for account in planned.values() if not account.account]
        company = self.company_id.root_id
        created = (
            self.env["account.account"]
            .with_company(company)
            .create([self._prepare_account_vals(account) for account in missing])
        )
        for planned_account, account in zip(missing, created, strict=True):
            planned_account.account = account
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": self._get_account_xmlid(account.key),
                    "record": account.account,
                    "noupdate": True,
                }
                for account in missing
            ]
        )
        return {key: account.account for key, account in planned.items()}

    def _prepare_account_vals(self, planned):
        vals = {
            "name": planned.name,
            "code": planned.code,
            "account_type": planned.account_type,
            "company_ids": [Command.link(self.company_id.root_id.id)],
        }
        if planned.key in ("finished_goods", "raw_materials"):
            # Odoo's stock closing treats it as the company's own stock account.
            stock = self.company_id.account_stock_valuation_id
            vals["account_stock_variation_id"] = stock.account_stock_variation_id.id
            vals["account_stock_expense_id"] = stock.account_stock_expense_id.id
        return vals

    def _get_account_xmlid(self, key):
        """Return the external id of an account, as charts of accounts name theirs."""
        return f"account.{self.company_id.root_id.id}_backflush_{key}"
