"""The price of one screw, from a what-if to the books.

A leg is 2 screws and 3 minutes: 1.00 + 2.00 = 3.00. A trestle is 4 legs, a plate and
6 minutes: 12.00 + 10.00 + 4.00 = 26.00. A bench, made in lots of 20, is a trestle,
2 legs, 5 screws, 15 minutes (300 a lot), 60 minutes of set-up a lot, and gives 0.1 kg
of offcuts worth 5.00 a kg back: 26.00 + 6.00 + 2.50 + 10.00 + 2.00 - 0.50 = 46.00.
The leg is shared by trestle and bench: a bench holds 4 x 2 + 2 x 2 + 5 = 17 screws.
"""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError

from .release_common import ReleaseCase


class TestStandardCostStory(ReleaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.offcut = cls._create_product("Offcut", cls.category_components, 5.0)
        line = cls.workcenter.copy({"name": "Line", "time_start": 60, "time_stop": 0})
        cls.leg = cls._make("Leg", {cls.screw: 2}, {"Turn": 3})
        cls.trestle = cls._make("Trestle", {cls.leg: 4, cls.plate: 1}, {"Weld": 6})
        cls.bench = cls._make(
            "Bench",
            {cls.trestle: 20, cls.leg: 40, cls.screw: 100},
            {"Assemble": 300},
        )
        cls.bench.bom_ids.write(
            {
                "product_qty": 20,
                "byproduct_ids": [
                    Command.create({"product_id": cls.offcut.id, "product_qty": 2})
                ],
            }
        )
        cls.bench.bom_ids.operation_ids.workcenter_id = line
        cls.all = cls.leg | cls.trestle | cls.bench
        cls.env["backflush.cost.card"]._build(
            cls.all, cls.company
        ).action_put_in_force()

    @classmethod
    def _make(cls, name, components, operations):
        product = cls._create_product(name, cls.category_finished)
        cls._create_bom(product, components, operations)
        return product

    def _fill_stock(self):
        """200 screws and 40 plates bought. 10 legs take 20 screws, 1 trestle 4 legs and
        a plate, 1 bench the trestle, 2 legs and 5 screws. On hand: 175 screws, 4 legs,
        1 bench."""
        self._buy(self.screw, 200, 0.5)
        self._buy(self.plate, 40, 10.0)
        self._produce(10, product=self.leg)
        self._produce(1, product=self.trestle)
        order = self._order(1, product=self.bench)
        self._set_produced(order, 1)
        order.move_byproduct_ids.write({"quantity": 0.1, "picked": True})
        order.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(
            [p.qty_available for p in (self.screw, *self.all)], [175, 4, 0, 1]
        )

    def _ask_what_if(self):
        scenario = self.env["backflush.scenario"].create(
            {
                "name": "Dearer screws",
                "company_id": self.company.id,
                "change_ids": [
                    Command.create(
                        {
                            "kind": "price",
                            "product_id": self.screw.id,
                            "method": "amount",
                            "amount": 0.6,
                        }
                    )
                ],
            }
        )
        scenario.action_compute()
        return scenario

    def test_rolled_up(self):
        """Labour of the bench: 12.00 of its own, 4.00 + 6 x 2.00 = 16.00 below."""
        card = self.env["backflush.cost.card"]._get_in_force(self.bench, self.company)[
            self.bench
        ]
        self.assertEqual((card.total_cost, card.level, card.lot_size), (46.0, 3, 20.0))
        labour = card.element_ids.filtered(lambda row: row.element_id == self.labour)
        self.assertEqual((labour.own_amount, labour.below_amount), (12.0, 16.0))

    def test_one_screw(self):
        """0.50 -> 0.60. Bench 17 x 0.10 = 1.70 dearer, on its way: 5 screws 0.50, the
        trestle 0.80, 2 legs 0.40. On hand: RIP 175 x 0.10 = 17.50; FG 4 legs x 0.20 +
        1 bench x 1.70 = 2.50; revaluation -20.00, on the day that the cards say."""
        self._fill_stock()
        before = {
            account: self._balance(account)
            for account in (self.account_rip, self.account_fg)
        }
        scenario = self._ask_what_if()
        results = {row.product_id: row for row in scenario.result_ids}
        self.assertAlmostEqual(results[self.bench].change, 1.7)
        self.assertFalse(self._get_revaluations())

        action = scenario.action_propose()
        release = self.env["backflush.release"].browse(action["res_id"])
        release.date_from = self.tomorrow
        changes = {card.product_id: card for card in release.card_ids}
        self.assertAlmostEqual(changes[self.bench].change, 1.7)
        self.assertAlmostEqual(changes[self.bench].inventory_effect, 1.7)
        self.assertAlmostEqual(changes[self.screw].inventory_effect, 17.5)
        rows = self.env["backflush.cost.comparison"].search(
            [("release_id", "=", release.id)]
        )
        self.assertAlmostEqual(sum(rows.mapped("inventory_effect")), 20.0)

        causes = {
            cause["cause"]: cause["amount"]
            for cause in changes[self.bench].why_moved["causes"]
        }
        self.assertEqual(set(causes), {"component_price", "sub_assembly"})
        self.assertAlmostEqual(causes["component_price"], 0.5)
        self.assertAlmostEqual(causes["sub_assembly"], 1.2)

        release.action_release()
        self.assertEqual(release.state, "released")
        self.assertEqual(self.screw.standard_price, 0.5)
        with freeze_time(self.tomorrow):
            self._run_take_effect()
            self.assertEqual(release.state, "in_force")
            self.assertEqual(self.bench.standard_price, 47.7)
            self.assertNothingToClose()
        entries = self._get_revaluations()
        self.assertEqual(entries, release.entry_ids)
        self.assertEqual(len(entries.move_id), 1)
        self.assertEqual(entries.move_id.date, self.tomorrow)
        self.assertBalances(
            {
                self.account_rip: before[self.account_rip] + 17.5,
                self.account_fg: before[self.account_fg] + 2.5,
                self.account_revaluation: -20.0,
            }
        )

    def test_cycle(self):
        """A bench inside the leg, as an import might write it: the proposal names the
        path, and nothing of it is released."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mrp_bom_line SET product_id = %s WHERE bom_id = %s",
            [self.bench.id, self.leg.bom_ids.id],
        )
        self.env.invalidate_all()
        release = self._propose(*self.all)
        messages = "\n".join(release.problem_ids.mapped("message"))
        for product in self.all:
            self.assertIn(product.name, messages)
        self.assertFalse(release.card_ids)
        with self.assertRaisesRegex(UserError, "Leg"):
            release.action_release()
        self.assertEqual(release.state, "draft")
