"""The roll-up through Odoo's bills: levels, shared parts, lots, variants, problems."""

from decimal import Decimal

from odoo import Command, fields
from odoo.exceptions import UserError

from ..costing.rollup import Changes
from .common import BackflushCase


class RollUpCase(BackflushCase):
    """A policy with labour at 40.00 an hour; plates cost 10.00, screws 0.50."""

    @classmethod
    def _make(cls, name, components, operations=(), **values):
        """Return a product of the policy with a bill for ``components``."""
        product = cls._create_product(name, cls.category_finished)
        bom = cls._create_bom(product, components, operations)
        bom.write(values)
        return product

    def _roll_up(self, products, **values):
        return self.env["backflush.cost.card"]._roll_up(
            products, self.company, fields.Date.today(), **values
        )

    def _create(self, products, **values):
        """Roll up and return {product: draft card}."""
        found = self._roll_up(products, **values)
        self.assertFalse(found.problems)
        cards = self.env["backflush.cost.card"]._create_from(
            found, self.company, fields.Date.today()
        )
        return {card.product_id: card for card in cards}

    def assertElements(self, card, expected):
        """Compare {element: (this level, levels below)} and their sum."""
        self.assertEqual(
            {
                line.element_id: (line.own_amount, line.below_amount)
                for line in card.element_ids
            },
            expected,
        )
        self.assertAlmostEqual(
            sum(card.element_ids.mapped("amount")), card.total_cost, 6
        )


