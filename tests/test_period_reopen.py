"""Closed periods, and closes that are taken back and posted again."""

from datetime import date

from freezegun import freeze_time

from .close_common import OCTOBER, CloseCase
from .factories import make_factory


class TestReopen(CloseCase):
    def _sums(self, day):
        """Return {account: balance} of all journal items until ``day``."""
        found = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("date", "<=", day),
            ],
            ["account_id"],
            ["balance:sum"],
        )
        return {
            account.name: round(balance, 6)
            for account, balance in found
            if round(balance, 6)
        }

    def test_posted_reversed_posted(self):
        """Reopened, every account is as before the close, on both days; posted again,
        it is as after it: the sets of entries add up to one."""
        self._rule("rate", "prorated")
        self._make_and_sell()
        days = ("2026-10-31", "2026-11-01")
        before = [self._sums(day) for day in days]
        period = self._post_period()
        after = [self._sums(day) for day in days]
        self.assertNotEqual(before, after)
        first = period.entry_ids
        period._reopen("A bill came in late")
        self.assertEqual(period.state, "open")
        self.assertEqual([self._sums(day) for day in days], before)
        period.action_post()
        self.assertEqual([self._sums(day) for day in days], after)
        live = period._get_live_entries()
        self.assertEqual(len(live), len(first))
        self.assertEqual(len(period.entry_ids), 3 * len(first))
        self.assertFalse(live & first)
        self.assertIn("A bill came in late", str(period.message_ids.mapped("body")))

    def test_reopened_close_takes_in_what_is_new(self):
        """40.00 of wages come in after posting: the period cannot be closed; reopened
        and posted again, COGS has 100.00 of variances instead of 60.00."""
        self._make_and_sell()
        period = self._post_period()
        self._spend(40.0)
        with self.assertRefused("has changed since it was posted"):
            period.action_close()
        wizard = self.env["backflush.period.reopen"].create(
            {"period_id": period.id, "reason": "Wages"}
        )
        wizard.action_reopen()
        period.action_post()
        period.action_close()
        self.assertEqual(
            self._balances_on("2026-10-31", self.account_cogs), [99 * 31 + 100]
        )

    def test_late_entry_is_seen(self):
        """A unit made in October after the close was posted: the checklist names its
        entry."""
        self._make_and_sell()
        period = self._post_period()
        with freeze_time("2026-10-30 12:00:00"):
            order = self._produce(1)
        period.action_check()
        check = period.check_ids.filtered(lambda check: check.code == "late")
        action = check.action_open()
        found = self.env["backflush.entry"].search(action["domain"])
        self.assertEqual(found, order.backflush_entry_ids)
        with self.assertRefused("has changed"):
            period.action_close()

    def test_last_close_first(self):
        """October cannot be reopened under November, nor posted under it."""
        self._make_and_sell()
        october = self._post_period()
        self._post_period("2026-11-01")
        with self.assertRefused("2026-11 is posted and rests on 2026-10"):
            october._reopen("Too late")
        september = self._period("2026-09-01")
        with self.assertRefused("reopen it first"):
            september.action_post()

    def test_reversed_by_hand(self):
        """The ledger follows a journal entry of the close that is reversed in
        accounting, and the next close waits for a decision about it."""
        self._make_and_sell()
        period = self._post_period()
        [close] = period.entry_ids.filtered(lambda entry: entry.event == "close")
        close.move_id._reverse_moves(cancel=True)
        self.assertTrue(close.is_reversed)
        self.assertEqual(self._balances_on("2026-12-31", self.account_control), [1260])
        period.action_check()
        check = period.check_ids.filtered(lambda check: check.code == "undecided")
        self.assertEqual((check.count, check.state), (1, "block"))


