"""Each unit's cost reaches cost of sales once, whatever the order of delivery, invoice,
credit note and return, and across the policy's start date. A table costs 32.50."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form

from .test_returns import ReturnCase


class SalesCase(ReturnCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table.invoice_policy = "order"

    def _start(self, days):
        """Let the policy start ``days`` from today."""
        self.policy.date_start = fields.Date.today() + timedelta(days=days)

    def _sell_natively(self, quantity):
        """Return a sales order made while the policy has not started yet."""
        self._start(1)
        self.table.standard_price = 32.5
        return self._sell(quantity)

    def _ship(self, sale, quantity):
        picking = sale.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        picking.move_ids.write({"quantity": quantity, "picked": True})
        result = picking.button_validate()
        if isinstance(result, dict):
            Form.from_action(self.env, result).save().process()
        self.assertEqual(picking.state, "done")
        return picking

    def _invoice(self, sale, quantity=None):
        invoice = sale._create_invoices()
        if quantity is not None:
            invoice.invoice_line_ids.quantity = quantity
        invoice.action_post()
        return invoice

    def _credit(self, invoice, quantity=None):
        """Return the posted credit note that the wizard makes of ``invoice``."""
        wizard = Form(
            self.env["account.move.reversal"].with_context(
                active_model="account.move", active_ids=invoice.ids
            )
        ).save()
        refund = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        if quantity is not None:
            refund.invoice_line_ids.quantity = quantity
        refund.action_post()
        return refund

    def assertSold(self, units):
        """``units`` of 32.50 are in cost of sales."""
        self.assertBalances({self.account_cogs: units * 32.5})


class TestSales(SalesCase):
    def test_any_order_of_invoices_and_deliveries(self):
        """Invoices of 1 and 4, deliveries of 2 and 3, mixed: COGS 2, then 5 units."""
        self._produce(5)
        sale = self._sell(5)
        self._invoice(sale, 1)
        self.assertSold(0)
        self._ship(sale, 2)
        self.assertSold(2)
        self._invoice(sale)
        self.assertSold(2)
        self._ship(sale, 3)
        self.assertSold(5)
        self.assertLedger()
        self.assertNothingToClose()

    def test_credit_note_without_return(self):
        """Invoiced, delivered, credited, invoiced again, nothing back: 2 units."""
        self._produce(2)
        sale = self._sell(2)
        invoice = self._invoice(sale)
        self._ship(sale, 2)
        self._credit(invoice)
        self.assertSold(2)
        self._invoice(sale)
        self.assertSold(2)
        self.assertNothingToClose()

    def test_credit_note_with_return(self):
        """3 delivered and invoiced; 1 comes back before its credit note, 1 after."""
        self._produce(3)
        sale = self._sell(3)
        self._ship(sale, 3)
        invoice = self._invoice(sale)
        self._return(sale, 1)
        self.assertSold(2)
        self._credit(invoice, 1)
        self.assertSold(2)
        self._credit(invoice, 1)
        self.assertSold(2)
        self._return(sale, 1)
        self.assertSold(1)
        self.assertLedger()
        self.assertNothingToClose()

    def test_foreign_currency(self):
        """An invoice in a currency at 2.00 for 1.00: cost is the company's, once."""
        self.books_open = "goods returned are not credited, or sold before the start"
        foreign = self.env["res.currency"].create({"name": "XFC", "symbol": "x"})
        self.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "rate": 2.0,
                "currency_id": foreign.id,
                "company_id": self.company.id,
            }
        )
        sale = self._sell_natively(3)
        self._ship(sale, 1)
        self._start(0)
        self._ship(sale, 2)
        invoice = sale._create_invoices()
        invoice.currency_id = foreign
        invoice.action_post()
        self.assertSold(3)
        self.assertEqual(invoice.currency_id, foreign)

    def test_down_payment(self):
        """A down payment of half, delivery, final invoice: 2 units, once."""
        self._produce(2)
        sale = self._sell(2)
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=sale.ids)
            .create({"advance_payment_method": "percentage", "amount": 50})
        )
        wizard._create_invoices(sale).action_post()
        self.assertSold(0)
        self._ship(sale, 2)
        final = sale._create_invoices(final=True)
        final.action_post()
        self.assertEqual(final.amount_untaxed, 100.0)
        self.assertSold(2)


class TestSalesAtSale(TestSales):
    flush_point = "sale"


