# Cut-over assistant: what keeps it from being carried out, each with where to mend it.
# Core's stock closing is the judge: after the cut-over it has nothing to say.

from collections import defaultdict

from odoo import models
from odoo.tools import format_amount

from ..costing.money import ZERO


class BackflushCutover(models.TransientModel):
    _inherit = "backflush.cutover"

    def _get_pending_problems(self):
        """Entries that wait were stated under the old rules, and are posted first."""
        pending = self.env["backflush.entry"].search(
            [
                ("state", "=", "pending"),
                ("policy_id", "in", self._get_policies().ids),
            ]
        )
        if not pending:
            return []
        return [
            self.env._(
                "Ledger entries that wait (%(count)s): %(documents)s. Post them first "
                "(Backflush Costing > Ledger > Exceptions).",
                count=len(pending),
                documents=self._get_names(pending),
            )
        ]

    def _get_rule_problems(self):
        """Return what the policies in force afterwards lack; the rules have changed."""
        policies = self.policy_id if self.kind in ("start", "switch") else False
        if self.kind == "move":
            policies = self.target_policy_id
        problems = []
        for policy in policies or ():
            problems += policy.with_company(policy.company_id)._get_problems()
        if self.kind == "purchases":
            for policy in self._get_policies().with_company(self.company_id):
                problems += policy._get_account_problems()
        if self.kind == "purchases" and not self._get_policies():
            problems.append(
                self.env._(
                    "No policy is active: change the inventory valuation on the "
                    "categories (Inventory > Configuration > Product Categories)."
                )
            )
        return list(dict.fromkeys(problems))

    # Core's closing ------------------------------------------------------------------

    def _get_closing_problems(self, units):
        """Return the accounts on which the closing would still post something other
        than what is left to invoices."""
        proposals = self.env["backflush.standing"]._get_proposals(self.company_id)
        problems = []
        for account, expected in self._get_managed_accounts(units).items():
            proposed = proposals.get(account.id, 0.0)
            if proposed and self.currency_id.compare_amounts(proposed, expected):
                problems.append(
                    self.env._(
                        "Account %(account)s: Odoo's stock closing has %(amount)s to "
                        "post that no open invoice or bill explains. Post the closing "
                        "first, from the Inventory Valuation report.",
                        account=account.display_name,
                        amount=format_amount(self.env, proposed, self.currency_id),
                    )
                )
        return problems

    def _get_managed_accounts(self, units):
        """Return {stock account that the rules manage: what the closing proposes for
        it because invoices and bills are open}."""
        company = self.company_id
        cards = self.env["backflush.cost.card"]._get_in_force(
            self._get_scope(), company, self.date
        )
        components = cards and self.env["backflush.cost.card"].union(*cards.values())
        materials = self.env["product.product"]
        if components:
            materials = components.line_ids.product_id
        managed = (self._get_scope() | materials).with_company(company)
        managed = managed.filtered(lambda p: p._is_purchase_recorded(company))
        others = managed - self.env["product.product"].union(*units)
        left = {product: mine for product, (_units, mine) in units.items()}
        left |= self.env["backflush.standing"]._get_left_to_invoices(
            others, company, self.date
        )
        expected = defaultdict(float)
        for product in managed:
            account = product._get_product_accounts()["stock_valuation"]
            mine = float(left.get(product, ZERO))
            expected[account] -= mine * product.standard_price
        return {
            account: self.currency_id.round(amount)
            for account, amount in expected.items()
        }

    @staticmethod
    def _get_names(records):
        names = ", ".join(records[:5].mapped("display_name"))
        return f"{names}…" if len(records) > 5 else names
