"""Documents dated in the past, around midnight, and in locked periods."""

from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError

from .common import BackflushCase


class TestDates(BackflushCase):
    def test_day_of_the_document(self):
        """An order completed on 5 October is dated so, whenever it is posted."""
        self.policy.posting = "day"
        with freeze_time("2026-10-05 12:00:00"):
            order = self._produce(1)
        with freeze_time("2026-11-20 12:00:00"):
            self._run_post_pending()
        entry = order.backflush_entry_ids
        self.assertEqual(entry.date, date(2026, 10, 5))
        self.assertEqual(entry.move_id.date, date(2026, 10, 5))
        self.assertFalse(entry.period_reason)
        self.assertEqual(set(entry.line_ids.mapped("date")), {date(2026, 10, 5)})

    def test_accounting_date_of_a_count(self):
        """A count with an accounting date of its own is dated so."""
        quant = (
            self.env["stock.quant"]
            .with_context(inventory_mode=True)
            .create(
                {
                    "product_id": self.plate.id,
                    "location_id": self.warehouse.lot_stock_id.id,
                    "inventory_quantity": 5,
                    "accounting_date": "2026-09-30",
                }
            )
        )
        quant.action_apply_inventory()
        entry = self.env["backflush.entry"].search(
            [("company_id", "=", self.company.id), ("event", "=", "adjustment")]
        )
        self.assertEqual(entry.date, date(2026, 9, 30))
        self.assertEqual(entry.move_id.date, date(2026, 9, 30))

    def test_company_time_zone_around_midnight(self):
        """22:30 UTC on 31 October is 1 November in the company's Helsinki, whatever the
        time zone of the user; 21:30 UTC is still 31 October (UTC+2 by then)."""
        self.company.partner_id.tz = "Europe/Helsinki"
        for zone in ("America/New_York", "Asia/Tokyo"):
            self.env.user.tz = zone
            days = []
            for moment in ("2026-10-31 21:30:00", "2026-10-31 22:30:00"):
                with freeze_time(moment):
                    order = self._produce(1)
                days.append(order.backflush_entry_ids.move_id.date)
            self.assertEqual(days, [date(2026, 10, 31), date(2026, 11, 1)])

    def test_user_time_zone(self):
        """A company without a time zone takes the user's."""
        self.company.partner_id.tz = False
        self.env.user.tz = "Asia/Tokyo"
        with freeze_time("2026-10-31 15:30:00"):
            order = self._produce(1)
        self.assertEqual(order.backflush_entry_ids.date, date(2026, 11, 1))


