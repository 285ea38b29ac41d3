"""Documents that bear the date of an earlier card, and the order of cards. A table cost
32.50 until yesterday; from today on plates cost 12.00 and it costs 36.50."""

from contextlib import contextmanager

from odoo import fields
from odoo.exceptions import UserError

from .common import BackflushCase
from .test_structure import StructureCase


class DatesCase(BackflushCase):
    def setUp(self):
        super().setUp()
        today = fields.Date.today()
        self.before = fields.Date.subtract(today, days=5)

    def _raise_standard(self):
        self._put_price(self.plate, 12.0)
        self._renew_card(self.table)

    @contextmanager
    def _dated(self):
        """Let documents made inside bear a date before the new card."""
        env = self.env
        self.env = env(context={**env.context, "force_period_date": self.before})
        try:
            yield self.env
        finally:
            self.env = env


class TestCompletion(DatesCase):
    def test_completion(self):
        """2 tables finished 5 days ago, at 32.50: Dr FG 73.00, as tables are worth by
        now; Cr RIP 4 x 12.00 + 10 x 0.50, Cr applied 20.00; plates cost 8.00 more than
        their card says: price variance; 65.00 - 73.00 is revaluation."""
        self._raise_standard()
        with self._dated():
            order = self._produce(2)
        entry = order.backflush_entry_ids
        self.assertEqual(entry.date, self.before)
        self.assertEqual(entry.card_id, self.card)
        self.assertEqual(entry.goods_card_id.total_cost, 36.5)
        self.assertEntry(
            entry,
            {
                ("finished_goods", "FG"): 73.0,
                ("stock", "RIP"): -53.0,
                ("applied", "Applied"): -20.0,
                ("price", "Variances"): 8.0,
                ("revaluation", "Revaluation"): -8.0,
            },
        )

    def test_delivery(self):
        """2 sold 5 days ago: COGS 65.00, FG -73.00, revaluation 8.00."""
        self._produce(2)
        self._raise_standard()
        with self._dated():
            sale = self._deliver(2)
        self.assertEntry(
            sale.picking_ids.backflush_entry_ids,
            {
                ("cost_of_sales", "COGS"): 65.0,
                ("finished_goods", "FG"): -73.0,
                ("revaluation", "Revaluation"): 8.0,
            },
        )

    def test_return(self):
        """Sold at 32.50, given back with a date before the new card: FG 36.50."""
        self._produce(1)
        sale = self._deliver(1)
        self._raise_standard()
        with self._dated() as env:
            back = self._return(sale.with_env(env), 1)
        self.assertEntry(
            back.backflush_entry_ids,
            {
                ("cost_of_sales", "COGS"): -32.5,
                ("finished_goods", "FG"): 36.5,
                ("revaluation", "Revaluation"): -4.0,
            },
        )

    def test_unbuild(self):
        """Made at 32.50, taken apart with a date before the new card: FG -36.50, RIP
        2 x 12.00 + 2.50, applied 10.00; both are worth 4.00 more, and no revaluation is
        left of it."""
        order = self._produce(1)
        self._raise_standard()
        with self._dated():
            unbuild = self._unbuild(1, order)
        self.assertEntry(
            unbuild.backflush_entry_ids,
            {
                ("finished_goods", "FG"): -36.5,
                ("stock", "RIP"): 26.5,
                ("applied", "Applied"): 10.0,
                ("revaluation", "Revaluation"): 0.0,
            },
        )
        self.assertBalances({self.account_fg: 0.0, self.account_rip: 0.0})

    def test_correction(self):
        """3 made in truth, not 2, at 32.50: FG 36.50 more, applied -10.00, yield of the
        material that was not used: 22.50; revaluation -4.00."""
        order = self._produce(2)
        self._raise_standard()
        with self._dated() as env:
            order.move_finished_ids.with_env(env).quantity = 3
        correction = order.backflush_entry_ids.filtered(
            lambda entry: entry.event == "correction"
        )
        self.assertEntry(
            correction,
            {
                ("finished_goods", "FG"): 36.5,
                ("applied", "Applied"): -10.0,
                ("usage", "Variances"): -22.5,
                ("revaluation", "Revaluation"): -4.0,
            },
        )

    def test_count(self):
        """A table lost, with a date before the new card: it is worth 36.50."""
        self._produce(1)
        self._raise_standard()
        quant = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.table.id),
                ("location_id", "=", self.warehouse.lot_stock_id.id),
            ]
        )
        quant = quant.with_context(inventory_mode=True)
        quant.write({"inventory_quantity": 0, "accounting_date": self.before})
        quant.action_apply_inventory()
        self.assertBalances({self.account_fg: 0.0})

    def test_redated_after_a_late_entry(self):
        """Sold today at 36.50; in truth 5 days ago, at 32.50: 4.00 is revaluation."""
        self._produce(1)
        self._raise_standard()
        sale = self._deliver(1)
        fg = self._balance(self.account_fg)
        moment = f"{self.before} 12:00:00"
        sale.picking_ids.move_ids.date = moment
        self.assertBalances({self.account_cogs: 32.5, self.account_fg: fg})


