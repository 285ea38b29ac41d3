# A close as T-accounts: what the accounts hold, what the close does to them.
# Read only, from the figures of the preview; static/src/components/t_accounts shows it.

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import format_date


class BackflushPeriod(models.Model):
    _inherit = "backflush.period"

    t_accounts = fields.Json(
        "T-Accounts",
        compute="_compute_t_accounts",
        help="Events with their lines: account, debit, credit.",
    )

    @api.depends("line_ids")
    @api.depends_context("lang")
    def _compute_t_accounts(self):
        for period in self:
            period.t_accounts = {
                "currency_id": period.currency_id.id,
                "title": self.env._(
                    "Until %(day)s", day=format_date(self.env, period.date_to)
                ),
                "message": False
                if period.line_ids
                else self.env._("Compute the preview first."),
                "events": [
                    {"event": event, "letter": letter, "name": name, "lines": lines}
                    for event, letter, name, amounts in period._get_t_events()
                    if (lines := period._prepare_t_lines(amounts))
                ],
            }

    def _get_t_events(self):
        """Return [(event, letter, name, [(account, amount)])], debit positive."""
        conversion, variances = self.conversion_line_ids, self.disposition_line_ids
        spent, closed = [], []
        for line in conversion:
            spent += [
                (line.control_account_id, line.control),
                (line.applied_account_id, -line.applied),
            ]
            closed += [
                (line.control_account_id, -line.control),
                (line.applied_account_id, line.applied),
                (line.account_id, line.amount),
            ]
        found = defaultdict(float)
        for line in conversion:
            found[line.account_id] -= line.amount
        for line in variances:
            found[line.account_id] += line.amount
        return [
            ("before", "", self.env._("Before the close"), [*spent, *found.items()]),
            ("close", "1", self.env._("Close of conversion"), closed),
            (
                "disposition",
                "2",
                self.env._("Disposition of variances"),
                self._get_disposed(variances),
            ),
        ]

    def _get_disposed(self, variances):
        """Return [(account, amount)] of the disposition as chosen."""
        company = self.company_id
        amounts = []
        for line in variances:
            amounts += [
                (line.account_id, line.carried - line.amount),
                (company.backflush_adjustment_rip_account_id, line.posted_rip),
                (company.backflush_adjustment_fg_account_id, line.posted_fg),
                (company.backflush_close_cogs_account_id, line.posted_cogs),
            ]
        return amounts

    def _prepare_t_lines(self, amounts):
        """Return the lines of an event: one an account and side, zeros left out."""
        sums = defaultdict(float)
        for account, amount in amounts:
            sums[account] += amount
        return [
            {
                "key": account.id or "other",
                "account": account.display_name or self.env._("Cost of goods sold"),
                "debit": max(self.currency_id.round(amount), 0.0),
                "credit": max(-self.currency_id.round(amount), 0.0),
                "missing": False,
            }
            for account, amount in sums.items()
            if not self.currency_id.is_zero(amount)
        ]
