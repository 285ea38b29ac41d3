"""Movement: the ways in which goods leave, and through which they are made."""

from odoo import Command

from .common import BackflushCase


class TestMovement(BackflushCase):
    """Moves between locations of the company post nothing; what leaves is flushed."""

    sold = {("cost_of_sales", "COGS"): 65.0, ("finished_goods", "FG"): -65.0}

    def _validate(self, picking):
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
            move.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")

    def _create_picking(self, picking_type, quantity, source, destination, **values):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.table.id,
                            "product_uom_qty": quantity,
                            "location_id": source.id,
                            "location_dest_id": destination.id,
                        }
                    )
                ],
                **values,
            }
        )
        picking.action_confirm()
        return picking

    def _get_entries(self, event):
        return self.env["backflush.entry"].search([("event", "=", event)])

    def _deliver_in_steps(self, steps):
        """Sell 2 tables, validate each transfer of the chain; return them."""
        self._produce(2)
        sale = self._sell(2)
        done = self.env["stock.picking"]
        while waiting := sale.picking_ids - done:
            self._validate(waiting)
            done |= waiting
        self.assertEqual(len(done), steps)
        return sale

    # Deliveries ----------------------------------------------------------------------

    def test_deliveries_in_steps(self):
        """Pick and ship; pick, pack and ship: 2 x 32.50 once, with the last of them."""
        for number, steps in enumerate(("pick_ship", "pick_pack_ship"), 1):
            self.warehouse.delivery_steps = steps
            sale = self._deliver_in_steps(number + 1)
            last = sale.picking_ids.filtered(
                lambda p: p.location_dest_id.usage == "customer"
            )
            self.assertEntry(last.backflush_entry_ids, self.sold)
            self.assertFalse((sale.picking_ids - last).backflush_entry_ids)
            self.assertEqual(len(self._get_entries("delivery")), number)
            self.assertNothingToClose()
        self.assertLedger()

    def test_delivery_without_order(self):
        """A transfer to a customer that nobody sold is flushed just so."""
        self._produce(2)
        picking = self._create_picking(
            self.warehouse.out_type_id,
            2,
            self.warehouse.lot_stock_id,
            self.env.ref("stock.stock_location_customers"),
        )
        self._validate(picking)
        self.assertEntry(picking.backflush_entry_ids, self.sold)
        self.assertNothingToClose()

    def test_second_warehouse(self):
        """Made in one warehouse, moved to another through the company's transit
        location: no entry. Delivered from there: the same entry as ever."""
        other = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "company_id": self.company.id}
        )
        self._produce(2)
        transit = self.company.internal_transit_location_id
        transit.active = True
        stock = self.warehouse.lot_stock_id
        for source, destination in (
            (stock, transit),
            (transit, other.lot_stock_id),
        ):
            moved = self._create_picking(
                self.warehouse.int_type_id, 2, source, destination
            )
            self._validate(moved)
            self.assertFalse(moved.backflush_entry_ids)
            self.assertNothingToClose()
        picking = self._create_picking(
            other.out_type_id,
            2,
            other.lot_stock_id,
            self.env.ref("stock.stock_location_customers"),
        )
        self._validate(picking)
        self.assertEntry(picking.backflush_entry_ids, self.sold)
        self.assertNothingToClose()

    def test_dropship(self):
        """From the vendor straight to the customer: native. The bill debits the cost of
        sales with its own price; no entry, no cost of sales at the invoice."""
        self._dropship(35.0)
        self.assertFalse(self._get_entries("delivery"))
        self.assertFalse(self._get_entries("purchase"))
        self.assertBalances({self.account_cogs: 35.0, self.account_fg: 0.0})
        self.assertNothingToClose()

    def _dropship(self, price):
        """Buy, ship, bill and invoice one table that never comes here."""
        vendors = self.env.ref("stock.stock_location_suppliers")
        customers = self.env.ref("stock.stock_location_customers")
        picking_type = self.warehouse.in_type_id.copy(
            {
                "name": "Dropship",
                "sequence_code": "DS",
                "default_location_src_id": vendors.id,
                "default_location_dest_id": customers.id,
            }
        )
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "picking_type_id": picking_type.id,
                "dest_address_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.table.id,
                            "product_qty": 1,
                            "price_unit": price,
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        self._validate(purchase.picking_ids)
        self.assertTrue(purchase.picking_ids.move_ids.is_dropship)
        purchase.action_create_invoice()
        purchase.invoice_ids.invoice_date = purchase.date_order
        purchase.invoice_ids.action_post()

    # Other companies -----------------------------------------------------------------

    def test_inter_company(self):
        """Sold to a sister company: the goods go to the transit location between
        companies, and their cost to COGS. They come back: all is as before."""
        self._produce(2)
        between = self.env.ref("stock.stock_location_inter_company")
        between.active = True
        self.customer.with_company(self.company).property_stock_customer = between
        sale = self._sell(2)
        self._validate(sale.picking_ids)
        self.assertEqual(sale.picking_ids.location_dest_id, between)
        self.assertEntry(sale.picking_ids.backflush_entry_ids, self.sold)
        sale._create_invoices().action_post()
        self.assertBalances({self.account_cogs: 65.0, self.account_fg: 0.0})
        self.assertNothingToClose()
        self._return(sale, 2)
        self.assertBalances({self.account_cogs: 0.0, self.account_fg: 65.0})
        self.assertNothingToClose()
        self.assertLedger()

    def test_bought_from_sister_company(self):
        """What arrives from there was bought, not returned: the bill debits FG, and its
        2.50 above the card are price variance."""
        between = self.env.ref("stock.stock_location_inter_company")
        between.active = True
        self.vendor.with_company(self.company).property_stock_supplier = between
        bill = self._buy(self.table, 1, 35.0)
        self.assertFalse(self._get_entries("return"))
        self.assertEntry(
            bill.backflush_bill_entry_ids,
            {("price", "Variances"): 2.5, ("stock", "FG"): -2.5},
        )
        self.assertBalances({self.account_fg: 32.5})
        self.assertNothingToClose()

    # Manufacturing -------------------------------------------------------------------

    def test_manufacturing_in_steps(self):
        """Components fetched before, goods put away after the order: one entry, of the
        order, and nothing for the moves before and after."""
        for steps in ("pbm", "pbm_sam"):
            self.warehouse.manufacture_steps = steps
            self._stock(self.plate, 2)
            self._stock(self.screw, 5)
            order = self._order(1)
            self._validate(order.picking_ids)
            self._set_produced(order, 1)
            order.button_mark_done()
            for picking in order.picking_ids.filtered(lambda p: p.state != "done"):
                self._validate(picking)
            self.assertFalse(order.picking_ids.backflush_entry_ids)
            self.assertEntry(
                order.backflush_entry_ids,
                {
                    ("finished_goods", "FG"): 32.5,
                    ("stock", "RIP"): -22.5,
                    ("applied", "Applied"): -10.0,
                },
            )
            self.assertNothingToClose()
        self.assertBalances({self.account_fg: 65.0, self.account_rip: 0.0})
        self.assertLedger()


