"""Screens, in a browser."""

from odoo.tests import HttpCase, new_test_user, tagged

from .common import BackflushCase
from .test_setup import SetupCase


@tagged("post_install", "-at_install")
class TestTours(HttpCase, SetupCase):
    def test_second_category_in_five_clicks(self):
        """The controller of a company with one policy sets up its second category:
        a lamp of one bulb at 4.00 and 6 minutes at 40.00, 8.00 a unit, flushed at
        delivery."""
        self._set_up()
        lamps = self._create_second_family()
        self.start_tour(
            "/odoo/backflush-policies",
            "backflush_setup_tour",
            login=self.controller.login,
        )
        policy = lamps.with_company(self.company).backflush_policy_id
        self.assertEqual(policy.state, "active")
        self.assertEqual(policy.flush_point, "sale")
        self.assertEqual(policy.card_count, 1)


@tagged("post_install", "-at_install")
class TestWaterfallTour(HttpCase, BackflushCase):
    def test_why_it_moved(self):
        """A table rises by 0.50 for its screws and falls by 2.00 for its time, from
        32.50 to 31.00: the chart and the table say so, and lead to the screw."""
        self.screw.standard_price = 0.6
        self.bom.operation_ids.time_cycle_manual = 12
        card = self.env["backflush.cost.card"]._build(self.table, self.company)
        accountant = new_test_user(
            self.env,
            "waterfall_accountant",
            "mrp_account_backflush.group_backflush_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.start_tour(
            f"/odoo/backflush-cost-cards/{card.id}",
            "backflush_waterfall_tour",
            login=accountant.login,
        )
        self.assertEqual(card.state, "draft")
        self.assertEqual(card.total_cost, 31.0)


@tagged("post_install", "-at_install")
class TestVarianceTour(HttpCase, BackflushCase):
    def test_review_and_trend(self):
        """A table took 4 plates at 10.00 instead of 2: usage 20.00, beyond 10.00. A
        controller reviews it, signs it off, and reads the trend."""
        self.policy.tolerance_amount = 10
        order = self._produce(1, {self.plate: 4})
        controller = new_test_user(
            self.env,
            "variance_controller",
            "mrp_account_backflush.group_backflush_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.start_tour(
            "/odoo/backflush-variance-reviews",
            "backflush_variance_tour",
            login=controller.login,
        )
        review = self.env["backflush.variance.review"].search(
            [("production_id", "=", order.id)]
        )
        self.assertEqual(
            (review.state, review.signed_by_id, review.cause_id.code),
            ("signed_off", controller, "QUA"),
        )