class TestClosed(CloseCase):
    def _close_october(self):
        self._make_and_sell()
        period = self._post_period()
        period.action_close()
        return period

    def test_late_document(self):
        """A unit made on 20 October, recorded after October is closed, is posted on
        1 November, and the entry says why. November closes its conversion."""
        self._close_october()
        with freeze_time("2026-10-20 12:00:00"):
            order = self._produce(1)
        entry = order.backflush_entry_ids
        self.assertEqual(entry.date, date(2026, 10, 20))
        self.assertEqual(entry.move_id.date, date(2026, 11, 1))
        self.assertEqual(
            set(entry.line_ids.mapped("accounting_date")), {date(2026, 11, 1)}
        )
        self.assertIn("Backflush Close (10/31/2026)", entry.period_reason)
        self.assertEqual(self._balances_on("2026-10-31", self.account_applied), [0])
        november = self._post_period("2026-11-01")
        self.assertEqual(
            self._figures(november.conversion_line_ids, "applied")["LAB", "rate"],
            (12.0,),
        )

    def test_late_document_blocked(self):
        """A policy that blocks names the close as the lock."""
        self._close_october()
        self.policy.on_locked_period = "block"
        with (
            freeze_time("2026-10-20 12:00:00"),
            self.assertRefused("Backflush Close"),
        ):
            self._produce(1)

    def test_journal_entries_by_hand(self):
        """Wages on the control account in closed October are refused, in November they
        pass; accounts that no close settles are free."""
        self._close_october()
        with self.assertRefused("closed until 10/31/2026"):
            self._spend(10.0)
        self._spend(10.0, day="2026-11-02")
        self._spend(10.0, self.account_cogs)

    def test_each_account_of_a_close(self):
        """Neither conversion nor variance, rounding, revaluation, adjustment or bridge
        accounts take a journal entry by hand in closed October."""
        bridge = self._create_account("110750", "GAAP bridge", "asset_current")
        self.company.backflush_bridge_account_id = bridge
        self._close_october()
        for account in (
            self.account_applied,
            self.account_control,
            self.account_variance,
            self.account_conversion_variance,
            self.account_rounding,
            self.account_revaluation,
            self.account_adj_rip,
            self.account_adj_fg,
            bridge,
        ):
            with self.subTest(account.name), self.assertRefused("closed until"):
                self._spend(1.0, account)

    def test_posted_item_stays_on_its_account(self):
        """A posted item of October can neither leave nor enter an account that the
        close has settled."""
        self._spend(10.0, self.account_cogs)
        self._close_october()
        items = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company.id),
                ("move_id.backflush_entry_ids", "=", False),
                ("balance", ">", 0),
            ]
        )
        for item, account in (
            (self.account_cogs, self.account_variance),
            (self.account_control, self.account_cogs),
        ):
            found = items.filtered(lambda line, a=item: line.account_id == a)
            self.assertTrue(found)
            with self.subTest(account.name), self.assertRefused("closed until"):
                found.account_id = account

    def test_posted_entry_is_not_taken_back(self):
        """An entry that October counted cannot go back to draft."""
        self._make_and_sell(spent=0)
        self._spend(1260.0)
        wages = self.env["account.move"].search(
            [("line_ids.account_id", "=", self.account_wages.id)]
        )
        self._post_period().action_close()
        with self.assertRefused("is closed until"):
            wages.button_draft()

    def test_reopen_closed(self):
        """Reopened, October takes its documents again."""
        period = self._close_october()
        self.assertEqual(self.company.backflush_close_date, date(2026, 10, 31))
        period._reopen("A late order")
        self.assertFalse(self.company.backflush_close_date)
        with freeze_time("2026-10-20 12:00:00"):
            order = self._produce(1)
        self.assertEqual(order.backflush_entry_ids.move_id.date, date(2026, 10, 20))

    def test_other_company(self):
        """A close of one company closes nothing in another, and takes nothing of it."""
        other = make_factory(self, "Other Factory")
        other._create_policy()
        with freeze_time(OCTOBER):
            other._produce(1)
        period = self._close_october()
        self.assertEqual(period.entry_ids.company_id, self.company)
        with freeze_time("2026-10-20 12:00:00"):
            order = other._produce(1)
        self.assertEqual(order.backflush_entry_ids.move_id.date, date(2026, 10, 20))
        self.assertEqual(other._balance(other.account_applied), -2 * 10.0)


class TestYen(CloseCase):
    """A company whose currency has no decimals."""

    def test_proration_in_yen(self):
        """31 units of 12 yen made, 30 sold, 400 spent: 28 yen under-applied by FG 12
        and COGS 360: 0.9 and 27.1, so 1 and 27."""
        yen = make_factory(self, "Yen Factory", "JPY")
        yen.workcenter.costs_hour = 48.0
        yen._create_policy()
        company = yen.company
        adjustment = yen._create_account("110740", "FG adjustment", "asset_current")
        company.backflush_adjustment_fg_account_id = adjustment
        self.env["backflush.disposition.rule"].create(
            {"company_id": company.id, "kind": "rate", "method": "prorated"}
        )
        with freeze_time(OCTOBER):
            yen._produce(31)
            yen._deliver(30)
            self._spend_in(yen, 400.0)
        period = yen.env["backflush.period"].create(
            {"company_id": company.id, "date_from": "2026-10-01"}
        )
        period.action_post()
        line = period.disposition_line_ids.filtered(lambda ln: ln.kind == "rate")
        self.assertEqual(
            (line.amount, line.posted_fg, line.posted_cogs), (28.0, 1.0, 27.0)
        )
        self.assertEqual(yen._balance(yen.account_control), 0)

    def _spend_in(self, factory, amount):
        move = factory.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-10-15",
                "line_ids": [
                    (0, 0, {"account_id": account.id, "balance": balance})
                    for account, balance in (
                        (factory.account_control, amount),
                        (factory.account_clearing, -amount),
                    )
                ],
            }
        )
        move.action_post()