class TestMovementAtSale(TestMovement):
    """Flushed at sale: the same moves post, material and conversion applied."""

    flush_point = "sale"
    sold = {
        ("cost_of_sales", "COGS"): 65.0,
        ("stock", "RIP"): -45.0,
        ("applied", "Applied"): -20.0,
    }

    def test_inter_company(self):
        """The material of 2 tables leaves RIP with 45.00 and comes back."""
        self._produce(2)
        between = self.env.ref("stock.stock_location_inter_company")
        between.active = True
        self.customer.with_company(self.company).property_stock_customer = between
        sale = self._sell(2)
        self._validate(sale.picking_ids)
        self.assertEntry(sale.picking_ids.backflush_entry_ids, self.sold)
        sale._create_invoices().action_post()
        self.assertBalances({self.account_cogs: 65.0, self.account_rip: -45.0})
        self.assertNothingToClose()
        self._return(sale, 2)
        self.assertBalances(
            {self.account_cogs: 0.0, self.account_rip: 0.0, self.account_applied: 0.0}
        )
        self.assertNothingToClose()
        self.assertLedger()

    def test_bought_from_sister_company(self):
        """The bill's 35.00 leave FG: price 2.50, RIP 22.50, applied 10.00."""
        between = self.env.ref("stock.stock_location_inter_company")
        between.active = True
        self.vendor.with_company(self.company).property_stock_supplier = between
        bill = self._buy(self.table, 1, 35.0)
        self.assertEntry(
            bill.backflush_bill_entry_ids,
            {
                ("price", "Variances"): 2.5,
                ("stock", "FG"): -35.0,
                ("stock", "RIP"): 22.5,
                ("applied", "Applied"): 10.0,
            },
        )
        self.assertNothingToClose()

    def test_manufacturing_in_steps(self):
        """Nothing is posted before the sale; the pickings are internal."""
        self.warehouse.manufacture_steps = "pbm_sam"
        self._stock(self.plate, 2)
        self._stock(self.screw, 5)
        order = self._order(1)
        self._validate(order.picking_ids)
        self._set_produced(order, 1)
        order.button_mark_done()
        for picking in order.picking_ids.filtered(lambda p: p.state != "done"):
            self._validate(picking)
        self.assertFalse(order.backflush_entry_ids.line_ids)
        self.assertFalse(order.picking_ids.backflush_entry_ids)
        self.assertNothingToClose()
