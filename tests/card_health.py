"""A factory whose cards match, and what a check finds in it."""

from odoo import Command

from .common import BackflushCase


class CardHealthCase(BackflushCase):
    """The table costs 32.50: 2 plates at 10.00, 5 screws at 0.50, a quarter of an hour
    at 40.00. Nothing but the settings below is tolerated."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write(
            {
                # The card of the table is dated 2020.
                "health_max_age": 0,
                "health_sample": 2,
                "health_price_tolerance": 5.0,
                "health_time_tolerance": 10.0,
            }
        )
        cls.findings = cls.env["backflush.card.finding"]

    def _check(self):
        """Check the cards of the company; return {(product name, kind): finding}."""
        found = self.findings._run_check(self.company)
        stored = self.findings.search([("company_id", "=", self.company.id)])
        self.assertEqual(found, stored.sorted(lambda f: found.ids.index(f.id)))
        return {(finding.product_id.name, finding.kind): finding for finding in found}

    def _check_one(self, product, kind):
        """Check the cards, expect a single finding; return it."""
        found = self._check()
        self.assertEqual(list(found), [(product.name, kind)])
        return found[product.name, kind]

    def _renew(self, *products):
        """Compute new cards of ``products`` and put them in force."""
        for product in products:
            self.env["backflush.cost.card"]._build(
                product, self.company
            ).action_put_in_force()

    def _work(self, quantity, minutes):
        """Complete an order of tables whose assembly took ``minutes``."""
        order = self._order(quantity)
        self._set_produced(order, quantity)
        order.workorder_ids.duration = minutes
        order.with_context(
            skip_consumption=True, skip_backorder=True
        ).button_mark_done()
        self.assertEqual(order.workorder_ids.duration, minutes)
        return order

    def _add_overhead(self, percent):
        """Let the policy add ``percent`` of labour as an overhead."""
        overhead = self.labour.copy({"name": "Overhead", "code": "OVH"})
        self.policy.overhead_rate_ids = [
            Command.create(
                {
                    "element_id": overhead.id,
                    "method": "percent",
                    "base_element_id": self.labour.id,
                    "rate": percent,
                }
            )
        ]
