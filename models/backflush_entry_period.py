# Locked periods: on which day an entry enters the books, and why it is another one.
# Between flush and post; the policy says what happens to documents in locked periods.

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    accounting_date = fields.Date(
        related="move_id.date",
        string="Accounting Date",
        help="Date of the journal entry; later than the document's when its period was "
        "locked.",
    )
    period_reason = fields.Char(
        "Reason for the Accounting Date",
        readonly=True,
        help="Why the journal entry does not bear the date of the document.",
    )
    awaits_period = fields.Boolean(
        "Waits for Its Period",
        readonly=True,
        help="The document was dated in a locked period, and its policy posts nothing "
        "there nor on a later day.",
    )

    def _get_locks(self):
        """Return [(lock date, its field)] that close the period of this entry, for the
        user who posts it; lock dates of parent companies and exceptions count, and so
        does the last period that was closed."""
        self.ensure_one()
        locks = self.company_id._get_violated_lock_dates(
            self.date, False, self._get_journal()
        )
        closed = self.company_id.backflush_close_date
        if closed and self.date <= closed:
            locks = sorted([*locks, (closed, "backflush_close_date")])
        return locks

    def _get_accounting_date(self):
        """Return the first open day from the entry's date on."""
        locks = self._get_locks()
        return locks[-1][0] + timedelta(days=1) if locks else self.date

    def _check_period_open(self):
        """Refuse, or let wait, new entries in a locked period if their policy does.

        A lock that is set later does not keep an entry from being posted.

        :raises UserError: for policies that block documents
        """
        locked = self.filtered(
            lambda entry: entry.policy_id.on_locked_period == "block"
            and entry._get_locks()
        )
        locked.awaits_period = True
        if blocked := locked.filtered(lambda e: e.policy_id.on_error == "block"):
            raise UserError(
                "\n\n".join(
                    entry._describe_failure(entry._describe_locks())
                    for entry in blocked
                )
            )

    def _describe_locks(self):
        return self.env._(
            "Its date, %(date)s, is in a locked period: %(locks)s. Policy %(policy)s "
            "posts nothing there: give the document a later date, ask an accounting "
            "administrator to open the period, or change the policy (Backflush Costing "
            "> Configuration > Policies).",
            date=format_date(self.env, self.date),
            locks=self.company_id._format_lock_dates(self._get_locks()),
            policy=self.policy_id.name,
        )

    def _explain_accounting_dates(self):
        """Keep the reason on entries whose journal entry bears another date."""
        for entry in self.filtered("move_id"):
            if entry.move_id.date != entry.date:
                entry.period_reason = self.env._(
                    "Dated %(date)s in a locked period: %(locks)s. Posted on the first "
                    "open day, %(day)s.",
                    date=format_date(self.env, entry.date),
                    locks=entry.company_id._format_lock_dates(entry._get_locks()),
                    day=format_date(self.env, entry.move_id.date),
                )
