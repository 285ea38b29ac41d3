# Journal entries by hand in a closed period: they are kept off the accounts that a
# close has settled. Guards what post and the close did; nothing here posts.

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Refuse what changes a closed period. The ledger's own entries are dated after
        it, see `backflush.entry._get_locks`."""
        self._check_backflush_close()
        return super()._post(soft)

    def button_draft(self):
        """Refuse to take back what a closed period counted."""
        self._check_backflush_close()
        return super().button_draft()

    def _check_fiscal_lock_dates(self):
        """Refuse, too, what core asks this of: changes of posted journal items."""
        self._check_backflush_close()
        return super()._check_fiscal_lock_dates()

    def _check_backflush_close(self):
        """Raise `UserError` for journal entries dated in a closed period with items on
        conversion, variance or adjustment accounts."""
        # Who posts bills need not see cost elements.
        for company, moves in self.sudo().grouped("company_id").items():
            closed = company.backflush_close_date
            inside = moves.filtered(
                lambda m, day=closed: m.date and day and m.date <= day
            )
            if not inside:
                continue
            managed = company._get_backflush_close_accounts()
            for move in inside:
                if accounts := move.line_ids.account_id & managed:
                    raise UserError(
                        self.env._(
                            "%(move)s is dated %(date)s, and backflush costing is "
                            "closed until %(closed)s for %(accounts)s. Give it a later "
                            "accounting date, or ask a controller to reopen the period "
                            "(Backflush Costing > Period Close).",
                            move=move.display_name,
                            date=format_date(self.env, move.date),
                            closed=format_date(self.env, closed),
                            accounts=", ".join(accounts.mapped("display_name")),
                        )
                    )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def write(self, vals):
        """Refuse a posted journal item that comes to an account of a closed period."""
        result = super().write(vals)
        if "account_id" in vals:
            posted = self.filtered(lambda line: line.parent_state == "posted")
            posted.move_id._check_backflush_close()
        return result
