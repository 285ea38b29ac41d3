"""Subcontracting: orders, receipts, returns and the bills of a subcontractor."""

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user

from .subcontracting import SubcontractingCase


class TestReceipts(SubcontractingCase):
    def test_order_receipt_bill(self):
        """4 chairs: Dr FG 138.00, Cr RIP 90.00, Cr work applied 48.00. The bill at
        13.00 debits control 52.00: 4.00 more than applied, for the close."""
        order = self._subcontract(4)
        made = self._receive(order, 4)
        self.assertEntry(
            made.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 138.0,
                ("stock", "RIP"): -90.0,
                ("applied", "Work applied"): -48.0,
            },
        )
        self.assertChairs(4, billed=0.0)
        bill = self._bill(order, 13.0)
        self.assertEqual(bill.invoice_line_ids.account_id, self.account_billed)
        self.assertFalse(bill.backflush_bill_entry_ids)
        self.assertChairs(4, billed=52.0)

    def test_receipt_in_parts(self):
        """4 ordered; 1 and 3 come: an entry each. The bill waits for neither."""
        order = self._subcontract(4)
        first = self._receive(order, 1)
        self.assertChairs(1, billed=0.0)
        self._bill(order)
        self.assertChairs(1, billed=12.0)
        second = self._receive(order, 3)
        self.assertNotEqual(first, second)
        self._bill(order)
        self.assertChairs(4, billed=48.0)

    def test_more_than_ordered(self):
        """4 ordered, 5 come: 5 are made."""
        order = self._subcontract(4)
        self._receive(order, 5)
        self.assertChairs(5, billed=0.0)

    def test_quantity_edited_later(self):
        """5 received, edited to 4: a correction takes one chair back. Odoo leaves what
        the welder used as it is, so the material of one, 22.50, is usage variance."""
        order = self._subcontract(5)
        made = self._receive(order, 5)
        order.picking_ids.move_ids.quantity = 4
        self.assertEqual(made.move_finished_ids.quantity, 4)
        self.assertEqual(made.move_raw_ids.mapped("quantity"), [10, 25])
        self.assertBalances(
            {
                self.account_fg: 138.0,
                self.account_rip: -112.5,
                self.account_work: -48.0,
                self.account_variance: 22.5,
            }
        )
        self.assertSound()

    def test_bill_before_receipt(self):
        """2 chairs billed at 12.50 before they come."""
        self.chair.purchase_method = "purchase"
        order = self._subcontract(2)
        self._bill(order, 12.5)
        self.assertChairs(0, billed=25.0)
        self._receive(order, 2)
        self.assertChairs(2, billed=25.0)

    def test_other_components(self):
        """The welder used 9 plates for 4 chairs: usage variance 10.00."""
        order = self._subcontract(4)
        receipt = order.picking_ids
        made = receipt._get_subcontract_production()
        plates = made.move_raw_ids.filtered(lambda m: m.product_id == self.plate)
        plates.write({"quantity": 9, "picked": True, "manual_consumption": True})
        self._receive(order, 4)
        self.assertBalances(
            {
                self.account_fg: 138.0,
                self.account_rip: -100.0,
                self.account_work: -48.0,
                self.account_variance: 10.0,
            }
        )
        self.assertSound()

    def test_lots(self):
        """Two lots are two subcontracted orders: 1 + 2 chairs."""
        self.chair.tracking = "lot"
        order = self._subcontract(3)
        receipt = order.picking_ids
        receipt.move_ids.move_line_ids.unlink()
        for name, quantity in (("A", 1), ("B", 2)):
            lot = self.env["stock.lot"].create(
                {"name": name, "product_id": self.chair.id}
            )
            self.env["stock.move.line"].create(
                {
                    **receipt.move_ids._prepare_move_line_vals(),
                    "lot_id": lot.id,
                    "quantity": quantity,
                }
            )
        receipt.move_ids.picked = True
        receipt.button_validate()
        made = receipt._get_subcontract_production()
        self.assertEqual(sorted(made.mapped("product_qty")), [1.0, 2.0])
        self.assertEqual(len(made.backflush_entry_ids), 2)
        self.assertChairs(3, billed=0.0)

    def test_without_accounting_rights(self):
        """A warehouse worker receives; a clerk without stock rights posts the bill."""
        worker = new_test_user(
            self.env,
            "receiver_backflush",
            "base.group_user,stock.group_stock_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        clerk = new_test_user(
            self.env,
            "clerk_backflush",
            "base.group_user,account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        order = self._subcontract(2)
        receipt = order.picking_ids
        receipt.with_user(worker).move_ids.write({"quantity": 2, "picked": True})
        receipt.with_user(worker).button_validate()
        entry = receipt._get_subcontract_production().backflush_entry_ids
        self.assertEqual((entry.state, entry.user_id), ("posted", worker))
        order.action_create_invoice()
        bill = order.invoice_ids
        bill.invoice_date = fields.Date.today()
        bill.with_user(clerk).action_post()
        self.assertChairs(2, billed=24.0)

    def test_sent_back_and_delivered_again(self):
        """1 of 4 goes back for repair: it stays ours, at the welder's; the credit note
        takes 12.00 out of control. It comes again without a second order, and is
        billed again."""
        order = self._subcontract(4)
        self._receive(order, 4)
        self._bill(order)
        receipt = order.picking_ids
        back = self._send_back(receipt, 1)
        self.assertChairs(4, billed=48.0)
        credit = self._bill(order)
        self.assertEqual(credit.move_type, "in_refund")
        self.assertChairs(4, billed=36.0)
        self._send_back(back, 1)
        self.assertEqual(self.chair.qty_available, 4)
        self.assertChairs(4, billed=36.0)
        self._bill(order)
        self.assertChairs(4, billed=48.0)

    def test_sent_back_and_lost(self):
        """1 of 4 goes back and is scrapped there: 34.50 of scrap, and the credit note
        leaves 12.00 less in control than applied."""
        order = self._subcontract(4)
        self._receive(order, 4)
        self._bill(order)
        back = self._send_back(order.picking_ids, 1)
        self._bill(order)
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.chair.id,
                "scrap_qty": 1,
                "location_id": back.location_dest_id.id,
                "company_id": self.company.id,
            }
        )
        scrap.action_validate()
        self.assertBalances(
            {
                self.account_fg: 103.5,
                self.account_rip: -90.0,
                self.account_work: -48.0,
                self.account_billed: 36.0,
                self.account_variance: 34.5,
            }
        )
        self.assertSound()

    def test_sent_back_for_good(self):
        """1 of 4 goes to the vendor's own location: 34.50 is usage variance."""
        order = self._subcontract(4)
        self._receive(order, 4)
        self._bill(order)
        vendors = self.env.ref("stock.stock_location_suppliers")
        back = self._send_back(order.picking_ids, 1, vendors)
        self._bill(order)
        self.assertEntry(
            back.backflush_entry_ids,
            {("finished_goods", "FG"): -34.5, ("usage", "Variances"): 34.5},
        )
        self.assertBalances({self.account_fg: 103.5, self.account_billed: 36.0})
        self.assertSound()


