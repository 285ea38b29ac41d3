"""Posting: errors block or queue, nothing is lost, nothing is posted twice."""

from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.mrp_account_backflush.models.ledger.backflush_entry_post import (
    BackflushEntry,
)

from .common import BackflushCase


class TestPosting(BackflushCase):
    def _lose_fg_account(self):
        """Leave the finished goods without a stock account."""
        self.company.account_stock_valuation_id = False
        self.env["ir.default"].discard_records(self.account_fg)
        self.category_finished.property_stock_valuation_account_id = False
        self.env["ir.default"].search(
            [("field_id.name", "=", "property_stock_valuation_account_id")]
        ).unlink()

    def test_block(self):
        """The order stays open, and the message names account, order and place."""
        self._lose_fg_account()
        with self.assertRaises(UserError) as caught:
            self._produce(1)
        message = str(caught.exception)
        self.assertIn("Finished Goods account of category Finished", message)
        self.assertIn("/MO/", message)
        self.assertIn("Product Categories", message)
        entries = self.env["backflush.entry"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertFalse(entries.line_ids)

    def test_queue_and_retry(self):
        """Queued: the order completes, the entry waits with its reason. With the
        account set, retry posts it once: FG 32.50; a second retry changes nothing."""
        self.policy.on_error = "queue"
        self._lose_fg_account()
        order = self._produce(1)
        entry = order.backflush_entry_ids
        self.assertEqual(entry.state, "pending")
        self.assertIn("Finished Goods account", entry.error)
        self.assertFalse(entry.move_id | entry.line_ids.move_line_id.move_id)
        entry.action_post()
        self.assertEqual(entry.state, "pending")
        self.category_finished.property_stock_valuation_account_id = self.account_fg
        entry.action_post()
        self.assertEqual((entry.state, entry.error), ("posted", False))
        self.assertBalances({self.account_fg: 32.5})
        lines = entry.line_ids
        entry.action_post()
        self._run_post_pending()
        self.assertBalances({self.account_fg: 32.5})
        self.assertEqual(entry.line_ids, lines)

    def test_queue_keeps_the_facts(self):
        """An entry that waits is posted from what happened, not from what is true
        later: screws cost 0.50 when consumed and 9.00 at the retry: RIP 22.50."""
        self.books_open = "entries wait to be posted"
        self.policy.on_error = "queue"
        self._lose_fg_account()
        entry = self._produce(1).backflush_entry_ids
        self.screw.standard_price = 9.0
        self.category_finished.property_stock_valuation_account_id = self.account_fg
        self._run_post_pending()
        self.assertBalances({self.account_rip: -22.5, self.account_fg: 32.5})
        self.assertEqual(entry.state, "posted")

    def test_one_of_many_cannot_be_posted(self):
        """Two orders in one call, one product without a card: the other is posted."""
        self.books_open = "entries wait to be posted"
        self.policy.on_error = "queue"
        other = self._create_product("Bench", self.category_finished)
        self._create_bom(other, {self.plate: 1})
        orders = self.env["mrp.production"]
        for product in (self.table, other):
            order = self._order(1, product=product)
            self._set_produced(order, 1)
            orders |= order
        orders.button_mark_done()
        self.assertEqual(orders.mapped("state"), ["done", "done"])
        states = orders.mapped("backflush_entry_ids.state")
        self.assertEqual(states, ["posted", "pending"])
        self.assertIn("no cost card", orders[1].backflush_entry_ids.error)

    @mute_logger("odoo.sql_db")
    def test_refused_journal_entry(self):
        """Accounting refuses the journal entry (here an archived journal): queued,
        nothing half written, and posted once it can be."""
        self.policy.on_error = "queue"
        self.journal.active = False
        order = self._produce(1)
        entry = order.backflush_entry_ids
        self.assertEqual(entry.state, "pending")
        self.assertIn("archived journal", entry.error)
        self.assertFalse(entry.line_ids)
        self.journal.active = True
        entry.action_post()
        self.assertEqual(entry.state, "posted")
        self.assertBalances({self.account_fg: 32.5})

    def test_same_event_twice(self):
        """The same source key is refused by the database."""
        entry = self._produce(1).backflush_entry_ids
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            with self.cr.savepoint():
                entry.copy({"source_key": entry.source_key})

    def test_per_day(self):
        """Summarised per day: two orders wait, the scheduled job posts one journal
        entry of 3 x 32.50 = 97.50 for both, a line of the ledger for each."""
        self.policy.posting = "day"
        orders = self._produce(1) | self._produce(2)
        entries = orders.backflush_entry_ids
        self.assertEqual(set(entries.mapped("state")), {"pending"})
        self._run_post_pending()
        self.assertEqual(set(entries.mapped("state")), {"posted"})
        self.assertEqual(len(entries.move_id), 1)
        self.assertBalances({self.account_fg: 97.5})
        self.assertEqual(sorted(entries.mapped("amount")), [32.5, 65.0])
        self.assertLedger()

    def test_queries_do_not_grow(self):
        """Our code runs as many queries for 8 orders as for 4: those of creating and
        posting journal entries are Odoo's own and not counted."""
        self._produce(1)
        counts = []
        for number in (4, 8):
            orders = self.env["mrp.production"]
            for _i in range(number):
                order = self._order(1)
                self._set_produced(order, 1)
                orders |= order
            self.env.flush_all()
            self.env.invalidate_all()
            counts.append(self._count_queries(orders))
        self.assertEqual(counts[0], counts[1])

    def _count_queries(self, orders):
        """Return the queries of capture, flush and post, without journal entries."""
        spent = [0]
        create = BackflushEntry._create_journal_entries

        def counted(entries, *args):
            entries.env.flush_all()
            before = entries.env.cr.sql_log_count
            create(entries, *args)
            entries.env.flush_all()
            spent[0] += entries.env.cr.sql_log_count - before

        captured = [0]
        capture = type(orders)._capture_completion

        def measured(productions, done_before):
            productions.env.flush_all()
            before = productions.env.cr.sql_log_count
            capture(productions, done_before)
            productions.env.flush_all()
            captured[0] += productions.env.cr.sql_log_count - before

        with (
            patch.object(BackflushEntry, "_create_journal_entries", counted),
            patch.object(type(orders), "_capture_completion", measured),
        ):
            orders.button_mark_done()
        return captured[0] - spent[0]


class TestUserOfManyCompanies(BackflushCase):
    def test_orders_of_two_companies_in_one_call(self):
        """A second company without a policy stays native in the same call."""
        other = self.env["res.company"].create({"name": "Native company"})
        self.env["account.chart.template"]._load(
            "generic_coa", other, install_demo=False
        )
        self.env.user.company_ids = [Command.link(other.id)]
        env = self.env(
            context=dict(
                self.env.context, allowed_company_ids=(self.company | other).ids
            )
        )
        native = env["product.product"].create({"name": "Box", "is_storable": True})
        foreign = (
            env["mrp.production"]
            .with_company(other)
            .create({"product_id": native.id, "product_qty": 1, "company_id": other.id})
        )
        foreign.action_confirm()
        foreign.qty_producing = 1
        order = self._order(1).with_env(env)
        self._set_produced(order, 1)
        (order | foreign).button_mark_done()
        self.assertEqual((order | foreign).mapped("state"), ["done", "done"])
        self.assertEqual(order.backflush_entry_ids.company_id, self.company)
        self.assertFalse(foreign.backflush_entry_ids)
        self.assertEqual(order.backflush_entry_ids.date, fields.Date.today())
