"""Several orders, several lines, backorders, other units of measure, dates, natives."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form

from .common import BackflushCase


class TestDocuments(BackflushCase):
    def test_several_orders_in_one_call(self):
        """Three orders of 1, 2 and 3 marked done together: one entry and one journal
        entry each, FG 6 x 32.50 = 195.00."""
        orders = self.env["mrp.production"]
        for quantity in (1, 2, 3):
            order = self._order(quantity)
            self._set_produced(order, quantity)
            orders |= order
        orders.button_mark_done()
        entries = orders.backflush_entry_ids
        self.assertEqual(sorted(entries.mapped("quantity")), [1, 2, 3])
        self.assertEqual(len(entries.move_id), 3)
        self.assertBalances({self.account_fg: 195.0})
        self.assertLedger()

    def test_backorder(self):
        """5 ordered, 2 made, the rest on a backorder made later: 2 x 32.50 = 65.00 and
        3 x 32.50 = 97.50 on entries of their own."""
        order = self._order(5)
        self._set_produced(order, 2)
        Form.from_action(self.env, order.button_mark_done()).save().action_backorder()
        backorder = order.production_group_id.production_ids - order
        self.assertEqual(order.backflush_entry_ids.quantity, 2)
        self._set_produced(backorder, 3)
        backorder.button_mark_done()
        self.assertEqual(backorder.backflush_entry_ids.quantity, 3)
        self.assertBalances({self.account_fg: 162.5, self.account_applied: -50.0})

    def test_dozen(self):
        """1 dozen made and sold: 12 x 32.50 = 390.00 in and out of FG."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._order(1, product_uom_id=dozen.id)
        self._set_produced(order, 1)
        order.button_mark_done()
        self.assertEqual(order.backflush_entry_ids.quantity, 12)
        self.assertBalances({self.account_fg: 390.0})
        sale = self._sell(1)
        sale.order_line.product_uom_id = dozen
        sale.picking_ids.move_ids.write({"quantity": 12, "picked": True})
        sale.picking_ids.button_validate()
        self.assertEqual(sale.picking_ids.backflush_entry_ids.quantity, 12)
        self.assertBalances({self.account_fg: 0.0, self.account_cogs: 390.0})

    def test_several_products_and_pickings(self):
        """Two deliveries validated in one call, one of them with two products: three
        entries, one journal entry a delivery."""
        other = self._create_product("Bench", self.category_finished)
        self._create_bom(other, {self.plate: 1})
        self._create_card(other)
        self._produce(3)
        self._produce(2, product=other)
        sales = self._sell(1) | self._sell(2)
        sales[1].order_line = [
            Command.create({"product_id": other.id, "product_uom_qty": 2})
        ]
        pickings = sales.picking_ids
        for move in pickings.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        pickings.button_validate()
        entries = pickings.backflush_entry_ids
        self.assertEqual(len(entries), 3)
        self.assertEqual(len(entries.move_id), 2)
        self.assertBalances({self.account_cogs: 3 * 32.5 + 2 * 10.0})
        self.assertLedger()

    def test_customer_return(self):
        """2 delivered, 1 comes back: COGS 32.50 and FG 32.50 reversed."""
        self._produce(2)
        sale = self._deliver(2)
        form = Form(
            self.env["stock.return.picking"].with_context(
                active_ids=sale.picking_ids.ids,
                active_id=sale.picking_ids.id,
                active_model="stock.picking",
            )
        )
        wizard = form.save()
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids.write({"quantity": 1, "picked": True})
        back.button_validate()
        entry = back.backflush_entry_ids
        self.assertEqual((entry.event, entry.quantity), ("return", -1))
        self.assertBalances({self.account_cogs: 32.5, self.account_fg: 32.5})

    def test_native_category(self):
        """A product without policy is Odoo's own: no entry, and its invoice posts its
        cost of sales 1 x 7.00."""
        self.books_open = "orders without a policy are left to the closing"
        native = self._create_category(
            "Native",
            property_cost_method="standard",
            property_valuation="real_time",
            property_stock_valuation_account_id=self.account_fg.id,
            property_account_expense_categ_id=self.account_cogs.id,
        )
        product = self._create_product("Chair", native, 7.0)
        self._create_bom(product, {self.plate: 1})
        order = self._produce(1, product=product)
        self.assertFalse(order.backflush_entry_ids)
        sale = self._deliver(1, product)
        self.assertFalse(sale.picking_ids.backflush_entry_ids)
        sale._create_invoices().action_post()
        self.assertBalances({self.account_cogs: 7.0})

    def test_before_the_start_date(self):
        """1 unit delivered before the policy starts keeps the native cost of sales of
        its invoice, 32.50; 2 units delivered under it are flushed, 65.00. One invoice
        for the 3 posts the native part only: COGS 97.50 in all, FG -97.50."""
        self.policy.date_start = fields.Date.today() + timedelta(days=1)
        sale = self._sell(3)
        first = sale.picking_ids
        first.move_ids.write({"quantity": 1, "picked": True})
        Form.from_action(self.env, first.button_validate()).save().process()
        self.assertFalse(first.backflush_entry_ids)
        self.policy.date_start = fields.Date.today()
        second = sale.picking_ids - first
        second.move_ids.write({"quantity": 2, "picked": True})
        second.button_validate()
        self.assertBalances({self.account_cogs: 65.0})
        invoice = sale._create_invoices()
        invoice.action_post()
        self.assertBalances({self.account_cogs: 97.5, self.account_fg: -97.5})

    def test_invoice_before_delivery(self):
        """Invoiced first: no cost of sales until the delivery flushes 32.50."""
        self._produce(1)
        self.table.invoice_policy = "order"
        sale = self._sell(1)
        sale._create_invoices().action_post()
        self.assertBalances({self.account_cogs: 0.0})
        sale.picking_ids.move_ids.write({"quantity": 1, "picked": True})
        sale.picking_ids.button_validate()
        self.assertBalances({self.account_cogs: 32.5})

    def test_date_of_the_document(self):
        """An event of last month is dated there, entry and journal entry alike."""
        day = fields.Date.today() - timedelta(days=40)
        order = self._order(1)
        self._set_produced(order, 1)
        order.with_context(force_period_date=day).button_mark_done()
        entry = order.backflush_entry_ids
        self.assertEqual((entry.date, entry.move_id.date), (day, day))

    def test_bill_again(self):
        """A bill at 12.00 (standard 10.00, 4 plates: variance 8.00) reset to draft and
        posted again at 11.00 leaves a variance of 4.00 in all."""
        self._produce(1)
        bill = self._buy(self.plate, 4, 12.0)
        self.assertBalances({self.account_variance: 8.0})
        bill.button_draft()
        self.assertBalances({self.account_variance: 0.0})
        bill.invoice_line_ids.price_unit = 11.0
        bill.action_post()
        self.assertBalances({self.account_variance: 4.0})
        self.assertLedger()

    def test_ledger_cannot_be_deleted(self):
        order = self._produce(1)
        with self.assertRaisesRegex(UserError, "audit"):
            order.backflush_entry_ids.unlink()
