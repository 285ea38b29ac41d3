"""Planned scrap in the card: finished goods bear it, the scrap variance is credited,
scrap orders are debited there. What remains is scrap beyond plan."""

from odoo.tests import Form

from .common import BackflushCase


class PlannedScrapCase(BackflushCase):
    @classmethod
    def _create_products(cls):
        """5 % of the plates are scrapped: 2 x 10.00 x 5 % = 1.00, card 33.50."""
        result = super()._create_products()
        with Form(cls.bom) as form, form.bom_line_ids.edit(0) as line:
            line.backflush_scrap = 5.0
        return result

    def _produce_with_scrap(self, quantity, scrapped):
        order = self._order(quantity)
        self._scrap(self.plate, scrapped, order)
        self._set_produced(order, quantity)
        order.button_mark_done()
        return order


class TestPlannedScrap(PlannedScrapCase):
    def test_card(self):
        """A line of its own beside the component: 0.1 plate of 10.00 a table."""
        self.assertEqual(self.card.total_cost, 33.5)
        self.assertEqual(self.card.material_cost, 23.5)
        line = self.card.line_ids.filtered(lambda line: line.kind == "scrap")
        self.assertEqual(line.product_id, self.plate)
        self.assertEqual((line.quantity, line.price, line.amount), (0.1, 10.0, 1.0))

    def test_as_planned(self):
        """10 tables, 1 plate of 20 scrapped as planned: FG 335.00; scrap 10.00 - 10.00;
        RIP -(20 + 1) x 10.00 - 25.00; no usage variance."""
        self._buy(self.plate, 30, 10.0)
        self._buy(self.screw, 50, 0.5)
        order = self._produce_with_scrap(10, 1)
        completion = order.backflush_entry_ids.filtered(
            lambda entry: entry.event == "completion"
        )
        self.assertEntry(
            completion,
            {
                ("finished_goods", "FG"): 335.0,
                ("stock", "RIP"): -225.0,
                ("scrap", "Variances"): -10.0,
                ("applied", "Applied"): -100.0,
            },
        )
        self.assertBalances(
            {
                self.account_fg: 335,
                self.account_rip: 325 - 235,
                self.account_variance: 0,
            }
        )
        self.assertLedger()
        self.assertNothingToClose()

    def test_more_than_planned(self):
        """10 tables, 3 plates scrapped where 1 is planned: 20.00 unfavourable."""
        self._produce_with_scrap(10, 3)
        self.assertBalances({self.account_variance: 20, self.account_fg: 335})

    def test_consumed_instead(self):
        """The scrapped plate was consumed by the order instead: usage 10.00, scrap
        -10.00, together nothing."""
        order = self._produce(10, {self.plate: 21})
        lines = order.backflush_entry_ids.line_ids.filtered("variance_kind")
        self.assertEqual(
            {line.variance_kind: line.amount for line in lines},
            {"usage": 10.0, "scrap": -10.0},
        )

    def test_unbuilt(self):
        """Taken apart: the order's own postings are gone."""
        order = self._produce(2)
        self._unbuild(order.product_qty, order)
        self.assertBalances(
            {
                self.account_fg: 0,
                self.account_rip: 0,
                self.account_applied: 0,
                self.account_variance: 0,
            }
        )
        self.assertLedger()

    def test_kit(self):
        """A kit of 2 plates with 5 %, itself planned with 10 % scrap: 1.05 x 1.10 - 1 =
        15.5 % of 20.00 = 3.10."""
        kit = self._create_product("Kit", self.category_components)
        kit_bom = self._create_bom(kit, {self.plate: 2})
        kit_bom.type = "phantom"
        kit_bom.bom_line_ids.backflush_scrap = 5
        stool = self._create_product("Stool", self.category_finished)
        bom = self._create_bom(stool, {kit: 1})
        bom.bom_line_ids.backflush_scrap = 10
        card = self._create_card(stool)
        self.assertEqual(card.total_cost, 23.1)


class TestPlannedScrapAtSale(PlannedScrapCase):
    flush_point = "sale"

    def test_sold(self):
        """10 tables, 1 plate scrapped as planned: the scrap leaves RIP with 10.00 and
        comes back as allowance, for unsold tables stand in RIP at 23.50. The sale of
        all takes 235.00 of material: RIP -(21 x 10.00 + 25.00), as used."""
        self._buy(self.plate, 30, 10.0)
        self._buy(self.screw, 50, 0.5)
        order = self._produce_with_scrap(10, 1)
        completion = order.backflush_entry_ids.filtered(
            lambda entry: entry.event == "completion"
        )
        self.assertEntry(
            completion, {("stock", "RIP"): 10.0, ("scrap", "Variances"): -10.0}
        )
        self.assertBalances({self.account_rip: 325, self.account_variance: 0})
        self.assertNothingToClose()
        self._deliver(10)
        self.assertBalances(
            {
                self.account_cogs: 335,
                self.account_rip: 325 - 235,
                self.account_applied: -100,
            }
        )
        self.assertLedger()
        self.assertNothingToClose()

    def test_unbuilt(self):
        """Taken apart: nothing is left of the allowance."""
        order = self._produce(2)
        self._unbuild(order.product_qty, order)
        self.assertBalances({self.account_rip: 0, self.account_variance: 0})
        self.assertNothingToClose()