class TestLevels(RollUpCase):
    @classmethod
    def setUpClass(cls):
        """A leg is 2 screws and 3 minutes: 1.00 + 2.00 = 3.00. A frame is 4 legs, a
        plate, 6 minutes: 12.00 + 10.00 + 4.00 = 26.00. A bench is a frame, 2 legs, 5
        screws, 15 minutes: 26.00 + 6.00 + 2.50 + 10.00 = 44.50."""
        super().setUpClass()
        cls.leg = cls._make("Leg", {cls.screw: 2}, {"Turn": 3})
        cls.frame = cls._make("Frame", {cls.leg: 4, cls.plate: 1}, {"Weld": 6})
        cls.bench = cls._make(
            "Bench", {cls.frame: 1, cls.leg: 2, cls.screw: 5}, {"Assemble": 15}
        )
        cls.all = cls.leg | cls.frame | cls.bench

    def test_three_levels(self):
        """Labour of the bench: 10.00 of its own; 4.00 of the frame and 6 legs at 2.00
        below. Material: 2.50 of its own; below a plate and 12 screws, 10.00 + 6.00."""
        cards = self._create(self.all)
        self.assertEqual(
            {product.name: card.total_cost for product, card in cards.items()},
            {"Leg": 3.0, "Frame": 26.0, "Bench": 44.5},
        )
        self.assertEqual([card.level for card in cards.values()], [1, 2, 3])
        self.assertElements(
            cards[self.bench],
            {self.material: (2.5, 16.0), self.labour: (10.0, 16.0)},
        )
        self.assertElements(
            cards[self.leg], {self.material: (1.0, 0.0), self.labour: (2.0, 0.0)}
        )

    def test_shared_component_names_its_draft(self):
        """The lines for legs, of the frame and of the bench, name the leg's card."""
        cards = self._create(self.all)
        for product in (self.frame, self.bench):
            line = cards[product].line_ids.filtered(lambda x: x.product_id == self.leg)
            self.assertEqual(line.component_card_id, cards[self.leg])
            self.assertEqual(line.price, 3.0)

    def test_deep(self):
        """The bench alone takes its parts at today's cost, which is nothing yet; deep,
        they are rolled up with it."""
        self.assertEqual(
            [(p.kind, p.subject) for p in self._roll_up(self.bench).problems],
            [("price", (self.frame.id, self.leg.id))],
        )
        found = self._roll_up(self.bench, deep=True)
        self.assertEqual(list(found.cards), self.all.ids)
        self.assertEqual(float(found.cards[self.bench.id].total), 44.5)

    def test_parts_in_force(self):
        """With the frame and the leg in force, the bench alone comes to the same, and
        to the same elements; its level counts theirs."""
        below = self._create(self.leg | self.frame)
        (below[self.leg] | below[self.frame]).action_put_in_force()
        card = self._create(self.bench)[self.bench]
        self.assertEqual((card.total_cost, card.level), (44.5, 3))
        self.assertElements(
            card, {self.material: (2.5, 16.0), self.labour: (10.0, 16.0)}
        )
        self.assertEqual(
            card.line_ids.component_card_id, below[self.leg] | below[self.frame]
        )

    def test_built_together(self):
        """Building cards one policy at a time rolls up too."""
        cards = self.env["backflush.cost.card"]._build(self.all, self.company)
        self.assertEqual(cards.mapped("total_cost"), [3.0, 26.0, 44.5])

    def test_stored_as_computed(self):
        """What is inserted is what the ORM computes: amounts of lines, sums of cards,
        and the fields that lines take from their card."""
        self.plate.standard_price = 10 / 3
        cards = self._create(self.all)[self.bench].browse(
            card.id for card in self._create(self.all).values()
        )
        lines = cards.line_ids
        before = (
            lines.mapped("amount"),
            [(card.material_cost, card.conversion_cost) for card in cards],
            cards.mapped("total_cost"),
        )
        lines._compute_amount()
        cards._compute_costs()
        after = (
            lines.mapped("amount"),
            [(card.material_cost, card.conversion_cost) for card in cards],
            cards.mapped("total_cost"),
        )
        self.assertEqual(before, after)
        self.assertEqual(lines.company_id, self.company)
        for line in lines:
            self.assertEqual(line.card_product_id, line.card_id.product_id)

    def test_price_and_rate_tried(self):
        """Screws at 0.70 and the hour at 50.00: a leg is 1.40 + 2.50 = 3.90, a frame
        15.60 + 10.00 + 5.00 = 30.60, a bench 30.60 + 7.80 + 3.50 + 12.50 = 54.40."""
        found = self._roll_up(
            self.all,
            changes=Changes(
                prices={self.screw.id: Decimal("0.7")},
                rates={(self.workcenter.id, self.labour.id): Decimal(50)},
            ),
        )
        totals = [float(card.total) for card in found.cards.values()]
        self.assertEqual(totals, [3.9, 30.6, 54.4])
        self.assertEqual(self.screw.standard_price, 0.5)


