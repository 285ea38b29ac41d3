"""Orders completed in parts, short, beyond the plan, without output, many at once.

A table is 20.00 of plates, 2.50 of screws and 10.00 of assembly: 32.50.
"""

from odoo import Command
from odoo.tests import Form

from .common import BackflushCase
from .factories import make_factory


class TestPartialCompletion(BackflushCase):
    def _produce_part(self, order, quantity, backorder):
        """Complete part of ``order`` as its operation type says; return the rest."""
        order.picking_type_id.create_backorder = backorder
        self._set_produced(order, quantity)
        action = order.with_context(skip_consumption=True).button_mark_done()
        if action is not True and action["res_model"] == "mrp.production.backorder":
            wizard = Form.from_action(self.env, action).save()
            wizard.action_backorder()
        self.assertEqual(order.state, "done")
        return order.production_group_id.production_ids - order

    def assertCompleted(self, order, quantity, amount):
        """One posted completion for ``order``, of ``amount``."""
        entry = order.backflush_entry_ids
        self.assertEqual(
            (entry.event, entry.state, entry.quantity, entry.amount),
            ("completion", "posted", quantity, amount),
        )

    def _check_two_parts(self, backorder):
        """4 of 10: FG 130.00, RIP -90.00, applied -40.00; then 6: 325.00 in all."""
        order = self._order(10)
        rest = self._produce_part(order, 4, backorder)
        self.assertCompleted(order, 4, 130.0)
        self.assertBalances(
            {self.account_fg: 130, self.account_rip: -90, self.account_applied: -40}
        )
        self.assertEqual(rest.product_qty, 6)
        self.assertFalse(self._produce_part(rest, 6, backorder) - order)
        self.assertCompleted(rest, 6, 195.0)
        self.assertBalances(
            {self.account_fg: 325, self.account_rip: -225, self.account_applied: -100}
        )
        self.assertLedger()
        self.assertNothingToClose()

    def test_backorder_always(self):
        """Two completions, one entry each."""
        self._check_two_parts("always")

    def test_backorder_ask(self):
        """The wizard makes the backorder: the same entries."""
        self._check_two_parts("ask")

    def test_backorder_never(self):
        """4 of 10, closed short: 130.00, no variance, nothing is left open."""
        order = self._order(10)
        self.assertFalse(self._produce_part(order, 4, "never"))
        self.assertCompleted(order, 4, 130.0)
        self.assertBalances({self.account_fg: 130, self.account_variance: 0})
        self.assertLedger()

    def test_closed_short_with_all_material(self):
        """4 of 10 made, all the plates of 10 used: 12 plates too many at 10.00 are
        usage variance; FG 4 x 32.50, RIP 20 x 10.00 + 20 x 0.50 = 210.00."""
        order = self._order(10)
        self._set_produced(order, 4, {self.plate: 20})
        order.with_context(
            skip_consumption=True, skip_backorder=True
        ).button_mark_done()
        self.assertBalances(
            {
                self.account_fg: 130,
                self.account_rip: -210,
                self.account_applied: -40,
                self.account_variance: 120,
            }
        )
        self.assertLedger()
        self.assertNothingToClose()

    def test_several_steps(self):
        """3 + 3 + 4 of 10, in three orders: 97.50 + 97.50 + 130.00 = 325.00."""
        order = self._order(10)
        second = self._produce_part(order, 3, "always")
        third = self._produce_part(second, 3, "always") - order
        self._produce_part(third, 4, "always")
        self.assertEqual(
            [mo.backflush_entry_ids.amount for mo in order | second | third],
            [97.5, 97.5, 130.0],
        )
        self.assertBalances({self.account_fg: 325, self.account_applied: -100})

    def test_over_production(self):
        """12 of 10 made, material in proportion: 12 x 32.50 = 390.00."""
        order = self._order(10)
        self._set_produced(order, 12)
        order.with_context(skip_consumption=True).button_mark_done()
        self.assertCompleted(order, 12, 390.0)
        self.assertBalances({self.account_fg: 390, self.account_variance: 0})
        self.assertNothingToClose()

    def test_over_production_from_planned_material(self):
        """12 made from the plates of 10: 4 plates at 10.00 are saved."""
        order = self._order(10)
        self._set_produced(order, 12, {self.plate: 20})
        order.with_context(skip_consumption=True).button_mark_done()
        self.assertBalances({self.account_fg: 390, self.account_variance: -40})
        self.assertNothingToClose()

    def test_no_output(self):
        """The material of 10 is used, nothing comes out: 225.00 is yield variance."""
        order = self._order(10)
        self._set_produced(order, 10)
        order.qty_producing = 0
        order._post_inventory(cancel_backorder=True)
        entry = order.backflush_entry_ids
        self.assertEntry(
            entry,
            {
                ("stock", "RIP"): -225.0,
                ("yield", "Variances"): 225.0,
            },
        )
        self.assertBalances({self.account_fg: 0, self.account_applied: 0})
        self.assertLedger()
        self.assertNothingToClose()

    def test_output_corrected_to_zero(self):
        """10 made by mistake, corrected to none: FG and applied are as before, the
        225.00 of material taken stay a variance."""
        order = self._produce(10)
        order.move_finished_ids.quantity = 0
        self.assertBalances(
            {
                self.account_fg: 0,
                self.account_rip: -225,
                self.account_applied: 0,
                self.account_variance: 225,
            }
        )
        self.assertLedger()
        self.assertNothingToClose()


class TestSeveralCompanies(BackflushCase):
    def test_orders_of_several_companies(self):
        """Marked done in one call: each in its company's policy, journal and currency.

        Here 2 x 32.50 dollars at completion. There flush at sale, in yen, with 3 plates
        instead of 2 at 10: usage 10 yen, FG nothing.
        """
        there = make_factory(self, "Yen Factory", "JPY", flush_point="sale")
        there.env.user.company_ids = [Command.link(self.company.id)]
        there._create_policy()
        mine, other = self._order(2), there._order(1)
        self._set_produced(mine, 2)
        there._set_produced(other, 1, {there.plate: 3})
        both = self.env["mrp.production"].with_context(
            allowed_company_ids=[self.company.id, there.company.id],
            skip_consumption=True,
            skip_backorder=True,
        )
        both.browse(mine.ids + other.ids).button_mark_done()
        self.assertBalances({self.account_fg: 65, self.account_applied: -20})
        there.assertBalances(
            {
                there.account_fg: 0,
                there.account_rip: -10,
                there.account_variance: 10,
                there.account_applied: 0,
            }
        )
        for factory, order in ((self, mine), (there, other)):
            entry = order.backflush_entry_ids
            self.assertEqual(entry.move_id.company_id, factory.company)
            self.assertEqual(entry.move_id.journal_id, factory.journal)
            self.assertEqual(entry.currency_id, factory.company.currency_id)
            factory.assertLedger()
