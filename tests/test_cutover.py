"""The start of a policy and the switch of its flush point, with goods on hand, open
orders and undelivered goods. A table costs 22.50 of material and 10.00 of labour."""

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .cutover_common import CutoverCase


class TestStart(CutoverCase):
    """Flush at completion."""

    def test_goods_on_hand(self):
        """4 tables at 30.00 are 120.00 in finished goods. Their card is 32.50: Dr FG
        10.00, Cr revaluation 10.00. Sold, 130.00 reach cost of sales and FG is empty.
        """
        self._stock_natively(4, 30.0)
        self.assertBalances({self.account_fg: 120.0})
        cutover = self._cut_over("start")
        self.assertShown(
            cutover, {self.account_fg: 10.0, self.account_revaluation: -10.0}
        )
        self.assertEqual(self.policy.state, "active")
        self.assertEqual(self.policy.date_start, fields.Date.today())
        self._deliver(4)
        self.assertSold(4)
        self.assertBalances({self.account_fg: 0.0})
        self.assertLedger()
        self.assertNothingToClose()

    def test_at_standard(self):
        """4 tables at 32.50 already: nothing is posted, the ledger records them."""
        self._stock_natively(4)
        cutover = self._cut_over("start")
        self.assertShown(cutover, {})
        entry = self._get_entries(cutover)
        self.assertEqual((entry.event, entry.quantity), ("cutover", 4.0))
        self.assertFalse(entry.move_id)

    def test_draft_card_is_put_in_force(self):
        """No card is in force, the draft says 32.50: the cut-over puts it in force and
        posts the 2.50 of each of 4 tables."""
        self._stock_natively(4, 30.0)
        chair = self._create_product("Chair", self.category_finished, 30.0)
        self._create_bom(chair, {self.plate: 1}, {"Assemble": 15})
        self._stock(chair, 2)
        self._close()
        card = self.env["backflush.cost.card"]._build(chair, self.company)
        cutover = self._preview("start", put_in_force=False)
        self.assertIn("Chair", cutover.problems)
        cutover = self._cut_over("start")
        self.assertEqual(card.state, "in_force")
        self.assertEqual(chair.standard_price, 20.0)
        self.assertShown(
            cutover, {self.account_fg: -10.0, self.account_revaluation: 10.0}
        )

    def test_average_cost(self):
        """The category is at average cost: 2 tables at 30.00 and 2 at 36.00 are worth
        132.00. At standard they are worth 130.00: Dr revaluation 2.00, Cr FG 2.00."""
        self.policy.action_draft()
        self.category_finished.property_cost_method = "average"
        for price in (30.0, 36.0):
            self._buy(self.table, 2, price)
        self.assertBalances({self.account_fg: 132.0})
        self._close()
        cutover = self._cut_over("start")
        self.assertShown(
            cutover, {self.account_fg: -2.0, self.account_revaluation: 2.0}
        )
        self.assertEqual(self.category_finished.property_cost_method, "standard")

    def test_delivered_and_invoiced_before(self):
        """At 30.00: 5 tables, of which 2 are delivered and not invoiced; 1 of the other
        3 is invoiced and not delivered. FG holds 5 - 1 = 4 at 30.00, which the start
        brings to 32.50: 10.00. Then the invoice of the 2 takes 65.00 to cost of sales,
        the delivery of the 1 nothing, 2 are sold: 30.00 + 65.00 + 65.00 = 160.00."""
        self._stock_natively(5, 30.0)
        first, second = self._sell(2), self._sell(1)
        self._ship(first, 2)
        self._invoice(second)
        self.assertBalances({self.account_fg: 120.0, self.account_cogs: 30.0})
        cutover = self._cut_over("start")
        self.assertShown(
            cutover, {self.account_fg: 10.0, self.account_revaluation: -10.0}
        )
        self.assertEqual(
            sorted(cutover.document_ids.mapped("kind")), ["delivered", "invoiced"]
        )
        self._invoice(first)
        self._ship(second, 1)
        self._deliver(2)
        self.assertBalances({self.account_cogs: 160.0, self.account_fg: 0.0})
        self.assertLedger()
        self.assertNothingToClose()

    def test_closing_first(self):
        """What core's closing has still to post is not the cut-over's: it refuses."""
        self._make_native()
        self._stock(self.table, 4)
        cutover = self._preview("start")
        self.assertIn("110720 FG", cutover.problems)
        cutover.action_confirm()
        self.assertEqual((cutover.state, self.policy.state), ("preview", "draft"))
        self._close()
        cutover.action_preview()
        self.assertFalse(cutover.problems)

    def test_open_order(self):
        """An order of 3, of which 1 was made before the start, is in the table. What is
        left of it is flushed: FG 2 x 32.50, applied 20.00."""
        self._make_native()
        self._stock(self.plate, 10)
        self._stock(self.screw, 20)
        order = self._order(3)
        self._set_produced(order, 1)
        action = order.button_mark_done()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        wizard.create({}).action_backorder()
        self._close()
        cutover = self._cut_over("start")
        self.assertEqual(cutover.document_ids.mapped("kind"), ["order"])
        left = self.env["mrp.production"].browse(cutover.document_ids.res_id)
        self.assertEqual(left.product_qty, 2)
        self._set_produced(left, 2)
        left.with_context(skip_consumption=True).button_mark_done()
        self.assertBalances({self.account_fg: 97.5, self.account_applied: -20.0})
        self.assertLedger()
        self.assertNothingToClose()

    def test_negative_stock(self):
        """2 tables more were delivered than received, at 30.00 in the books: FG -60.00
        becomes -65.00, Dr revaluation 5.00."""
        self._make_native(30.0)
        sale = self._deliver(2)
        self._invoice(sale)
        self._close()
        self.assertBalances({self.account_fg: -60.0})
        cutover = self._cut_over("start")
        self.assertShown(
            cutover, {self.account_fg: -5.0, self.account_revaluation: 5.0}
        )

    def test_lots(self):
        """Serial numbers valued each by itself, at 30.00 and 40.00: 70.00 become
        65.00."""
        self.unexplained = "the cost of a serial number was changed by hand"
        self._make_native(30.0)
        self.table.write({"tracking": "serial", "lot_valuated": True})
        for name, price in (("A", 30.0), ("B", 40.0)):
            lot = self.env["stock.lot"].create(
                {"name": name, "product_id": self.table.id}
            )
            self.env["stock.quant"].with_context(inventory_mode=True).create(
                {
                    "product_id": self.table.id,
                    "location_id": self.warehouse.lot_stock_id.id,
                    "lot_id": lot.id,
                    "inventory_quantity": 1,
                }
            ).action_apply_inventory()
            lot.standard_price = price
        self._close()
        self.assertBalances({self.account_fg: 70.0})
        cutover = self._cut_over("start")
        self.assertShown(
            cutover, {self.account_fg: -5.0, self.account_revaluation: 5.0}
        )

    def test_other_places(self):
        """2 tables in a second warehouse, 1 waiting in the output location, 1 of the
        customer's own: the first 3 count, 3 x 2.50."""
        self._make_native(30.0)
        self.warehouse.delivery_steps = "pick_ship"
        second = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "company_id": self.company.id}
        )
        for location, quantity, owner in (
            (second.lot_stock_id, 2, False),
            (self.warehouse.wh_output_stock_loc_id, 1, False),
            (self.warehouse.lot_stock_id, 1, self.customer.id),
        ):
            self.env["stock.quant"].with_context(inventory_mode=True).create(
                {
                    "product_id": self.table.id,
                    "location_id": location.id,
                    "owner_id": owner,
                    "inventory_quantity": quantity,
                }
            ).action_apply_inventory()
        self._close()
        cutover = self._cut_over("start")
        self.assertEqual(cutover.product_ids.quantity, 3)
        self.assertShown(
            cutover, {self.account_fg: 7.5, self.account_revaluation: -7.5}
        )

    def test_figures_changed(self):
        """A table is found between preview and confirmation: the new figures are shown,
        nothing is posted; the next confirmation posts them."""
        self._stock_natively(4, 30.0)
        cutover = self._preview("start")
        self._stock(self.table, 5)
        self._close()
        cutover.action_confirm()
        self.assertTrue(cutover.changed)
        self.assertEqual((cutover.state, self.policy.state), ("preview", "draft"))
        self.assertShown(
            cutover, {self.account_fg: 12.5, self.account_revaluation: -12.5}
        )
        cutover.action_confirm()
        self.assertEqual(self.policy.state, "active")
        self.assertBalances({self.account_fg: 162.5})

    def test_locked_period(self):
        """The cut-over day is locked: posted on the first open day, as shown."""
        self._stock_natively(4, 30.0)
        self.company.fiscalyear_lock_date = fields.Date.today()
        cutover = self._cut_over("start")
        self.assertGreater(cutover.accounting_date, fields.Date.today())
        move = self._get_entries(cutover).move_id
        self.assertEqual(move.date, cutover.accounting_date)

    def test_who_may(self):
        """A controller confirms; a cost accountant may not open it."""
        self._stock_natively(4, 30.0)
        accountant, controller = (
            new_test_user(
                self.env,
                login=login,
                groups=f"mrp_account_backflush.{group}",
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )
            for login, group in (
                ("cut_accountant", "group_backflush_user"),
                ("cut_controller", "group_backflush_manager"),
            )
        )
        with self.assertRaises(AccessError):
            self.env["backflush.cutover"].with_user(accountant).create({})
        cutover = (
            self.env["backflush.cutover"]
            .with_user(controller)
            .create({"kind": "start", "policy_id": self.policy.id})
        )
        cutover.action_preview()
        self.assertFalse(cutover.problems)
        cutover.action_confirm()
        self.assertEqual(cutover.state, "posted")
        self.assertBalances({self.account_fg: 130.0})


