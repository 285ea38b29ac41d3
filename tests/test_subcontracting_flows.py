"""Subcontracting in other variants, of components on their way, of other products."""

from odoo import Command

from .companions import require
from .subcontracting import SubcontractingCase


class TestAtSale(SubcontractingCase):
    flush_point = "sale"

    def test_flush_at_sale(self):
        """Nothing is posted for 4 chairs made, nor for their bill but control 52.00.
        3 sold: COGS 103.50, Cr RIP 67.50, Cr work applied 36.00."""
        order = self._subcontract(4)
        made = self._receive(order, 4)
        self.assertFalse(made.backflush_entry_ids.line_ids)
        self._bill(order, 13.0)
        self.assertSound()
        self._deliver(3, self.chair)
        self.assertBalances(
            {
                self.account_fg: 0.0,
                self.account_rip: -67.5,
                self.account_cogs: 103.5,
                self.account_work: -36.0,
                self.account_billed: 52.0,
            }
        )
        self.assertSound()


class TestPeriodic(SubcontractingCase):
    perpetual = False

    def test_materials_clearing(self):
        """2 chairs: Cr materials clearing 45.00 instead of RIP."""
        self._supply({self.plate: 4, self.screw: 10})
        order = self._subcontract(2)
        self._receive(order, 2)
        self._bill(order)
        self.assertBalances(
            {
                self.account_fg: 69.0,
                self.account_rip: 0.0,
                self.account_clearing: -45.0,
                self.account_work: -24.0,
                self.account_billed: 24.0,
            }
        )
        self.assertSound()


class TestPeriodicAtSale(SubcontractingCase):
    perpetual = False
    flush_point = "sale"

    def test_one_entry(self):
        """1 of 2 chairs sold: COGS 34.50, Cr clearing 22.50, Cr work applied 12.00."""
        self._supply({self.plate: 4, self.screw: 10})
        self._receive(self._subcontract(2), 2)
        self._deliver(1, self.chair)
        self.assertBalances(
            {
                self.account_fg: 0.0,
                self.account_cogs: 34.5,
                self.account_clearing: -22.5,
                self.account_work: -12.0,
            }
        )
        self.assertSound()


class TestComponentsOnTheirWay(SubcontractingCase):
    def test_sent_to_the_welder(self):
        """10 plates bought for 110.00 (price variance 10.00) and sent to the welder are
        RIP there until 2 chairs take 4 of them."""
        self._buy(self.plate, 10, 11.0)
        entries = self.env["backflush.entry"].search_count([])
        resupply = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.subcontracting_resupply_type_id.id,
                "partner_id": self.welder.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.there.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.plate.id,
                            "product_uom_qty": 10,
                            "location_id": self.warehouse.lot_stock_id.id,
                            "location_dest_id": self.there.id,
                        }
                    )
                ],
            }
        )
        resupply.action_confirm()
        resupply.move_ids.write({"quantity": 10, "picked": True})
        resupply.button_validate()
        self.assertEqual(resupply.state, "done")
        self.assertEqual(self.env["backflush.entry"].search_count([]), entries)
        self.assertBalances({self.account_rip: 100.0, self.account_variance: 10.0})
        self.assertSound()
        self._receive(self._subcontract(2), 2)
        self.assertBalances({self.account_rip: 55.0, self.account_fg: 69.0})
        self.assertSound()

    def test_bought_to_the_welder(self):
        """10 plates go from their vendor to the welder: RIP 100.00, variance 10.00."""
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.plate.id,
                            "product_qty": 10,
                            "price_unit": 11.0,
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        receipt = purchase.picking_ids
        receipt.location_dest_id = self.there
        receipt.move_ids.location_dest_id = self.there
        receipt.move_ids.write({"quantity": 10, "picked": True})
        receipt.button_validate()
        self.assertEqual(receipt.move_line_ids.location_dest_id, self.there)
        self._bill(purchase)
        self.assertBalances({self.account_rip: 100.0, self.account_variance: 10.0})
        self.assertSound()
        self._receive(self._subcontract(2), 2)
        self.assertBalances({self.account_rip: 55.0, self.account_fg: 69.0})
        self.assertSound()

    def test_scrapped_at_the_welder(self):
        """A plate is lost there: 10.00 of scrap."""
        self.env["stock.scrap"].create(
            {
                "product_id": self.plate.id,
                "scrap_qty": 1,
                "location_id": self.there.id,
                "company_id": self.company.id,
            }
        ).do_scrap()
        self.assertBalances({self.account_rip: -10.0, self.account_variance: 10.0})
        self.assertSound()


