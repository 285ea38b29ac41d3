"""Cut-overs of sub-assemblies, which are inside the unsold goods of other policies; and
of one company beside another."""

from odoo import Command

from .common import BackflushCase
from .test_structure import StructureCase


class TestFrames(StructureCase):
    """Frames (20.00 + 10.00) and desks of them (frame, 2.50, 20.00), both flushed at
    sale. 5 frames are made, 3 of them into desks."""

    flush_point = "sale"
    frame_flush_point = "sale"

    def setUp(self):
        super().setUp()
        self._buy(self.plate, 100, 10.0)
        self._buy(self.screw, 100, 0.5)
        self._produce(5, product=self.frame)
        self._produce(3, product=self.desk)
        self.assertBalances({self.account_rip: 1050.0, self.account_frames: 0.0})

    def _cut_over(self, kind, policy, **values):
        cutover = self.env["backflush.cutover"].create(
            {"kind": kind, "policy_id": policy.id, **values}
        )
        cutover.action_preview()
        self.assertFalse(cutover.problems)
        cutover.action_confirm()
        self.assertEqual(cutover.state, "posted")
        self.assertLedger()
        self.assertNothingToClose()
        return cutover

    def test_frames_at_completion(self):
        """Frames are flushed at completion from now on. 2 frames on the shelf and 3 in
        unsold desks stand in the account of frames: Dr 150.00, Cr RIP 100.00, Cr
        applied 50.00. The desks sold cost 157.50, and the frames on the shelf stay."""
        cutover = self._cut_over("switch", self.frame_policy)
        self.assertEqual(
            set(cutover.product_ids.product_id.mapped("name")), {"Frame", "Desk"}
        )
        self.assertBalances(
            {
                self.account_frames: 150.0,
                self.account_rip: 950.0,
                self.account_applied: -50.0,
            }
        )
        self._deliver(3, self.desk)
        self.assertBalances(
            {
                self.account_cogs: 157.5,
                self.account_frames: 60.0,
                self.account_rip: 942.5,
                self.account_applied: -110.0,
            }
        )
        self.assertNothingToClose()

    def test_there_and_back(self):
        """Back at sale everything is where it was."""
        self._cut_over("switch", self.frame_policy)
        self._cut_over("switch", self.frame_policy)
        self.assertBalances(
            {
                self.account_frames: 0.0,
                self.account_rip: 1050.0,
                self.account_applied: 0.0,
            }
        )

    def test_desks_at_completion(self):
        """Desks are flushed at completion from now on: 3 stand in FG, 157.50; RIP
        1,050.00 - 67.50, applied -90.00. Frames stay."""
        self._cut_over("switch", self.policy)
        self.assertBalances(
            {
                self.account_fg: 157.5,
                self.account_frames: 0.0,
                self.account_rip: 982.5,
                self.account_applied: -90.0,
            }
        )

    def test_end_of_frames(self):
        """The frames' policy ends: as at completion, they stand in their account."""
        self._cut_over("end", self.frame_policy)
        self.assertBalances({self.account_frames: 150.0, self.account_rip: 950.0})
        self._deliver(3, self.desk)
        self.assertBalances({self.account_cogs: 157.5, self.account_frames: 60.0})
        self.assertNothingToClose()


class TestOtherCompany(BackflushCase):
    def test_only_this_company(self):
        """The same category follows a policy of another company: it is left alone."""
        other = self.env["res.company"].create({"name": "Sister"})
        self.env.user.company_ids = [Command.link(other.id)]
        sister = self.policy.copy(
            {
                "name": "Sister",
                "company_id": other.id,
                "journal_id": False,
                "material_element_id": False,
                "conversion_element_id": False,
                "rounding_account_id": False,
                "revaluation_account_id": False,
            }
        )
        sister.category_ids = [Command.set(self.category_finished.ids)]
        self._buy(self.plate, 10, 10.0)
        self._buy(self.screw, 10, 0.5)
        self._produce(1)
        cutover = self.env["backflush.cutover"].create(
            {"kind": "switch", "policy_id": self.policy.id}
        )
        cutover.action_preview()
        cutover.action_confirm()
        self.assertEqual(cutover.state, "posted")
        entries = self.env["backflush.entry"].search([("event", "=", "cutover")])
        self.assertEqual(entries.company_id, self.company)
        self.assertEqual((sister.state, sister.flush_point), ("draft", "completion"))
        self.assertEqual(
            self.category_finished.with_company(other).backflush_policy_id, sister
        )
