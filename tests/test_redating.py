"""Effective date changed after the fact: the entry leaves its day and enters the other;
what was posted stays as it is."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time

from .common import BackflushCase

DAY = "2026-03-10"
OTHER = "2026-02-26"


class RedatingCase(BackflushCase):
    def _set_date(self, picking, day):
        """Change the effective date of a done transfer, as its form does."""
        picking.action_toggle_is_locked()
        picking.date_done = f"{day} 12:00:00"
        picking.action_toggle_is_locked()

    def _get_moved(self, document):
        """Return the entries (away, here) that move the entry of ``document``."""
        entries = document.backflush_entry_ids.sorted("id")
        moved = entries.filtered(lambda entry: entry.event == "redating")
        self.assertEqual([entry.facts["step"] for entry in moved], ["away", "here"])
        return moved

    def _balance_on(self, account, day):
        lines = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("date", "<=", day)]
        )
        return sum(lines.mapped("balance"))


@freeze_time(f"{DAY} 12:00:00")
class TestDeliveryRedated(RedatingCase):
    def test_moved_to_another_month(self):
        """2 tables at 32.50 delivered on 10 March, in truth on 26 February: 65.00 of
        cost of sales leave March and enter February; nothing is rewritten."""
        self._produce(2)
        picking = self._deliver(2).picking_ids
        original = picking.backflush_entry_ids
        before = original.line_ids.mapped("amount")
        self._set_date(picking, OTHER)
        away, here = self._get_moved(picking)
        self.assertEqual(original.line_ids.mapped("amount"), before)
        self.assertEqual(away.corrected_entry_id, original)
        self.assertEntry(
            away, {("cost_of_sales", "COGS"): -65.0, ("finished_goods", "FG"): 65.0}
        )
        self.assertEntry(
            here, {("cost_of_sales", "COGS"): 65.0, ("finished_goods", "FG"): -65.0}
        )
        self.assertEqual(
            [away.move_id.date, here.move_id.date],
            [fields.Date.to_date(DAY), fields.Date.to_date(OTHER)],
        )
        self.assertEqual(self._balance_on(self.account_cogs, "2026-02-28"), 65.0)
        self.assertBalances({self.account_cogs: 65, self.account_fg: 0})
        self.assertLedger()
        self.assertNothingToClose()

    def test_moved_twice_and_back(self):
        """To February and back to March: four entries, and March has its 32.50."""
        self._produce(1)
        picking = self._deliver(1).picking_ids
        self._set_date(picking, OTHER)
        self._set_date(picking, DAY)
        self.assertEqual(
            picking.backflush_entry_ids.sorted("id").mapped("event"),
            ["delivery"] + 4 * ["redating"],
        )
        self.assertEqual(self._balance_on(self.account_cogs, "2026-02-28"), 0.0)
        self.assertBalances({self.account_cogs: 32.5, self.account_fg: 0})
        self.assertLedger()

    def test_another_hour(self):
        """Another hour of the same day moves nothing."""
        self._produce(1)
        picking = self._deliver(1).picking_ids
        picking.action_toggle_is_locked()
        picking.date_done = f"{DAY} 08:00:00"
        self.assertEqual(picking.backflush_entry_ids.mapped("event"), ["delivery"])

    def test_returned_afterwards(self):
        """Moved to February, then 1 of 2 comes back: half of 65.00 is taken back."""
        self._produce(2)
        sale = self._deliver(2)
        self._set_date(sale.picking_ids, OTHER)
        back = self._return(sale, 1)
        self.assertBalances({self.account_cogs: 32.5, self.account_fg: 32.5})
        self._set_date(back, "2026-03-09")
        self.assertBalances({self.account_cogs: 32.5, self.account_fg: 32.5})
        self.assertEqual(self._balance_on(self.account_fg, "2026-03-09"), -32.5)
        self.assertLedger()
        self.assertNothingToClose()

    def test_corrected_before_and_after(self):
        """3 delivered, corrected to 2, moved, corrected to 1: 32.50 in the end; the
        corrections stay on their day."""
        self._produce(3)
        picking = self._deliver(3).picking_ids
        picking.action_toggle_is_locked()
        picking.move_ids.quantity = 2
        picking.date_done = f"{OTHER} 12:00:00"
        self.assertEqual(self._balance_on(self.account_cogs, OTHER), 97.5)
        picking.move_ids.quantity = 1
        self.assertBalances({self.account_cogs: 32.5, self.account_fg: 65})
        self.assertLedger()
        self.assertNothingToClose()

    def test_reversed_is_not_moved(self):
        """An entry that is out of the books has no day to leave."""
        self.books_open = "an entry stays out of the books"
        self._produce(1)
        picking = self._deliver(1).picking_ids
        entry = picking.backflush_entry_ids
        entry.move_id._reverse_moves(cancel=True)
        entry._decide("out", "Sample")
        self._set_date(picking, OTHER)
        self.assertNotIn("redating", picking.backflush_entry_ids.mapped("event"))
        self.assertBalances({self.account_cogs: 0})

    def test_posted_again_is_moved(self):
        """Reversed and posted again: what was posted again moves."""
        self._produce(1)
        picking = self._deliver(1).picking_ids
        entry = picking.backflush_entry_ids
        entry.move_id._reverse_moves(cancel=True)
        again = entry._decide("again", "By mistake")
        self._set_date(picking, OTHER)
        away, _here = self._get_moved(picking)
        self.assertEqual(away.corrected_entry_id, again)
        self.assertEqual(self._balance_on(self.account_cogs, OTHER), 32.5)
        self.assertBalances({self.account_cogs: 32.5})
        self.assertLedger()

    def test_other_card(self):
        """A card of 35.00 from 1 March (an hour costs 50.00) revalues the table by
        2.50. It was sold on 26 February in truth: 32.50 of cost, and the 2.50 are taken
        back; FG does not move."""
        self._produce(1)
        self.workcenter.costs_hour = 50
        self._renew_card(self.table, date_from="2026-03-01")
        self.assertBalances({self.account_fg: 35, self.account_revaluation: -2.5})
        picking = self._deliver(1).picking_ids
        self.assertEqual(self._balance(self.account_cogs), 35.0)
        before = self._balance(self.account_fg)
        self._set_date(picking, OTHER)
        _away, here = self._get_moved(picking)
        self.assertEqual(here.card_id, self.card)
        self.assertBalances(
            {
                self.account_cogs: 32.5,
                self.account_revaluation: 0,
                self.account_fg: before,
            }
        )
        self.assertLedger()

    def test_user_without_accounting_rights(self):
        """The warehouse manager who changes the date needs no accounting rights."""
        self._produce(1)
        picking = self._deliver(1).picking_ids
        user = self.env["res.users"].create(
            {
                "name": "Warehouse",
                "login": "redating-warehouse",
                "company_id": self.company.id,
                "company_ids": self.company.ids,
                "group_ids": [
                    (6, 0, [self.env.ref("stock.group_stock_manager").id]),
                ],
            }
        )
        self._set_date(picking.with_user(user), OTHER)
        self.assertEqual(self._balance_on(self.account_cogs, OTHER), 32.5)


@freeze_time(f"{DAY} 12:00:00")
class TestDeliveryRedatedFlushAtSale(RedatingCase):
    flush_point = "sale"

    def test_other_card(self):
        """Plates cost 11.00 from 1 March, so a table 34.50: two plates owed to the
        shelf are revalued by -2.00, those in the table by 2.00. Sold on 26 February in
        truth: cost of sales 32.50, and 2.00 revaluation; RIP does not move."""
        self._produce(1)
        self._put_price(self.plate, 11, date_from="2026-03-01")
        self._renew_card(self.table, date_from="2026-03-01")
        self.assertBalances({self.account_revaluation: 0})
        picking = self._deliver(1).picking_ids
        rip = self._balance(self.account_rip)
        self.assertEqual(self._balance(self.account_cogs), 34.5)
        self._set_date(picking, OTHER)
        self.assertBalances(
            {
                self.account_cogs: 32.5,
                self.account_revaluation: 2,
                self.account_rip: rip,
                self.account_applied: -10,
            }
        )
        self.assertLedger()


@freeze_time(f"{DAY} 12:00:00")
class TestOrderRedated(RedatingCase):
    def test_order(self):
        """2 tables finished on 26 February in truth, with a plate too many: FG 65.00,
        RIP -55.00, applied -20.00 and usage 10.00 move there."""
        order = self._produce(2, {self.plate: 5})
        order.date_finished = f"{OTHER} 12:00:00"
        away, here = self._get_moved(order)
        self.assertEqual(away.date - here.date, timedelta(days=12))
        for account, balance in {
            self.account_fg: 65.0,
            self.account_rip: -55.0,
            self.account_applied: -20.0,
            self.account_variance: 10.0,
        }.items():
            self.assertEqual(self._balance_on(account, OTHER), balance)
            self.assertEqual(self._balance(account), balance)
        self.assertLedger()
        self.assertNothingToClose()

    def test_locked_period(self):
        """Finished in February, which is locked; in truth on 10 March. A policy that
        blocks refuses the date and says why; others take it off on 1 March, the first
        open day. (Core itself refuses the same for transfers.)"""
        with freeze_time(f"{OTHER} 12:00:00"):
            order = self._produce(1)
        self.company.fiscalyear_lock_date = "2026-02-28"
        self.policy.on_locked_period = "block"
        with self.assertRaises(UserError) as refused:
            order.date_finished = f"{DAY} 12:00:00"
        self.assertIn("locked period", str(refused.exception))
        self.policy.on_locked_period = "shift"
        order.date_finished = f"{DAY} 13:00:00"
        away, here = self._get_moved(order)
        self.assertEqual(away.move_id.date, fields.Date.to_date("2026-03-01"))
        self.assertIn("locked period", away.period_reason)
        self.assertEqual(here.move_id.date, fields.Date.to_date(DAY))

    def test_unbuilt_afterwards(self):
        """Moved, then taken apart: nothing is left."""
        order = self._produce(1)
        order.date_finished = f"{OTHER} 12:00:00"
        self._unbuild(1, order)
        self.assertBalances(
            {self.account_fg: 0, self.account_rip: 0, self.account_applied: 0}
        )
        self.assertLedger()

    def test_completed_in_parts(self):
        """1 of 2 completed on 26 February, the rest on 10 March: core dates all moves
        10 March when the order is done, the ledger keeps both days."""
        with freeze_time(f"{OTHER} 12:00:00"):
            order = self._order(2)
            self._set_produced(order, 1)
            order.with_context(skip_consumption=True)._post_inventory()
        order.qty_producing = 2
        self._set_produced(order, 2)
        order.with_context(skip_consumption=True).button_mark_done()
        entries = order.backflush_entry_ids
        self.assertEqual(set(entries.mapped("event")), {"completion"})
        self.assertEqual(self._balance_on(self.account_fg, OTHER), 32.5)
        self.assertBalances({self.account_fg: 65})
