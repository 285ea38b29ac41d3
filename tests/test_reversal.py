"""A reversed journal entry: the ledger follows, and the event is posted again or stays
out of the books, by a decision with its reason."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from .common import BackflushCase


class TestReversal(BackflushCase):
    def _reverse(self, move):
        wizard = Form(
            self.env["account.move.reversal"].with_context(
                active_model="account.move", active_ids=move.ids
            )
        ).save()
        action = wizard.reverse_moves()
        reversal = self.env["account.move"].browse(action["res_id"])
        if reversal.state == "draft":
            reversal.action_post()
        return reversal

    def _decide(self, entry, decision, reason="booked twice by hand"):
        self.env["backflush.decision"].create(
            {"entry_id": entry.id, "decision": decision, "reason": reason}
        ).action_confirm()

    def test_ledger_follows(self):
        """FG 32.50 reversed: a ledger entry with the opposite lines, FG 0.00."""
        self.books_open = "an entry stays out of the books"
        entry = self._produce(1).backflush_entry_ids
        reversal = self._reverse(entry.move_id)
        self.assertTrue(entry.is_reversed)
        back = entry.change_ids
        self.assertEqual((back.event, back.move_id), ("reversal", reversal))
        self.assertEqual(
            sorted(back.line_ids.mapped("amount")),
            sorted(-amount for amount in entry.line_ids.mapped("amount")),
        )
        self.assertBalances({self.account_fg: 0.0, self.account_rip: 0.0})
        self.assertLedger()

    def test_posted_again(self):
        """Decided: posted again from the same facts, once. FG 32.50."""
        entry = self._produce(1).backflush_entry_ids
        self._reverse(entry.move_id)
        self._decide(entry, "again")
        self.assertEqual(entry.decision_reason, "booked twice by hand")
        self.assertBalances({self.account_fg: 32.5, self.account_rip: -22.5})
        with self.assertRaisesRegex(UserError, "waits for no decision"):
            self._decide(entry, "again")
        self.assertLedger()

    def test_unbuild_after_posted_again(self):
        """All of it is unbuilt: nothing is left, however often it was posted."""
        order = self._produce(1)
        entry = order.backflush_entry_ids
        self._reverse(entry.move_id)
        self._decide(entry, "again")
        self._unbuild(1, order)
        self.assertBalances(
            {self.account_fg: 0.0, self.account_rip: 0.0, self.account_applied: 0.0}
        )

    def test_correction_posted_again(self):
        """4 plates corrected to 5, that correction reversed and posted again, then
        corrected to 6: RIP -(6 x 10.00 + 10 x 0.50), usage
        of 2 plates."""
        order = self._produce(2)
        plates = order.move_raw_ids.filtered(lambda m: m.product_id == self.plate)
        plates.quantity = 5
        correction = order.backflush_entry_ids.filtered(
            lambda entry: entry.event == "correction"
        )
        self._reverse(correction.move_id)
        self._decide(correction, "again")
        self.assertBalances({self.account_rip: -55.0, self.account_variance: 10.0})
        plates.quantity = 6
        self.assertBalances({self.account_rip: -65.0, self.account_variance: 20.0})
        self.assertLedger()
        self.assertNothingToClose()

    def test_bill_to_draft_after_posted_again(self):
        """10 plates at 11.00: price variance 10.00; its entry reversed, posted again.
        The bill back to draft takes it back, posted anew it is there once."""
        bill = self._buy(self.plate, 10, 11.0)
        entry = bill.backflush_bill_entry_ids
        self._reverse(entry.move_id)
        self._decide(entry, "again")
        self.assertBalances({self.account_variance: 10, self.account_rip: 100})
        bill.button_draft()
        self.assertBalances({self.account_variance: 0, self.account_rip: 0})
        bill.action_post()
        self.assertBalances({self.account_variance: 10, self.account_rip: 100})
        self.assertLedger()

    def test_bill_to_draft_after_kept_out(self):
        """Kept out of the books: the bill back to draft has nothing to take back."""
        self.books_open = "what is received is not billed, or the reverse"
        bill = self._buy(self.plate, 10, 11.0)
        entry = bill.backflush_bill_entry_ids
        self._reverse(entry.move_id)
        self._decide(entry, "out")
        bill.button_draft()
        self.assertBalances({self.account_variance: 0, self.account_rip: 0})

    def test_stays_out(self):
        """Decided: out of the books; retry does not bring it back."""
        self.books_open = "an entry stays out of the books"
        entry = self._produce(1).backflush_entry_ids
        self._reverse(entry.move_id)
        self._decide(entry, "out")
        entry.action_post()
        self._run_post_pending()
        self.assertBalances({self.account_fg: 0.0})

    def test_changed_reversal_is_a_manual_entry(self):
        """A reversal that was changed is no reversal of the ledger's entry."""
        self.books_open = "an entry stays out of the books"
        entry = self._produce(1).backflush_entry_ids
        reversal = entry.move_id._reverse_moves()
        self.assertEqual(reversal.state, "draft")
        debit = reversal.line_ids.filtered("debit")[0]
        credit = reversal.line_ids.filtered("credit")[0]
        reversal.line_ids = [
            (1, debit.id, {"debit": debit.debit + 1}),
            (1, credit.id, {"credit": credit.credit + 1}),
        ]
        reversal.action_post()
        self.assertFalse(entry.is_reversed)

    def test_no_way_around(self):
        """Neither draft nor cancel of a journal entry of the ledger."""
        move = self._produce(1).backflush_entry_ids.move_id
        for undo in (move.button_draft, move.button_cancel):
            with self.assertRaisesRegex(UserError, "backflush ledger"):
                undo()

    def test_auditor_decides_nothing(self):
        self.books_open = "an entry stays out of the books"
        entry = self._produce(1).backflush_entry_ids
        self._reverse(entry.move_id)
        auditor = new_test_user(
            self.env,
            "auditor_reversal",
            "base.group_user,mrp_account_backflush.group_backflush_auditor",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            entry.with_user(auditor)._decide("out", "x")
