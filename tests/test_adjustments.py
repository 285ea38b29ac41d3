"""Scrap, counts and inventory losses of components and products."""

from .common import BackflushCase


class TestAdjustments(BackflushCase):
    def _get_entry(self, product):
        return self.env["backflush.entry"].search(
            [("event", "=", "adjustment"), ("product_id", "=", product.id)]
        )

    def test_component_found(self):
        """A count finds 10 plates: RIP 100.00, usage -100.00 (favourable)."""
        self._stock(self.plate, 10)
        self.assertEntry(
            self._get_entry(self.plate),
            {("stock", "RIP"): 100.0, ("usage", "Variances"): -100.0},
        )
        self.assertNothingToClose()
        self.assertLedger()

    def test_component_scrap(self):
        """2 plates scrapped: scrap variance 20.00 unfavourable, RIP -20.00."""
        self._buy(self.plate, 10, 10.0)
        self._scrap(self.plate, 2)
        self.assertEntry(
            self._get_entry(self.plate),
            {("stock", "RIP"): -20.0, ("scrap", "Variances"): 20.0},
        )
        self.assertNothingToClose()

    def test_component_scrap_of_an_order(self):
        """Scrapped while an order runs: the entry names the order, and its completion
        does not count the plate again: 1 table takes RIP 22.50."""
        self._buy(self.plate, 10, 10.0)
        order = self._order(1)
        self._scrap(self.plate, 1, order)
        entry = self._get_entry(self.plate)
        self.assertEqual(entry.production_id, order)
        self._set_produced(order, 1)
        order.button_mark_done()
        completion = order.backflush_entry_ids - entry
        self.assertEqual(completion.event, "completion")
        self.assertFalse(completion.line_ids.filtered("variance_kind"))
        self.assertBalances(
            {self.account_rip: 100.0 - 10.0 - 22.5, self.account_variance: 10.0}
        )

    def test_product_scrap(self):
        """1 of 2 tables scrapped: FG -32.50, scrap variance 32.50."""
        self._produce(2)
        self._scrap(self.table, 1)
        self.assertEntry(
            self._get_entry(self.table),
            {("finished_goods", "FG"): -32.5, ("scrap", "Variances"): 32.5},
        )
        self.assertBalances({self.account_fg: 32.5})

    def test_location_with_an_account(self):
        """An inventory loss location with a valuation account: core posts components
        itself, once; products of a policy stay ours."""
        loss = self._create_account("510799", "Inventory loss", "expense")
        self.plate.property_stock_inventory.valuation_account_id = loss
        self._stock(self.plate, 10)
        self.assertFalse(self._get_entry(self.plate))
        self.assertBalances({self.account_rip: 100.0, loss: -100.0})
        self._stock(self.table, 1)
        self.assertBalances({self.account_fg: 32.5, loss: -100.0})
        self.assertNothingToClose()

    def test_component_of_nobody(self):
        """A product that no card's category knows stays native."""
        other = self._create_category(
            "Other",
            property_cost_method="standard",
            property_valuation="real_time",
        )
        product = self._create_product("Paper", other, 4.0)
        self._stock(product, 10)
        self.assertFalse(self._get_entry(product))


class TestAdjustmentsAtSale(TestAdjustments):
    flush_point = "sale"

    def test_product_scrap(self):
        """An unsold unit is worth its material: RIP -20.00 - 2.50, scrap 22.50."""
        self._produce(2)
        self._scrap(self.table, 1)
        self.assertEntry(
            self._get_entry(self.table),
            {("stock", "RIP"): -22.5, ("scrap", "Variances"): 22.5},
        )
        self.assertBalances({self.account_fg: 0.0})

    def test_component_scrap_of_an_order(self):
        """The plate leaves RIP with 10.00; the completion as planned posts nothing."""
        self._buy(self.plate, 10, 10.0)
        order = self._order(1)
        self._scrap(self.plate, 1, order)
        self._set_produced(order, 1)
        order.button_mark_done()
        self.assertBalances({self.account_rip: 90.0, self.account_variance: 10.0})

    def test_location_with_an_account(self):
        """Core posts components; a table found is worth its material of 22.50."""
        loss = self._create_account("510799", "Inventory loss", "expense")
        self.plate.property_stock_inventory.valuation_account_id = loss
        self._stock(self.table, 1)
        self.assertBalances({self.account_rip: 22.5, self.account_fg: 0.0, loss: 0.0})
        self.assertNothingToClose()
