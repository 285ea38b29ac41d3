"""Why it moved: a cost card against the one before it, through Odoo.

A table is 2 plates at 10.00, 5 screws at 0.50 and a quarter of an hour at 40.00, with
an overhead of 25 % of the labour: 20.00 + 2.50 + 10.00 + 2.50 = 35.00.
"""

from odoo import Command
from odoo.tests import Form, new_test_user

from .common import BackflushCase
from .test_structure import StructureCase


class WhyCase(BackflushCase):
    @classmethod
    def _create_elements(cls):
        result = super()._create_elements()
        cls.overhead = cls.labour.copy(
            {"name": "Overhead", "code": "OVH", "kind": "fixed_overhead"}
        )
        return result

    @classmethod
    def _prepare_policy_vals(cls, name, category):
        rate = {
            "element_id": cls.overhead.id,
            "method": "percent",
            "rate": 25.0,
            "base_element_id": cls.labour.id,
        }
        return {
            **super()._prepare_policy_vals(name, category),
            "overhead_rate_ids": [Command.create(rate)],
        }

    def _rebuild(self, product=None):
        return self.env["backflush.cost.card"]._build(
            product or self.table, self.company
        )

    def _get_amounts(self, card):
        """Return {cause: amount} of a card, which add up to the change."""
        why = card.why_moved
        amounts = {cause["cause"]: cause["amount"] for cause in why["causes"]}
        self.assertAlmostEqual(
            sum(amounts.values()),
            why["after"]["amount"] - why["before"]["amount"],
            places=6,
        )
        self.assertAlmostEqual(why["change"], sum(amounts.values()), places=6)
        for cause in why["causes"]:
            self.assertAlmostEqual(
                sum(step["amount"] for step in cause["steps"]),
                cause["amount"],
                places=6,
            )
        return amounts

    def _get_steps(self, card, cause):
        return next(
            item["steps"] for item in card.why_moved["causes"] if item["cause"] == cause
        )

    def assertStep(self, step, name, figures, target):
        """Compare what a step says: (before, after, factor, amount), what it opens."""
        self.assertEqual(step["name"], name)
        found = tuple(step[key] for key in ("before", "after", "factor", "amount"))
        self.assertEqual(found, figures)
        self.assertEqual((step["model"], step["id"]), (target._name, target.id))


