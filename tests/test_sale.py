"""Flush at sale (A·D), and the two variants without recorded purchases (C·D, D)."""

from .common import BackflushCase


class TestFlushAtSale(BackflushCase):
    flush_point = "sale"

    def test_purchase_to_delivery(self):
        """Buy 10 plates at 10.00, stock 20 screws. Make 4 with 9 plates instead of 8:
        only the usage of 10.00 leaves RIP. Sell 3: COGS 3 x 32.50 = 97.50, of which
        material 3 x 22.50 = 67.50 leaves RIP and 3 x 10.00 is applied.
        RIP after: 100.00 - 10.00 - 67.50 = 22.50: 1 plate (10.00) and minus 20 screws
        (-10.00, never bought) and the material of one unsold table (22.50)."""
        self._buy(self.plate, 10, 10.0)
        order = self._produce(4, used={self.plate: 9})
        self.assertEntry(
            order.backflush_entry_ids,
            {("stock", "RIP"): -10.0, ("usage", "Variances"): 10.0},
        )
        sale = self._deliver(3)
        self.assertEntry(
            sale.picking_ids.backflush_entry_ids,
            {
                ("cost_of_sales", "COGS"): 97.5,
                ("stock", "RIP"): -67.5,
                ("applied", "Applied"): -30.0,
            },
        )
        self.assertBalances(
            {
                self.account_rip: 22.5,
                self.account_fg: 0.0,
                self.account_cogs: 97.5,
                self.account_applied: -30.0,
                self.account_variance: 10.0,
            }
        )
        self.assertLedger()
        self.assertNothingToClose()
        sale._create_invoices().action_post()
        self.assertBalances({self.account_cogs: 97.5})


class TestClearing(BackflushCase):
    perpetual = False

    def test_purchase_to_delivery(self):
        """Periodic components: 10 plates bought at 11.00 debit clearing with 110.00, no
        price variance. Make 4, sell 3: clearing 110.00 - 4 x 22.50 = 20.00;
        FG 32.50, COGS 97.50."""
        self.books_open = "stock of periodic components is left to the closing"
        self._buy(self.plate, 10, 11.0)
        order = self._produce(4)
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 130.0,
                ("stock", "Clearing"): -90.0,
                ("applied", "Applied"): -40.0,
            },
        )
        self._deliver(3)
        self.assertBalances(
            {
                self.account_rip: 0.0,
                self.account_clearing: 20.0,
                self.account_fg: 32.5,
                self.account_cogs: 97.5,
                self.account_applied: -40.0,
                self.account_variance: 0.0,
            }
        )
        self.assertLedger()

    def test_closing_leaves_flushed_moves_alone(self):
        """With a valuation account on the production location, core's closing would
        reclassify 2 x 22.50 consumed; it was flushed, so only the quantity on hand of
        the components remains to propose: -4 plates and -10 screws = -45.00."""
        self.books_open = "stock of periodic components is left to the closing"
        account = self._create_account("110790", "Production", "asset_current")
        self.table.property_stock_production.valuation_account_id = account
        self._produce(2)
        proposed = self.company._action_close_stock_valuation()
        by_account = {}
        for vals in proposed:
            amount = vals["debit"] - vals["credit"]
            by_account[vals["account_id"]] = (
                by_account.get(vals["account_id"], 0) + amount
            )
        self.assertNotIn(account.id, by_account)
        self.assertNotIn(self.account_fg.id, by_account)
        self.assertAlmostEqual(by_account.get(self.account_rip.id, 0), -45.0)


class TestClearingAtSale(BackflushCase):
    flush_point = "sale"
    perpetual = False

    def test_purchase_to_delivery(self):
        """Nothing at completion as planned; at the sale of 3: COGS 97.50, clearing
        3 x 22.50 = 67.50, conversion applied 30.00."""
        self.books_open = "stock of periodic components is left to the closing"
        order = self._produce(4)
        self.assertFalse(order.backflush_entry_ids.line_ids)
        self.assertEqual(order.backflush_entry_ids.state, "posted")
        sale = self._deliver(3)
        self.assertEntry(
            sale.picking_ids.backflush_entry_ids,
            {
                ("cost_of_sales", "COGS"): 97.5,
                ("stock", "Clearing"): -67.5,
                ("applied", "Applied"): -30.0,
            },
        )
        self.assertBalances({self.account_fg: 0.0, self.account_rip: 0.0})
