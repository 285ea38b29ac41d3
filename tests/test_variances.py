"""Variances at completion: price, substitution, efficiency, rounding, yield."""

from odoo import Command

from .common import BackflushCase


class TestMaterialVariances(BackflushCase):
    def test_price_of_average_cost_component(self):
        """Plates at average cost: the card plans 10.00, stock is worth 12.00 when 1
        table takes 2: price 2 x (12.00 - 10.00) = 4.00 unfavourable."""
        avco = self._create_category(
            "Average",
            property_cost_method="average",
            property_valuation="real_time",
            property_stock_valuation_account_id=self.account_rip.id,
            property_account_expense_categ_id=self.account_clearing.id,
        )
        self.plate.categ_id = avco
        self._buy(self.plate, 10, 12.0)
        self.assertEqual(self.plate.standard_price, 12.0)
        order = self._produce(1)
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 32.5,
                ("stock", "RIP"): -26.5,
                ("price", "Variances"): 4.0,
                ("applied", "Applied"): -10.0,
            },
        )

    def test_price_of_changed_standard(self):
        """Screws went from 0.50 to 0.60 after the card: 5 x 0.10 = 0.50 price."""
        self.screw.standard_price = 0.6
        order = self._produce(1)
        lines = order.backflush_entry_ids.line_ids
        price = lines.filtered(lambda line: line.variance_kind == "price")
        self.assertEqual(price.amount, 0.5)
        self.assertEqual(price.product_id, self.screw)
        self.assertEqual((price.standard_price, price.actual_price), (0.5, 0.6))

    def test_substitution(self):
        """Steel instead of plates: 2 x 13.00 = 26.00 unplanned, 2 x 10.00 = 20.00 left
        out: substitution 6.00."""
        steel = self._create_product("Steel", self.category_components, 13.0)
        order = self._order(1)
        self._add_component(order, steel, 2)
        self._set_produced(order, 1, {steel: 2, self.plate: 0})
        order.with_context(skip_consumption=True).button_mark_done()
        entry = order.backflush_entry_ids
        kinds = entry.line_ids.filtered("variance_kind").grouped("product_id")
        self.assertEqual(kinds[steel].variance_kind, "substitution")
        self.assertEqual(kinds[steel].amount, 26.0)
        self.assertEqual(kinds[self.plate].amount, -20.0)
        self.assertEntry(
            entry,
            {
                ("finished_goods", "FG"): 32.5,
                ("stock", "RIP"): -28.5,
                ("substitution", "Variances"): 6.0,
                ("applied", "Applied"): -10.0,
            },
        )

    def test_rounding(self):
        """A third of a plate at 10.00 for one unit is 3.333333 on the card. 1 unit:
        FG 3.33, RIP 0.3333 x 10.00 is what Odoo takes for the rounded quantity 0.34
        (units have two decimals): 3.40; usage (0.34 - 0.33333333) x 10 = 0.07."""
        product = self._create_product("Part", self.category_finished)
        self._create_bom(product, {self.plate: 1})
        self.bom_part = product.bom_ids
        self.bom_part.product_qty = 3
        self._create_card(product)
        order = self._produce(1, product=product)
        entry = order.backflush_entry_ids
        self.assertAlmostEqual(sum(entry.line_ids.mapped("amount")), 0.0)
        self.assertEqual(
            entry.line_ids.filtered(lambda line: line.role == "finished_goods").amount,
            3.33,
        )
        self.assertLedger()


class TestEfficiency(BackflushCase):
    conversion_basis = "time"

    def test_efficiency(self):
        """4 tables plan 4 x 15 min = 1 h; 90 min are recorded: applied 1.5 x 40.00 =
        60.00, efficiency 0.5 x 40.00 = 20.00 unfavourable; FG at card 130.00."""
        order = self._order(4)
        self._set_produced(order, 4)
        order.workorder_ids.duration = 90
        order.button_mark_done()
        entry = order.backflush_entry_ids
        self.assertEntry(
            entry,
            {
                ("finished_goods", "FG"): 130.0,
                ("stock", "RIP"): -90.0,
                ("applied", "Applied"): -60.0,
                ("efficiency", "Conversion variances"): 20.0,
            },
        )
        line = entry.line_ids.filtered(lambda line: line.variance_kind == "efficiency")
        self.assertEqual(line.workcenter_id, self.workcenter)
        self.assertEqual((line.standard_quantity, line.actual_quantity), (1.0, 1.5))

    def test_set_up_is_part_of_the_time(self):
        """A set-up of an hour for a lot of 4 is a quarter of an hour a table, card
        42.50. 4 tables plan 1 h of run and 1 h of set-up; 150 min are recorded: applied
        2.5 x 40.00 = 100.00, efficiency 0.5 x 40.00 = 20.00; FG 170.00."""
        self.workcenter.time_start = 60
        card = self.env["backflush.cost.card"]._build(self.table, self.company)
        card.lot_size = 4
        card.action_compute()
        self.assertEqual(card.total_cost, 42.5)
        card.action_put_in_force()
        order = self._order(4)
        self._set_produced(order, 4)
        order.workorder_ids.duration = 150
        order.button_mark_done()
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 170.0,
                ("stock", "RIP"): -90.0,
                ("applied", "Applied"): -100.0,
                ("efficiency", "Conversion variances"): 20.0,
            },
        )

    def test_unplanned_operation(self):
        """30 min of rework that the card does not plan: 0.5 x 40.00 = 20.00 applied,
        all of it efficiency; the planned 15 min are as planned."""
        order = self._order(1)
        order.workorder_ids = [
            Command.create(
                {
                    "name": "Rework",
                    "workcenter_id": self.workcenter.id,
                    "product_uom_id": self.table.uom_id.id,
                    "duration_expected": 30,
                }
            )
        ]
        self._set_produced(order, 1)
        rework = order.workorder_ids.filtered(lambda w: w.name == "Rework")
        rework.duration = 30
        (order.workorder_ids - rework).duration = 15
        order.button_mark_done()
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 32.5,
                ("stock", "RIP"): -22.5,
                ("applied", "Applied"): -30.0,
                ("efficiency", "Conversion variances"): 20.0,
            },
        )

    def test_unplanned_operation_at_another_rate(self):
        """30 min of rework at 40.00: 20.00 applied. The work center costs 60.00 by the
        time that a plate is added: usage 10.00, and nothing about work. The rework is
        found to be of another order: its 20.00 are taken back."""
        order = self._order(1)
        order.workorder_ids = [
            Command.create(
                {
                    "name": "Rework",
                    "workcenter_id": self.workcenter.id,
                    "product_uom_id": self.table.uom_id.id,
                    "duration_expected": 30,
                }
            )
        ]
        self._set_produced(order, 1)
        rework = order.workorder_ids.filtered(lambda w: w.name == "Rework")
        rework.duration = 30
        (order.workorder_ids - rework).duration = 15
        order.button_mark_done()
        self.assertBalances({self.account_applied: -30.0})
        self.workcenter.costs_hour = 60
        plates = order.move_raw_ids.filtered(lambda m: m.product_id == self.plate)
        plates.quantity = 3
        self.assertBalances({self.account_applied: -30.0, self.account_rip: -32.5})
        rework.time_ids.unlink()
        self.assertBalances({self.account_applied: -10.0, self.account_fg: 32.5})
        self.assertLedger()