class TestStartDate(SalesCase):
    """Sales orders that are under way when the policy starts, flush at completion."""

    def test_invoiced_before_delivered_after(self):
        """Invoice of 3 before the start posts 97.50. Delivered after it: 3 units are
        left out, the other 2 of 5 are flushed: 162.50 in all."""
        sale = self._sell_natively(5)
        self._invoice(sale, 3)
        self.assertSold(3)
        self._start(0)
        entry = self._ship(sale, 2).backflush_entry_ids
        self.assertEqual((entry.quantity, entry.facts["invoiced"]), (2, 2))
        self.assertFalse(entry.line_ids)
        self.assertSold(3)
        self._ship(sale, 3)
        self.assertSold(5)
        self._invoice(sale)
        self.assertSold(5)
        self.assertBalances({self.account_fg: -5 * 32.5})
        self.assertLedger()
        self.assertNothingToClose()

    def test_delivered_before_invoiced_after(self):
        """2 of 5 delivered before the start; invoices of 1 and 4 after it post these 2,
        the delivery of 3 is flushed."""
        sale = self._sell_natively(5)
        self._ship(sale, 2)
        self._start(0)
        self._invoice(sale, 1)
        self.assertSold(1)
        self._ship(sale, 3)
        self.assertSold(4)
        self._invoice(sale)
        self.assertSold(5)
        self.assertNothingToClose()

    def test_native_credit_note(self):
        """2 of 5 delivered before, all invoiced after: the invoice posts 2 units. Its
        credit note takes these back, as core does, and not the 3 flushed; invoiced
        again they are posted again."""
        sale = self._sell_natively(5)
        self._ship(sale, 2)
        self._start(0)
        self._ship(sale, 3)
        invoice = self._invoice(sale)
        self.assertSold(5)
        self._credit(invoice)
        self.assertSold(3)
        self._invoice(sale)
        self.assertSold(5)

    def test_native_return(self):
        """Delivered and invoiced before the start; 1 of 3 comes back after it: its cost
        leaves cost of sales with the credit note, once."""
        sale = self._sell_natively(3)
        self._ship(sale, 3)
        invoice = self._invoice(sale)
        self._start(0)
        entry = self._return(sale, 1).backflush_entry_ids
        self.assertEqual(entry.facts["invoiced"], -1)
        self.assertSold(3)
        self._credit(invoice, 1)
        self.assertSold(2)
        self.assertNothingToClose()

    def test_native_credit_note_before_return(self):
        """The same with the credit note first, and made on the sales order."""
        sale = self._sell_natively(3)
        self._ship(sale, 3)
        invoice = self._invoice(sale)
        self._start(0)
        self._credit(invoice, 1)
        self.assertSold(2)
        self._return(sale, 1)
        self.assertSold(2)
        self.assertNothingToClose()

    def test_return_of_a_mixed_delivery(self):
        """3 delivered, of which 1 was invoiced before the start. 1 comes back: one of
        the 2 flushed. A credit note of the invoice takes nothing back: that cost has
        left already. The other 2 come back: the unit that the invoice costs stays, and
        leaves with a credit note of the invoice."""
        sale = self._sell_natively(3)
        first = self._invoice(sale, 1)
        self._start(0)
        self._ship(sale, 3)
        self.assertSold(3)
        self._return(sale, 1)
        self.assertSold(2)
        self._credit(first)
        self.assertSold(2)
        self._return(sale, 2)
        self.assertSold(1)
        self._credit(first)
        self.assertSold(0)
        self.assertBalances({self.account_fg: 0.0})
        self.assertLedger()

    def test_credited_before_delivered(self):
        """Invoiced and credited before the start: nothing is left out at delivery."""
        sale = self._sell_natively(2)
        self._credit(self._invoice(sale))
        self._start(0)
        self.assertSold(0)
        self._ship(sale, 2)
        self.assertSold(2)
        self._invoice(sale)
        self.assertSold(2)

    def test_invoice_posted_again(self):
        """Invoiced before the start, back to draft, posted again after delivery."""
        sale = self._sell_natively(2)
        invoice = self._invoice(sale)
        self._start(0)
        invoice.button_draft()
        self._ship(sale, 2)
        self.assertSold(2)
        invoice.action_post()
        self.assertSold(2)

    def test_quantity_corrected(self):
        """3 delivered, 1 of them left out; corrected to 2: COGS 2 units in all."""
        sale = self._sell_natively(3)
        self._invoice(sale, 1)
        self._start(0)
        picking = self._ship(sale, 3)
        self.assertSold(3)
        picking.move_ids.move_line_ids.quantity = 2
        self.assertSold(2)
        self.assertLedger()