class TestBills(SubcontractingCase):
    def test_without_order(self):
        """A vendor of the bill of materials is paid for work: 10.00 less a credit note
        of 4.00 in control."""
        self._write_bill(10.0)
        self._write_bill(4.0, move_type="in_refund")
        self.assertBalances({self.account_billed: 6.0, self.account_fg: 0.0})
        self.assertSound()

    def test_bought_ready_made(self):
        """Another vendor is paid for goods: a chair for 40.00, 5.50 of it variance."""
        self._buy(self.chair, 1, 40.0)
        self.assertBalances(
            {
                self.account_billed: 0.0,
                self.account_fg: 34.5,
                self.account_variance: 5.5,
            }
        )
        self.assertSound()

    def test_draft_again(self):
        """A bill taken back to draft leaves control; posted again it is there once."""
        order = self._subcontract(2)
        self._receive(order, 2)
        bill = self._bill(order)
        bill.button_draft()
        self.assertChairs(2, billed=0.0)
        bill.action_post()
        self.assertChairs(2, billed=24.0)

    def test_reversed(self):
        """A bill and its reversal restore everything but the completion."""
        order = self._subcontract(2)
        self._receive(order, 2)
        bill = self._bill(order)
        bill._reverse_moves([{"invoice_date": fields.Date.today()}], cancel=True)
        self.assertChairs(2, billed=0.0)

    def test_price_difference_account(self):
        """In an Anglo-Saxon company with a price difference account, core posts no
        difference for work: nothing but control."""
        difference = self._create_account("510830", "Difference", "expense")
        self.company.anglo_saxon_accounting = True
        self.category_finished.property_price_difference_account_id = difference
        order = self._subcontract(2)
        self._receive(order, 2)
        bill = self._bill(order, 13.0)
        self.assertFalse(
            bill.line_ids.filtered(lambda line: line.display_type == "cogs")
        )
        self.assertBalances({difference: 0.0})
        self.assertChairs(2, billed=26.0)

    def test_foreign_currency(self):
        """2 chairs at 24.00 foreign, 2.00 foreign for 1.00: 24.00 in control."""
        foreign = self.env.ref("base.EUR")
        foreign.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 2.0,
            }
        )
        order = self._subcontract(2, 24.0, currency_id=foreign.id)
        self._receive(order, 2)
        bill = self._bill(order)
        self.assertEqual(bill.currency_id, foreign)
        self.assertChairs(2, billed=24.0)

    def test_non_deductible_tax(self):
        """20 % tax of which half is deductible: 24.00 + 2.40 in control."""
        repartition = [
            Command.create({"repartition_type": "base"}),
            Command.create(
                {
                    "repartition_type": "tax",
                    "factor_percent": 50,
                    "account_id": self._create_account(
                        "110830", "Input tax", "asset_current"
                    ).id,
                }
            ),
            Command.create({"repartition_type": "tax", "factor_percent": 50}),
        ]
        tax = self.env["account.tax"].create(
            {
                "name": "Half",
                "amount": 20.0,
                "type_tax_use": "purchase",
                "company_id": self.company.id,
                "country_id": self.company.account_fiscal_country_id.id,
                "invoice_repartition_line_ids": repartition,
                "refund_repartition_line_ids": repartition,
            }
        )
        order = self._subcontract(2)
        order.order_line.tax_ids = tax
        self._receive(order, 2)
        self._bill(order)
        self.assertChairs(2, billed=26.4)

    def test_account_of_the_user(self):
        """An account that the user has chosen stays."""
        other = self._create_account("510840", "Other", "expense")
        order = self._subcontract(1)
        self._receive(order, 1)
        order.action_create_invoice()
        order.invoice_ids.invoice_date = fields.Date.today()
        order.invoice_ids.invoice_line_ids.account_id = other
        order.invoice_ids.action_post()
        self.assertBalances({other: 12.0, self.account_billed: 0.0})

    def test_drafted_before_the_policy(self):
        """A bill drafted on the stock account is posted on control, or refused while
        the policy has no account for it."""
        self.policy.action_draft()
        order = self._subcontract(1)
        self.chair.purchase_method = "purchase"
        order.action_create_invoice()
        bill = order.invoice_ids
        bill.invoice_date = fields.Date.today()
        self.assertEqual(bill.invoice_line_ids.account_id, self.account_fg)
        self.policy.action_activate()
        self.policy.subcontracting_element_id = False
        with self.assertRaisesRegex(UserError, "no subcontracting element"):
            bill.action_post()
        self.policy.subcontracting_element_id = self.subcontracting
        bill.action_post()
        self.assertBalances({self.account_billed: 12.0, self.account_fg: 0.0})

    def test_entered_by_hand(self):
        """The form proposes control as soon as vendor and product are known."""
        with Form(
            self.env["account.move"].with_context(default_move_type="in_invoice")
        ) as form:
            form.partner_id = self.welder
            form.invoice_date = fields.Date.today()
            with form.invoice_line_ids.new() as line:
                line.product_id = self.chair
                self.assertEqual(line.account_id, self.account_billed)
