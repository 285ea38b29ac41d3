"""What a check of standards finds, each kind provoked by what people do."""

from odoo import Command, fields

from .card_health import CardHealthCase


class TestCardHealth(CardHealthCase):
    def test_healthy(self):
        """Bought at 10.00, assembled in 15 minutes each: nothing is found."""
        self._buy(self.plate, 10, 10.0)
        self._work(2, 30)
        self.assertFalse(self._check())

    # No longer matches ---------------------------------------------------------------

    def test_bill_changed(self):
        """6 screws instead of 5: + 1 x 0.50 = 0.50 a table, 2.00 for 4 on hand."""
        self._produce(4)
        self.bom.bom_line_ids[1].product_qty = 6
        finding = self._check_one(self.table, "bill")
        self.assertIn("Screw: 5 Units on the card, 6 Units in the bill", finding.detail)
        self.assertIn("last changed on", finding.detail)
        self.assertAlmostEqual(finding.amount, 0.5)
        self.assertAlmostEqual(finding.inventory_effect, 2.0)
        self.assertEqual(finding.card_id, self.card)
        self.assertEqual(finding.policy_id, self.policy)

    def test_components_replaced(self):
        """Without the screws, with 3 bolts at 0.40: - 2.50 + 1.20 = - 1.30."""
        bolt = self._create_product("Bolt", self.category_components, 0.4)
        self.bom.bom_line_ids[1].unlink()
        self.bom.bom_line_ids = [
            Command.create({"product_id": bolt.id, "product_qty": 3})
        ]
        finding = self._check_one(self.table, "bill")
        self.assertIn("Screw: 5 Units on the card, no longer in", finding.detail)
        self.assertIn("Bolt: not on the card, 3 Units in the bill", finding.detail)
        self.assertAlmostEqual(finding.amount, -1.3)

    def test_planned_scrap(self):
        """4 % of 5 screws: 0.2 x 0.50 = 0.10."""
        self.bom.bom_line_ids[1].backflush_scrap = 4
        finding = self._check_one(self.table, "bill")
        self.assertIn(
            "Screw, planned scrap: 0 Units on the card, 0.2 Units in", finding.detail
        )
        self.assertAlmostEqual(finding.amount, 0.1)

    def test_mix_group(self):
        """Plates and screws are put into a mix group: no cost moves, but usage would be
        told apart otherwise. Until the card is computed anew."""
        self.bom.bom_line_ids.backflush_mix_group = "Metal"
        finding = self._check_one(self.table, "bill")
        self.assertEqual((finding.amount, finding.inventory_effect), (0, 0))
        self.assertIn(
            "Screw, mix group: none on the card, Metal in the bill", finding.detail
        )
        self._renew(self.table)
        self.assertEqual(self._check(), {})

    def test_another_bill(self):
        """A bill of its own with 3 plates and the same rest comes first: + 10.00."""
        other = self._create_bom(
            self.table, {self.plate: 3, self.screw: 5}, {"Assemble": 15}
        )
        other.sequence = self.bom.sequence - 1
        other.code = "Sturdy"
        finding = self._check_one(self.table, "bill")
        self.assertIn("Plate: 2 Units on the card, 3 Units in the bill", finding.detail)
        self.assertIn("today Sturdy: Table applies", finding.detail)
        self.assertAlmostEqual(finding.amount, 10.0)

    def test_operation_changed(self):
        """18 instead of 15 minutes: 0.05 x 40.00 = 2.00, and 25 % overhead on it, which
        the card has already: 2.50."""
        self._add_overhead(25)
        self._renew(self.table)
        self.bom.operation_ids.time_cycle_manual = 18
        finding = self._check_one(self.table, "routing")
        self.assertIn("0.25 hours on the card, 0.3 in the bill", finding.detail)
        self.assertAlmostEqual(finding.amount, 2.5)

    def test_rate_changed(self):
        """44.00 instead of 40.00 an hour: 0.25 x 4.00 = 1.00."""
        self.workcenter.costs_hour = 44.0
        finding = self._check_one(self.table, "rate")
        self.assertIn("40.00 an hour on the card, 44.00 now", finding.detail)
        self.assertAlmostEqual(finding.amount, 1.0)

    def test_overhead_rate_changed(self):
        """10 % of 10.00 labour where there was none: 1.00."""
        self._add_overhead(10)
        finding = self._check_one(self.table, "overhead")
        self.assertIn("0.00 on the card, 1.00 now", finding.detail)
        self.assertAlmostEqual(finding.amount, 1.0)

    def test_component_moved(self):
        """Plates at 11.00 instead of 10.00: 2 x 1.00 = 2.00."""
        self.plate.standard_price = 11.0
        finding = self._check_one(self.table, "component")
        self.assertEqual(finding.detail, "Plate: 10.00 on the card, 11.00 now")
        self.assertAlmostEqual(finding.amount, 2.0)

    def test_component_with_a_card(self):
        """A set of 2 tables, 65.00. A screw more changes the table alone; once its new
        card is in force, 33.00, the set differs by 2 x 0.50 = 1.00."""
        bundle = self._create_product("Set", self.category_finished)
        self._create_bom(bundle, {self.table: 2})
        self._create_card(bundle)
        self.assertFalse(self._check())
        self.bom.bom_line_ids[1].product_qty = 6
        self._check_one(self.table, "bill")
        self._renew(self.table)
        finding = self._check_one(bundle, "component")
        self.assertIn("Table: 32.50 on the card, 33.00 now", finding.detail)
        self.assertIn("version 2", finding.detail)
        self.assertAlmostEqual(finding.amount, 1.0)

    def test_several_kinds_add_up(self):
        """A screw more (0.50), plates at 11.00 (2.00), 44.00 an hour (1.00): what the
        findings add up to, 3.50, is what a new card costs more: 36.00."""
        self.bom.bom_line_ids[1].product_qty = 6
        self.plate.standard_price = 11.0
        self.workcenter.costs_hour = 44.0
        found = self._check()
        self.assertEqual({kind for _name, kind in found}, {"bill", "component", "rate"})
        more = sum(finding.amount for finding in found.values())
        self._renew(self.table)
        self.assertAlmostEqual(self.table.standard_price, 36.0)
        self.assertAlmostEqual(more, 3.5)
        self.assertFalse(self._check())

    # No card, cannot be rolled up, too old -------------------------------------------

    def test_no_card(self):
        """A product that can be rolled up, and one that cannot: it lacks a bill."""
        shelf = self._create_product("Shelf", self.category_finished)
        self._create_bom(shelf, {self.plate: 1})
        self._create_product("Bench", self.category_finished)
        found = self._check()
        self.assertEqual(set(found), {("Shelf", "missing"), ("Bench", "missing")})
        self.assertNotIn("bill of materials", found["Shelf", "missing"].detail)
        self.assertIn("no bill of materials", found["Bench", "missing"].detail)
        self.assertFalse(found["Shelf", "missing"].card_id)

    def test_cannot_be_rolled_up(self):
        """The bill is archived: the card stays, but nothing can renew it."""
        self.bom.active = False
        finding = self._check_one(self.table, "problem")
        self.assertIn("no bill of materials", finding.detail)

    def test_too_old(self):
        """In force since 2020, twelve months allowed."""
        self.policy.health_max_age = 12
        finding = self._check_one(self.table, "age")
        self.assertIn("longer than the 12 months", finding.detail)
        self._renew(self.table)
        self.assertFalse(self._check())

    def test_card_of_a_bought_product(self):
        """Its price is what it has; it can be too old."""
        card = self.env["backflush.cost.card"].create(
            {
                "product_id": self.plate.id,
                "company_id": self.company.id,
                "basis": "bought",
                "date_from": "2020-01-01",
                "line_ids": [
                    Command.create(
                        {
                            "kind": "purchase",
                            "product_id": self.plate.id,
                            "element_id": self.material.id,
                            "price": 10.0,
                        }
                    )
                ],
            }
        )
        card.action_put_in_force()
        self.assertFalse(self._check())
        self.policy.health_max_age = 12
        found = self._check()
        self.assertEqual(set(found), {("Plate", "age"), ("Table", "age")})
        self.assertEqual(found["Plate", "age"].policy_id, self.policy)

    def test_card_computed_elsewhere(self):
        """A card without a bill says what somebody else computed."""
        card = self.env["backflush.cost.card"].create(
            {
                "product_id": self.table.id,
                "company_id": self.company.id,
                "line_ids": [
                    Command.create(
                        {
                            "kind": "component",
                            "product_id": self.plate.id,
                            "element_id": self.material.id,
                            "price": 30.0,
                        }
                    )
                ],
            }
        )
        card.action_put_in_force()
        self.assertFalse(self._check())

    # Against what happened -----------------------------------------------------------

    def test_purchases_dearer(self):
        """The last 2 bills: (10 x 11.00 + 30 x 12.00) / 40 = 11.75, 17.5 % above 10.00;
        the one before them, at 1.00, is not counted. 50 plates are on hand: 87.50."""
        for quantity, price in ((10, 1.0), (10, 11.0), (30, 12.0)):
            self._buy(self.plate, quantity, price)
        finding = self._check_one(self.plate, "price")
        self.assertIn("Standard 10.00, on average 11.75", finding.detail)
        self.assertAlmostEqual(finding.amount, 1.75)
        self.assertAlmostEqual(finding.inventory_effect, 87.5)
        self.assertEqual(finding.policy_id, self.policy)

    def test_purchases_within_tolerance(self):
        """10.50 is 5 % above 10.00, which is tolerated; 10.51 is not."""
        self._buy(self.plate, 10, 10.5)
        self.assertFalse(self._check())
        self.policy.health_sample = 1
        self._buy(self.plate, 10, 10.51)
        self._check_one(self.plate, "price")

    def test_purchases_by_the_dozen(self):
        """2 dozen plates at 132.00 a dozen: 11.00 each."""
        self.books_open = "The plates of the bill have not come yet."
        dozen = self.env.ref("uom.product_uom_dozen")
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.vendor.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.plate.id,
                            "product_uom_id": dozen.id,
                            "quantity": 2,
                            "price_unit": 132.0,
                        }
                    )
                ],
            }
        )
        bill.action_post()
        finding = self._check_one(self.plate, "price")
        self.assertAlmostEqual(finding.amount, 1.0)

    def test_purchases_not_compared(self):
        """A tolerance of zero, or a sample of none, compares nothing."""
        self._buy(self.plate, 10, 20.0)
        self.policy.health_price_tolerance = 0
        self.assertFalse(self._check())
        self.policy.write({"health_price_tolerance": 5, "health_sample": 0})
        self.assertFalse(self._check())

    def test_orders_slower(self):
        """The last 2 orders: 40 and 50 minutes for 2 and 3 tables, 90 / 60 / 5 = 0.3
        hours, 20 % above 0.25; the one before, 300 minutes, is not counted.
        0.05 x 40.00 = 2.00 a table, 12.00 for the 6 on hand."""
        for quantity, minutes in ((1, 300), (2, 40), (3, 50)):
            self._work(quantity, minutes)
        finding = self._check_one(self.table, "time")
        self.assertIn("0.25 hours on the card, on average 0.3", finding.detail)
        self.assertAlmostEqual(finding.amount, 2.0)
        self.assertAlmostEqual(finding.inventory_effect, 12.0)

    def test_orders_within_tolerance(self):
        """33 minutes for 2 tables: 0.275 hours, 10 % above 0.25, is tolerated."""
        self._work(2, 33)
        self.assertFalse(self._check())
        self.policy.health_time_tolerance = 9
        self._check_one(self.table, "time")

    def test_set_up_and_run_are_one(self):
        """30 minutes of set-up and 150 of work for a lot of 10: 0.05 + 0.25 hours
        each. An order of 2 in 36 minutes took 0.3 hours each, as planned."""
        self.workcenter.time_start = 30
        self.bom.operation_ids.time_cycle_manual = 150
        self.bom.product_qty = 10
        self.bom.bom_line_ids[0].product_qty = 20
        self.bom.bom_line_ids[1].product_qty = 50
        self._renew(self.table)
        self._work(2, 36)
        self.assertFalse(self._check())


class TestCardHealthAtSale(CardHealthCase):
    flush_point = "sale"

    def test_effect_on_inventory(self):
        """Unsold tables hold material alone: a screw more is worth 0.50 for each of 4,
        2.00; a dearer hour and a slower order nothing."""
        self._work(4, 120)
        self.bom.bom_line_ids[1].product_qty = 6
        self.workcenter.costs_hour = 44.0
        found = self._check()
        self.assertEqual(
            {
                kind: (f.amount, f.inventory_effect)
                for (_name, kind), f in found.items()
            },
            {"bill": (0.5, 2.0), "rate": (1.0, 0.0), "time": (10.0, 0.0)},
        )