class TestLocks(BackflushCase):
    """Documents of 5 October; the first open day is 1 November."""

    def setUp(self):
        super().setUp()
        self.env.user.tz = self.company.partner_id.tz = "UTC"

    def _produce_in_october(self):
        with freeze_time("2026-10-05 12:00:00"):
            return self._produce(1)

    def _lock(self, name="fiscalyear_lock_date", day="2026-10-31"):
        self.company.sudo()[name] = day

    def assertShifted(self, entry):
        self.assertEqual((entry.state, entry.error), ("posted", False))
        self.assertEqual(entry.date, date(2026, 10, 5))
        self.assertEqual(entry.accounting_date, date(2026, 11, 1))
        self.assertEqual(entry.move_id.date, date(2026, 11, 1))
        self.assertIn("10/05/2026", entry.period_reason)
        self.assertIn("10/31/2026", entry.period_reason)
        self.assertIn("11/01/2026", entry.period_reason)
        self.assertBalances({self.account_fg: 32.5})
        self.assertLedger()

    def test_shift(self):
        """Locked until 31 October: posted on 1 November, with the reason."""
        self._lock()
        self.assertShifted(self._produce_in_october().backflush_entry_ids)

    def test_shift_hard_lock(self):
        """The hard lock shifts in the same way, and is named."""
        self._lock("hard_lock_date")
        entry = self._produce_in_october().backflush_entry_ids
        self.assertShifted(entry)
        self.assertIn("Hard Lock Date", entry.period_reason)

    def test_sale_and_purchase_locks_do_not_concern_our_journal(self):
        """They close sales and purchase journals; the ledger's journal stays open."""
        self._lock("sale_lock_date")
        self._lock("purchase_lock_date")
        entry = self._produce_in_october().backflush_entry_ids
        self.assertEqual(entry.move_id.date, date(2026, 10, 5))
        self.assertFalse(entry.period_reason)

    def test_bill_in_a_locked_purchase_period(self):
        """Odoo dates such a bill in the open period; its price variance follows it."""
        self._lock("purchase_lock_date", "2026-10-31")
        bill = self._buy(self.plate, 10, 11.0, bill=False)
        bill.action_create_invoice()
        bill.invoice_ids.invoice_date = "2026-10-05"
        bill.invoice_ids.action_post()
        entry = bill.invoice_ids.backflush_bill_entry_ids
        self.assertGreater(bill.invoice_ids.date, date(2026, 10, 31))
        self.assertEqual(entry.date, bill.invoice_ids.date)
        self.assertEqual(entry.move_id.date, entry.date)
        self.assertBalances({self.account_variance: 10, self.account_rip: 100})

    def test_block(self):
        """The policy refuses: the order stays open, the message names document, lock
        and place; nothing is kept of it."""
        self.policy.on_locked_period = "block"
        self._lock()
        with self.assertRaises(UserError) as caught:
            self._produce_in_october()
        for part in ("/MO/", "10/05/2026", "10/31/2026", "accounting administrator"):
            self.assertIn(part, str(caught.exception))
        self.assertFalse(
            self.env["backflush.entry"].search([("company_id", "=", self.company.id)])
        )

    def test_block_with_daily_posting(self):
        """Posting per day: the document is refused at once, not at night."""
        self.policy.write({"on_locked_period": "block", "posting": "day"})
        self._lock()
        with self.assertRaises(UserError):
            self._produce_in_october()

    def test_queue_until_the_period_opens(self):
        """Queued: the entry waits with its reason, also at retry; once the period is
        opened it is posted on its own date."""
        self.policy.write({"on_locked_period": "block", "on_error": "queue"})
        self._lock()
        entry = self._produce_in_october().backflush_entry_ids
        self._run_post_pending()
        self.assertEqual(entry.state, "pending")
        self.assertIn("10/31/2026", entry.error)
        self.assertBalances({self.account_fg: 0})
        self.company.sudo().fiscalyear_lock_date = False
        self._run_post_pending()
        self.assertEqual(entry.move_id.date, date(2026, 10, 5))
        self.assertEqual((entry.state, entry.awaits_period), ("posted", False))
        self.assertBalances({self.account_fg: 32.5})

    def test_lock_set_later_never_breaks_retry(self):
        """An entry that waits for an account is posted after its period was locked, on
        the first open day, with both policies; a second retry changes nothing."""
        for rule in ("shift", "block"):
            with self.subTest(rule=rule), self.env.cr.savepoint() as savepoint:
                self.policy.write({"on_locked_period": rule, "posting": "day"})
                entry = self._produce_in_october().backflush_entry_ids
                self.assertEqual(entry.state, "pending")
                self._lock()
                entry.action_post()
                entry.action_post()
                self.assertShifted(entry)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_retry_beside_one_that_waits(self):
        """One entry waits for its period; the others of the same run are posted."""
        self.books_open = "entries wait to be posted"
        self.policy.write({"on_locked_period": "block", "on_error": "queue"})
        self._lock()
        waits = self._produce_in_october().backflush_entry_ids
        self.policy.posting = "day"
        with freeze_time("2026-11-20 12:00:00"):
            passes = self._produce(1).backflush_entry_ids
        self._run_post_pending()
        self.assertEqual((waits.state, passes.state), ("pending", "posted"))

    def test_locks_are_asked_once_a_day(self):
        """Three orders of one day and one of the next: two questions, not four."""
        self.books_open = "entries wait to be posted"
        self.policy.write({"posting": "day", "on_locked_period": "block"})
        with freeze_time("2026-10-05 12:00:00"):
            orders = [self._produce(1) for _number in range(3)]
        with freeze_time("2026-10-06 12:00:00"):
            orders.append(self._produce(1))
        entries = self.env["backflush.entry"].union(
            *(order.backflush_entry_ids for order in orders)
        )
        asked = []
        Company = type(self.env["res.company"])
        original = Company._get_violated_lock_dates

        def count(company, day, *args):
            asked.append(day)
            return original(company, day, *args)

        with patch.object(Company, "_get_violated_lock_dates", count):
            entries._check_period_open()
            self.assertEqual(len(asked), 2)
            entries._get_accounting_dates()
            self.assertEqual(len(asked), 4)

    def test_correction_of_a_locked_day(self):
        """A correction bears the day it is made on, in the open period."""
        order = self._produce_in_october()
        self._lock()
        order.move_raw_ids.filtered(lambda m: m.product_id == self.plate).quantity = 3
        correction = order.backflush_entry_ids.filtered(
            lambda entry: entry.event == "correction"
        )
        self.assertEqual(correction.move_id.date, fields.Date.today())
        self.assertBalances({self.account_rip: -32.5, self.account_variance: 10})
