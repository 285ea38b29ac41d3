"""Purchases: the price variance is posted at the bill, once, and raw and in-process
inventory keeps quantity x standard. A plate's standard is 10.00."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import Form

from .common import BackflushCase


class PurchaseCase(BackflushCase):
    def _order_plates(self, quantity, price, **values):
        """Return a confirmed purchase order of plates; ``values`` of its line."""
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "currency_id": values.pop("currency_id", self.company.currency_id.id),
                "date_order": values.pop("date_order", fields.Datetime.now()),
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.plate.id,
                            "product_qty": quantity,
                            "price_unit": price,
                            **values,
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        return purchase

    def _receive(self, purchase, quantity):
        """Receive part of what is open; the rest stays on a backorder."""
        picking = purchase.picking_ids.filtered(lambda p: p.state == "assigned")
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def _bill(self, purchase, quantity=None, **values):
        """Bill what is open, or ``quantity`` of it; ``values`` of the bill."""
        before = purchase.invoice_ids
        purchase.action_create_invoice()
        bill = purchase.invoice_ids - before
        bill.write({"invoice_date": fields.Date.today(), **values})
        if quantity is not None:
            bill.invoice_line_ids.quantity = quantity
        bill.action_post()
        return bill

    def _credit(self, bill):
        """Return the posted credit note that the wizard makes of ``bill``."""
        wizard = Form(
            self.env["account.move.reversal"].with_context(
                active_model="account.move", active_ids=bill.ids
            )
        ).save()
        refund = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        refund.invoice_date = fields.Date.today()
        refund.action_post()
        return refund

    def _send_back(self, picking, quantity):
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_ids=picking.ids,
                active_id=picking.id,
                active_model="stock.picking",
            )
        ).save()
        wizard.product_return_moves.write({"quantity": quantity, "to_refund": True})
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids.write({"quantity": quantity, "picked": True})
        back.button_validate()
        self.assertEqual(back.state, "done")
        return back

    def _entry(self, bill):
        return bill.backflush_bill_entry_ids.sorted("id")[-1:]


class TestPurchases(PurchaseCase):
    anglo_saxon = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.anglo_saxon_accounting = cls.anglo_saxon
        cls.env.user.group_ids |= cls.env.ref("uom.group_uom")

    def test_receipt_before_bill(self):
        """10 received, billed at 12.00: RIP 100.00, price variance 20.00."""
        purchase = self._order_plates(10, 12.0)
        self._receive(purchase, 10)
        self.assertBalances({self.account_rip: 0.0})
        entry = self._entry(self._bill(purchase))
        self.assertEntry(entry, {("price", "Variances"): 20.0, ("stock", "RIP"): -20.0})
        self.assertBalances({self.account_rip: 100.0, self.account_variance: 20.0})
        self.assertLedger()
        self.assertNothingToClose()

    def test_bill_before_receipt(self):
        """Billed first: the same entry, and nothing more when the goods arrive."""
        self.plate.purchase_method = "purchase"
        purchase = self._order_plates(10, 12.0)
        self._bill(purchase)
        self.assertBalances({self.account_rip: 100.0, self.account_variance: 20.0})
        self._receive(purchase, 10)
        self.assertBalances({self.account_rip: 100.0, self.account_variance: 20.0})
        self.assertLedger()
        self.assertNothingToClose()

    def test_partial_bills(self):
        """10 received; 4 billed at 12.00, 6 at 9.00: variance 8.00 - 6.00 = 2.00."""
        purchase = self._order_plates(10, 12.0)
        self._receive(purchase, 10)
        self._bill(purchase, 4)
        self.assertBalances({self.account_rip: 40.0, self.account_variance: 8.0})
        purchase.order_line.price_unit = 9.0
        self._bill(purchase)
        self.assertBalances({self.account_rip: 100.0, self.account_variance: 2.0})
        self.assertLedger()
        self.assertNothingToClose()

    def test_core_price_difference_account(self):
        """The category has core's price difference account: the variance is posted
        once, to the element's account; core's stays empty."""
        self.books_open = "what is received is not billed, or the reverse"
        core = self._create_account("510791", "Core difference", "expense")
        self.category_components.property_price_difference_account_id = core
        purchase = self._order_plates(10, 12.0)
        self._receive(purchase, 10)
        bill = self._bill(purchase)
        self.assertBalances(
            {self.account_rip: 100.0, self.account_variance: 20.0, core: 0.0}
        )
        self._credit(bill)
        self.assertBalances(
            {self.account_rip: 0.0, self.account_variance: 0.0, core: 0.0}
        )

    def test_discount(self):
        """10 at 12.00 less 25 %: 90.00 billed, variance -10.00."""
        purchase = self._order_plates(10, 12.0, discount=25.0)
        self._receive(purchase, 10)
        self._bill(purchase)
        self.assertBalances({self.account_rip: 100.0, self.account_variance: -10.0})
        self.assertNothingToClose()

    def test_other_unit_of_measure(self):
        """1 dozen billed at 150.00: 12 x 10.00 = 120.00 standard, variance 30.00."""
        dozen = self.env.ref("uom.product_uom_dozen")
        purchase = self._order_plates(1, 150.0, product_uom_id=dozen.id)
        purchase.picking_ids.move_ids.write({"quantity": 12, "picked": True})
        purchase.picking_ids.button_validate()
        self._bill(purchase)
        self.assertBalances({self.account_rip: 120.0, self.account_variance: 30.0})
        self.assertNothingToClose()

    def test_quantity_zero(self):
        """A line of quantity zero is worth nothing: no variance."""
        self.books_open = "what is received is not billed, or the reverse"
        purchase = self._order_plates(10, 12.0)
        self._receive(purchase, 10)
        self._bill(purchase, 0)
        self.assertBalances({self.account_rip: 0.0, self.account_variance: 0.0})

    def test_account_changed_by_hand(self):
        """Two lines of 10 plates at 12.00; one is put on an expense account by hand and
        left alone: expense 120.00, RIP 100.00, variance 20.00 of the other."""
        other = self._create_account("510792", "Samples", "expense")
        purchase = self._order_plates(10, 12.0)
        self._receive(purchase, 10)
        purchase.action_create_invoice()
        bill = purchase.invoice_ids
        bill.invoice_date = fields.Date.today()
        bill.invoice_line_ids = [
            Command.create(
                {
                    "product_id": self.plate.id,
                    "quantity": 10,
                    "price_unit": 12.0,
                    "account_id": other.id,
                }
            )
        ]
        bill.action_post()
        self.assertBalances(
            {other: 120.0, self.account_rip: 100.0, self.account_variance: 20.0}
        )

    def test_credit_note_without_return(self):
        """Billed at 12.00, credited in full, billed again at 11.00, the goods kept:
        the variance of 20.00 goes, one of 10.00 comes; RIP 100.00 in the end."""
        purchase = self._order_plates(10, 12.0)
        self._receive(purchase, 10)
        self._credit(self._bill(purchase))
        self.assertBalances({self.account_rip: 0.0, self.account_variance: 0.0})
        purchase.order_line.price_unit = 11.0
        self._bill(purchase)
        self.assertBalances({self.account_rip: 100.0, self.account_variance: 10.0})
        self.assertLedger()
        self.assertNothingToClose()

    def test_credit_note_with_return(self):
        """10 billed at 12.00; 4 go back and are credited at 12.00: RIP 60.00, of the
        variance 6 x 2.00 = 12.00 stay."""
        purchase = self._order_plates(10, 12.0)
        picking = self._receive(purchase, 10)
        self._bill(purchase)
        self._send_back(picking, 4)
        self.assertBalances({self.account_rip: 100.0, self.account_variance: 20.0})
        purchase.action_create_invoice()
        refund = purchase.invoice_ids.filtered(lambda m: m.move_type == "in_refund")
        self.assertEqual(refund.invoice_line_ids.quantity, 4)
        refund.invoice_date = fields.Date.today()
        refund.action_post()
        self.assertBalances({self.account_rip: 60.0, self.account_variance: 12.0})
        self.assertLedger()
        self.assertNothingToClose()

    def test_credit_note_at_another_price(self):
        """4 of 10 go back, credited at 11.00 (bill 12.00): the 4.00 that the vendor
        keeps are price variance: 20.00 - 4 x 1.00 = 16.00."""
        purchase = self._order_plates(10, 12.0)
        picking = self._receive(purchase, 10)
        self._bill(purchase)
        self._send_back(picking, 4)
        purchase.action_create_invoice()
        refund = purchase.invoice_ids.filtered(lambda m: m.move_type == "in_refund")
        refund.invoice_date = fields.Date.today()
        refund.invoice_line_ids.price_unit = 11.0
        refund.action_post()
        self.assertBalances({self.account_rip: 60.0, self.account_variance: 16.0})
        self.assertNothingToClose()

    def test_reversed_and_cancelled_bill(self):
        """Reverse-and-create wizard and cancel: nothing is left of either."""
        self.books_open = "what is received is not billed, or the reverse"
        purchase = self._order_plates(10, 12.0)
        self._receive(purchase, 10)
        bill = self._bill(purchase)
        bill._reverse_moves([{"invoice_date": fields.Date.today()}], cancel=True)
        self.assertBalances({self.account_rip: 0.0, self.account_variance: 0.0})
        again = self._bill(purchase)
        self.assertBalances({self.account_rip: 100.0, self.account_variance: 20.0})
        again.button_cancel()
        self.assertEqual(again.state, "cancel")
        self.assertBalances({self.account_rip: 0.0, self.account_variance: 0.0})
        again.button_draft()
        self.assertBalances({self.account_variance: 0.0})
        self.assertLedger()

    def test_purchase_receipt(self):
        """A vendor receipt is a bill too: 10 at 12.00, variance 20.00."""
        self.books_open = "what is received is not billed, or the reverse"
        receipt = self.env["account.move"].create(
            {
                "move_type": "in_receipt",
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.plate.id,
                            "quantity": 10,
                            "price_unit": 12.0,
                            "account_id": self.account_rip.id,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        receipt.action_post()
        self.assertBalances({self.account_rip: 100.0, self.account_variance: 20.0})

    def test_bill_before_the_start_date(self):
        """Dated before the policy starts: Odoo's own, RIP as billed."""
        self.books_open = "what is received is not billed, or the reverse"
        self.policy.date_start = fields.Date.today() + timedelta(days=1)
        purchase = self._order_plates(10, 12.0)
        self._receive(purchase, 10)
        self._bill(purchase)
        self.assertBalances({self.account_rip: 120.0, self.account_variance: 0.0})