class TestSale(DatesCase):
    flush_point = "sale"

    def test_completion(self):
        """2 tables finished 5 days ago. Plates cost 8.00 more than the card of that day
        says; RIP keeps 53.00 of material, as tables contain by now: no change, and
        8.00 of revaluation against the price variance."""
        self._raise_standard()
        with self._dated():
            order = self._produce(2)
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("price", "Variances"): 8.0,
                ("revaluation", "Revaluation"): -8.0,
            },
        )

    def test_delivery(self):
        """2 sold 5 days ago: COGS 65.00, applied -20.00, RIP -53.00 as they contain by
        now, revaluation 8.00."""
        self._produce(2)
        self._raise_standard()
        with self._dated():
            sale = self._deliver(2)
        self.assertEntry(
            sale.picking_ids.backflush_entry_ids,
            {
                ("cost_of_sales", "COGS"): 65.0,
                ("stock", "RIP"): -53.0,
                ("applied", "Applied"): -20.0,
                ("revaluation", "Revaluation"): 8.0,
            },
        )

    def test_return(self):
        """Sold at 32.50, given back with a date before the new card: RIP 26.50."""
        self._produce(1)
        sale = self._deliver(1)
        self._raise_standard()
        with self._dated() as env:
            back = self._return(sale.with_env(env), 1)
        self.assertEntry(
            back.backflush_entry_ids,
            {
                ("cost_of_sales", "COGS"): -32.5,
                ("stock", "RIP"): 26.5,
                ("applied", "Applied"): 10.0,
                ("revaluation", "Revaluation"): -4.0,
            },
        )


class TestStructureDates(DatesCase, StructureCase):
    """Desks and the frames in them are flushed at sale."""

    flush_point = "sale"
    frame_flush_point = "sale"

    def test_delivery(self):
        """2 desks made, frames then take 3 plates. A desk sold 5 days ago takes out of
        RIP what its frame stands for by now."""
        self._produce(2, product=self.frame)
        self._produce(2, product=self.desk)
        self.frame.bom_ids.bom_line_ids.product_qty = 3
        self._renew_card(self.frame)
        self._renew_card(self.desk)
        with self._dated():
            sale = self._deliver(1, self.desk)
        entry = sale.picking_ids.backflush_entry_ids
        self.assertEqual(entry.card_id, self.card)
        stock = entry.line_ids.filtered(lambda line: line.role == "stock")
        self.assertEqual(sum(stock.mapped("amount")), -32.5)
        self.assertNothingToClose()
        self._deliver(1, self.desk)


class TestOrder(DatesCase):
    def test_before_the_card_in_force(self):
        """A card of an earlier day than the one in force comes too late."""
        self._renew_card(self.table)
        card = self.env["backflush.cost.card"]._build(self.table, self.company)
        card.date_from = self.before
        with self.assertRaisesRegex(UserError, "is in force from"):
            card.action_put_in_force()

    def test_same_day(self):
        """Two versions of a day: the later counts."""
        self._renew_card(self.table)
        last = self._renew_card(self.table)
        self.assertEqual((last.version, last.state), (3, "in_force"))
        found = self.env["backflush.cost.card"]._get_in_force(
            self.table, self.company, fields.Date.today()
        )
        self.assertEqual(found[self.table], last)

    def test_released_before(self):
        """A card released for an earlier day takes effect first."""
        Card = self.env["backflush.cost.card"]
        first, second = (Card._build(self.table, self.company) for _number in "12")
        first.date_from = self.before
        first.state = "released"
        with self.assertRaisesRegex(UserError, "has not taken effect"):
            second.action_put_in_force()
        (first | second)._take_effect()
        self.assertEqual((first.state, second.state), ("superseded", "in_force"))
        self.assertEqual((first.version, second.version), (2, 3))

    def test_frozen(self):
        """A released card is frozen, its version included."""
        card = self.env["backflush.cost.card"]._build(self.table, self.company)
        card.state = "released"
        with self.assertRaises(UserError):
            card.version = 7
