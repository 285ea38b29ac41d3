"""What closes need is set up by the wizard, and changed by controllers alone."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from .close_common import CloseCase
from .test_setup import SetupCase

FIELDS = (
    "backflush_adjustment_rip_account_id",
    "backflush_adjustment_fg_account_id",
    "backflush_bridge_account_id",
    "backflush_bridge_result_account_id",
)


class TestCloseSettings(CloseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.controller = cls._create_user("controller", "manager")
        cls.account_bridge = cls._create_account("110750", "Bridge", "asset_current")

    @classmethod
    def _create_user(cls, login, group):
        return new_test_user(
            cls.env,
            f"close_{login}",
            f"base.group_multi_company,mrp_account_backflush.group_backflush_{group}",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def _settings(self, user=None):
        return self.env["backflush.close.settings"].with_user(user or self.controller)

    def test_controller_sets_them(self):
        """The dialog shows what the company has and writes what was changed; the
        controller may write nothing else of a company."""
        with Form(self._settings()) as form:
            self.assertEqual(
                form.backflush_adjustment_rip_account_id, self.account_adj_rip
            )
            form.backflush_bridge_account_id = self.account_bridge
            form.backflush_bridge_threshold = 2.5
        form.record.action_save()
        company = self.company
        self.assertEqual(company.backflush_bridge_account_id, self.account_bridge)
        self.assertEqual(company.backflush_bridge_threshold, 2.5)
        self.assertEqual(
            company.backflush_adjustment_rip_account_id, self.account_adj_rip
        )
        with self.assertRaises(AccessError):
            company.with_user(self.controller).backflush_bridge_threshold = 99
        with self.assertRaises(AccessError):
            company.with_user(self.controller).name = "Mine"

    def test_rules_are_one_step_away(self):
        """The button to the disposition rules keeps what was entered; what was not
        stated stays."""
        settings = self._settings().create({"backflush_bridge_threshold": 3})
        action = settings.action_view_rules()
        self.assertEqual(action["res_model"], "backflush.disposition.rule")
        self.assertEqual(self.company.backflush_bridge_threshold, 3)
        self.assertEqual(
            self.company.backflush_adjustment_rip_account_id, self.account_adj_rip
        )

    def test_another_company(self):
        """Choosing another company shows what that one has."""
        other = self.env["res.company"].create(
            {"name": "Other Ltd", "backflush_bridge_threshold": 7}
        )
        self.controller.company_ids += other
        settings = self._settings().with_context(
            allowed_company_ids=(self.company | other).ids
        )
        with Form(settings) as form:
            self.assertEqual(form.backflush_bridge_threshold, 0)
            form.company_id = other
            self.assertEqual(form.backflush_bridge_threshold, 7)
            self.assertFalse(form.backflush_adjustment_rip_account_id)
            form.backflush_bridge_threshold = 8
        form.record.action_save()
        self.assertEqual(other.backflush_bridge_threshold, 8)
        self.assertEqual(self.company.backflush_bridge_threshold, 0)

    def test_nobody_else(self):
        """Neither cost accountants nor auditors, nor controllers of another company."""
        for group in ("user", "auditor"):
            with self.assertRaises(AccessError):
                self._settings(self._create_user(group, group)).create({})
        other = self.env["res.company"].create({"name": "Other Ltd"})
        with self.assertRaises(AccessError):
            self._settings().create({"company_id": other.id})
        settings = self._settings().create({})
        accounts = dict.fromkeys(FIELDS, False)
        settings.sudo().write({**accounts, "company_id": other.id})
        with self.assertRaises(AccessError):
            settings.action_save()

    def test_account_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other Ltd"})
        account = (
            self.env["account.account"]
            .with_company(other)
            .create(
                {
                    "name": "Elsewhere",
                    "code": "110799",
                    "account_type": "asset_current",
                    "company_ids": [(6, 0, other.ids)],
                }
            )
        )
        with self.assertRaises(UserError):
            self._settings().create({"backflush_bridge_account_id": account.id})


class TestFirstClose(SetupCase):
    """After the set-up wizard a close needs no setting more."""

    def test_accounts_of_closes(self):
        """The wizard gives closes accounts of their own, which core's stock closing
        does not take for stock; set up again, it keeps them."""
        self._set_up()
        accounts = [self.company[name] for name in FIELDS]
        self.assertTrue(all(accounts))
        self.assertEqual(len(set(accounts)), len(FIELDS))
        for account in accounts:
            self.assertFalse(account.account_stock_variation_id)
        self._set_up(self._create_second_family())
        self.assertEqual([self.company[name] for name in FIELDS], accounts)

    def test_what_the_company_has_is_kept(self):
        account = self.env["account.account"].create(
            {
                "name": "Our bridge",
                "code": "110799",
                "account_type": "asset_current",
                "company_ids": [(6, 0, self.company.ids)],
            }
        )
        self.company.backflush_bridge_account_id = account
        self.assertNotIn("Inventory: GAAP Bridge", self._wizard().summary)
        self._set_up()
        self.assertEqual(self.company.backflush_bridge_account_id, account)
        self.assertTrue(self.company.backflush_bridge_result_account_id)

    def test_close(self):
        """Flushed at sale, 10 made, 9 sold. The 225.00 of material found in a count are
        a favourable usage; prorated, a tenth is that of the unsold unit, whose material
        stands in RIP: -22.50. Its 10.00 of conversion are the bridge."""
        policy = self._set_up(flush_point="sale")
        self._stock(self.plate, 20)
        self._stock(self.screw, 50)
        self._produce(10)
        self._deliver(9)
        self._spend(policy.conversion_element_id.control_account_id, 130.0)
        self.env["backflush.disposition.rule"].create(
            {"company_id": self.company.id, "kind": "usage", "method": "prorated"}
        )
        today = fields.Date.context_today(self.company)
        period = (
            self.env["backflush.period"]
            .with_user(self.controller)
            .create(
                {
                    "company_id": self.company.id,
                    "date_from": today.replace(day=1),
                    "bridge_choice": "always",
                }
            )
        )
        period.action_post()
        self.assertEqual(period.state, "posted")
        self.assertEqual(period.bridge_amount, 10.0)
        balances = {
            line.account_id: line.balance
            for line in period.sudo().entry_ids.move_id.line_ids
            if line.date == period.date_to
        }
        company = self.company
        self.assertEqual(balances[company.backflush_adjustment_rip_account_id], -22.5)
        self.assertEqual(balances[company.backflush_bridge_account_id], 10.0)
        self.assertEqual(balances[company.backflush_bridge_result_account_id], -10.0)

    def _spend(self, account, amount):
        other = self.env["account.account"].search(
            [
                ("account_type", "=", "liability_current"),
                ("company_ids", "in", self.company.ids),
            ],
            limit=1,
        )
        self.env["account.move"].create(
            {
                "move_type": "entry",
                "company_id": self.company.id,
                "line_ids": [
                    (0, 0, {"account_id": account.id, "balance": amount}),
                    (0, 0, {"account_id": other.id, "balance": -amount}),
                ],
            }
        ).action_post()