class TestStartDateAtSale(SalesCase):
    flush_point = "sale"

    def test_invoiced_before_delivered_after(self):
        """The invoice of 1 took 32.50 out of FG. At delivery of 3 its material leaves
        RIP too, against FG: FG 0.00, RIP -67.50, applied -30.00, COGS 97.50."""
        self.books_open = "goods returned are not credited, or sold before the start"
        sale = self._sell_natively(3)
        self._invoice(sale, 1)
        self.assertBalances({self.account_fg: -32.5})
        self._start(0)
        self._ship(sale, 3)
        self.assertBalances(
            {
                self.account_cogs: 97.5,
                self.account_fg: 0.0,
                self.account_rip: -67.5,
                self.account_applied: -30.0,
            }
        )
        self._return(sale, 1)
        self._return(sale, 1)
        self.assertBalances(
            {
                self.account_cogs: 32.5,
                self.account_fg: 0.0,
                self.account_rip: -22.5,
                self.account_applied: -10.0,
            }
        )
        self._return(sale, 1)
        self.assertBalances(
            {
                self.account_cogs: 32.5,
                self.account_fg: -32.5,
                self.account_rip: 0.0,
                self.account_applied: 0.0,
            }
        )
        self.assertLedger()


class TestAnalytic(SalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls.env["account.analytic.plan"].create({"name": "Projects"})
        cls.projects = cls.env["account.analytic.account"].create(
            [
                {"name": name, "plan_id": plan.id, "company_id": cls.company.id}
                for name in ("North", "South")
            ]
        )

    def _sell_to(self, *distributions):
        """Return a delivered sales order with one table a distribution."""
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.table.id,
                            "product_uom_qty": 1,
                            "analytic_distribution": distribution,
                        }
                    )
                    for distribution in distributions
                ],
            }
        )
        sale.action_confirm()
        sale.picking_ids.move_ids.write({"quantity": 1, "picked": True})
        sale.picking_ids.button_validate()
        return sale

    def _get_distributions(self, move):
        lines = move.line_ids.filtered(lambda ln: ln.account_id == self.account_cogs)
        return {str(ln.analytic_distribution or {}): ln.balance for ln in lines}

    def _get_spent(self, move, project):
        """Return the analytic amount of a journal entry, as Odoo signs it."""
        column = project.plan_id._column_name()
        lines = move.line_ids.analytic_line_ids
        return sum(lines.filtered(lambda ln: ln[column] == project).mapped("amount"))

    def test_distribution_of_the_sales_line(self):
        """Two lines to North, one half to each, one to none: three COGS items of 65.00,
        32.50 and 32.50 on one journal entry, one item on FG; North gets 65.00 + 16.25
        of analytic cost."""
        north, south = (str(project.id) for project in self.projects)
        self._produce(4)
        sale = self._sell_to({north: 100}, {north: 100}, {north: 50, south: 50}, False)
        move = sale.picking_ids.backflush_entry_ids.move_id
        self.assertEqual(
            self._get_distributions(move),
            {
                str({north: 100.0}): 65.0,
                str({north: 50.0, south: 50.0}): 32.5,
                str({}): 32.5,
            },
        )
        goods = move.line_ids.filtered(lambda ln: ln.account_id == self.account_fg)
        self.assertEqual(goods.mapped("balance"), [-130.0])
        self.assertFalse(goods.analytic_distribution)
        self.assertEqual(self._get_spent(move, self.projects[0]), -81.25)
        self.assertLedger()

    def test_return(self):
        """What comes back is taken from the same project."""
        north = str(self.projects[0].id)
        self._produce(1)
        sale = self._sell_to({north: 100})
        move = self._return(sale, 1).backflush_entry_ids.move_id
        self.assertEqual(self._get_distributions(move), {str({north: 100.0}): -32.5})
        self.assertEqual(self._get_spent(move, self.projects[0]), 32.5)


class TestPointOfSale(SalesCase):
    """Point of Sale is not installed here: its state is patched."""

    def test_products_of_point_of_sale(self):
        """Activation refuses, and names the product, the reason and what to do."""
        self.policy.state = "draft"
        Policy = type(self.policy)
        with patch.object(
            Policy, "_get_point_of_sale_products", lambda policy: self.table
        ):
            with self.assertRaisesRegex(UserError, "Table.*recorded twice"):
                self.policy.action_activate()
        self.policy.action_activate()

    def test_found_by_their_field(self):
        """Installed, products available in Point of Sale are found by their field."""
        if self.policy._is_point_of_sale_installed():
            self.table.available_in_pos = True
            self.assertEqual(self.policy._get_point_of_sale_products(), self.table)
            return
        self.assertFalse(self.policy._get_point_of_sale_products())
        asked = []
        with (
            patch.object(
                type(self.policy), "_is_point_of_sale_installed", lambda policy: True
            ),
            patch.object(
                type(self.table),
                "filtered",
                lambda products, field: asked.append(field) or products,
            ),
        ):
            self.assertIn(self.table, self.policy._get_point_of_sale_products())
        self.assertEqual(asked, ["available_in_pos"])
