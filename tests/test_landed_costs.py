"""Landed costs: freight that Odoo adds to the value of goods received.

Odoo adds it to goods at average cost and FIFO only. The freight service is in a
category whose stock account is the price variance of material: what cannot go to stock,
because the goods are at standard or are used up already, stays there.
"""

from odoo import Command, fields
from odoo.exceptions import UserError

from .common import BackflushCase
from .companions import require


class LandedCostCase(BackflushCase):
    cost_method = "average"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        require(cls, "mrp_landed_costs")
        cls.account_glass = cls._create_account("110730", "Glass", "asset_current")
        cls.glass = cls._create_product(
            "Glass",
            cls._create_category(
                "Glass",
                property_cost_method=cls.cost_method,
                property_valuation="real_time",
                property_stock_valuation_account_id=cls.account_glass.id,
                property_account_expense_categ_id=cls.account_clearing.id,
            ),
            8.0,
        )
        cls.freight = cls._create_product(
            "Freight",
            cls._create_category(
                "Freight",
                property_valuation="real_time",
                property_stock_valuation_account_id=cls.account_variance.id,
            ),
            type="service",
            is_storable=False,
            landed_cost_ok=True,
            split_method_landed_cost="equal",
        )
        cls.desk = cls._create_product("Desk", cls.category_finished)
        cls._create_bom(cls.desk, {cls.glass: 1}, {"Assemble": 15})
        cls.desk_card = cls._create_card(cls.desk)

    def _bill_freight(self, amount):
        """Return the posted bill of a carrier, his credit note when negative."""
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice" if amount > 0 else "in_refund",
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.freight.id,
                            "quantity": 1,
                            "price_unit": abs(amount),
                            "is_landed_costs_line": True,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        bill.action_post()
        return bill

    def _land(self, amount, **targets):
        """Bill freight and add it to the goods of ``targets``."""
        action = self._bill_freight(amount).button_create_landed_costs()
        cost = self.env["stock.landed.cost"].browse(action["res_id"])
        cost.write(targets)
        cost.button_validate()
        return cost

    def _receive(self, product, quantity, price):
        """Buy, receive and bill; return the receipt."""
        bill = self._buy(product, quantity, price)
        return bill.invoice_line_ids.purchase_line_id.move_ids.picking_id

    def assertSound(self):
        self.assertNothingToClose()
        proposed = self.company._action_close_stock_valuation()
        managed = (self.account_glass | self.account_variance).ids
        self.assertFalse([v for v in proposed if v["account_id"] in managed], proposed)
        self.assertLedger()


class TestAverageCost(LandedCostCase):
    def test_before_use(self):
        """2 glasses at 8.00 and 4.00 of freight: 10.00 each. A desk, card 18.00, takes
        one: price variance 2.00."""
        receipt = self._receive(self.glass, 2, 8.0)
        self._land(4.0, picking_ids=receipt)
        self.assertBalances({self.account_glass: 20.0, self.account_variance: 0.0})
        self.assertSound()
        order = self._produce(1, product=self.desk)
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 18.0,
                ("stock", "Glass"): -10.0,
                ("applied", "Applied"): -10.0,
                ("price", "Variances"): 2.0,
            },
        )
        self.assertBalances({self.account_glass: 10.0, self.account_fg: 18.0})
        self.assertSound()

    def test_after_use(self):
        """One of 2 glasses is used at 8.00 before 4.00 of freight is added: 2.00 goes
        to the glass that is left, 2.00 stays price variance."""
        receipt = self._receive(self.glass, 2, 8.0)
        self._produce(1, product=self.desk)
        self._land(4.0, picking_ids=receipt)
        self.assertBalances({self.account_glass: 10.0, self.account_variance: 2.0})
        self.assertSound()
        self._produce(1, product=self.desk)
        self.assertBalances({self.account_glass: 0.0, self.account_variance: 4.0})
        self.assertSound()

    def test_taken_back(self):
        """The credit note of the carrier takes the landed cost back."""
        receipt = self._receive(self.glass, 2, 8.0)
        self._land(4.0, picking_ids=receipt)
        self._land(-4.0, picking_ids=receipt)
        self.assertBalances({self.account_glass: 16.0, self.account_variance: 0.0})
        self.assertSound()

    def test_with_goods_at_standard(self):
        """Glass and plates on one receipt: all of the freight goes to the glass."""
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": 2,
                            "price_unit": product.standard_price,
                        }
                    )
                    for product in (self.glass, self.plate)
                ],
            }
        )
        purchase.button_confirm()
        receipt = purchase.picking_ids
        receipt.move_ids.write({"quantity": 2, "picked": True})
        receipt.button_validate()
        purchase.action_create_invoice()
        purchase.invoice_ids.invoice_date = fields.Date.today()
        purchase.invoice_ids.action_post()
        self._land(4.0, picking_ids=receipt)
        self.assertBalances(
            {
                self.account_glass: 20.0,
                self.account_rip: 20.0,
                self.account_variance: 0.0,
            }
        )
        self.assertSound()


class TestFirstInFirstOut(TestAverageCost):
    cost_method = "fifo"


class TestStandardCost(LandedCostCase):
    """Odoo refuses, and freight is a price variance by its bill."""

    cost_method = "standard"

    def _refuse(self, **targets):
        with (
            self.assertRaisesRegex(UserError, "FIFO or average costing method"),
            self.env.cr.savepoint(),
        ):
            self._land(4.0, **targets)
        self._bill_freight(4.0)
        self.assertSound()

    def test_component(self):
        """2 plates at 10.00: RIP 20.00, 4.00 of freight is price variance."""
        receipt = self._receive(self.plate, 2, 10.0)
        self._refuse(picking_ids=receipt)
        self.assertBalances({self.account_rip: 20.0, self.account_variance: 4.0})

    def test_finished_product_bought(self):
        """A table bought at its standard: FG 32.50, 4.00 of freight is variance."""
        receipt = self._receive(self.table, 1, 32.5)
        self._refuse(picking_ids=receipt)
        self.assertBalances({self.account_fg: 32.5, self.account_variance: 4.0})

    def test_manufacturing_order(self):
        """Finished goods stay quantity x standard: 2 x 32.50."""
        order = self._produce(2)
        self._refuse(target_model="manufacturing", mrp_production_ids=order)
        self.assertBalances({self.account_fg: 65.0, self.account_variance: 4.0})


class TestByProduct(LandedCostCase):
    def test_manufacturing_order(self):
        """Of an order with a by-product at average cost, which takes a share of the
        cost, the by-product gets the freight: 2 panes at 8.00 and 4.00. The desks stay
        at their card."""
        pane = self._create_product("Pane", self.glass.categ_id, 8.0)
        bench = self._create_product("Bench", self.category_finished)
        bom = self._create_bom(bench, {self.plate: 4})
        bom.byproduct_ids = [
            Command.create({"product_id": pane.id, "product_qty": 1, "cost_share": 10})
        ]
        card = self._create_card(bench)
        self.assertEqual(card.total_cost, 32.0)
        order = self._produce(2, product=bench)
        self.assertBalances({self.account_fg: 64.0, self.account_glass: 16.0})
        self.assertSound()
        self._land(4.0, target_model="manufacturing", mrp_production_ids=order)
        self.assertBalances(
            {
                self.account_fg: 64.0,
                self.account_glass: 20.0,
                self.account_variance: 0.0,
            }
        )
        self.assertSound()