class TestWhyMoved(WhyCase):
    def test_price_and_hours(self):
        """Screws 0.50 -> 0.60, 5 a table: + 0.50. Assembly 15 -> 12 minutes at 40.00:
        - 0.05 x 40.00 = - 2.00, and the overhead follows: 25 % of it, - 0.50. Together
        35.00 - 2.00 = 33.00."""
        self.assertEqual(self.card.total_cost, 35.0)
        self.screw.standard_price = 0.6
        self.bom.operation_ids.time_cycle_manual = 12
        card = self._rebuild()
        self.assertEqual(card.total_cost, 33.0)
        self.assertEqual(
            self._get_amounts(card), {"component_price": 0.5, "routing_time": -2.5}
        )
        [screw] = self._get_steps(card, "component_price")
        self.assertStep(screw, "Screw", (0.5, 0.6, 5.0, 0.5), self.screw)
        self.assertEqual((screw["format"], screw["unit"]), ("money", "Units"))
        labour, overhead = self._get_steps(card, "routing_time")
        operation = self.bom.operation_ids
        self.assertStep(labour, "Assemble (Labour)", (0.25, 0.2, 40.0, -2.0), operation)
        self.assertEqual(
            (labour["format"], labour["factor_format"]), ("hours", "money")
        )
        self.assertStep(
            overhead, "Overhead on Assemble", (10.0, 8.0, 25.0, -0.5), operation
        )
        self.assertEqual(overhead["factor_format"], "percent")

    def test_bill_scrap_and_rates(self):
        """One plate more: + 10.00. The rate 40.00 -> 44.00 on a quarter of an hour:
        + 1.00, and 25 % of it, + 0.25. Then the overhead 25 % -> 30 % of 11.00:
        + 0.55."""
        self.bom.bom_line_ids[0].product_qty = 3
        self.workcenter.costs_hour = 44.0
        self.policy.overhead_rate_ids.rate = 30.0
        card = self._rebuild()
        self.assertEqual(
            self._get_amounts(card),
            {"bill": 10.0, "rate": 1.25, "overhead_rate": 0.55},
        )
        [plate] = self._get_steps(card, "bill")
        self.assertStep(plate, "Plate", (2.0, 3.0, 10.0, 10.0), self.plate)
        rate = self._get_steps(card, "rate")[0]
        self.assertStep(
            rate, "Assemble (Labour)", (40.0, 44.0, 0.25, 1.0), self.workcenter
        )
        [overhead] = self._get_steps(card, "overhead_rate")
        self.assertStep(overhead, "Overhead", (25.0, 30.0, 11.0, 0.55), self.policy)
        self.assertEqual(overhead["format"], "percent")

    def test_planned_scrap(self):
        """5 % of the plates are scrapped on the way: 2 x 5 % x 10.00 = 1.00."""
        self.bom.bom_line_ids[0].backflush_scrap = 5.0
        card = self._rebuild()
        self.assertEqual(self._get_amounts(card), {"scrap": 1.0})
        [scrap] = self._get_steps(card, "scrap")
        self.assertStep(scrap, "Scrap of Plate", (0.0, 0.1, 10.0, 1.0), self.plate)

    def test_lot_size(self):
        """A set-up of 2 hours over a lot of 10, then of 20, at 40.00 an hour: - 4.00.
        The lines are entered by hand on a card without overhead."""
        bench = self._create_product("Bench", self.category_finished)
        card = self.env["backflush.cost.card"].create(
            {
                "product_id": bench.id,
                "company_id": self.company.id,
                "lot_size": 10,
                "line_ids": [
                    Command.create(
                        {
                            "kind": "setup",
                            "element_id": self.labour.id,
                            "operation_id": self.bom.operation_ids.id,
                            "workcenter_id": self.workcenter.id,
                            "driver": "hour",
                            "quantity": 0.2,
                            "price": 40.0,
                        }
                    )
                ],
            }
        )
        card.action_put_in_force()
        coming = card.copy({"lot_size": 20})
        coming.line_ids.quantity = 0.1
        self.assertEqual(self._get_amounts(coming), {"lot_size": -4.0})
        [setup] = self._get_steps(coming, "lot_size")
        self.assertStep(
            setup,
            "Set-up of Assemble (Labour)",
            (0.2, 0.1, 40.0, -4.0),
            self.bom.operation_ids,
        )

    def test_lot_size_of_a_bill(self):
        """An hour of set-up over the 10 units of a bill, then over 20: 0.05 hours less
        a unit, - 0.05 x 40.00 x 1.25 = - 2.50, the overhead following. Components and
        run time of the bill double with it and are the same a unit."""
        self.workcenter.time_start = 60
        bench = self._create_product("Bench", self.category_finished)
        bom = self._create_bom(bench, {self.plate: 20}, {"Assemble": 6})
        bom.product_qty = 10
        self._create_card(bench)
        bom.product_qty = 20
        bom.bom_line_ids.product_qty = 40
        bom.operation_ids.time_cycle_manual = 12
        card = self._rebuild(bench)
        self.assertEqual((card.card_before_id.lot_size, card.lot_size), (10.0, 20.0))
        self.assertEqual(self._get_amounts(card), {"lot_size": -2.5})

    def test_nothing_moved(self):
        card = self._rebuild()
        self.assertEqual(card.why_moved["causes"], [])
        self.assertEqual(card.why_moved["change"], 0.0)

    def test_while_it_is_edited(self):
        """A draft is explained as it stands on the screen: 6 screws instead of 5, 0.50
        more, before it is saved."""
        with Form(self._rebuild()) as form:
            with form.line_ids.edit(1) as line:
                self.assertEqual(line.product_id, self.screw)
                line.quantity = 6
            [cause] = form.why_moved["causes"]
            self.assertEqual((cause["cause"], cause["amount"]), ("bill", 0.5))

    # The card before -----------------------------------------------------------------

    def test_card_before(self):
        """Each version is explained by the one it superseded, a draft by the one in
        force; the first has none, and another company's does not count."""
        self.plate.standard_price = 11.0
        second = self._rebuild()
        self.assertEqual(second._get_card_before(), self.card)
        second.action_put_in_force()
        draft = self._rebuild()
        other = draft.copy(
            {
                "company_id": self.env["res.company"].create({"name": "Other"}).id,
                "bom_id": False,
                "line_ids": [Command.clear()],
            }
        )
        cards = self.card | second | draft | other
        none = self.env["backflush.cost.card"]
        self.assertEqual(
            cards._get_cards_before(),
            {self.card: none, second: self.card, draft: second, other: none},
        )
        self.assertFalse(self.card.why_moved)
        self.assertEqual(self._get_amounts(second), {"component_price": 2.0})
        self.assertEqual(draft.why_moved["causes"], [])

    def test_queries(self):
        """Three cards are explained with as many queries as one."""
        others = self.env["product.product"]
        for name in ("Bench", "Shelf"):
            product = self._create_product(name, self.category_finished)
            self._create_bom(product, {self.plate: 1, self.screw: 2}, {"Assemble": 6})
            others |= product
            self._create_card(product)
        self.plate.standard_price = 11.0
        cards = self._rebuild(self.table | others)
        counts = []
        for batch in (cards[:1], cards):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch.mapped("why_moved")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_actions(self):
        card = self._rebuild()
        action = card.action_view_card_before()
        self.assertEqual(action["res_id"], self.card.id)
        action = card.action_view_why_moved()
        view = self.env["ir.ui.view"].browse(action["views"][0][0])
        self.assertIn("backflush_waterfall", view.arch)

    def test_auditor(self):
        """An auditor reads the reasons, and opens the operations that they name."""
        auditor = new_test_user(
            self.env,
            "waterfall_auditor",
            "mrp_account_backflush.group_backflush_auditor",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.bom.operation_ids.time_cycle_manual = 12
        card = self._rebuild().with_user(auditor)
        self.assertEqual(self._get_amounts(card), {"routing_time": -2.5})
        step = self._get_steps(card, "routing_time")[0]
        operation = self.bom.operation_ids.with_user(auditor)
        self.assertEqual(
            (step["name"], step["model"], step["id"]),
            ("Assemble (Labour)", operation._name, operation.id),
        )
        self.assertEqual(operation.read(["name"])[0]["name"], "Assemble")


class TestWhySubAssemblyMoved(StructureCase, WhyCase):
    """A frame is 2 plates at 10.00 and a quarter of an hour at 40.00 with 25 % on it:
    32.50. A desk has one."""

    frame_flush_point = "completion"

    def test_level_by_level(self):
        """Plates 10.00 -> 11.00: the frame rises by 2.00 for the component's price, the
        desk by 2.00 for its sub-assembly, which leads on to the frame's card."""
        self.plate.standard_price = 11.0
        frame = self._rebuild(self.frame)
        frame.action_put_in_force()
        desk = self._rebuild(self.desk)
        self.assertEqual(self._get_amounts(frame), {"component_price": 2.0})
        before = desk.card_before_id.total_cost
        amounts = self._get_amounts(desk)
        self.assertEqual(amounts, {"sub_assembly": 2.0})
        self.assertEqual(desk.total_cost, before + 2.0)
        [step] = self._get_steps(desk, "sub_assembly")
        self.assertEqual((step["model"], step["id"]), (frame._name, frame.id))