class TestStartAtSale(CutoverCase):
    flush_point = "sale"

    def test_goods_on_hand(self):
        """4 tables at 30.00: Cr FG 120.00; Dr RIP 90.00 and applied 40.00, which their
        sale will credit; Cr revaluation 10.00. Sold: cost of sales 130.00, all else 0.
        """
        self._stock_natively(4, 30.0)
        cutover = self._cut_over("start")
        self.assertShown(
            cutover,
            {
                self.account_fg: -120.0,
                self.account_rip: 90.0,
                self.account_applied: 40.0,
                self.account_revaluation: -10.0,
            },
        )
        self._deliver(4)
        self.assertSold(4)
        self.assertBalances(
            {self.account_fg: 0.0, self.account_rip: 0.0, self.account_applied: 0.0}
        )
        self.assertLedger()
        self.assertNothingToClose()

    def test_activation_opens_the_assistant(self):
        """With goods on hand, Activate opens the assistant instead."""
        self._stock_natively(4)
        action = self.policy.action_activate()
        self.assertEqual(action["res_model"], "backflush.cutover")
        self.assertEqual(self.policy.state, "draft")
        cutover = self.env["backflush.cutover"].browse(action["res_id"])
        self.assertEqual((cutover.kind, cutover.policy_id), ("start", self.policy))

    def test_delivered_and_invoiced_before(self):
        """At 30.00: 5 received, 2 delivered and not invoiced, 1 invoiced and not
        delivered. FG holds 4 x 30.00 = 120.00. Afterwards 3 on the shelf are material
        67.50 and applied 30.00, and FG holds (2 - 1) x 32.50 for invoice and delivery.
        All sold: 30.00 + 2 x 32.50 + 2 x 32.50 = 160.00."""
        self._stock_natively(5, 30.0)
        first, second = self._sell(2), self._sell(1)
        self._ship(first, 2)
        self._invoice(second)
        cutover = self._cut_over("start")
        self.assertShown(
            cutover,
            {
                self.account_fg: -87.5,
                self.account_rip: 67.5,
                self.account_applied: 30.0,
                self.account_revaluation: -10.0,
            },
        )
        self._invoice(first)
        self._ship(second, 1)
        self._deliver(2)
        self.assertBalances(
            {
                self.account_cogs: 160.0,
                self.account_fg: 0.0,
                self.account_rip: 0.0,
                self.account_applied: 0.0,
            }
        )
        self.assertLedger()
        self.assertNothingToClose()


