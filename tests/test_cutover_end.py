"""The end of a policy, categories that move, purchases recorded or no longer; goods on
hand, undelivered and returned. A table costs 22.50 of material, 10.00 of labour."""

from odoo import Command, fields

from .cutover_common import CutoverCase


class EndCase(CutoverCase):
    def _make_tables(self, quantity):
        self._buy(self.plate, 100, 10.0)
        self._buy(self.screw, 100, 0.5)
        return self._produce(quantity)


class TestEnd(EndCase):
    """Flush at completion."""

    def test_goods_on_hand(self):
        """Finished goods stay where they are: nothing is posted. Sold natively, their
        invoice takes them to cost of sales, once."""
        self._make_tables(4)
        cutover = self._cut_over("end")
        self.assertShown(cutover, {})
        self.assertEqual(self.policy.state, "ended")
        self.assertFalse(self.policy._is_running(fields.Date.today()))
        sale = self._deliver(4)
        self.assertFalse(sale.picking_ids.backflush_entry_ids)
        self.assertSold(0)
        self._invoice(sale)
        self.assertSold(4)
        self.assertBalances({self.account_fg: 0.0})
        self.assertNothingToClose()

    def test_delivered_not_invoiced(self):
        """2 delivered under the policy are in cost of sales: their invoice adds
        nothing. 1 of them comes back: FG 32.50, cost of sales 32.50."""
        self._make_tables(2)
        sale = self._deliver(2)
        cutover = self._cut_over("end")
        self.assertEqual(cutover.document_ids.mapped("kind"), ["delivered"])
        invoice = self._invoice(sale)
        self.assertSold(2)
        self._return(sale, 1)
        self.assertSold(1)
        self._credit(invoice, 1)
        self.assertSold(1)
        self.assertBalances({self.account_fg: 32.5})
        self.assertLedger()
        self.assertNothingToClose()

    def test_invoiced_not_delivered(self):
        """3 of 5 invoiced under the policy, which left their cost to the delivery.
        Delivered after its end: 3 are flushed. The other 2 are Odoo's own: their
        invoice takes them, 162.50 in all."""
        self._make_tables(5)
        sale = self._sell(5)
        self._invoice(sale, 3)
        cutover = self._cut_over("end")
        self.assertEqual(cutover.document_ids.mapped("kind"), ["invoiced"])
        self.assertSold(0)
        self._ship(sale, 2)
        self.assertSold(2)
        self._ship(sale, 3)
        self.assertSold(3)
        self._invoice(sale)
        self.assertSold(5)
        self.assertBalances({self.account_fg: 0.0})
        self.assertLedger()
        self.assertNothingToClose()

    def test_invoiced_not_delivered_in_two_moves(self):
        """3 of 5 invoiced under the policy; after its end moves of 2 and 3 are done in
        one transfer: 3 are flushed, not more."""
        self._make_tables(5)
        sale = self._sell(5)
        self._invoice(sale, 3)
        self._cut_over("end")
        move = sale.picking_ids.move_ids
        other = self.env["stock.move"].create(move._split(2))
        other._action_confirm(merge=False)
        for part in move | other:
            part.write({"quantity": part.product_uom_qty, "picked": True})
        sale.picking_ids.button_validate()
        self.assertEqual(set((move | other).mapped("state")), {"done"})
        self.assertSold(3)
        self._invoice(sale)
        self.assertSold(5)
        self.assertBalances({self.account_fg: 0.0})

    def test_invoiced_not_delivered_credited(self):
        """2 invoiced under the policy and credited after its end: nothing is owed, the
        delivery is native and the next invoice takes them."""
        self._make_tables(2)
        sale = self._sell(2)
        invoice = self._invoice(sale)
        self._cut_over("end")
        self._credit(invoice)
        self.assertSold(0)
        self._ship(sale, 2)
        self.assertSold(0)
        self._invoice(sale)
        self.assertSold(2)
        self.assertBalances({self.account_fg: 0.0})

    def test_owed_units_come_back(self):
        """3 invoiced under the policy, delivered after its end, 1 comes back."""
        self._make_tables(3)
        sale = self._sell(3)
        invoice = self._invoice(sale)
        self._cut_over("end")
        self._ship(sale, 3)
        self._return(sale, 1)
        self.assertSold(2)
        self._credit(invoice, 1)
        self.assertSold(2)
        self.assertBalances({self.account_fg: 32.5})
        self.assertLedger()
        self.assertNothingToClose()

    def test_open_order(self):
        """An order completed after the end is native: no entry."""
        self.books_open = "orders without a policy are left to the closing"
        self._make_tables(1)
        order = self._order(2)
        cutover = self._cut_over("end")
        self.assertEqual(cutover.document_ids.mapped("kind"), ["order"])
        self._set_produced(order, 2)
        order.with_context(skip_consumption=True).button_mark_done()
        self.assertFalse(order.backflush_entry_ids)

    def test_start_anew(self):
        """Ended and another policy started: the goods stay, sales are flushed again."""
        self._make_tables(3)
        self._cut_over("end")
        again = self.policy.copy({"name": "Again", "flush_point": "sale"})
        again.category_ids = [Command.set(self.category_finished.ids)]
        cutover = self._cut_over("start", policy_id=again.id)
        self.assertShown(
            cutover,
            {
                self.account_fg: -97.5,
                self.account_rip: 67.5,
                self.account_applied: 30.0,
            },
        )
        self._deliver(3)
        self.assertSold(3)
        self.assertBalances({self.account_rip: 982.5, self.account_applied: -30.0})
        self.assertNothingToClose()


