"""Screens, in a browser."""

from odoo.tests import HttpCase, tagged

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