class TestStartAtSalePeriodic(CutoverCase):
    flush_point = "sale"
    perpetual = False

    def test_goods_on_hand(self):
        """Periodic components: the material goes to clearing. Cr FG 130.00, Dr clearing
        90.00, Dr applied 40.00."""
        self._stock_natively(4)
        cutover = self._cut_over("start")
        self.assertShown(
            cutover,
            {
                self.account_fg: -130.0,
                self.account_clearing: 90.0,
                self.account_applied: 40.0,
            },
        )
        self._deliver(4)
        self.assertSold(4)
        self.assertBalances({self.account_clearing: 0.0, self.account_applied: 0.0})


class TestSwitch(CutoverCase):
    """From completion to sale, and back."""

    def _make_tables(self, quantity):
        """Components on the shelf through bills at standard, tables made of them."""
        self._buy(self.plate, 100, 10.0)
        self._buy(self.screw, 100, 0.5)
        return self._produce(quantity)

    def test_there_and_back(self):
        """10 made, 4 sold: FG 6 x 32.50 = 195.00, RIP 1,050.00 - 225.00 = 825.00,
        applied -100.00. To sale: Cr FG 195.00, Dr RIP 135.00, Dr applied 60.00. Back:
        the same with the opposite sign."""
        self._make_tables(10)
        self._deliver(4)
        there = {
            self.account_fg: -195.0,
            self.account_rip: 135.0,
            self.account_applied: 60.0,
        }
        self.assertShown(self._cut_over("switch"), there)
        self.assertEqual(self.policy.flush_point, "sale")
        self.assertBalances(
            {
                self.account_fg: 0.0,
                self.account_rip: 960.0,
                self.account_applied: -40.0,
                self.account_cogs: 130.0,
            }
        )
        self._deliver(2)
        back = {account: -amount * 4 / 6 for account, amount in there.items()}
        self.assertShown(self._cut_over("switch"), back)
        self._deliver(4)
        self.assertSold(10)
        self.assertBalances(
            {
                self.account_fg: 0.0,
                self.account_rip: 825.0,
                self.account_applied: -100.0,
            }
        )
        self.assertLedger()
        self.assertNothingToClose()

    def test_return_of_what_was_sold_before(self):
        """2 sold at completion come back, one by one, under flush at sale: cost of
        sales -32.50 each, and they stand in RIP 22.50 and applied 10.00. Sold again,
        all is as before."""
        self._make_tables(2)
        sale = self._deliver(2)
        self._cut_over("switch")
        for units in (1, 0):
            self._return(sale, 1)
            self.assertSold(units)
            self.assertBalances(
                {
                    self.account_fg: 0.0,
                    self.account_rip: 1050.0 - units * 22.5,
                    self.account_applied: -units * 10.0,
                }
            )
            self.assertLedger()
            self.assertNothingToClose()
        self._deliver(2)
        self.assertSold(2)
        self.assertBalances({self.account_rip: 1005.0, self.account_applied: -20.0})

    def test_return_the_other_way(self):
        """2 sold at sale come back under flush at completion: FG 32.50 each."""
        self._cut_over("switch")
        self._make_tables(2)
        sale = self._deliver(2)
        self._cut_over("switch")
        self._return(sale, 2)
        self.assertSold(0)
        self.assertBalances(
            {
                self.account_fg: 65.0,
                self.account_rip: 1005.0,
                self.account_applied: -20.0,
            }
        )
        self.assertLedger()
        self.assertNothingToClose()

    def test_unbuild_of_what_was_made_before(self):
        """2 made at completion; 1 unbuilt under flush at sale: what is left stands in
        RIP 1,050.00 and nothing is applied."""
        order = self._make_tables(2)
        self._cut_over("switch")
        self._unbuild(1, order)
        self.assertBalances(
            {
                self.account_fg: 0.0,
                self.account_rip: 1050.0,
                self.account_applied: 0.0,
            }
        )
        self.assertLedger()
        self.assertNothingToClose()

    def test_correction_of_what_was_made_before(self):
        """2 made at completion with 4 plates; under flush at sale a fifth is found to
        have been used: Dr usage 10.00, Cr RIP 10.00."""
        order = self._make_tables(2)
        self._cut_over("switch")
        move = order.move_raw_ids.filtered(lambda m: m.product_id == self.plate)
        move.quantity = 5
        self.assertBalances(
            {
                self.account_fg: 0.0,
                self.account_rip: 1040.0,
                self.account_variance: 10.0,
                self.account_applied: 0.0,
            }
        )
        self.assertLedger()
        self.assertNothingToClose()

    def test_invoiced_not_delivered(self):
        """Invoiced under one rule, delivered under the other: the delivery flushes."""
        self._make_tables(3)
        sale = self._sell(3)
        self._invoice(sale)
        cutover = self._cut_over("switch")
        self.assertEqual(cutover.document_ids.mapped("kind"), ["invoiced"])
        self._ship(sale, 3)
        self.assertSold(3)
        self.assertBalances({self.account_rip: 982.5, self.account_applied: -30.0})
        self.assertNothingToClose()

    def test_pending_entries_block(self):
        """An entry that waits was stated under the old rules: it is posted first."""
        self.policy.on_error = "queue"
        self._make_tables(2)
        revaluation = self.labour.applied_account_id
        self.labour.applied_account_id = False
        self._produce(1)
        cutover = self._preview("switch")
        self.assertIn("Exceptions", cutover.problems)
        self.assertIn("pending", cutover.document_ids.mapped("kind"))
        self.labour.applied_account_id = revaluation
        self._run_post_pending()
        self._cut_over("switch")

    def test_by_hand_is_refused(self):
        """Flush point, categories and valuation of goods on hand are not changed by
        hand; the message leads to the assistant."""
        self._make_tables(2)
        for record, values in (
            (self.policy, {"flush_point": "sale"}),
            (self.policy, {"category_ids": [Command.clear()]}),
            (self.category_finished, {"backflush_policy_id": False}),
            (self.category_components, {"property_valuation": "periodic"}),
        ):
            with self.assertRaisesRegex(UserError, "cut-over assistant"):
                record.write(values)

    def test_time_basis(self):
        """Actual time is known at completion alone: the switch sets standard output."""
        self.policy.conversion_basis = "time"
        self._cut_over("switch")
        self.assertEqual(self.policy.conversion_basis, "output")
