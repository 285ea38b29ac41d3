"""Goods flushed at sale where no card or no policy follows them: nothing is lost on
their stock account."""

from odoo.exceptions import UserError

from .test_structure import StructureCase


class TestFramesInNativeOrders(StructureCase):
    """Shelves have no policy and are made of frames, which are flushed at sale."""

    frame_flush_point = "sale"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account_shelves = cls._create_account("110740", "Shelves", "asset_current")
        cls.account_production = cls._create_account("110750", "WIP", "asset_current")
        category = cls._create_category(
            "Shelves",
            property_cost_method="standard",
            property_valuation="real_time",
            property_stock_valuation_account_id=cls.account_shelves.id,
        )
        cls.shelf = cls._create_product("Shelf", category, 60.0)
        cls._create_bom(cls.shelf, {cls.frame: 2})
        location = cls.shelf.with_company(cls.company).property_stock_production
        location.valuation_account_id = cls.account_production

    def _produce_shelf(self):
        self._buy(self.plate, 10, 10.0)
        self._produce(4, product=self.frame)
        return self._produce(1, product=self.shelf)

    def test_used_up(self):
        """A shelf takes 2 frames, 60.00: Odoo moves them from Frames to WIP; the flush
        gives Frames the 40.00 of plates and the 20.00 of work."""
        self._produce_shelf()
        self.assertBalances(
            {
                self.account_rip: 100 - 40,
                self.account_frames: 0,
                self.account_applied: -20,
                self.account_shelves: 60,
                self.account_production: 0,
            }
        )
        self.assertLedger()
        self.assertNothingToClose()

    def test_corrected(self):
        """In truth 3 frames: 90.00 through Frames to WIP."""
        self.books_open = "orders without a policy are left to the closing"
        order = self._produce_shelf()
        order.move_raw_ids.quantity = 3
        self.assertBalances(
            {
                self.account_rip: 100 - 60,
                self.account_applied: -30,
            }
        )
        self.assertLedger()

    def test_unbuilt(self):
        """Taken apart: the frames stand in RIP again, their work is not applied."""
        order = self._produce_shelf()
        self._unbuild(1, order)
        self.assertBalances(
            {
                self.account_rip: 100,
                self.account_frames: 0,
                self.account_applied: 0,
                self.account_shelves: 0,
                self.account_production: 0,
            }
        )
        self.assertLedger()
        self.assertNothingToClose()


class TestFrameWithoutCard(StructureCase):
    frame_flush_point = "sale"

    def test_blocks(self):
        """A frame flushed at sale that has no card: the order that uses it is refused,
        and told which card is missing; queued, it is posted when the card is there."""
        spare = self._create_product("Spare Frame", self.category_frames, 30.0)
        with self.assertRaises(UserError) as refused:
            self._produce_with(spare)
        self.assertIn("Spare Frame has no cost card", str(refused.exception))
        self.policy.on_error = "queue"
        order = self._produce_with(spare)
        self.assertEqual(order.backflush_entry_ids.state, "pending")
        self._create_bom(spare, {self.plate: 2}, {"Weld": 15})
        self._create_card(spare)
        self._run_post_pending()
        self.assertEqual(order.backflush_entry_ids.state, "posted")
        self.assertBalances({self.account_frames: 0})
        self.assertLedger()

    def _produce_with(self, spare):
        order = self._order(1, self.desk)
        order.move_raw_ids.filtered(
            lambda move: move.product_id == self.frame
        ).product_id = spare
        self._set_produced(order, 1)
        order.with_context(skip_consumption=True).button_mark_done()
        return order
