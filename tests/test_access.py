"""Real users with only their own groups: who works, who sees cost, who sets up."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import BackflushCase


class TestAccess(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = cls._create_user(
            "worker", "mrp.group_mrp_user,stock.group_stock_user"
        )
        cls.auditor = cls._create_user(
            "auditor", "mrp_account_backflush.group_backflush_auditor"
        )
        cls.accountant = cls._create_user(
            "accountant", "mrp_account_backflush.group_backflush_user"
        )
        cls.biller = cls._create_user("biller", "account.group_account_invoice")

    @classmethod
    def _create_user(cls, login, groups):
        return new_test_user(
            cls.env,
            f"{login}_backflush",
            f"base.group_user,{groups}",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def test_worker_completes_and_delivers(self):
        """No accounting rights are needed; the entry names the worker."""
        order = self._order(2)
        self._set_produced(order, 2)
        order.with_user(self.worker).button_mark_done()
        entry = order.backflush_entry_ids
        self.assertEqual((entry.state, entry.user_id), ("posted", self.worker))
        picking = self._sell(1).picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.with_user(self.worker).button_validate()
        self.assertEqual(picking.backflush_entry_ids.state, "posted")

    def test_defaults_of_a_worker(self):
        """Defaults in the context of a call are no facts of the ledger: the entry names
        the worker, is posted and reverses nothing."""
        order = self._order(2)
        self._set_produced(order, 2)
        wrong = {
            "default_user_id": self.auditor.id,
            "default_state": "pending",
            "default_error": "x",
            "default_narration": "x",
            "default_awaits_period": True,
        }
        order.with_user(self.worker).with_context(**wrong).button_mark_done()
        entry = order.backflush_entry_ids
        self.assertEqual((entry.state, entry.user_id), ("posted", self.worker))
        self.assertFalse(entry.error or entry.awaits_period or entry.move_id.narration)
        self.assertEqual(len(entry.line_ids), 4)

    def test_portal_user_does_not_see_the_auditor(self):
        portal = new_test_user(
            self.env,
            "portal_backflush",
            "base.group_portal",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.company.with_user(portal).read(["backflush_auditor_email"])

    def test_worker_sees_no_cost(self):
        """Neither ledger nor cards nor the fields that lead to them."""
        order = self._produce(1)
        for model in (
            "backflush.entry",
            "backflush.entry.line",
            "backflush.cost.card",
            "backflush.cost.card.line",
            "backflush.workcenter.rate",
            "backflush.overhead.rate",
            "backflush.cost.element",
            "backflush.period",
            "backflush.period.line",
            "backflush.period.check",
            "backflush.budget",
            "backflush.disposition.rule",
        ):
            with self.assertRaises(AccessError, msg=model):
                self.env[model].with_user(self.worker).search([], limit=1).read(["id"])
        with self.assertRaises(AccessError):
            order.with_user(self.worker).read(["backflush_entry_ids"])
        with self.assertRaises(AccessError):
            order.move_raw_ids.with_user(self.worker).read(["backflush_entry_id"])

    def test_biller_posts_a_variance(self):
        """Who posts bills needs no right to cost cards: 2 x (12.00 - 10.00) = 4.00."""
        bill = self._buy(self.plate, 2, 12.0)
        bill.button_draft()
        bill.with_user(self.biller).action_post()
        self.assertBalances({self.account_variance: 4.0})

    def test_auditor_reads_and_changes_nothing(self):
        entry = self._produce(1).backflush_entry_ids.with_user(self.auditor)
        self.assertEqual(entry.read(["amount"])[0]["amount"], 32.5)
        self.assertTrue(entry.line_ids.read(["amount", "account_id"]))
        for change in (
            lambda: entry.write({"origin": "x"}),
            lambda: entry.action_post(),
            lambda: self.card.with_user(self.auditor).copy(),
            lambda: self.policy.with_user(self.auditor).action_end(),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_accountant_retries_but_cannot_set_up(self):
        self.policy.on_error = "queue"
        self.journal.active = False
        entry = self._produce(1).backflush_entry_ids
        self.assertEqual(entry.state, "pending")
        self.journal.active = True
        with self.assertRaises(AccessError):
            entry.with_user(self.accountant).write({"state": "posted"})
        entry.with_user(self.accountant).action_post()
        self.assertEqual(entry.state, "posted")
        with self.assertRaises(AccessError):
            self.policy.with_user(self.accountant).action_end()

    def test_nobody_makes_entries_by_hand(self):
        values = {
            "origin": "by hand",
            "event": "completion",
            "source_key": "x",
            "policy_id": self.policy.id,
            "company_id": self.company.id,
            "date": "2026-01-01",
        }
        for user in (self.accountant, self.auditor, self.worker):
            with self.assertRaises(AccessError):
                self.env["backflush.entry"].with_user(user).create(values)

    def test_other_company(self):
        """Records of one company are not seen in another."""
        self._produce(1)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "stranger_backflush",
            "base.group_user,mrp_account_backflush.group_backflush_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        for model in (
            "backflush.policy",
            "backflush.cost.element",
            "backflush.cost.card",
            "backflush.cost.card.line",
            "backflush.entry",
            "backflush.entry.line",
        ):
            found = (
                self.env[model]
                .with_user(stranger)
                .with_context(allowed_company_ids=other.ids)
                .search([])
            )
            self.assertFalse(found, model)