class TestPurchasesContinental(TestPurchases):
    """The same to the cent in a company without Anglo-Saxon accounting."""

    anglo_saxon = False


class TestPurchasePrice(PurchaseCase):
    """What is in the price of a bill: exchange rate, tax, freight, down payments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.env["res.currency"].create(
            {"name": "XFB", "symbol": "x", "rounding": 0.01}
        )
        cls.ordered = fields.Date.today() - timedelta(days=10)
        cls.env["res.currency.rate"].create(
            [
                {
                    "name": day,
                    "rate": rate,
                    "currency_id": cls.foreign.id,
                    "company_id": cls.company.id,
                }
                for day, rate in (
                    (cls.ordered - timedelta(days=300), 2.0),
                    (fields.Date.today(), 1.6),
                )
            ]
        )

    def _create_tax(self, amount, recovered):
        """Return a purchase tax of which ``recovered`` percent are deductible."""
        account = self._create_account("110795", "Input tax", "asset_current")
        lines = [Command.create({"repartition_type": "base"})]
        for share, owner in ((recovered, account.id), (100 - recovered, False)):
            lines.append(
                Command.create(
                    {
                        "repartition_type": "tax",
                        "factor_percent": share,
                        "account_id": owner,
                    }
                )
            )
        return self.env["account.tax"].create(
            {
                "name": "Partly deductible",
                "amount": amount,
                "type_tax_use": "purchase",
                "company_id": self.company.id,
                "country_id": self.company.account_fiscal_country_id.id,
                "invoice_repartition_line_ids": lines,
                "refund_repartition_line_ids": lines,
            }
        )

    def test_foreign_currency(self):
        """10 plates at 22.00 foreign, ordered at 2.00 foreign for 1.00 (110.00), billed
        at 1.60 (137.50). Price 110.00 - 100.00 = 10.00, exchange 27.50."""
        self.books_open = "what is received is not billed, or the reverse"
        purchase = self._order_plates(
            10, 22.0, currency_id=self.foreign.id, date_order=self.ordered
        )
        self._receive(purchase, 10)
        bill = self._bill(purchase)
        self.assertEqual(bill.currency_id, self.foreign)
        self.assertEntry(
            self._entry(bill),
            {
                ("price", "Variances"): 10.0,
                ("exchange", "Variances"): 27.5,
                ("stock", "RIP"): -37.5,
            },
        )
        self.assertBalances({self.account_rip: 100.0, self.account_variance: 37.5})
        self.assertNothingToClose()
        self._credit(bill)
        self.assertBalances({self.account_rip: 0.0, self.account_variance: 0.0})
        self.assertLedger()

    def test_exchange_account(self):
        """The exchange part goes to an account of its own where the element has one,
        and comes back from there when the bill is taken back to draft."""
        self.books_open = "what is received is not billed, or the reverse"
        account = self._create_account("510793", "Exchange", "expense")
        self.material.variance_account_ids = [
            Command.create({"kind": "exchange", "account_id": account.id})
        ]
        purchase = self._order_plates(
            10, 22.0, currency_id=self.foreign.id, date_order=self.ordered
        )
        self._receive(purchase, 10)
        bill = self._bill(purchase)
        self.assertBalances({self.account_variance: 10.0, account: 27.5})
        bill.button_draft()
        self.assertBalances({self.account_variance: 0.0, account: 0.0})

    def test_foreign_currency_without_order(self):
        """No order, no agreed rate: all of 137.50 - 100.00 is price."""
        self.books_open = "what is received is not billed, or the reverse"
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "currency_id": self.foreign.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.plate.id,
                            "quantity": 10,
                            "price_unit": 22.0,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        bill.action_post()
        self.assertEntry(
            self._entry(bill),
            {("price", "Variances"): 37.5, ("stock", "RIP"): -37.5},
        )

    def test_non_deductible_tax(self):
        """10 plates at 11.00, 20 % tax of which half is deductible: 110.00 + 11.00 on
        RIP by the bill, variance 21.00, RIP 100.00."""
        self.books_open = "what is received is not billed, or the reverse"
        tax = self._create_tax(20.0, 50)
        purchase = self._order_plates(10, 11.0, tax_ids=[Command.set(tax.ids)])
        self._receive(purchase, 10)
        bill = self._bill(purchase)
        self.assertEqual(bill.amount_total, 132.0)
        self.assertBalances({self.account_rip: 100.0, self.account_variance: 21.0})
        self.assertNothingToClose()
        self._credit(bill)
        self.assertBalances({self.account_rip: 0.0, self.account_variance: 0.0})

    def test_non_deductible_tax_of_several_products(self):
        """The tax of plates (10 x 11.00) and screws (20 x 0.60 = 12.00) is one journal
        item on RIP: 12.20. Plates: 110.00 + 11.00 - 100.00 = 21.00; screws:
        12.00 + 1.20 - 10.00 = 3.20."""
        tax = self._create_tax(20.0, 50)
        purchase = self._order_plates(10, 11.0, tax_ids=[Command.set(tax.ids)])
        purchase.order_line = [
            Command.create(
                {
                    "product_id": self.screw.id,
                    "product_qty": 20,
                    "price_unit": 0.6,
                    "tax_ids": [Command.set(tax.ids)],
                }
            )
        ]
        for move in purchase.picking_ids.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        purchase.picking_ids.button_validate()
        entry = self._entry(self._bill(purchase))
        found = {
            line.product_id: line.amount
            for line in entry.line_ids
            if line.role == "variance"
        }
        self.assertEqual(found, {self.plate: 21.0, self.screw: 3.2})
        self.assertBalances({self.account_rip: 110.0})
        self.assertNothingToClose()

    def test_private_part(self):
        """A bill of 120.00 of which 75 % are deductible, the rest private: the bill
        leaves 90.00 on RIP, and the variance of -10.00 makes it standard."""
        purchase = self._order_plates(10, 12.0)
        self._receive(purchase, 10)
        purchase.action_create_invoice()
        bill = purchase.invoice_ids
        bill.invoice_date = fields.Date.today()
        bill.invoice_line_ids.deductible_amount = 75.0
        bill.action_post()
        self.assertBalances({self.account_rip: 100.0, self.account_variance: -10.0})

    def test_freight(self):
        """Freight on the bill stays on its own account: a component at standard cost
        takes no landed cost, and neither RIP nor the price variance shows it."""
        account = self._create_account("510794", "Freight", "expense")
        freight = self.env["product.product"].create(
            {
                "name": "Freight",
                "type": "service",
                "property_account_expense_id": account.id,
                "supplier_taxes_id": False,
            }
        )
        purchase = self._order_plates(10, 12.0)
        purchase.order_line = [
            Command.create(
                {"product_id": freight.id, "product_qty": 1, "price_unit": 30.0}
            )
        ]
        purchase.order_line[1].qty_received = 1
        self._receive(purchase, 10)
        self._bill(purchase)
        self.assertBalances(
            {account: 30.0, self.account_rip: 100.0, self.account_variance: 20.0}
        )
        self.assertNothingToClose()

    def test_down_payment(self):
        """50.00 paid in advance, deducted on the bill of 120.00: RIP 100.00, variance
        20.00, and nothing left on the account of the advance."""
        account = self._create_account("110796", "Advances", "asset_current")
        advance = self._create_advance(50.0, account)
        purchase = self._order_plates(10, 12.0)
        self.env["bill.to.po.wizard"].with_context(
            active_ids=[-line.id for line in advance.invoice_line_ids]
        ).create(
            {"purchase_order_id": purchase.id, "partner_id": self.vendor.id}
        ).action_add_downpayment()
        self.assertBalances({account: 50.0, self.account_variance: 0.0})
        self._receive(purchase, 10)
        purchase.action_create_invoice()
        bill = purchase.invoice_ids - advance
        bill.invoice_date = fields.Date.today()
        deducted = bill.invoice_line_ids.filtered(
            lambda line: line.is_downpayment and line.display_type == "product"
        )
        self.assertEqual(deducted.quantity, -1)
        deducted.account_id = account
        bill.action_post()
        self.assertEqual(bill.amount_total, 70.0)
        self.assertBalances(
            {self.account_rip: 100.0, self.account_variance: 20.0, account: 0.0}
        )
        self.assertNothingToClose()

    def _create_advance(self, amount, account):
        advance = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Advance",
                            "quantity": 1,
                            "price_unit": amount,
                            "account_id": account.id,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        advance.action_post()
        return advance
