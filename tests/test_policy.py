"""Policies: activation refuses an incoherent set-up, one message for all of it."""

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError

from .common import BackflushCase


class TestPolicy(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.action_draft()

    def _get_refusal(self):
        with self.assertRaises(UserError) as caught:
            self.policy.action_activate()
        self.assertEqual(self.policy.state, "draft")
        return str(caught.exception)

    def test_coherent(self):
        self.policy.action_activate()
        self.assertEqual(self.policy.state, "active")

    def test_everything_missing_in_one_message(self):
        """One message lists journal, categories, element and accounts."""
        empty = self.env["backflush.policy"].create(
            {"name": "Empty", "company_id": self.company.id}
        )
        with self.assertRaises(UserError) as caught:
            empty.action_activate()
        message = str(caught.exception)
        for part in ("Journal", "categories", "Material element", "Rounding Account"):
            self.assertIn(part, message)

    def test_cost_method(self):
        self.category_finished.property_cost_method = "average"
        self.assertIn(
            "Category Finished: the costing method must be Standard Price",
            self._get_refusal(),
        )

    def test_valuation(self):
        self.category_finished.property_valuation = "periodic"
        self.assertIn("must be Perpetual", self._get_refusal())

    def test_missing_stock_account(self):
        self.company.account_stock_valuation_id = False
        self.env["ir.default"].search(
            [("field_id.name", "=", "property_stock_valuation_account_id")]
        ).unlink()
        self.category_finished.property_stock_valuation_account_id = False
        self.assertIn(
            "Category Finished: its finished goods (stock valuation) account is "
            "missing (Inventory > Configuration > Product Categories)",
            self._get_refusal(),
        )

    def test_missing_expense_account(self):
        self.company.expense_account_id = False
        self.env["ir.default"].search(
            [("field_id.name", "=", "property_account_expense_categ_id")]
        ).unlink()
        self.category_finished.property_account_expense_categ_id = False
        self.assertIn("cost of goods sold (expense) account", self._get_refusal())

    def test_missing_element_accounts(self):
        self.labour.applied_account_id = False
        self.material.variance_account_id = False
        message = self._get_refusal()
        self.assertIn("Cost element Labour: its applied account", message)
        self.assertIn("Cost element Material: its variance account", message)

    def test_account_with_two_roles(self):
        self.labour.control_account_id = self.account_applied
        message = self._get_refusal()
        self.assertIn("Applied has several roles", message.replace("510730 ", ""))

    def test_finished_goods_in_the_material_account(self):
        self.category_finished.property_stock_valuation_account_id = self.account_rip
        message = self._get_refusal()
        self.assertIn("finished goods of Finished", message)
        self.assertIn("raw and in-process inventory of Components", message)

    def test_wrong_account_type(self):
        self.labour.applied_account_id = self._create_account(
            "110799", "Bank", "asset_cash"
        )
        self.assertIn("its type is Bank and Cash", self._get_refusal())

    def test_account_of_another_company(self):
        """An account that was moved to another company is named."""
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids = [Command.link(other.id)]
        account = self.account_rounding.with_context(
            allowed_company_ids=[other.id, self.company.id]
        )
        account.write({"code": "510760", "company_ids": [Command.link(other.id)]})
        account.company_ids = [Command.unlink(self.company.id)]
        self.assertIn("belongs to another company", self._get_refusal())

    def test_product_without_card(self):
        self._create_product("Bench", self.category_finished)
        message = self._get_refusal()
        self.assertIn("Products without a cost card in force (1): Bench", message)

    def test_actual_time_at_sale(self):
        self.policy.write({"flush_point": "sale", "conversion_basis": "time"})
        self.assertIn("Conversion basis", self._get_refusal())

    def test_draft_policy_is_native(self):
        """Until activation nothing is recorded."""
        self.books_open = "orders without a policy are left to the closing"
        self.assertFalse(self._produce(1).backflush_entry_ids)

    def test_ended_policy(self):
        """After its end date orders are native again; its entries remain."""
        self.books_open = "orders without a policy are left to the closing"
        self.policy.action_activate()
        entry = self._produce(1).backflush_entry_ids
        self.policy.action_end()
        self.policy.date_end = fields.Date.subtract(fields.Date.today(), days=1)
        self.assertFalse(self._produce(1).backflush_entry_ids)
        self.assertEqual(entry.state, "posted")
        with self.assertRaisesRegex(UserError, "cannot go back to draft"):
            self.policy.action_draft()
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.policy.unlink()

    def test_preview_is_what_will_be_posted(self):
        """The T-accounts of one unit: 32.50 into FG, 22.50 from RIP, 10.00 applied."""
        self.policy.preview_product_id = self.table
        events = {event["event"]: event for event in self.policy.preview["events"]}
        self.assertEqual(self.policy.trigger_points, "A · C · D")
        amounts = {
            line["account"].split()[-1]: line["debit"] - line["credit"]
            for line in events["completion"]["lines"]
        }
        self.assertEqual(amounts, {"FG": 32.5, "RIP": -22.5, "Applied": -10.0})
        self.policy.flush_point = "sale"
        self.assertEqual(self.policy.trigger_points, "A · D")
        self.category_components.property_valuation = "periodic"
        self.policy.invalidate_recordset()
        self.policy.preview_product_id = self.table
        self.assertEqual(self.policy.trigger_points, "D")

    def test_overhead_rate_without_base(self):
        with self.assertRaisesRegex(ValidationError, "percentage"):
            self.policy.overhead_rate_ids = [
                Command.create(
                    {
                        "element_id": self.labour.id,
                        "method": "percent",
                        "rate": 10,
                    }
                )
            ]
