"""Sub-assemblies with a value of their own: flushed at completion, or Odoo's own."""

from .test_structure import StructureCase


class TestFramesAtCompletion(StructureCase):
    """Frames are flushed at completion: they have a value in their own account."""

    frame_flush_point = "completion"

    def test_completions(self):
        """2 frames: 60.00 in stock. 1 desk: 30.00 of it, RIP -2.50, applied -20.00."""
        frames = self._produce(2, product=self.frame)
        self.assertEntry(
            frames.backflush_entry_ids,
            {
                ("finished_goods", "Frames"): 60.0,
                ("stock", "RIP"): -40.0,
                ("applied", "Applied"): -20.0,
            },
        )
        desk = self._produce(1, product=self.desk)
        self.assertEntry(
            desk.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 52.5,
                ("stock", "Frames"): -30.0,
                ("stock", "RIP"): -2.5,
                ("applied", "Applied"): -20.0,
            },
        )
        self.assertNothingToClose()
        self.assertLedger()

    def test_bought_frame(self):
        """Bought at 33.00: 3.00 price variance, 30.00 stays in the frames' account."""
        bill = self._buy(self.frame, 1, 33.0)
        self.assertEntry(
            bill.backflush_bill_entry_ids,
            {("price", "Variances"): 3.0, ("stock", "Frames"): -3.0},
        )
        self.assertBalances({self.account_frames: 30.0})
        self.assertNothingToClose()


class TestFramesAtCompletionDesksAtSale(StructureCase):
    flush_point = "sale"
    frame_flush_point = "completion"

    def test_delivery(self):
        """A desk not yet sold leaves its frame in the frames' account; its sale takes
        30.00 of it, RIP 2.50, applied 20.00."""
        self._produce(1, product=self.frame)
        desk = self._produce(1, product=self.desk)
        self.assertFalse(desk.backflush_entry_ids.line_ids)
        self.assertNothingToClose()
        sale = self._deliver(1, self.desk)
        self.assertEntry(
            sale.picking_ids.backflush_entry_ids,
            {
                ("cost_of_sales", "COGS"): 52.5,
                ("stock", "Frames"): -30.0,
                ("stock", "RIP"): -2.5,
                ("applied", "Applied"): -20.0,
            },
        )
        self.assertNothingToClose()


class TestNativeFrames(StructureCase):
    """Frames follow no policy: Odoo posts them through the production location."""

    def test_native_below(self):
        """2 frames: Odoo moves 40.00 of plates and 60.00 of frames through the account
        of the production location, and 20.00 of labour. A desk: frames -30.00."""
        account = self._create_account("110790", "WIP", "asset_current")
        self.frame.property_stock_production.valuation_account_id = account
        self._buy(self.plate, 4, 10.0)
        frames = self._produce(2, product=self.frame)
        self.assertFalse(frames.backflush_entry_ids)
        self.assertBalances({self.account_rip: 0.0, self.account_frames: 60.0})
        desk = self._produce(1, product=self.desk)
        self.assertEntry(
            desk.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 52.5,
                ("stock", "Frames"): -30.0,
                ("stock", "RIP"): -2.5,
                ("applied", "Applied"): -20.0,
            },
        )
        self.assertNothingToClose()
        self.assertLedger()
