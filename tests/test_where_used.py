"""Where used: all products above a component, from cards in force and from bills.

The table of the base case takes 2 plates and 5 screws. A frame takes 4 screws at 0.50
and a quarter of an hour of assembly at 40.00: 2.00 + 10.00 = 12.00. A desk takes a
frame and 6 screws: 12.00 + 3.00 = 15.00. A set takes two desks and a frame:
30.00 + 12.00 = 42.00.
"""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import BackflushCase


class TestWhereUsed(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls._create_product("Frame", cls.category_finished)
        cls.desk = cls._create_product("Desk", cls.category_finished)
        cls.set = cls._create_product("Set", cls.category_finished)
        cls.bom_frame = cls._create_bom(cls.frame, {cls.screw: 4}, {"Weld": 15})
        cls.bom_desk = cls._create_bom(cls.desk, {cls.frame: 1, cls.screw: 6})
        cls._create_bom(cls.set, {cls.desk: 2, cls.frame: 1})
        for product in (cls.frame, cls.desk, cls.set):
            cls._create_card(product)

    def _ask(self, product, source="cards", user=None):
        """Return {product: line} of what uses ``product``."""
        Where = self.env["backflush.where.used"]
        asked = Where.with_user(user or self.env.user).create(
            {"product_id": product.id, "source": source}
        )
        asked.action_show()
        return {line.product_id: line for line in asked.line_ids}

    def _get_quantities(self, lines):
        return {
            product.name: (line.level, line.direct_quantity, line.quantity)
            for product, line in lines.items()
        }

    def test_all_levels(self):
        """Table 5. Frame 4. Desk 6 + 4 = 10. Set 2 x 10 + 4 = 24, none of it directly;
        its nearest way, by the frame, is 2 levels."""
        expected = {
            "Table": (1, 5, 5),
            "Frame": (1, 4, 4),
            "Desk": (1, 6, 10),
            "Set": (2, 0, 24),
        }
        for source in ("cards", "bills"):
            with self.subTest(source=source):
                lines = self._ask(self.screw, source)
                self.assertEqual(self._get_quantities(lines), expected)

    def test_cost_and_share(self):
        """24 screws at 0.50 in a set are 12.00 of its 42.00."""
        line = self._ask(self.screw)[self.set]
        self.assertEqual((line.cost, line.standard_cost), (12, 42))
        self.assertAlmostEqual(line.share, 12 / 42)

    def test_sub_assembly(self):
        """A set takes 2 desks, each with a frame, and a frame: 3."""
        lines = self._ask(self.frame)
        self.assertEqual(
            self._get_quantities(lines), {"Desk": (1, 1, 1), "Set": (1, 1, 3)}
        )
        self.assertFalse(self._ask(self.set))

    def test_planned_scrap_is_used(self):
        """A quarter more screws for a frame: 4 and 1 of scrap."""
        self.bom_frame.bom_line_ids.backflush_scrap = 25
        self._create_card(self.frame)
        for source in ("cards", "bills"):
            self.assertEqual(self._ask(self.screw, source)[self.frame].quantity, 5)

    def test_card_and_bill_differ(self):
        """The bill takes 8 screws today, the card in force still 4."""
        self.bom_frame.bom_line_ids.product_qty = 8
        self.assertEqual(self._ask(self.screw)[self.frame].quantity, 4)
        self.assertEqual(self._ask(self.screw, "bills")[self.frame].quantity, 8)

    def test_superseded_card_does_not_count(self):
        """A new card without screws: the frame no longer uses any."""
        self.bom_frame.bom_line_ids.product_id = self.plate
        self._create_card(self.frame)
        self.assertNotIn(self.frame, self._ask(self.screw))
        self.assertEqual(self._ask(self.screw)[self.desk].quantity, 6)

    def test_other_units(self):
        """A bill for 10 with a dozen screws: 1.2 a unit."""
        self.bom_frame.write(
            {
                "product_qty": 10,
                "bom_line_ids": [
                    Command.update(
                        self.bom_frame.bom_line_ids.id,
                        {
                            "product_qty": 1,
                            "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                        },
                    )
                ],
            }
        )
        self.assertAlmostEqual(
            self._ask(self.screw, "bills")[self.frame].quantity, 1.2, 8
        )

    def test_kit(self):
        """A bag of 10 screws is a kit; a desk takes a bag and 6 screws: 16. Its card
        knows no bag, the bill does."""
        bag = self._create_product("Bag", self.category_components)
        self._create_bom(bag, {self.screw: 10}).type = "phantom"
        self.bom_desk.bom_line_ids[0].product_id = bag
        self._create_card(self.desk)
        self.assertEqual(self._ask(self.screw)[self.desk].quantity, 16)
        lines = self._ask(self.screw, "bills")
        self.assertEqual(lines[self.desk].quantity, 16)
        self.assertEqual(lines[bag].quantity, 10)

    def test_first_bill_counts(self):
        """An alternative bill of a frame, with 9 screws, comes after the one used."""
        other = self._create_bom(self.frame, {self.screw: 9})
        other.sequence = 20
        self.bom_frame.sequence = 10
        self.assertEqual(self._ask(self.screw, "bills")[self.frame].quantity, 4)
        other.sequence = 5
        self.assertEqual(self._ask(self.screw, "bills")[self.frame].quantity, 9)

    def test_circle(self):
        """Cards of two dates: a desk takes a frame, and a later frame a desk. What is
        in the circle and above it has no quantity."""
        self.env["backflush.cost.card.line"].create(
            {
                "card_id": self.env["backflush.cost.card"]
                .create({"product_id": self.frame.id})
                .id,
                "element_id": self.material.id,
                "product_id": self.desk.id,
                "quantity": 1,
            }
        ).card_id.action_put_in_force()
        self._create_card(self.desk)
        lines = self._ask(self.screw)
        self.assertEqual(lines[self.table].quantity, 5)
        self.assertTrue(lines[self.desk].is_circular)
        self.assertTrue(lines[self.set].is_circular)
        self.assertFalse(lines[self.table].is_circular)

    def test_queries_by_level(self):
        """As many queries for a screw in 24 products as in 4: two levels of users."""
        few = {
            source: self._count_queries(source, self.screw)
            for source in ("cards", "bills")
        }
        for number in range(20):
            product = self._create_product(f"Shelf {number}", self.category_finished)
            self._create_bom(product, {self.screw: 1})
            self._create_card(product)
        for source in ("cards", "bills"):
            self.assertEqual(
                self._count_queries(source, self.screw), few[source], source
            )

    def _count_queries(self, source, product):
        asked = self.env["backflush.where.used"].create(
            {"product_id": product.id, "source": source}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        asked._get_quantities()
        return self.env.cr.sql_log_count - before

    def test_buttons(self):
        """From the product and from its card to the same list; a product with variants
        asks which one."""
        action = self.screw.action_view_where_used()
        lines = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(len(lines), 4)
        action = self.card.action_view_where_used()
        self.assertFalse(self.env[action["res_model"]].search(action["domain"]))
        line = lines.filtered(lambda line: line.product_id == self.frame)
        self.assertEqual(line.action_view_card()["res_model"], "backflush.cost.card")
        action = line.action_where_used()
        lines = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(lines.product_id, self.desk | self.set)
        self.assertEqual(
            (self.screw | self.plate).action_view_where_used()["target"], "new"
        )

    # Access --------------------------------------------------------------------------

    def test_auditor_asks(self):
        """An auditor sees what uses what, bills included, which he cannot open."""
        auditor = new_test_user(
            self.env,
            "auditor_where_used",
            "base.group_user,mrp_account_backflush.group_backflush_auditor",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        for source in ("cards", "bills"):
            lines = self._ask(self.screw, source, auditor)
            self.assertEqual(len(lines), 4, source)

    def test_worker_may_not_ask(self):
        worker = new_test_user(
            self.env,
            "worker_where_used",
            "base.group_user,mrp.group_mrp_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self._ask(self.screw, user=worker)

    def test_other_company(self):
        """A shared screw is used in this company; in another, by nothing."""
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids += other
        Where = self.env["backflush.where.used"].with_context(
            allowed_company_ids=other.ids
        )
        for source in ("cards", "bills"):
            asked = Where.create({"product_id": self.screw.id, "source": source})
            asked.action_show()
            self.assertFalse(asked.line_ids, source)