class TestLots(RollUpCase):
    def test_set_up_over_the_lot(self):
        """A bill for 12: 30 min of set-up and 6 of clean-up are 0.6 h, 2.00 a unit;
        5 min a cycle of 4 at 80 % efficiency, 3 cycles of 6.25 min = 0.3125 h, 1.041667
        a unit; 24 plates, 20.00. With a lot of 100: 0.24; 25 cycles, 2.604167 h, the
        same a unit. With 10: 2.40; 3 cycles over 10 units, 1.25."""
        self.workcenter.write({"time_start": 30, "time_stop": 6, "time_efficiency": 80})
        self.workcenter.capacity_ids = [
            Command.create(
                {
                    "product_uom_id": self.plate.uom_id.id,
                    "capacity": 4,
                    "time_start": 30,
                    "time_stop": 6,
                }
            )
        ]
        product = self._make("Lot", {self.plate: 24}, {"Press": 5}, product_qty=12)
        card = self._create(product)[product]
        self.assertEqual(card.lot_size, 12.0)
        for lot, setup, run in (
            (12, 2.0, 1.041667),
            (100, 0.24, 1.041667),
            (10, 2.4, 1.25),
        ):
            card.lot_size = lot
            card.action_compute()
            amounts = {line.kind: line.amount for line in card.line_ids}
            self.assertEqual(
                amounts, {"component": 20.0, "setup": setup, "operation": run}
            )
            self.assertEqual(card.lot_size, lot)

    def test_as_an_order_of_the_lot(self):
        """The hours of the card times the lot are what Odoo plans for an order, in
        hundredths of a minute: 11 and 5 / 90 %, 16.56."""
        self.workcenter.write({"time_start": 7, "time_stop": 4, "time_efficiency": 90})
        product = self._make("Lot", {self.plate: 5}, {"Press": 5}, product_qty=5)
        card = self._create(product)[product]
        order = self._order(5, product=product)
        self.assertAlmostEqual(
            sum(card.line_ids.filtered("operation_id").mapped("quantity")) * 5 * 60,
            sum(order.workorder_ids.mapped("duration_expected")),
            delta=0.01,
        )

    def test_lot_size_of_orders(self):
        """A bill for 2 whose orders are for 50: 30 min of set-up over 50 units."""
        self.workcenter.time_start = 30
        product = self._make(
            "Lot",
            {self.plate: 2},
            {"Press": 5},
            product_qty=2,
            enable_batch_size=True,
            batch_size=50,
        )
        card = self._create(product)[product]
        self.assertEqual(card.lot_size, 50.0)
        setup = card.line_ids.filtered(lambda line: line.kind == "setup")
        self.assertEqual((setup.quantity, setup.amount), (0.01, 0.4))

    def test_recorded_times(self):
        """Computed duration: the last order took 20 minutes for one unit, not 5."""
        product = self._make("Timed", {self.plate: 1}, {"Press": 5})
        operation = product.bom_ids.operation_ids
        operation.write({"time_mode": "auto", "time_mode_batch": 3})
        card = self._create(product)[product]
        self.assertEqual(card.conversion_cost, 3.333333)
        self._create_card(product)
        order = self._order(1, product=product)
        self._set_produced(order, 1)
        order.workorder_ids.duration = 20
        order.button_mark_done()
        operation.invalidate_recordset(["time_cycle"])
        self.assertEqual(operation.time_cycle, 20)
        card.action_compute()
        self.assertEqual(card.conversion_cost, 13.333333)


