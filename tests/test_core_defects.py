"""What Odoo's own costing does wrong, and that ours does right.

By-products that core values at zero are in test_byproducts, unbuilds that do not
balance in test_returns.
"""

from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from .common import BackflushCase
from .factories import make_factory


def value_production(factory):
    """Give the production location of ``factory`` a valuation account, which is what
    makes core post labour and moves of its own."""
    location = factory.table.with_company(factory.company).property_stock_production
    factory.account_production = factory._create_account(
        "110790", "Production", "asset_current"
    )
    location.valuation_account_id = factory.account_production


class TestCoreDefects(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        value_production(cls)

    def test_labour_once_with_backorder_always(self):
        """Core completes an order with "Backorder: Always" in a call within the call,
        and posts its labour twice when the outer call goes on (bar code client). Here 4
        of 10 hold 40.00 of conversion, once, and the production account nothing."""
        order = self._order(10)
        order.picking_type_id.create_backorder = "always"
        self._set_produced(order, 4)
        with patch.object(
            self.env.registry["mrp.production"],
            "_should_return_records",
            lambda order: False,
        ):
            order.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(len(order.backflush_entry_ids), 1)
        self.assertBalances(
            {
                self.account_fg: 130,
                self.account_applied: -40,
                self.account_production: 0,
            }
        )
        self.assertFalse(order.workorder_ids.time_ids.account_move_line_id)

    def test_labour_of_several_orders(self):
        """Core's labour reads the set of orders where it means one of them: two orders
        of different products and companies fail. Here 10.00 of conversion each."""
        there = make_factory(self, "Sister")
        there._create_policy()
        value_production(there)
        mine, second, other = self._order(1), self._order(1), there._order(1)
        for factory, order in ((self, mine), (self, second), (there, other)):
            factory._set_produced(order, 1)
        self.env["mrp.production"].with_context(
            allowed_company_ids=[self.company.id, there.company.id],
            skip_consumption=True,
        ).browse((mine | second).ids + other.ids).button_mark_done()
        self.assertBalances({self.account_applied: -20, self.account_production: 0})
        there.assertBalances({there.account_applied: -10, there.account_production: 0})

    def test_one_entry_a_company(self):
        """Core makes one journal entry for moves of several companies. Here each order
        has its own, with accounts of its own company only."""
        there = make_factory(self, "Sister")
        there._create_policy()
        mine, other = self._order(1), there._order(1)
        self._set_produced(mine, 1)
        there._set_produced(other, 1)
        self.env["mrp.production"].with_context(
            allowed_company_ids=[self.company.id, there.company.id],
            skip_consumption=True,
        ).browse(mine.ids + other.ids).button_mark_done()
        for factory, order in ((self, mine), (there, other)):
            move = order.backflush_entry_ids.move_id
            self.assertEqual(move.company_id, factory.company)
            self.assertEqual(move.line_ids.account_id.company_ids, factory.company)
            self.assertFalse(
                (order.move_raw_ids | order.move_finished_ids).account_move_id
            )

    def test_date_of_the_document(self):
        """Core dates its entries on the day they are posted. An entry that had to wait
        for its account here bears the date of its order."""
        self.policy.write({"on_error": "queue"})
        account, self.labour.applied_account_id = self.labour.applied_account_id, False
        with freeze_time("2026-10-05 12:00:00"):
            order = self._produce(1)
        self.assertEqual(order.backflush_entry_ids.state, "pending")
        self.labour.applied_account_id = account
        self._run_post_pending()
        self.assertEqual(order.backflush_entry_ids.move_id.date, date(2026, 10, 5))

    def test_balances_near_zero(self):
        """Core compares float sums with zero. Three postings of 0.1 against one of 0.3
        balance here, and leave no item of 0.00."""
        self.plate.standard_price = 0.1
        self.screw.standard_price = 0.02
        self.workcenter.costs_hour = 0.0
        self._create_card(self.table)
        entry = self._produce(1, {self.plate: 3}).backflush_entry_ids
        self.assertEqual(
            sorted(entry.move_id.line_ids.mapped("balance")), [-0.4, 0.1, 0.3]
        )
        self.assertNotIn(0.0, entry.line_ids.mapped("amount"))
