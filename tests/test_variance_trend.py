"""The trend of one product's variances, with its standard changes.

A table is 2 plates at 10.00, 5 screws at 0.50 and a quarter of an hour at 40.00: 32.50.
"""

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import BackflushCase


class TestVarianceTrend(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = cls.company.partner_id.tz = "UTC"

    def _make_months(self):
        """A plate too many in August, 10.00; two too many and two screws too few in
        October, 20.00 - 1.00; screws at 0.60 from October 16th on, a table 33.00."""
        with freeze_time("2026-08-10 12:00:00"):
            self._produce(1, {self.plate: 3})
        with freeze_time("2026-10-05 12:00:00"):
            self._produce(1, {self.plate: 4, self.screw: 3})
        with freeze_time("2026-10-16 12:00:00"):
            self._put_price(self.screw, 0.6)
            self._renew_card(self.table)

    def _get_trend(self, product=None, months=3, user=None):
        lines = self.env["backflush.entry.line"].with_company(self.company)
        lines = lines.with_user(user) if user else lines
        with freeze_time("2026-10-20 12:00:00"):
            return lines.get_variance_trend((product or self.table).id, months)

    def test_months_and_kinds(self):
        """August to October: usage 10.00, 0.00, 19.00. The two tables on hand are worth
        0.50 more each by the new card: revaluation -1.00."""
        self._make_months()
        trend = self._get_trend()
        self.assertEqual(
            [month["label"] for month in trend["months"]],
            ["Aug 2026", "Sep 2026", "Oct 2026"],
        )
        self.assertEqual(
            trend["kinds"],
            [
                {
                    "kind": "usage",
                    "label": "Usage",
                    "amounts": [10.0, 0.0, 19.0],
                    "total": 29.0,
                },
                {
                    "kind": "revaluation",
                    "label": "Revaluation",
                    "amounts": [0.0, 0.0, -1.0],
                    "total": -1.0,
                },
            ],
        )
        self.assertEqual(
            [month["standard"] for month in trend["months"]], [32.5, 32.5, 33.0]
        )

    def test_standard_changes(self):
        """The new card took effect on the 16th of the third month, 15 of 31 days."""
        self._make_months()
        [change] = self._get_trend()["changes"]
        self.assertEqual((change["version"], change["cost"]), (2, 33.0))
        self.assertEqual(change["month"], 2)
        self.assertAlmostEqual(change["position"], 2 + 15 / 31)
        self.assertEqual(
            self.env["backflush.cost.card"].browse(change["id"]).product_id, self.table
        )

    def test_lines_behind_it(self):
        """The action of the trend opens the lines that it adds up."""
        self._make_months()
        action = self._get_trend()["action"]
        lines = self.env["backflush.entry.line"].search(action["domain"])
        self.assertEqual(sum(lines.mapped("amount")), 28.0)
        self.assertEqual(lines.finished_product_id, self.table)
        self.assertEqual(self._get_trend(months=1)["kinds"][0]["total"], 19.0)

    def test_component(self):
        """Of a component: what its bills differ by, 2 x (12.00 - 10.00) = 4.00."""
        with freeze_time("2026-09-10 12:00:00"):
            self._buy(self.plate, 2, 12.0)
        trend = self._get_trend(self.plate)
        self.assertEqual(trend["kinds"][0]["kind"], "price")
        self.assertEqual(trend["kinds"][0]["amounts"], [0.0, 4.0, 0.0])
        self.assertEqual([month["standard"] for month in trend["months"]], [None] * 3)

    def test_nothing(self):
        trend = self._get_trend(self.plate)
        self.assertEqual((trend["kinds"], trend["changes"]), ([], []))

    def test_buttons(self):
        """Product, template and card open the trend of the product."""
        for record in (self.table, self.table.product_tmpl_id, self.card):
            action = record.action_view_variance_trend()
            self.assertEqual(action["tag"], "backflush_variance_trend")
            self.assertEqual(action["context"]["active_id"], self.table.id)

    def test_access(self):
        """Auditors read it; workers do not, even by RPC."""
        self._make_months()
        users = {
            login: new_test_user(
                self.env,
                f"{login}_trend",
                f"base.group_user,{groups}",
                company_id=self.company.id,
                company_ids=[(6, 0, self.company.ids)],
            )
            for login, groups in (
                ("auditor", "mrp_account_backflush.group_backflush_auditor"),
                ("worker", "mrp.group_mrp_user"),
            )
        }
        self.assertTrue(self._get_trend(user=users["auditor"])["kinds"])
        with self.assertRaises(AccessError):
            self._get_trend(user=users["worker"])

    def test_one_query_for_the_amounts(self):
        """Twice the months and the lines take as many queries."""
        self._make_months()
        self._get_trend()
        counts = []
        for months in (3, 24):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._get_trend(months=months)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
