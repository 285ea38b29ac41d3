"""By-products: credited in the card at their own standard, received at it."""

from odoo import Command

from .common import BackflushCase


class TestByproducts(BackflushCase):
    @classmethod
    def _create_products(cls):
        """Each table gives 2 kg of chips worth 1.50: card 32.50 - 3.00 = 29.50."""
        result = super()._create_products()
        cls.chips = cls._create_product("Chips", cls.category_components, 1.5)
        cls.bom.byproduct_ids = [
            Command.create({"product_id": cls.chips.id, "product_qty": 2})
        ]
        return result

    def _produce_with_chips(self, quantity, chips):
        order = self._order(quantity)
        self._set_produced(order, quantity)
        order.move_byproduct_ids.write({"quantity": chips, "picked": True})
        order.button_mark_done()
        return order

    def test_card(self):
        self.assertEqual(self.card.total_cost, 29.5)
        line = self.card.line_ids.filtered(lambda line: line.kind == "byproduct")
        self.assertEqual((line.quantity, line.amount), (-2.0, -3.0))

    def test_as_planned(self):
        """2 tables, 4 kg: RIP gives 45.00 and gets 6.00 of chips; FG 59.00."""
        order = self._produce_with_chips(2, 4)
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 59.0,
                ("stock", "RIP"): -39.0,
                ("applied", "Applied"): -20.0,
            },
        )
        chips = order.move_byproduct_ids
        self.assertEqual(chips.value, 6.0)

    def test_more_than_planned(self):
        """1 kg more than planned: yield -1.50, favourable."""
        order = self._produce_with_chips(2, 5)
        line = order.backflush_entry_ids.line_ids.filtered("variance_kind")
        self.assertEqual((line.variance_kind, line.amount), ("yield", -1.5))
        self.assertEqual(line.product_id, self.chips)

    def test_unbuild_takes_them_back(self):
        """Unbuilt: chips leave, everything is where it was."""
        order = self._produce_with_chips(1, 2)
        self._unbuild(1, order)
        self.assertBalances(
            {
                self.account_fg: 0.0,
                self.account_rip: 0.0,
                self.account_applied: 0.0,
                self.account_variance: 0.0,
            }
        )


class TestByproductsAtSale(TestByproducts):
    flush_point = "sale"

    def test_as_planned(self):
        """Nothing at completion. The sale of 2: COGS 59.00, RIP -45.00 + 6.00."""
        order = self._produce_with_chips(2, 4)
        self.assertFalse(order.backflush_entry_ids.line_ids)
        self._deliver(2)
        self.assertBalances(
            {
                self.account_cogs: 59.0,
                self.account_rip: -39.0,
                self.account_applied: -20.0,
            }
        )