class TestBills(RollUpCase):
    def test_byproduct_kit_and_scrap(self):
        """A bill for 2: 4 plates with 5 % scrap 40.00 + 2.00; 1 kit of 3 screws 1.50;
        0.5 kg chips of 1.60 back, -0.80. One: 21.35."""
        kit = self._create_product("Kit", self.category_components)
        self._create_bom(kit, {self.screw: 3}).type = "phantom"
        chips = self._create_product("Chips", self.category_components, 1.6)
        product = self._make("Stool", {self.plate: 4, kit: 1}, product_qty=2)
        product.bom_ids.bom_line_ids[0].backflush_scrap = 5
        product.bom_ids.byproduct_ids = [
            Command.create({"product_id": chips.id, "product_qty": 0.5})
        ]
        card = self._create(product)[product]
        self.assertEqual(card.total_cost, 21.35)
        self.assertEqual(
            [(line.kind, line.quantity, line.amount) for line in card.line_ids],
            [
                ("component", 2.0, 20.0),
                ("scrap", 0.1, 1.0),
                ("component", 1.5, 0.75),
                ("byproduct", -0.25, -0.4),
            ],
        )

    def test_kits_are_not_rounded(self):
        """A kit is made 3 at a time of one plate: a stool of one kit takes a third,
        3.333333. Odoo would plan 0.34 for an order of one, but 33.34 for a hundred."""
        kit = self._create_product("Kit", self.category_components)
        bom = self._create_bom(kit, {self.plate: 1})
        bom.write({"type": "phantom", "product_qty": 3})
        product = self._make("Stool", {kit: 1})
        card = self._create(product)[product]
        self.assertEqual(card.total_cost, 3.333333)

    def test_byproduct_made_elsewhere(self):
        """Pegs are made of one screw, 0.50, and fall off the bench's plate too, 4 of
        them: 10.00 - 2.00. The peg is rolled up first, at its new 0.70."""
        peg = self._make("Peg", {self.screw: 1})
        bench = self._make("Bench", {self.plate: 1})
        bench.bom_ids.byproduct_ids = [
            Command.create({"product_id": peg.id, "product_qty": 4})
        ]
        self.screw.standard_price = 0.7
        cards = self._create(bench | peg)
        self.assertEqual(cards[bench].total_cost, 7.2)
        self.assertEqual(list(cards), [peg, bench])

    def test_other_unit(self):
        """A dozen shelves of 2 dozen screws: 2 screws each; the price is per screw."""
        dozen = self.env.ref("uom.product_uom_dozen")
        product = self._make("Shelf", {self.screw: 2}, product_uom_id=dozen.id)
        product.bom_ids.bom_line_ids.product_uom_id = dozen
        card = self._create(product)[product]
        self.assertEqual((card.line_ids.quantity, card.total_cost), (2.0, 1.0))
        self.assertEqual(card.lot_size, 12.0)

    def test_unusable_unit(self):
        """Plates by the kilogram have no cost: the plate is counted in units."""
        product = self._make("Shelf", {self.screw: 2, self.plate: 1})
        line = product.bom_ids.bom_line_ids[1]
        line.product_uom_id = self.env.ref("uom.product_uom_kgm")
        [problem] = self._roll_up(product).problems
        self.assertEqual((problem.kind, problem.subject), ("unit", (self.plate.id,)))

    def test_variants(self):
        """Small and large from one bill: 1 plate for all, 1 more for the large, which
        is also painted for 15 min: 10.00 and 20.00 + 10.00."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [
                    Command.create({"name": name}) for name in ("Small", "Large")
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Board",
                "is_storable": True,
                "categ_id": self.category_finished.id,
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
        small, large = template.product_variant_ids
        bom = self._create_bom(small, {self.plate: 1}, {"Paint": 15})
        bom.product_id = False
        only_large = large.product_template_attribute_value_ids
        bom.operation_ids.bom_product_template_attribute_value_ids = only_large
        bom.bom_line_ids = [
            Command.create(
                {
                    "product_id": self.plate.id,
                    "product_qty": 1,
                    "bom_product_template_attribute_value_ids": only_large.ids,
                }
            )
        ]
        cards = self._create(small | large)
        self.assertEqual(cards[small].total_cost, 10.0)
        self.assertEqual(cards[large].total_cost, 30.0)
        self.assertEqual(cards[large].bom_id, bom)

    def test_alternative_bills(self):
        """The first bill by sequence counts, 1 plate; a card that names the other, 3
        plates, keeps it when it is computed anew."""
        product = self._make("Shelf", {self.plate: 1}, sequence=1)
        other = self._create_bom(product, {self.plate: 3})
        other.sequence = 2
        card = self._create(product)[product]
        self.assertEqual(card.total_cost, 10.0)
        card.bom_id = other
        card.action_compute()
        self.assertEqual((card.total_cost, card.bom_id), (30.0, other))
        other.sequence = 0
        self.assertEqual(self._create(product)[product].total_cost, 30.0)

    def test_bought(self):
        """A plate is bought: one line of 10.00, material of this level."""
        card = self._create(self.plate)[self.plate]
        self.assertEqual((card.basis, card.level, card.total_cost), ("bought", 0, 10.0))
        self.assertEqual(
            (card.line_ids.kind, card.line_ids.product_id), ("purchase", self.plate)
        )
        self.assertElements(card, {self.material: (10.0, 0.0)})
        self.plate.standard_price = 11.0
        card.action_compute()
        self.assertEqual(card.total_cost, 11.0)
        card.action_put_in_force()
        self.assertEqual(card.state, "in_force")


class TestProblems(RollUpCase):
    def _close_cycle(self, first, second):
        """Let ``first`` be made of ``second``; Odoo forbids it, but not everything that
        writes bills asks Odoo."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mrp_bom_line SET product_id = %s WHERE bom_id = %s",
            [second.id, first.bom_ids.id],
        )
        self.env.invalidate_all()

    def test_cycle(self):
        """First → Second → First is reported with its path; what is made of it gets no
        card, the table beside it does."""
        first = self._make("First", {self.plate: 1})
        second = self._make("Second", {first: 1})
        above = self._make("Above", {second: 1})
        self._close_cycle(first, second)
        found = self._roll_up(first | second | above | self.table)
        self.assertEqual(list(found.cards), self.table.ids)
        self.assertEqual(found.blocked, {first.id, second.id, above.id})
        [problem] = self.env["backflush.cost.card"]._describe_problems(found)
        self.assertIn("First → Second → First", problem["message"])
        self.assertEqual(problem["product_id"], first.id)

    def test_collected(self):
        """A part without a cost, one without a bill: both are named, with their level,
        what is above them gets no card, and single cards are not half built."""
        lost = self._create_product("Lost", self.category_finished)
        rare = self._create_product("Rare", self.category_components)
        low = self._make("Low", {rare: 1})
        high = self._make("High", {low: 1, lost: 1})
        found = self._roll_up(lost | low | high | self.table)
        self.assertEqual(
            {(p.product, p.kind, p.level, p.subject) for p in found.problems},
            {
                (lost.id, "bill", 1, ()),
                (low.id, "price", 1, (rare.id,)),
            },
        )
        self.assertEqual(list(found.cards), self.table.ids)
        messages = self.env["backflush.cost.card"]._describe_problems(found)
        self.assertEqual(len(messages), 2)
        with self.assertRaisesRegex(UserError, "Lost: no bill of materials"):
            self.env["backflush.cost.card"]._build(lost | high, self.company)
        self.assertFalse(
            self.env["backflush.cost.card"].search([("product_id", "=", high.id)])
        )

    def test_free_of_charge(self):
        """What is marked as free may cost nothing: 10.00 + 0.00."""
        water = self._create_product("Water", self.category_components)
        product = self._make("Shelf", {self.plate: 1, water: 3})
        self.assertEqual(self._roll_up(product).problems[0].subject, (water.id,))
        water.backflush_free = True
        self.assertEqual(self._create(product)[product].total_cost, 10.0)


