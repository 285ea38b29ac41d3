"""Completion of manufacturing orders (trigger point C), flush at completion."""

from .common import BackflushCase


class TestCompletion(BackflushCase):
    def test_standard(self):
        """3 tables as planned: 3 x 32.50 = 97.50 into FG; RIP gives
        3 x (2 x 10.00 + 5 x 0.50) = 67.50, conversion 3 x 0.25 h x 40.00 = 30.00."""
        order = self._produce(3)
        entry = order.backflush_entry_ids
        self.assertEqual(len(entry), 1)
        self.assertEqual(entry.state, "posted")
        self.assertEntry(
            entry,
            {
                ("finished_goods", "FG"): 97.5,
                ("stock", "RIP"): -67.5,
                ("applied", "Applied"): -30.0,
            },
        )
        self.assertEqual(entry.amount, 97.5)
        self.assertEqual(entry.move_id.state, "posted")
        self.assertEqual(entry.move_id.journal_id, self.journal)
        self.assertLedger()

    def test_usage(self):
        """2 tables with 5 plates instead of 4 and 9 screws instead of 10:
        usage 1 x 10.00 - 1 x 0.50 = 9.50 unfavourable; RIP 50.00 + 4.50 = 54.50."""
        order = self._produce(2, used={self.plate: 5, self.screw: 9})
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 65.0,
                ("stock", "RIP"): -54.5,
                ("usage", "Variances"): 9.5,
                ("applied", "Applied"): -20.0,
            },
        )

    def test_purchase_to_delivery(self):
        """Buy 10 plates at 11.00 (standard 10.00): price variance 10.00. Make 4, sell
        3: RIP 10 x 10.00 - 4 x 22.50 = 10.00; FG 1 x 32.50; COGS 3 x 32.50 = 97.50."""
        self._buy(self.plate, 10, 11.0)
        self._produce(4)
        sale = self._deliver(3)
        self.assertBalances(
            {
                self.account_rip: 10.0,
                self.account_fg: 32.5,
                self.account_cogs: 97.5,
                self.account_variance: 10.0,
                self.account_applied: -40.0,
            }
        )
        invoice = sale._create_invoices()
        invoice.action_post()
        self.assertFalse(
            invoice.line_ids.filtered(lambda line: line.display_type == "cogs")
        )
        self.assertLedger()
        entry = sale.picking_ids.backflush_entry_ids
        self.assertEqual((entry.event, entry.quantity), ("delivery", 3))