class TestEndAtSale(EndCase):
    flush_point = "sale"

    def test_goods_on_hand(self):
        """4 made, none sold: RIP 1,050.00. The end: Dr FG 130.00, Cr RIP 90.00, Cr
        applied 40.00, as if the orders had been completed natively."""
        self._make_tables(4)
        cutover = self._cut_over("end")
        self.assertShown(
            cutover,
            {
                self.account_fg: 130.0,
                self.account_rip: -90.0,
                self.account_applied: -40.0,
            },
        )
        self._invoice(self._deliver(4))
        self.assertSold(4)
        self.assertBalances({self.account_fg: 0.0, self.account_rip: 960.0})
        self.assertNothingToClose()

    def test_undelivered_and_returned(self):
        """Of 4: 1 delivered and not invoiced, 1 invoiced and not delivered. The 3 on
        hand are finished goods after the end. The delivery takes 32.50 of them to cost
        of sales; the delivered one comes back as finished goods."""
        self._make_tables(4)
        first, second = self._deliver(1), self._sell(1)
        self._invoice(second)
        cutover = self._cut_over("end")
        self.assertShown(
            cutover,
            {
                self.account_fg: 97.5,
                self.account_rip: -67.5,
                self.account_applied: -30.0,
            },
        )
        self._ship(second, 1)
        self.assertSold(2)
        self._invoice(first)
        self.assertSold(2)
        self._return(first, 1)
        self.assertSold(1)
        self.assertBalances(
            {
                self.account_fg: 97.5,
                self.account_rip: 960.0,
                self.account_applied: -40.0,
            }
        )
        self.assertLedger()
        self.assertNothingToClose()

    def test_end_button(self):
        """With goods on hand End opens the assistant."""
        self._make_tables(1)
        action = self.policy.action_end()
        self.assertEqual(action["res_model"], "backflush.cutover")
        self.assertEqual(self.policy.state, "active")


class TestMove(EndCase):
    """Categories from one policy to another, or out of one."""

    def _create_target(self, flush_point):
        """Return an active policy of another category."""
        lamps = self._create_category(
            "Lamps",
            property_cost_method="standard",
            property_valuation="real_time",
            property_stock_valuation_account_id=self.account_fg.id,
            property_account_expense_categ_id=self.account_cogs.id,
        )
        target = self.policy.copy({"name": "Target", "flush_point": flush_point})
        target.category_ids = [Command.set(lamps.ids)]
        target.action_activate()
        return target

    def test_to_another_policy(self):
        """3 tables move from completion to sale with their category."""
        self._make_tables(3)
        target = self._create_target("sale")
        cutover = self._cut_over(
            "move",
            category_ids=[Command.set(self.category_finished.ids)],
            target_policy_id=target.id,
        )
        self.assertShown(
            cutover,
            {
                self.account_fg: -97.5,
                self.account_rip: 67.5,
                self.account_applied: 30.0,
            },
        )
        self.assertEqual(self.category_finished.backflush_policy_id, target)
        self._deliver(3)
        self.assertSold(3)
        self.assertBalances({self.account_rip: 982.5, self.account_applied: -30.0})
        self.assertNothingToClose()

    def test_out_of_a_policy(self):
        """1 delivered and not invoiced, 1 invoiced and not delivered, the category
        leaves the policy: each is in cost of sales once, and comes back right."""
        self._make_tables(3)
        first, second = self._deliver(1), self._sell(1)
        self._invoice(second)
        self._cut_over("move", category_ids=[Command.set(self.category_finished.ids)])
        self.assertFalse(self.category_finished.backflush_policy_id)
        self._invoice(first)
        self.assertSold(1)
        self._ship(second, 1)
        self.assertSold(2)
        self._return(first, 1)
        self.assertSold(1)
        self.assertBalances({self.account_fg: 65.0})
        self.assertLedger()
        self.assertNothingToClose()

    def test_into_a_policy(self):
        """Tables at 30.00 without a policy join one that runs: 4 x 2.50."""
        target = self._create_target("completion")
        self.category_finished.backflush_policy_id = False
        self.table.standard_price = 30.0
        self._stock(self.table, 4)
        self._close()
        cutover = self._cut_over(
            "move",
            category_ids=[Command.set(self.category_finished.ids)],
            target_policy_id=target.id,
        )
        self.assertShown(
            cutover, {self.account_fg: 10.0, self.account_revaluation: -10.0}
        )


