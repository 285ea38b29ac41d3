"""Components of every kind on a card: other costing methods, consumables, services,
lots, owners, variants, another bill."""

from odoo import Command

from .common import BackflushCase


class TestComponents(BackflushCase):
    def _create_priced(self, method, **values):
        """Return a component at ``method`` in a category and account of its own."""
        account = self._create_account("110730", "Glass", "asset_current")
        category = self._create_category(
            "Glass",
            property_cost_method=method,
            property_valuation="real_time",
            property_stock_valuation_account_id=account.id,
        )
        return self._create_product("Glass", category, **values), account

    def _create_desk(self, components):
        """Return a product of ``components`` and 10.00 of work, its card in force."""
        desk = self._create_product("Desk", self.category_finished)
        self._create_bom(desk, components, {"Assemble": 15})
        return desk, self._create_card(desk)

    def _lines(self, order):
        return {
            (line.variance_kind or line.role, line.account_id.name): line.amount
            for line in order.backflush_entry_ids.line_ids
        }

    # Costing methods -----------------------------------------------------------------

    def test_average_cost(self):
        """Glass bought at 8.00 when the card is made, then 1 at 12.00: average 10.00.
        A desk of 1 glass: FG 8.00 + 10.00; glass -10.00; price 2.00."""
        glass, account = self._create_priced("average")
        self._buy(glass, 1, 8.0)
        desk, _card = self._create_desk({glass: 1})
        self._buy(glass, 1, 12.0)
        order = self._produce(1, product=desk)
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 18.0,
                ("stock", "Glass"): -10.0,
                ("applied", "Applied"): -10.0,
                ("price", "Variances"): 2.0,
            },
        )
        self.assertBalances({account: 10.0})
        self.assertLedger()
        self.assertNothingToClose()

    def test_first_in_first_out(self):
        """1 glass at 8.00, 1 at 12.00, card at 10.00 (average). Each desk takes the
        oldest: -2.00 favourable, then 2.00 unfavourable."""
        glass, account = self._create_priced("fifo")
        self._buy(glass, 1, 8.0)
        self._buy(glass, 1, 12.0)
        desk, card = self._create_desk({glass: 1})
        standard = card.material_cost
        for value in (8.0, 12.0):
            lines = self._lines(self._produce(1, product=desk))
            self.assertEqual(lines["stock", "Glass"], -value)
            self.assertAlmostEqual(lines["price", "Variances"], value - standard)
        self.assertBalances({account: 0.0})
        self.assertLedger()
        self.assertNothingToClose()

    def test_partly_periodic(self):
        """Plates perpetual (RIP), paint periodic (its expense account): one card
        credits both: 10.00 and 3.00."""
        clearing = self._create_account("510791", "Paint clearing", "expense")
        paint = self._create_product(
            "Paint",
            self._create_category(
                "Paint",
                property_cost_method="standard",
                property_valuation="periodic",
                property_account_expense_categ_id=clearing.id,
            ),
            3.0,
        )
        desk, _card = self._create_desk({self.plate: 1, paint: 1})
        order = self._produce(1, product=desk)
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 23.0,
                ("stock", "RIP"): -10.0,
                ("stock", "Paint clearing"): -3.0,
                ("applied", "Applied"): -10.0,
            },
        )
        self.assertNothingToClose()

    # Consumables and services --------------------------------------------------------

    def test_consumable(self):
        """Glue is not stored: bought as an expense, in the clearing account, which the
        flush credits with 0.75."""
        glue = self._create_product(
            "Glue", self.category_components, 0.75, is_storable=False
        )
        bill = self._buy(glue, 1, 0.75)
        self.assertEqual(
            bill.invoice_line_ids.account_id, self.account_clearing, "an expense"
        )
        desk, _card = self._create_desk({self.plate: 1, glue: 1})
        order = self._produce(1, product=desk)
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 20.75,
                ("stock", "RIP"): -10.0,
                ("stock", "Clearing"): -0.75,
                ("applied", "Applied"): -10.0,
            },
        )
        self.assertBalances({self.account_clearing: 0.0})

    def test_service(self):
        """Orders move no services: the card leaves them out, no variance arises."""
        advice = self.env["product.product"].create(
            {"name": "Advice", "type": "service", "standard_price": 5.0}
        )
        desk, card = self._create_desk({self.plate: 1, advice: 1})
        self.assertEqual(card.line_ids.product_id, self.plate)
        order = self._produce(1, product=desk)
        self.assertFalse(order.backflush_entry_ids.line_ids.filtered("variance_kind"))

    # Lots and owners -----------------------------------------------------------------

    def _create_lot(self, product, name):
        return self.env["stock.lot"].create({"name": name, "product_id": product.id})

    def test_lot_valuated_component(self):
        """Glass by lot, A at 8.00 and B at 12.00; the order takes B: stock -12.00,
        price 12.00 - the card's price."""
        glass, account = self._create_priced("average", tracking="lot")
        glass.lot_valuated = True
        lots = {}
        for name, price in {"A": 8.0, "B": 12.0}.items():
            lots[name] = self._create_lot(glass, name)
            self._buy_lot(glass, lots[name], price)
        desk, card = self._create_desk({glass: 1})
        order = self._order(1, product=desk)
        self._set_produced(order, 1)
        raw = order.move_raw_ids
        raw.move_line_ids.unlink()
        raw.move_line_ids = [
            Command.create(
                {
                    "product_id": glass.id,
                    "lot_id": lots["B"].id,
                    "quantity": 1,
                    "location_id": raw.location_id.id,
                    "location_dest_id": raw.location_dest_id.id,
                    "picked": True,
                }
            )
        ]
        order.with_context(skip_consumption=True).button_mark_done()
        lines = self._lines(order)
        self.assertEqual(lines["stock", "Glass"], -12.0)
        self.assertAlmostEqual(lines["price", "Variances"], 12.0 - card.material_cost)
        self.assertBalances({account: 8.0})
        self.assertLedger()
        self.assertNothingToClose()

    def _buy_lot(self, product, lot, price):
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": 1,
                            "price_unit": price,
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        move = purchase.picking_ids.move_ids
        move.move_line_ids.lot_id = lot
        move.quantity = 1
        move.picked = True
        purchase.picking_ids.button_validate()
        purchase.action_create_invoice()
        purchase.invoice_ids.invoice_date = purchase.date_order
        purchase.invoice_ids.action_post()

    def test_serial_numbers(self):
        """Tables by serial number, valued by lot: 32.50 each, made and delivered."""
        self.table.tracking = "serial"
        self.table.lot_valuated = True
        order = self._order(1)
        order.lot_producing_ids = self._create_lot(self.table, "T-1")
        order.set_qty_producing()
        order.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(order.state, "done")
        self.assertBalances({self.account_fg: 32.5})
        self.assertNothingToClose()
        sale = self._sell(1)
        sale.picking_ids.move_ids.picked = True
        sale.picking_ids.button_validate()
        self.assertBalances({self.account_fg: 0.0, self.account_cogs: 32.5})
        self.assertNothingToClose()

    def test_plates_of_a_vendor(self):
        """Plates that a vendor still owns have no cost: FG at standard, RIP gives the
        screws alone, and the plates' 20.00 are a favourable substitution."""
        order = self._order(1)
        self._set_produced(order, 1)
        raw = order.move_raw_ids.filtered(lambda move: move.product_id == self.plate)
        raw.move_line_ids.owner_id = self.vendor
        order.with_context(skip_consumption=True).button_mark_done()
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 32.5,
                ("stock", "RIP"): -2.5,
                ("applied", "Applied"): -10.0,
                ("substitution", "Variances"): -20.0,
            },
        )
        self.assertNothingToClose()

    def test_tables_of_a_customer(self):
        """Tables that a customer owns are delivered without any entry."""
        self._produce(1)
        sale = self._sell(1)
        move = sale.picking_ids.move_ids
        move.quantity = 1
        move.move_line_ids.owner_id = self.customer
        move.picked = True
        sale.picking_ids.button_validate()
        self.assertEqual(move.state, "done")
        self.assertFalse(sale.picking_ids.backflush_entry_ids)
        self.assertBalances({self.account_fg: 32.5, self.account_cogs: 0.0})
        self.assertNothingToClose()

    # Variants and bills --------------------------------------------------------------

    def test_variants(self):
        """Desks in 2 sizes: the large one takes a second plate and 15 minutes more:
        10.00 + 10.00 = 20.00 and 20.00 + 20.00 = 40.00; a card and an order each."""
        small, large = self._create_variants()
        cards = {product: self._create_card(product) for product in small | large}
        self.assertEqual(cards[small].total_cost, 20.0)
        self.assertEqual(cards[large].total_cost, 40.0)
        for product, total, plates in ((small, 20.0, 10.0), (large, 40.0, 20.0)):
            order = self._produce(1, product=product)
            self.assertEntry(
                order.backflush_entry_ids,
                {
                    ("finished_goods", "FG"): total,
                    ("stock", "RIP"): -plates,
                    ("applied", "Applied"): plates - total,
                },
            )
        self.assertNothingToClose()

    def _create_variants(self):
        size = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [
                    Command.create({"name": name}) for name in ("Small", "Large")
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Desk",
                "is_storable": True,
                "categ_id": self.category_finished.id,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": size.id,
                            "value_ids": [Command.set(size.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        values = template.attribute_line_ids.product_template_value_ids
        only_large = [Command.set(values.filtered(lambda v: v.name == "Large").ids)]
        operation = {
            "workcenter_id": self.workcenter.id,
            "time_mode": "manual",
            "time_cycle_manual": 15,
        }
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": template.id,
                "company_id": self.company.id,
                "bom_line_ids": [
                    Command.create({"product_id": self.plate.id, "product_qty": 1}),
                    Command.create(
                        {
                            "product_id": self.plate.id,
                            "product_qty": 1,
                            "bom_product_template_attribute_value_ids": only_large,
                        }
                    ),
                ],
                "operation_ids": [
                    Command.create({**operation, "name": "Assemble"}),
                    Command.create(
                        {
                            **operation,
                            "name": "Reinforce",
                            "bom_product_template_attribute_value_ids": only_large,
                        }
                    ),
                ],
            }
        )
        return template.product_variant_ids

    def test_another_bill(self):
        """Made by a bill of 3 plates instead of 2 plates and 5 screws: FG at the card;
        usage of a plate 10.00, screws left out -2.50."""
        other = self._create_bom(self.table, {self.plate: 3}, {"Assemble": 15})
        order = self._produce(1, bom_id=other.id)
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 32.5,
                ("stock", "RIP"): -30.0,
                ("applied", "Applied"): -10.0,
                ("usage", "Variances"): 10.0,
                ("substitution", "Variances"): -2.5,
            },
        )
        self.assertNothingToClose()
