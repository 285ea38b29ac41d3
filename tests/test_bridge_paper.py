"""The working paper of the GAAP bridge: every figure, its origin, what was posted."""

from lxml import html

from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .test_gaap_bridge import BridgeCase

REPORT = "mrp_account_backflush.backflush_bridge_report"


class TestBridgePaper(BridgeCase):
    flush_point = "sale"

    def _print(self, period, user=None):
        """Return the text of the working paper, without mark-up and joiners."""
        report = self.env["ir.actions.report"].with_user(user or self.env.user)
        content, _type = report._render_qweb_html(REPORT, period.ids)
        tree = html.fromstring(content)
        text = " ".join(tree.itertext()).replace("\ufeff", "")
        return " ".join(text.split())

    def test_figures_and_entries(self):
        """1 of 100 units is not sold: 1 x 12.00; 1,881.00 negative inventory, and a
        loss of 3,141.00: 0.64 % and 0.38 %. Dr bridge 12.00 on 31 October, Cr on 1
        November."""
        self._make_and_sell()
        period = self._post_period()
        text = self._print(period)
        for part in (
            "Conversion in goods made and unsold",
            self.card.name,
            "$ 12.00",
            "-1,881.00",
            "0.64 % of inventory",
            "-3,141.00",
            "0.38 % of the result",
            "The bridge is material: beyond 0 %",
            "It is posted on 10/31/2026 and taken back on 11/01/2026.",
            "110750 GAAP bridge",
            "510790 Change of inventories",
            *period.entry_ids.filtered(lambda e: e.event == "bridge").move_id.mapped(
                "name"
            ),
        ):
            self.assertIn(part, text)

    def test_auditor_prints_it(self):
        auditor = new_test_user(
            self.env,
            "paper_auditor",
            "base.group_user,mrp_account_backflush.group_backflush_auditor",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self._make_and_sell()
        period = self._post_period()
        self.assertIn(
            "Standards of goods made and unsold", self._print(period, auditor)
        )
        action = period.with_user(auditor).action_print_bridge()
        self.assertEqual(action["report_type"], "qweb-pdf")

    def test_nothing_computed(self):
        with self.assertRaisesRegex(UserError, "preview it first"):
            self._period().action_print_bridge()

    def test_conclusions(self):
        """In words: why a bridge is not posted, one reason each."""
        self._make_and_sell()
        period = self._period()
        period.action_preview()
        self.assertIn("will be posted on 10/31/2026", period.bridge_conclusion)
        period.bridge_choice = "never"
        self.assertIn("as this close has chosen", period.bridge_conclusion)
        period.bridge_choice = "material"
        self.company.backflush_bridge_account_id = False
        self.assertIn("had no account for it", period.bridge_conclusion)
        self.company.backflush_bridge_threshold = 1.0
        period.action_preview()
        self.assertIn("not material: at most 1 %", period.bridge_conclusion)
        self.assertFalse(period.bridge_posts)

    def test_numbers_of_the_language(self):
        """Material beyond 0.25 %: "0,25 %" where the comma stands for the point."""
        self.company.backflush_bridge_threshold = 0.25
        self._make_and_sell()
        period = self._period()
        period.action_preview()
        self.assertIn("beyond 0.25 %", period.bridge_conclusion)
        self.env["res.lang"].search([("code", "=", self.env.lang or "en_US")]).write(
            {"decimal_point": ",", "thousands_sep": "."}
        )
        period.invalidate_recordset(["bridge_conclusion"])
        self.assertIn("beyond 0,25 %", period.bridge_conclusion)

    def test_threshold_of_the_day(self):
        """A paper keeps the threshold it was judged by; a posted bridge says so though
        the company's accounts change."""
        self._make_and_sell()
        period = self._post_period()
        self.company.write(
            {"backflush_bridge_threshold": 50, "backflush_bridge_account_id": False}
        )
        self.assertEqual(period.bridge_threshold, 0)
        self.assertTrue(period.bridge_posts)

    def test_reopened(self):
        """What reopening took back is named as such, and the paper says that nothing
        is posted."""
        self._make_and_sell()
        period = self._post_period()
        first = period.entry_ids.filtered(lambda e: e.event == "bridge").move_id
        period._reopen("Count was late")
        text = self._print(period)
        self.assertIn("None is posted.", text)
        self.assertIn("Taken back when the close was reopened", text)
        for move in first:
            self.assertIn(move.name, text)

    def test_count(self):
        """100 tables counted, half done: 1,900.00 of material, 600.00 of work."""
        period = self._period(bridge_source="count", bridge_choice="always")
        self.env["backflush.period.count"].create(
            {
                "period_id": period.id,
                "name": "Sheet 7",
                "product_id": self.table.id,
                "quantity": 100,
                "degree": 50,
            }
        )
        period.action_preview()
        text = self._print(period)
        for part in ("Sheet 7", "100 Units", "50", "1,900.00", "600.00"):
            self.assertIn(part, text)