class TestPurchases(EndCase):
    """Components from perpetual to periodic and back, flush at completion."""

    def _set(self, purchases):
        return self._cut_over(
            "purchases",
            component_category_ids=[Command.set(self.category_components.ids)],
            purchases=purchases,
        )

    def test_there_and_back(self):
        """100 plates and 100 screws, 4 tables made: RIP 1,050.00 - 90.00 = 960.00 goes
        to clearing and comes back. Finished goods stay."""
        self._make_tables(4)
        cutover = self._set("periodic")
        there = {self.account_rip: -960.0, self.account_clearing: 960.0}
        self.assertShown(cutover, there)
        self.assertEqual(self.category_components.property_valuation, "periodic")
        self._produce(2)
        self.assertBalances({self.account_rip: 0.0, self.account_clearing: 915.0})
        back = {self.account_rip: 915.0, self.account_clearing: -915.0}
        self.assertShown(self._set("real_time"), back)
        self._deliver(6)
        self.assertSold(6)
        self.assertLedger()
        self.assertNothingToClose()

    def test_closed_in_between(self):
        """Periodic, core's closing puts 960.00 on hand into RIP; 2 tables take 45.00 of
        it out of clearing. Back to perpetual RIP is 915.00: Cr RIP 45.00, Dr clearing.
        """
        self._make_tables(4)
        self._set("periodic")
        self._close()
        self.assertBalances({self.account_rip: 960.0})
        self._produce(2)
        cutover = self._set("real_time")
        self.assertShown(
            cutover, {self.account_rip: -45.0, self.account_clearing: 45.0}
        )
        self.assertBalances({self.account_rip: 915.0})
        self.assertNothingToClose()

    def test_clearing_account(self):
        """The expense account of the components must not be that of sales: refused."""
        self._make_tables(1)
        components = self.category_components
        components.property_account_expense_categ_id = self.account_cogs
        cutover = self._preview(
            "purchases",
            component_category_ids=[Command.set(components.ids)],
            purchases="periodic",
        )
        self.assertIn("has several roles", cutover.problems)

    def test_received_not_billed(self):
        """10 plates more are received and not billed: RIP holds 960.00 all the same.
        Their bill goes to clearing, and finds 10 x 10.00 there."""
        self.books_open = "what is received is not billed, or the reverse"
        self._make_tables(4)
        purchase = self._buy(self.plate, 10, 10.0, bill=False)
        cutover = self._set("periodic")
        self.assertShown(
            cutover, {self.account_rip: -960.0, self.account_clearing: 960.0}
        )
        purchase.action_create_invoice()
        purchase.invoice_ids.invoice_date = fields.Date.today()
        purchase.invoice_ids.action_post()
        self.assertBalances({self.account_rip: 0.0, self.account_clearing: 1060.0})


class TestPurchasesAtSale(TestPurchases):
    """The same for goods flushed at sale, whose material is in the accounts too."""

    flush_point = "sale"

    def test_there_and_back(self):
        """RIP 1,050.00: 960.00 of components and 90.00 in 4 unsold tables. To clearing
        and, with 1 table sold, back: 1,050.00 - 22.50."""
        self._make_tables(4)
        cutover = self._set("periodic")
        self.assertShown(
            cutover, {self.account_rip: -1050.0, self.account_clearing: 1050.0}
        )
        self._deliver(1)
        back = {self.account_rip: 1027.5, self.account_clearing: -1027.5}
        self.assertShown(self._set("real_time"), back)
        self._deliver(3)
        self.assertSold(4)
        self.assertBalances({self.account_rip: 960.0})
        self.assertLedger()
        self.assertNothingToClose()

    def test_closed_in_between(self):
        """Core's closing puts 960.00 of components into RIP, not what is in unsold
        tables. Back to perpetual: 960.00 + 90.00, Dr RIP 90.00."""
        self._make_tables(4)
        self._set("periodic")
        self._close()
        cutover = self._set("real_time")
        self.assertShown(
            cutover, {self.account_rip: 90.0, self.account_clearing: -90.0}
        )
        self.assertBalances({self.account_rip: 1050.0})
        self.assertNothingToClose()

    def test_received_not_billed(self):
        """10 plates more are received and not billed: 1,050.00 move."""
        self.books_open = "what is received is not billed, or the reverse"
        self._make_tables(4)
        self._buy(self.plate, 10, 10.0, bill=False)
        cutover = self._set("periodic")
        self.assertShown(
            cutover, {self.account_rip: -1050.0, self.account_clearing: 1050.0}
        )