class SentByTheWelder:
    """The welder sends chairs to the customer himself."""

    def setUp(self):
        super().setUp()
        require(self, "mrp_subcontracting_dropshipping")

    def _ship(self, quantity):
        """Sell chairs that never come here; return order and transfer."""
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.chair.id,
                            "product_uom_qty": quantity,
                            "price_unit": 100.0,
                            "route_ids": self.env.ref(
                                "stock_dropshipping.route_drop_shipping"
                            ).ids,
                        }
                    )
                ],
            }
        )
        sale.action_confirm()
        purchase = sale._get_purchase_orders()
        purchase.button_confirm()
        transfer = purchase.picking_ids
        transfer.move_ids.write({"quantity": quantity, "picked": True})
        transfer.button_validate()
        self.assertEqual(transfer.state, "done")
        self.assertEqual(transfer.move_ids.location_id, self.there)
        return sale, transfer

    def test_sent_to_the_customer(self):
        """2 chairs: COGS 69.00 once, Cr RIP 45.00, Cr work applied 24.00; FG is even.
        The invoice adds nothing, the bill is in control. 1 comes back to the welder."""
        sale, transfer = self._ship(2)
        flushed = {
            self.account_fg: 0.0,
            self.account_cogs: 69.0,
            self.account_rip: -45.0,
            self.account_work: -24.0,
        }
        self.assertBalances(flushed)
        self._bill(transfer.purchase_id)
        self.assertBalances({**flushed, self.account_billed: 24.0})
        invoice = sale._create_invoices()
        invoice.action_post()
        self.assertBalances(flushed)
        self.assertSound()
        self._send_back(transfer, 1)
        self.assertEqual(
            self.chair.with_context(location=self.there.id).qty_available, 1
        )
        self.assertBalances({self.account_cogs: 34.5})
        self.assertSound()


class TestSentByTheWelder(SentByTheWelder, SubcontractingCase):
    pass


class TestSentByTheWelderAtSale(SentByTheWelder, SubcontractingCase):
    flush_point = "sale"


class TestMadeHereAndThere(SubcontractingCase):
    """Chairs are made at home as well, of the same components and 20 minutes: 13.33."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home_bom = cls._create_bom(
            cls.chair, {cls.plate: 2, cls.screw: 5}, {"Weld": 20}
        )

    def test_card_of_the_subcontractor(self):
        """The card in force is the welder's: at home work is applied at 12.00 too; the
        hours at home are in the control of labour, for the close to compare."""
        made = self._produce(2, product=self.chair, bom_id=self.home_bom.id)
        self.assertEntry(
            made.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 69.0,
                ("stock", "RIP"): -45.0,
                ("applied", "Work applied"): -24.0,
            },
        )
        self.assertSound()

    def test_card_of_the_home(self):
        """A card built anew is the home's: 22.50 + 13.33 = 35.83 a unit. What the
        welder makes applies 13.33 of labour, and his 12.00 are in control."""
        card = self._create_card(self.chair)
        self.assertEqual(card.bom_id, self.home_bom)
        order = self._subcontract(3)
        made = self._receive(order, 3)
        self.assertEntry(
            made.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 107.5,
                ("stock", "RIP"): -67.5,
                ("applied", "Applied"): -40.0,
            },
        )
        self._bill(order)
        self.assertBalances({self.account_billed: 36.0, self.account_work: 0.0})
        self.assertSound()


class TestOtherProducts(SubcontractingCase):
    def test_variants(self):
        """Red and blue chairs, blue for 15.00: a card each, 34.50 and 37.50."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Colour",
                "value_ids": [
                    Command.create({"name": "Red"}),
                    Command.create({"name": "Blue"}),
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Stool",
                "is_storable": True,
                "categ_id": self.category_finished.id,
                "supplier_taxes_id": False,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        red, blue = template.product_variant_ids
        bom = self._create_subcontracting_bom(red, {self.plate: 2, self.screw: 5})
        bom.product_id = False
        for stool, price in ((red, 12.0), (blue, 15.0)):
            self._create_price(price, product_tmpl_id=template.id, product_id=stool.id)
        cards = self._create_card(red | blue)
        self.assertEqual(cards.mapped("total_cost"), [34.5, 37.5])
        order = self._subcontract(2, 15.0, product=blue)
        self._receive(order, 2)
        self._bill(order)
        self.assertBalances(
            {
                self.account_fg: 75.0,
                self.account_work: -30.0,
                self.account_billed: 30.0,
            }
        )
        self.assertSound()

    def test_unit_of_the_order(self):
        """1 dozen chairs ordered for 144.00: 12 x 34.50 = 414.00."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.welder.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.chair.id,
                            "product_qty": 1,
                            "product_uom_id": dozen.id,
                            "price_unit": 144.0,
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        self._receive(order, order.picking_ids.move_ids.product_uom_qty)
        self._bill(order)
        self.assertChairs(12, billed=144.0)

    def test_without_policy(self):
        """A product without policy: Odoo's own, the bill debits its stock account."""
        self.books_open = "orders without a policy are left to the closing"
        native = self._create_product(
            "Native",
            self._create_category(
                "Native",
                property_cost_method="average",
                property_valuation="real_time",
                property_stock_valuation_account_id=self.account_clearing.id,
            ),
        )
        self._create_subcontracting_bom(native, {self.plate: 2})
        order = self._subcontract(1, 12.0, product=native)
        made = self._receive(order, 1)
        self.assertFalse(made.backflush_entry_ids)
        bill = self._bill(order)
        self.assertEqual(bill.invoice_line_ids.account_id, self.account_clearing)

    def test_part_of_another_product(self):
        """A set of 4 chairs made at home: 4 x 34.50 out of FG, into FG."""
        chairs = self._create_product("Set of chairs", self.category_finished)
        self._create_bom(chairs, {self.chair: 4})
        self._create_card(chairs)
        self._receive(self._subcontract(4), 4)
        self._produce(1, product=chairs)
        self.assertChairs(4, billed=0.0)
