"""The demo factory: it is built once, everything is posted, and its people can work."""

from odoo import fields
from odoo.tests import TransactionCase, tagged

from ..demo import documents, factory, people
from ..demo.company import get_company_env


@tagged("post_install", "-at_install")
class TestDemoFactory(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = factory.load(cls.env)
        cls.env = get_company_env(cls.company)

    def _as(self, login):
        user = self.env["res.users"].search([("login", "=", login)])
        return self.env(user=user.id, su=False)

    def _get_product(self, env, name):
        return env["product.product"].search(
            [("name", "=", name), ("company_id", "=", self.company.id)]
        )

    def _get_category(self, name):
        return self.env["product.category"].search(
            [("complete_name", "=", f"Cadence Cycles / {name}")]
        )

    def test_built_once(self):
        """Two families run, cost is flushed at completion for one and at sale for the
        other, the third is native; a second call makes nothing."""
        before = self.env["account.move"].search_count([])
        self.assertEqual(factory.load(self.env), self.company)
        self.assertEqual(self.env["account.move"].search_count([]), before)
        policies = self.env["backflush.policy"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(set(policies.mapped("state")), {"active"})
        self.assertEqual(set(policies.mapped("flush_point")), {"completion", "sale"})
        self.assertFalse(self._get_category("Trailers").backflush_policy_id)

    def test_posted(self):
        """No entry waits. Finished bicycles on hand: 22 - 18 city bikes at 342.266667
        and 8 - 5 touring bikes at 493.25: 1,369.07 + 1,479.75 = 2,848.82."""
        entries = self.env["backflush.entry"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(set(entries.mapped("state")), {"posted"})
        account = self._get_category("Bicycles").property_stock_valuation_account_id
        lines = self.env["account.move.line"].search([("account_id", "=", account.id)])
        self.assertAlmostEqual(sum(lines.mapped("balance")), 2848.82, 2)

    def test_sealed(self):
        """The ledger is sealed as a whole, its controller has made a checkpoint of all
        of it, and its auditor has found that it holds."""
        chain = self.env["backflush.chain"]._get(self.company)
        count = self.env["backflush.entry"].search_count(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual((chain.number, chain.unsealed_count), (count, 0))
        checkpoint = chain.last_checkpoint_id
        self.assertEqual((checkpoint.number, checkpoint.hash), (count, chain.head))
        self.assertEqual(checkpoint.user_id.login, "controller")
        verification = self.env["backflush.verification"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(
            (verification.result, verification.checkpoint_count), ("holds", 1)
        )
        self.assertEqual(verification.user_id.login, "auditor")

    def test_two_persons(self):
        """Where closes are approved, the controller prepares one and the approver posts
        it."""
        self.company.backflush_close_approval = True
        today = fields.Date.context_today(self.env.user)
        period = self._as("controller")["backflush.period"].create(
            {
                "company_id": self.company.id,
                "kind": "interim",
                "date_from": today.replace(day=1),
                "date_to": today,
            }
        )
        period.action_preview()
        period.action_request_approval()
        self.assertFalse(period.can_approve)
        period = period.with_env(self._as("approver"))
        self.assertTrue(period.can_approve)
        period.action_approve()
        self.assertEqual(period.state, "posted")

    def test_reviews(self):
        """One order is beyond 1 % and 10.00: 60 bags took 75 m of fabric at 11.00
        instead of 72: 33.00 of 1,902.00."""
        review = self.env["backflush.variance.review"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(review.product_id.name, "Pannier Bag")
        self.assertEqual((review.standard_cost, review.variance), (1902.0, 33.0))

    def test_people(self):
        """The worker completes an order without any right to accounting; the controller
        sets up the third family with the wizard's defaults and completes an order; the
        auditor reads the ledger."""
        self.assertEqual(len(people.get_people(self.env, self.company)), 4)
        worker = self._as("worker")
        order = documents.produce(worker, self._get_product(worker, "City Bike"), 2)
        self.assertEqual(order.sudo().backflush_entry_ids.state, "posted")

        controller = self._as("controller")
        wizard = controller["backflush.setup"].create(
            {"name": "Trailers", "category_ids": self._get_category("Trailers").ids}
        )
        wizard.action_set_up()
        trailer = self._get_product(controller, "Cargo Trailer")
        order = documents.produce(controller, trailer, 3)
        self.assertEqual(order.backflush_entry_ids.state, "posted")
        partner = controller["res.partner"].search(
            [("name", "=", "Wheelhouse Shops")], limit=1
        )
        sale = documents.sell(controller, partner, trailer, 2, 299.0)
        self.assertEqual(sale.picking_ids.backflush_entry_ids.state, "posted")

        auditor = self._as("auditor")
        self.assertTrue(auditor["backflush.entry"].search_count([]))
