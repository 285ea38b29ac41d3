# What a company sets for its period closes, and until when its books are closed.
# Read by the close, by post, and by what guards a closed period.

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    backflush_close_journal_id = fields.Many2one(
        "account.journal",
        "Close Journal",
        domain=[("type", "=", "general")],
        check_company=True,
        tracking=True,
        help="Journal of what a period close posts; the policy's when it is empty.",
    )
    backflush_close_cogs_account_id = fields.Many2one(
        "account.account",
        "Cost of Sales of Closes",
        check_company=True,
        tracking=True,
        help="Takes the variances that go to cost of goods sold. When it is empty they "
        "go to the expense accounts of the products sold, by what these hold.",
    )
    backflush_adjustment_rip_account_id = fields.Many2one(
        "account.account",
        "RIP Adjustment",
        check_company=True,
        tracking=True,
        help="Takes the share of prorated variances that concerns material on hand. It "
        "is an account of its own, so that the stock account stays at standard.",
    )
    backflush_adjustment_fg_account_id = fields.Many2one(
        "account.account",
        "FG Adjustment",
        check_company=True,
        tracking=True,
        help="Takes the share of prorated variances that concerns finished goods.",
    )
    backflush_close_date = fields.Date(
        "Backflush Close",
        readonly=True,
        tracking=True,
        help="Last day of the last closed period: the ledger captures nothing that is "
        "dated up to it on its own day.",
    )

    def _get_backflush_close_accounts(self):
        """Return the accounts that a period close of this company settles."""
        self.ensure_one()
        elements = (
            self.env["backflush.cost.element"]
            .with_context(active_test=False)
            .search([("company_id", "=", self.id)])
        )
        policies = (
            self.env["backflush.policy"]
            .with_context(active_test=False)
            .search([("company_id", "=", self.id)])
        )
        return (
            elements.applied_account_id
            | elements.control_account_id
            | elements.variance_account_id
            | elements.variance_account_ids.account_id
            | policies.rounding_account_id
            | policies.revaluation_account_id
            | self.backflush_adjustment_rip_account_id
            | self.backflush_adjustment_fg_account_id
        )
