"""Cost cards: built from the bill, operations, rates and overheads; frozen in force."""

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError

from .common import BackflushCase


class TestCostCard(BackflushCase):
    def _rebuild(self):
        return self.env["backflush.cost.card"]._build(self.table, self.company)

    def test_lines(self):
        """2 x 10.00 + 5 x 0.50 + 0.25 h x 40.00 = 32.50, and Odoo's cost follows."""
        amounts = {
            line.product_id.name or line.operation_id.name: line.amount
            for line in self.card.line_ids
        }
        self.assertEqual(amounts, {"Plate": 20.0, "Screw": 2.5, "Assemble": 10.0})
        self.assertEqual(self.card.material_cost, 22.5)
        self.assertEqual(self.card.conversion_cost, 10.0)
        self.assertEqual(self.table.standard_price, 32.5)

    def test_split_rate_and_overheads(self):
        """Rate 40.00 = 30.00 labour + 10.00 machine: 0.25 h gives 7.50 and 2.50.
        Overheads: 20 % of labour 1.50, 1.20 a unit, 8.00 an hour 2.00.
        22.50 + 7.50 + 2.50 + 1.50 + 1.20 + 2.00 = 37.20."""
        machine, overhead = self.env["backflush.cost.element"].create(
            [
                {
                    "name": name,
                    "code": name,
                    "kind": kind,
                    "company_id": self.company.id,
                }
                for name, kind in (("M", "machine"), ("O", "variable_overhead"))
            ]
        )
        self.workcenter.backflush_rate_ids = [
            Command.create({"element_id": self.labour.id, "rate": 30.0}),
            Command.create({"element_id": machine.id, "rate": 10.0}),
        ]
        self.policy.overhead_rate_ids = [
            Command.create({"element_id": overhead.id, "rate": rate, **values})
            for rate, values in (
                (20, {"method": "percent", "base_element_id": self.labour.id}),
                (1.2, {"method": "quantity"}),
                (8, {"method": "hour"}),
            )
        ]
        card = self._rebuild()
        by_element = {}
        for line in card.line_ids:
            by_element.setdefault(line.element_id.name, []).append(line.amount)
        self.assertEqual(by_element["Labour"], [7.5])
        self.assertEqual(by_element["M"], [2.5])
        self.assertEqual(by_element["O"], [1.5, 1.2, 2.0])
        self.assertAlmostEqual(card.total_cost, 37.2)

    def test_rates_that_do_not_add_up(self):
        with self.assertRaisesRegex(ValidationError, "add up to"):
            self.workcenter.backflush_rate_ids = [
                Command.create({"element_id": self.labour.id, "rate": 30.0})
            ]

    def test_bill_for_a_dozen(self):
        """A bill for 1 dozen with 24 plates: 2 plates a unit, 20.00."""
        dozen = self.env.ref("uom.product_uom_dozen")
        product = self._create_product("Shelf", self.category_finished)
        bom = self._create_bom(product, {self.plate: 24})
        bom.product_uom_id = dozen
        card = self.env["backflush.cost.card"]._build(product, self.company)
        self.assertEqual(card.line_ids.quantity, 2)
        self.assertEqual(card.total_cost, 20.0)

    def test_frozen_in_force(self):
        for change in (
            lambda: self.card.write({"date_from": fields.Date.today()}),
            lambda: self.card.line_ids[0].write({"price": 1}),
            lambda: self.card.line_ids[0].unlink(),
            lambda: self.card.element_ids[0].write({"amount": 1}),
            lambda: self.card.element_ids[0].unlink(),
            lambda: self.card.unlink(),
            lambda: self.card.action_compute(),
            lambda: self.card.write({"line_ids": [Command.clear()]}),
            lambda: self.env["backflush.cost.card.line"].create(
                {"card_id": self.card.id, "element_id": self.labour.id}
            ),
        ):
            with self.assertRaisesRegex(UserError, "can no longer be changed"):
                change()
        self.assertEqual(self.card.total_cost, 32.5)

    def test_versions(self):
        """A second card supersedes the first from its date on; the card of an event is
        the one that was in force on its day."""
        self._put_price(self.plate, 11.0)
        second = self._rebuild()
        second.action_put_in_force()
        self.assertEqual(self.card.state, "superseded")
        self.assertEqual((self.card.version, second.version), (1, 2))
        self.assertEqual(self.table.standard_price, 34.5)
        find = self.env["backflush.cost.card"]._get_in_force
        today = fields.Date.today()
        yesterday = fields.Date.subtract(today, days=1)
        self.assertEqual(find(self.table, self.company, today)[self.table], second)
        self.assertEqual(
            find(self.table, self.company, yesterday)[self.table], self.card
        )

    def test_not_yet_valid(self):
        card = self._rebuild()
        card.date_from = fields.Date.add(fields.Date.today(), days=1)
        with self.assertRaisesRegex(UserError, "still to come"):
            card.action_put_in_force()

    def test_what_keeps_cards_from_being_computed(self):
        """One message names each product and what it lacks."""
        bench = self._create_product("Bench", self.category_finished)
        odd = self._create_product("Odd", self._create_category("Without policy"))
        with self.assertRaises(UserError) as caught:
            self.env["backflush.cost.card"]._build(bench | odd, self.company)
        message = str(caught.exception)
        self.assertIn("Bench: no bill of materials", message)
        self.assertIn("Odd: its category Without policy has no backflush", message)

    def test_kit_component(self):
        """A kit of 3 screws as component is exploded: 3 x 0.50 = 1.50."""
        kit = self._create_product("Kit", self.category_components)
        self._create_bom(kit, {self.screw: 3}).type = "phantom"
        product = self._create_product("Shelf", self.category_finished)
        self._create_bom(product, {kit: 1})
        card = self.env["backflush.cost.card"]._build(product, self.company)
        self.assertEqual(card.line_ids.product_id, self.screw)
        self.assertEqual(card.total_cost, 1.5)
