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
        return self._get_all_locks()[self]

    def _get_all_locks(self):
        """Return {entry: its locks}, see `_get_locks`; each day is asked for once."""
        found = {}
        for (company, day, journal), entries in self.grouped(
            lambda entry: (entry.company_id, entry.date, entry._get_journal())
        ).items():
            locks = company._get_violated_lock_dates(day, False, journal)
            closed = company.backflush_close_date
            if closed and day <= closed:
                locks = sorted([*locks, (closed, "backflush_close_date")])
            found |= dict.fromkeys(entries, locks)
        return found

    def _get_accounting_date(self):
        """Return the first open day from the entry's date on."""
        self.ensure_one()
        return self._get_accounting_dates()[self]

    def _get_accounting_dates(self):
        """Return {entry: the first open day from its date on}."""
        return {
            entry: locks[-1][0] + timedelta(days=1) if locks else entry.date
            for entry, locks in self._get_all_locks().items()
        }

    def _check_period_open(self):
        """Refuse, or let wait, new entries in a locked period if their policy does.

        A lock that is set later does not keep an entry from being posted.

        :raises UserError: for policies that block documents
        """
        strict = self.filtered(lambda e: e.policy_id.on_locked_period == "block")
        locks = strict._get_all_locks()
        locked = strict.filtered(lambda entry: locks[entry])
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
        moved = self.filtered(lambda e: e.move_id and e.move_id.date != e.date)
        for entry, locks in moved._get_all_locks().items():
            entry.period_reason = self.env._(
                "Dated %(date)s in a locked period: %(locks)s. Posted on the first "
                "open day, %(day)s.",
                date=format_date(self.env, entry.date),
                locks=entry.company_id._format_lock_dates(locks),
                day=format_date(self.env, entry.move_id.date),
            )
