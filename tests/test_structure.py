"""Structure: sub-assemblies of every policy, one below the other.

A frame is 2 plates at 10.00 and a quarter of an hour at 40.00: 30.00. A desk is a frame
and 5 screws at 0.50 and half an hour: 30.00 + 2.50 + 20.00 = 52.50.
"""

from .common import BackflushCase


class StructureCase(BackflushCase):
    """Desks of frames; ``frame_flush_point`` None leaves frames without a policy."""

    frame_flush_point = None

    @classmethod
    def _create_products(cls):
        result = super()._create_products()
        cls.account_frames = cls._create_account("110730", "Frames", "asset_current")
        cls.account_frame_cost = cls._create_account(
            "510790", "Cost of frames", "expense_direct_cost"
        )
        cls.category_frames = cls._create_category(
            "Frames",
            property_cost_method="standard",
            property_valuation="real_time",
            property_stock_valuation_account_id=cls.account_frames.id,
            property_account_expense_categ_id=cls.account_frame_cost.id,
        )
        cls.frame = cls._create_product("Frame", cls.category_frames, 30.0)
        cls._create_bom(cls.frame, {cls.plate: 2}, {"Weld": 15})
        cls.desk = cls._create_product("Desk", cls.category_finished)
        cls._create_bom(cls.desk, {cls.frame: 1, cls.screw: 5}, {"Assemble": 30})
        return result

    @classmethod
    def _create_policy(cls):
        if cls.frame_flush_point:
            cls._create_frame_policy()
        cls.table.active = False
        return super()._create_policy()

    @classmethod
    def _create_card(cls, product):
        """The policy of the base class asks for a card of its table."""
        return super()._create_card(cls.desk if product == cls.table else product)

    @classmethod
    def _create_frame_policy(cls):
        cls.frame_policy = cls.env["backflush.policy"].create(
            {
                **cls._prepare_policy_vals("Frames", cls.category_frames),
                "flush_point": cls.frame_flush_point,
            }
        )
        cls.frame_card = cls._create_card(cls.frame)
        cls.frame_policy.action_activate()

    def assertNothingToClose(self):
        managed = self.account_rip | self.account_fg | self.account_frames
        proposed = self.company._action_close_stock_valuation()
        self.assertFalse(
            [vals for vals in proposed if vals["account_id"] in managed.ids], proposed
        )


class TestFramesAtSale(StructureCase):
    """Frames are flushed at sale, desks at completion: their completion uses frames
    up."""

    frame_flush_point = "sale"

    def test_purchase_to_delivery(self):
        """Buy 20 plates at 10.00 and 50 screws at 0.50: RIP 225.00. Make 5 frames:
        nothing. Make 4 desks of 5 frames instead of 4: FG 4 x 52.50 = 210.00; RIP
        5 x 20.00 + 20 x 0.50 = -110.00; applied 5 x 10.00 + 4 x 20.00 = -130.00; usage
        of a frame 30.00. Sell 3 desks: COGS 157.50."""
        self._buy(self.plate, 20, 10.0)
        self._buy(self.screw, 50, 0.5)
        frames = self._produce(5, product=self.frame)
        self.assertFalse(frames.backflush_entry_ids.line_ids)
        self.assertNothingToClose()
        desks = self._produce(4, used={self.frame: 5}, product=self.desk)
        self.assertEntry(
            desks.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 210.0,
                ("stock", "RIP"): -110.0,
                ("applied", "Applied"): -130.0,
                ("usage", "Variances"): 30.0,
            },
        )
        self.assertNothingToClose()
        sale = self._deliver(3, self.desk)
        sale._create_invoices().action_post()
        self.assertBalances(
            {
                self.account_rip: 115.0,
                self.account_frames: 0.0,
                self.account_fg: 52.5,
                self.account_cogs: 157.5,
                self.account_applied: -130.0,
                self.account_variance: 30.0,
            }
        )
        self.assertLedger()
        self.assertNothingToClose()

    def test_frame_sold_by_itself(self):
        """One of 5 frames is sold as a spare part: 30.00 to the cost of frames."""
        self._produce(5, product=self.frame)
        self._deliver(1, self.frame)
        self.assertBalances(
            {
                self.account_frame_cost: 30.0,
                self.account_frames: 0.0,
                self.account_rip: -20.0,
                self.account_applied: -10.0,
            }
        )

    def test_unbuild(self):
        """2 desks made and unbuilt: every account is where it was."""
        self._produce(2, product=self.frame)
        order = self._produce(2, product=self.desk)
        self._unbuild(1, order)
        self.assertBalances(
            {
                self.account_fg: 52.5,
                self.account_rip: -22.5,
                self.account_applied: -30.0,
            }
        )
        self.assertNothingToClose()
        self._unbuild(1, order)
        self.assertBalances(
            {
                account: 0.0
                for account in self.account_fg
                | self.account_rip
                | self.account_applied
                | self.account_variance
                | self.account_revaluation
            }
        )
        self.assertLedger()

    def test_correction(self):
        """An order took 1 frame; 2 is entered afterwards: RIP -20.00, applied -10.00,
        usage 30.00 more."""
        order = self._produce(1, product=self.desk)
        raw = order.move_raw_ids.filtered(lambda m: m.product_id == self.frame)
        raw.quantity = 2
        correction = order.backflush_entry_ids.filtered(
            lambda entry: entry.event == "correction"
        )
        self.assertEntry(
            correction,
            {
                ("stock", "RIP"): -20.0,
                ("applied", "Applied"): -10.0,
                ("usage", "Variances"): 30.0,
            },
        )
        self.assertLedger()
        self.assertNothingToClose()

    def test_bought_frame(self):
        """2 frames are bought at 33.00 although frames are made: the bill's 66.00
        leaves the frames' account: price 6.00, RIP 2 x 20.00, applied 2 x 10.00 that
        the sale will take back. One is sold: cost 30.00."""
        bill = self._buy(self.frame, 2, 33.0)
        self.assertEntry(
            bill.backflush_bill_entry_ids,
            {
                ("price", "Variances"): 6.0,
                ("stock", "Frames"): -66.0,
                ("stock", "RIP"): 40.0,
                ("applied", "Applied"): 20.0,
            },
        )
        self.assertNothingToClose()
        self._deliver(1, self.frame)
        self.assertBalances(
            {
                self.account_frames: 0.0,
                self.account_rip: 20.0,
                self.account_applied: 10.0,
                self.account_frame_cost: 30.0,
            }
        )
        self.assertNothingToClose()
        self.assertLedger()

    def test_preview(self):
        """The preview of a desk shows plates and screws, and no frame."""
        events = {event["event"]: event for event in self.policy.preview["events"]}
        bought = events["purchase"]["lines"]
        self.assertEqual(
            {line["account"]: line["debit"] - line["credit"] for line in bought},
            {
                self.account_rip.display_name: 22.5,
                self.env._("Accounts Payable"): -22.5,
            },
        )
        made = events["completion"]["lines"]
        self.assertEqual(
            {line["account"]: line["debit"] - line["credit"] for line in made},
            {
                self.account_fg.display_name: 52.5,
                self.account_rip.display_name: -22.5,
                self.account_applied.display_name: -30.0,
            },
        )


