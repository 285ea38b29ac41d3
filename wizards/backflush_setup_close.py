# Set-up wizard: the accounts that period closes post to, beside those of a policy.
# Configuration; part of the plan, so that the first close finds all that it needs.

from odoo import models

#: Accounts of a company that a close needs, by the key of the account planned for it.
#: Cost of sales is not among them: empty, a close uses those of the goods sold.
CLOSING = {
    "backflush_adjustment_rip_account_id": "rip_adjustment",
    "backflush_adjustment_fg_account_id": "fg_adjustment",
    "backflush_bridge_account_id": "bridge",
    "backflush_bridge_result_account_id": "bridge_result",
}


class BackflushSetup(models.TransientModel):
    _inherit = "backflush.setup"

    def _get_close_account_specs(self):
        """Return {key: (name, account type)} of the accounts of closes."""
        asset, cost = "asset_current", "expense_direct_cost"
        return {
            "rip_adjustment": (
                self.env._("Raw and In-Process Inventory: Prorated Variances"),
                asset,
            ),
            "fg_adjustment": (
                self.env._("Finished Goods: Prorated Variances"),
                asset,
            ),
            "bridge": (self.env._("Inventory: GAAP Bridge"), asset),
            "bridge_result": (
                self.env._("Change of Inventories: GAAP Bridge"),
                cost,
            ),
        }

    def _get_planned_closing(self):
        """Return {field of the company: key} of the accounts that it does not have."""
        return {name: key for name, key in CLOSING.items() if not self.company_id[name]}

    def _write_closing(self, plan, accounts):
        """Set the accounts of closes that the company lacks."""
        if plan.closing:
            # A controller sets up costing without rights to set up companies.
            self.company_id.sudo().write(
                {name: accounts[key].id for name, key in plan.closing.items()}
            )
