"""Odoo's cost of a product follows its card in force, and is not written by hand."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import BackflushCase
from .factories import make_factory

REFUSED = "follows their cost cards"


class TestGuard(BackflushCase):
    def test_refused(self):
        """Product, template, form and import, also by the administrator: refused, with
        what to do; 32.50 stays, and nothing enters the price history."""
        history = self.env["product.value"].search_count([])
        admin = self.env.ref("base.user_admin")
        admin.write({"company_ids": [Command.link(self.company.id)]})
        form = Form(self.table.product_tmpl_id)
        form.standard_price = 40
        for change in (
            lambda: self.table.write({"standard_price": 40}),
            lambda: self.table.product_tmpl_id.write({"standard_price": 40}),
            lambda: self.table.with_user(admin).write({"standard_price": 40}),
            lambda: self.table.sudo().write({"standard_price": 0}),
            lambda: self.table.with_context(
                disable_auto_revaluation=True, force_period_date="2019-01-01"
            ).write({"standard_price": 40}),
            form.save,
        ):
            with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
                change()
        self.env.invalidate_all()
        self.assertEqual(self.table.standard_price, 32.5)
        self.assertEqual(self.env["product.value"].search_count([]), history)

    def test_import(self):
        """A row that changes the cost is reported; one that repeats it passes."""
        self.table.default_code = "TABLE-1"
        external = self.table.export_data(["id"])["datas"][0][0]
        results = [
            self.env["product.product"].load(
                ["id", "standard_price"], [[external, price]]
            )
            for price in ("40", "32.5")
        ]
        self.assertIn(REFUSED, results[0]["messages"][0]["message"])
        self.assertFalse(results[1]["messages"])
        self.assertEqual(self.table.standard_price, 32.5)

    def test_compute_from_bill(self):
        """Odoo's own buttons: screws at 1.00 would make 35.00. Without the change they
        find 32.50, which is what it is, and pass."""
        self.table.button_bom_cost()
        self.screw.standard_price = 1.0
        with self.assertRaisesRegex(UserError, REFUSED):
            self.table.button_bom_cost()
        with self.assertRaisesRegex(UserError, REFUSED):
            self.table.product_tmpl_id.action_bom_cost()

    def test_what_the_message_says(self):
        with self.assertRaises(UserError) as refused:
            self.table.standard_price = 40
        message = str(refused.exception)
        for part in ("Table v1", self.company.name, "Standard Cost", "revalued"):
            self.assertIn(part, message)

    def test_user_without_rights_on_cards(self):
        """Who edits products and may not see cost cards gets the same message."""
        user = new_test_user(
            self.env,
            "guard-products",
            "product.group_product_manager,stock.group_stock_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaisesRegex(UserError, REFUSED):
            self.table.with_user(user).standard_price = 40

    def test_no_card(self):
        """A component without a card, and what is no change, pass."""
        self.screw.standard_price = 0.7
        self.table.standard_price = 32.5
        self.table.write({"standard_price": 32.5, "name": "Desk"})
        self.assertEqual((self.screw.standard_price, self.table.name), (0.7, "Desk"))

    def test_bought(self):
        """The card of a bought product binds, too."""
        self._put_price(self.screw, 0.6)
        with self.assertRaisesRegex(UserError, REFUSED):
            self.screw.standard_price = 0.7

    def test_other_company(self):
        """A card here does not bind there."""
        there = make_factory(self, "Sister")
        self._put_price(self.screw, 0.6)
        self.screw.with_company(there.company).standard_price = 0.9
        self.assertEqual(self.screw.standard_price, 0.6)

    def test_ended_policy(self):
        """Once its policy has ended a card binds no longer."""
        self.policy.action_end()
        self.policy.date_end = "2020-12-31"
        self.table.standard_price = 40
        self.assertEqual(self.table.standard_price, 40)

    def test_average_cost(self):
        """Odoo's own average of a product that has a card passes: 10 at 0.50 and 10 at
        0.70 are 0.60 each."""
        self.books_open = "screws are no longer at standard cost"
        average = self._create_category(
            "Average",
            property_cost_method="average",
            property_valuation="real_time",
            property_stock_valuation_account_id=self.account_rip.id,
        )
        bolt = self._create_product("Bolt", average, 0.5)
        self.env["backflush.cost.card"].create(
            {
                "product_id": bolt.id,
                "company_id": self.company.id,
                "basis": "bought",
                "state": "in_force",
            }
        )
        for price in (0.5, 0.7):
            self._buy(bolt, 10, price, bill=False)
        self.assertAlmostEqual(bolt.standard_price, 0.6)

    def test_lots(self):
        """A lot valued by itself has the product's cost, and is guarded alike."""
        self.screw.write({"tracking": "lot", "lot_valuated": True})
        self._put_price(self.screw, 0.6)
        lot = self.env["stock.lot"].create({"name": "A", "product_id": self.screw.id})
        self.assertEqual(lot.standard_price, 0.6)
        with self.assertRaisesRegex(UserError, REFUSED):
            lot.standard_price = 0.7
        lot.standard_price = 0.6


@tagged("post_install", "-at_install")
class TestGuardOverRPC(BackflushCase, HttpCase):
    def test_context_of_a_request(self):
        """What lets our own code write cannot be sent."""
        new_test_user(
            self.env,
            "guard-rpc",
            "base.group_system,product.group_product_manager,stock.group_stock_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.authenticate("guard-rpc", "guard-rpc")
        company = {"allowed_company_ids": self.company.ids}
        for context in (
            {},
            {"backflush_takes_effect": True},
            {"backflush_takes_effect": {}},
            {"backflush_cutover": True, "disable_auto_revaluation": True},
        ):
            answer = self._write_over_rpc(self.table, {**context, **company})
            self.assertIn(REFUSED, answer["error"]["data"]["message"])
        self.env.invalidate_all()
        self.assertEqual(self.table.standard_price, 32.5)

    def _write_over_rpc(self, product, context):
        return self.url_open(
            "/web/dataset/call_kw/product.product/write",
            json={
                "jsonrpc": "2.0",
                "method": "call",
                "params": {
                    "model": "product.product",
                    "method": "write",
                    "args": [product.ids, {"standard_price": 40}],
                    "kwargs": {"context": context},
                },
            },
        ).json()