class TestQueries(RollUpCase):
    def _make_many(self, number):
        """Return ``number`` products, every second one made of the one before it."""
        products = self.env["product.product"]
        for index in range(number):
            below = {products[-1]: 1} if index % 2 else {}
            products |= self._make(
                f"Part {index}", {self.plate: 1, **below}, {"Assemble": 3}
            )
        return products

    def test_problems_are_named_at_once(self):
        """As many queries for the words of 50 missing bills as for those of 5."""
        counts = []
        for number in (5, 50):
            lost = self.env["product.product"]
            for index in range(number):
                lost |= self._create_product(f"Lost {index}", self.category_finished)
            found = self._roll_up(lost)
            self.assertEqual(len(found.problems), number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["backflush.cost.card"]._describe_problems(found)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def _count(self, products):
        """Return the numbers of queries of a roll-up, and of creating its cards."""
        self.env.flush_all()
        self.env.invalidate_all()
        counts = [self.env.cr.sql_log_count]
        found = self._roll_up(products)
        counts.append(self.env.cr.sql_log_count)
        self.env["backflush.cost.card"]._create_from(
            found, self.company, fields.Date.today()
        )
        self.env.flush_all()
        counts.append(self.env.cr.sql_log_count)
        return counts[1] - counts[0], counts[2] - counts[1]

    def test_no_more_for_more(self):
        """As many queries for 50 products as for 5."""
        few, many = self._make_many(5), self._make_many(50)
        self._count(few)  # What is read once: access rights, views of the user.
        self.assertEqual(self._count(few), self._count(many))
