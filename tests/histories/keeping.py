"""Steps of a history: something is broken and mended, reversed, locked, done twice;
documents go there and back."""

from decimal import Decimal
from unittest.mock import patch


class Keeping:
    # Broken and mended ---------------------------------------------------------------

    def for_break_down(self):
        return [] if self.fault else [None]

    def break_down(self, fault):
        """From now on entries wait: a journal, an account is missing, or the policy
        posts once a day."""
        self.fault = fault
        if fault == "journal":
            self.case.journal.active = False
        elif fault == "account":
            self.case.labour.applied_account_id = False
        else:
            self.case.policy.posting = "day"

    def for_mend(self):
        return [None] if self.fault else []

    def mend(self):
        """What was missing is there again, and the scheduled job runs."""
        self.fault = None
        self.case.journal.active = True
        self.case.labour.applied_account_id = self.case.account_applied
        self.case.policy.posting = "document"
        self.run_job()
        pending = self._get_entries(("state", "=", "pending"))
        assert not pending, pending.mapped("error")

    def run_job(self):
        Cron = type(self.env["ir.cron"])
        with patch.object(Cron, "_commit_progress", lambda *_args, **_numbers: 1):
            self.env["backflush.entry"].sudo()._cron_post_pending()

    def for_do_twice(self):
        return [] if self.fault else [None]

    def do_twice(self):
        """Job, retry and capture run again: nothing is new, nothing has changed."""
        before, entries = self.get_balances(), self._get_entries()
        self.run_job()
        entries.action_post()
        for order in self.orders:
            order.record._capture_correction()
        for delivery in self.deliveries:
            delivery.record._capture_correction()
        assert self._get_entries() == entries, "an event was captured twice"
        assert self.get_balances() == before, "something was posted twice"

    # Reversed ------------------------------------------------------------------------

    def for_reverse(self):
        """Entries whose effect is known; for one journal entry of several, all."""
        if self.fault:
            return []
        return [
            entry
            for entry in self.effects
            if entry.move_id
            and not entry.is_reversed
            and all(self._is_known(e) for e in entry.move_id.backflush_entry_ids)
        ]

    def _is_known(self, entry):
        """Posted again, an unbuild takes its share of what was corrected since."""
        latest = self.latest.get(entry.production_id)
        return entry in self.effects and (entry.event != "unbuild" or entry == latest)

    def reverse(self, entry, decision):
        """Somebody reverses a journal entry and decides what is to be of its event."""
        entries = entry.move_id.backflush_entry_ids
        if any(e.change_ids or self._is_changed(e) for e in entries):
            decision = "again"
        entry.move_id._reverse_moves([{"date": self._get_today()}], cancel=True)
        self._get_new_entries()
        for entry in entries:
            assert entry.is_reversed, entry.display_name
            effect, document = self.effects.pop(entry)
            self.env["backflush.decision"].create(
                {"entry_id": entry.id, "decision": decision, "reason": "History"}
            ).action_confirm()
            if decision == "again":
                self.books.post(effect, -1)
                self.record(effect, document)
                continue
            self.books.post(effect, -1)
            self.left_out += 1
            if document:
                document.closed = True

    def _is_changed(self, entry):
        _effect, document = self.effects[entry]
        return document and document.changed

    # Locked --------------------------------------------------------------------------

    def close_period(self, days_ago):
        """The fiscal lock date moves, forward or back."""
        self.lock = self._get_today(days_ago)
        self.company.sudo().fiscalyear_lock_date = self.lock

    def _is_locked(self, date):
        return bool(self.lock and date <= self.lock)

    # There and back ------------------------------------------------------------------

    def for_there_and_back(self):
        return [] if self.fault else [None]

    def there_and_back(self, way, quantity):
        """A document and its full reversal leave every account where it was."""
        before = self.get_balances()
        getattr(self, f"_go_{way}")(quantity)
        after = self.get_balances()
        changed = {
            self.env["account.account"].browse(key).name: (
                before.get(key, 0),
                after.get(key, 0),
            )
            for key in before.keys() | after.keys()
        }
        # The coins that reversed journal entries have left over may be settled now.
        allowed = self.left_out * self.plan.coin
        assert all(abs(b - a) <= allowed for b, a in changed.values()), changed

    def _go_deliver(self, quantity):
        self.sell(quantity + 1, 0, 0)
        self.give_back(self.deliveries[-1], quantity)
        self.give_back(self.deliveries[-1], 1)

    def _go_produce(self, quantity):
        used = {"plates": 1, "steel": 1, "minutes": 10}
        self.produce(quantity, 0, days_ago=0, backorder=False, **used)
        self.unbuild(self.orders[-1], quantity)

    def _go_bill(self, quantity):
        self.buy("plate", quantity, 0, 11)
        self.bill(self.purchases[-1], quantity, 12, 0)
        self.take_bill_back(self.bills[-1])

    def _go_credit_bill(self, quantity):
        self.buy("screw", quantity, 0, 11)
        self.bill(self.purchases[-1], quantity, 12, 0)
        self.credit_bill(self.bills[-1], quantity)

    def _go_correct(self, quantity):
        if orders := self.for_correct_used():
            self.correct_used(orders[-1], quantity)
            self.correct_used(orders[-1], -quantity)

    def _go_count(self, quantity):
        self.count("screw", quantity)
        self.count("screw", -quantity)

    def _go_reverse(self, quantity):
        self.count("plate", Decimal(quantity))
        if entries := self.for_reverse():
            self.reverse(entries[-1], "again")
        self.count("plate", Decimal(-quantity))