class TestAllAtSale(StructureCase):
    """Desks and frames are flushed at sale: the sale of a desk explodes its frame."""

    flush_point = "sale"
    frame_flush_point = "sale"

    def test_purchase_to_delivery(self):
        """Make 4 desks of 4 frames: nothing. Sell 3: COGS 157.50, RIP 3 x 22.50 =
        -67.50, applied 3 x 30.00 = -90.00. The unsold desk stays in RIP: 225.00 - 67.50
        = 157.50. All 3 come back: everything is where it was."""
        self._buy(self.plate, 20, 10.0)
        self._buy(self.screw, 50, 0.5)
        self._produce(4, product=self.frame)
        desks = self._produce(4, product=self.desk)
        self.assertFalse(desks.backflush_entry_ids.line_ids)
        self.assertNothingToClose()
        sale = self._deliver(3, self.desk)
        self.assertEntry(
            sale.picking_ids.backflush_entry_ids,
            {
                ("cost_of_sales", "COGS"): 157.5,
                ("stock", "RIP"): -67.5,
                ("applied", "Applied"): -90.0,
            },
        )
        self.assertBalances({self.account_rip: 157.5, self.account_frames: 0.0})
        self.assertNothingToClose()
        self._return(sale, 3)
        self.assertBalances(
            {
                self.account_rip: 225.0,
                self.account_cogs: 0.0,
                self.account_applied: 0.0,
                self.account_revaluation: 0.0,
            }
        )
        self.assertNothingToClose()
        self.assertLedger()

    def test_usage_of_a_frame(self):
        """One frame more than planned: 30.00 to usage, its material leaves RIP and its
        conversion is applied."""
        order = self._produce(1, used={self.frame: 2}, product=self.desk)
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("stock", "RIP"): -20.0,
                ("applied", "Applied"): -10.0,
                ("usage", "Variances"): 30.0,
            },
        )
        self.assertNothingToClose()

    def test_desk_scrapped(self):
        """An unsold desk is worth its material, that of its frame with it: 22.50."""
        self._produce(1, product=self.desk)
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.desk.id,
                "scrap_qty": 1,
                "company_id": self.company.id,
                "location_id": self.warehouse.lot_stock_id.id,
            }
        )
        scrap.do_scrap()
        self.assertEntry(
            self.env["backflush.entry"].search([("event", "=", "adjustment")]),
            {("stock", "RIP"): -22.5, ("scrap", "Variances"): 22.5},
        )
        self.assertNothingToClose()

    def test_twice_changes_nothing(self):
        """Posting again what is posted changes no line (invariant 5)."""
        self._produce(1, product=self.desk)
        sale = self._deliver(1, self.desk)
        entry = sale.picking_ids.backflush_entry_ids
        lines = entry.line_ids
        entry._post()
        self.assertEqual(entry.line_ids, lines)


class TestPeriodicFramesAtSale(StructureCase):
    """The same with periodic plates and screws."""

    perpetual = False
    frame_flush_point = "sale"

    def test_completion(self):
        """2 desks: FG 105.00, clearing 2 x 22.50, applied 2 x 30.00; frames nothing."""
        self.books_open = "stock of periodic components is left to the closing"
        self._produce(2, product=self.frame)
        desks = self._produce(2, product=self.desk)
        self.assertEntry(
            desks.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 105.0,
                ("stock", "Clearing"): -45.0,
                ("applied", "Applied"): -60.0,
            },
        )
        self.assertBalances({self.account_frames: 0.0, self.account_rip: 0.0})
