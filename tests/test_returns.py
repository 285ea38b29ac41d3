"""Customer returns and unbuilds take back what was posted, at today's stock values."""

from .common import BackflushCase


class ReturnCase(BackflushCase):
    def _raise_standard(self):
        """A plate costs 12.00 from now on: card 24.00 + 2.50 + 10.00 = 36.50."""
        self._put_price(self.plate, 12.0)
        self._renew_card(self.table)


class TestReturns(ReturnCase):
    def test_full_return(self):
        """Delivered 3, returned 1 and 2: every account is where it was."""
        self._produce(3)
        before = self._get_all_balances()
        sale = self._deliver(3)
        self._return(sale, 1)
        self._return(sale, 2)
        self.assertEqual(self._get_all_balances(), before)
        self.assertLedger()

    def test_return_after_a_new_card(self):
        """Sold at 32.50, back when the card says 36.50: COGS -32.50 as it was posted,
        FG 36.50, revaluation -4.00."""
        self._produce(2)
        sale = self._deliver(2)
        self._raise_standard()
        entry = self._return(sale, 1).backflush_entry_ids
        delivery = sale.picking_ids.sorted("id")[0]
        self.assertEqual(entry.corrected_entry_id, delivery.backflush_entry_ids)
        self.assertEntry(
            entry,
            {
                ("cost_of_sales", "COGS"): -32.5,
                ("finished_goods", "FG"): 36.5,
                ("revaluation", "Revaluation"): -4.0,
            },
        )

    def test_returned_goods_delivered_again(self):
        """Delivered, returned and delivered again: one unit's cost in COGS, once."""
        self._produce(1)
        sale = self._deliver(1)
        back = self._return(sale, 1)
        again = back.copy()
        again.move_ids.origin_returned_move_id = back.move_ids
        again.write(
            {
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.customer.property_stock_customer.id,
                "picking_type_id": self.warehouse.out_type_id.id,
            }
        )
        again.move_ids.write(
            {
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.customer.property_stock_customer.id,
            }
        )
        again.action_confirm()
        again.move_ids.write({"quantity": 1, "picked": True})
        again.button_validate()
        self.assertEqual(again.backflush_entry_ids.event, "delivery")
        self.assertBalances({self.account_cogs: 32.5, self.account_fg: 0.0})

    def test_unbuild_of_an_order(self):
        """4 made with 9 plates instead of 8. Unbuild 1, then 3: each takes back its
        share of all that was posted, usage included; in the end nothing is left."""
        before = self._get_all_balances()
        order = self._produce(4, used={self.plate: 9})
        first = self._unbuild(1, order)
        self.assertEntry(
            first.backflush_entry_ids,
            {
                ("finished_goods", "FG"): -32.5,
                ("stock", "RIP"): 25.0,
                ("usage", "Variances"): -2.5,
                ("applied", "Applied"): 10.0,
            },
        )
        self._unbuild(3, order)
        self.assertEqual(self._get_all_balances(), before)
        self.assertLedger()

    def test_unbuild_without_an_order(self):
        """1 table taken apart as planned: FG -32.50, RIP 22.50, applied 10.00 back."""
        self._produce(1)
        entry = self._unbuild(1).backflush_entry_ids
        self.assertEntry(
            entry,
            {
                ("finished_goods", "FG"): -32.5,
                ("stock", "RIP"): 22.5,
                ("applied", "Applied"): 10.0,
            },
        )

    def test_unbuild_after_a_new_card(self):
        """Made at 32.50 with plates at 10.00, taken apart when they are 12.00 and the
        card 36.50: RIP 26.50, FG -36.50, applied 10.00 back. The component is worth
        4.00 more than when it was used, the product 4.00 more than when it was made:
        two revaluations that cancel out."""
        order = self._produce(1)
        self._raise_standard()
        entry = self._unbuild(1, order).backflush_entry_ids
        self.assertEntry(
            entry,
            {
                ("finished_goods", "FG"): -36.5,
                ("stock", "RIP"): 26.5,
                ("applied", "Applied"): 10.0,
                ("revaluation", "Revaluation"): 0.0,
            },
        )

    def test_return_of_a_delivery_that_waits(self):
        """The delivery's entry is pending: its return waits for it, and both are posted
        in order by the scheduled job."""
        self._produce(1)
        self.policy.on_error = "queue"
        self.journal.active = False
        sale = self._deliver(1)
        back = self._return(sale, 1)
        entry = back.backflush_entry_ids
        self.assertEqual(entry.state, "pending")
        self.assertIn("must be posted first", entry.error)
        self.journal.active = True
        self._run_post_pending()
        self.assertEqual(entry.state, "posted")
        unsold = 32.5 if self.flush_point == "completion" else 0.0
        self.assertBalances({self.account_cogs: 0.0, self.account_fg: unsold})

    def _get_all_balances(self):
        groups = self.env["account.move.line"]._read_group(
            [("company_id", "=", self.company.id), ("parent_state", "=", "posted")],
            ["account_id"],
            ["balance:sum"],
        )
        return {
            account.name: round(balance, 6)
            for account, balance in groups
            if not self.company.currency_id.is_zero(balance)
        }


class TestReturnsAtSale(TestReturns):
    """The same with flush at sale, where what differs is stated."""

    flush_point = "sale"

    def test_return_after_a_new_card(self):
        """Sold at 32.50, back when plates are 12.00: COGS -32.50, applied 10.00 back,
        RIP 26.50 as the unsold unit's material is worth now, revaluation -4.00."""
        self._produce(2)
        sale = self._deliver(2)
        self._raise_standard()
        entry = self._return(sale, 1).backflush_entry_ids
        self.assertEntry(
            entry,
            {
                ("cost_of_sales", "COGS"): -32.5,
                ("stock", "RIP"): 26.5,
                ("applied", "Applied"): 10.0,
                ("revaluation", "Revaluation"): -4.0,
            },
        )

    def test_unbuild_of_an_order(self):
        """4 made with 9 plates instead of 8: the usage of 10.00 alone was posted, and
        comes back by 2.50 and 7.50."""
        before = self._get_all_balances()
        order = self._produce(4, used={self.plate: 9})
        first = self._unbuild(1, order)
        self.assertEntry(
            first.backflush_entry_ids,
            {("stock", "RIP"): 2.5, ("usage", "Variances"): -2.5},
        )
        self._unbuild(3, order)
        self.assertEqual(self._get_all_balances(), before)

    def test_unbuild_without_an_order(self):
        """Material never left RIP: nothing to post."""
        self._produce(1)
        self.assertFalse(self._unbuild(1).backflush_entry_ids.line_ids)

    def test_unbuild_after_a_new_card(self):
        """The material of the unit is worth 26.50 before and after: nothing."""
        order = self._produce(1)
        self._raise_standard()
        self.assertFalse(self._unbuild(1, order).backflush_entry_ids.line_ids)
