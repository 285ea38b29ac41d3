"""Subcontracting: the cost card, what the activation says, what the set-up creates."""

from odoo import Command
from odoo.exceptions import UserError

from .companions import require
from .subcontracting import SubcontractingCase
from .test_setup import SetupCase


class TestSubcontractingCard(SubcontractingCase):
    def _build(self, product=None):
        return self.env["backflush.cost.card"]._build(
            product or self.chair, self.company
        )

    def _get_work(self, card):
        return card.line_ids.filtered(lambda line: line.kind == "subcontracting")

    def test_lines(self):
        """2 x 10.00 + 5 x 0.50 + 12.00 = 34.50, and Odoo's cost follows."""
        work = self._get_work(self.chair_card)
        self.assertEqual(
            (work.element_id, work.quantity, work.price),
            (self.subcontracting, 1.0, 12.0),
        )
        self.assertEqual(self.chair_card.material_cost, 22.5)
        self.assertEqual(self.chair_card.conversion_cost, 12.0)
        self.assertEqual(self.chair.standard_price, 34.5)

    def test_price_of_the_lot_size(self):
        """From 100 on, 10.00 less 5 %: a bill for 100 costs 9.50, one for 99 12.00."""
        self._create_price(10.0, min_qty=100, discount=5.0)
        for quantity, price in ((99, 12.0), (100, 9.5)):
            self.chair_bom.product_qty = quantity
            self.assertEqual(self._get_work(self._build()).price, price)

    def test_price_per_dozen_in_foreign_currency(self):
        """240.00 foreign a dozen, 2.00 foreign for 1.00: 10.00 a chair."""
        foreign = self.env.ref("base.EUR")
        foreign.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 2.0,
            }
        )
        self.chair.seller_ids.unlink()
        self._create_price(
            240.0,
            currency_id=foreign.id,
            product_uom_id=self.env.ref("uom.product_uom_dozen").id,
        )
        self.chair_bom.product_qty = 12
        self.assertEqual(self._get_work(self._build()).price, 10.0)

    def test_price_of_another_vendor(self):
        """Who is not on the bill of materials does not count, even if cheaper."""
        self._create_price(5.0, partner_id=self.vendor.id, sequence=0)
        self.assertEqual(self._get_work(self._build()).price, 12.0)

    def test_overheads_on_work(self):
        """10 % of subcontracting: 1.20 more."""
        overhead = self.labour.copy({"code": "OVH", "kind": "variable_overhead"})
        self.policy.overhead_rate_ids = [
            Command.create(
                {
                    "element_id": overhead.id,
                    "method": "percent",
                    "rate": 10,
                    "base_element_id": self.subcontracting.id,
                }
            )
        ]
        self.assertAlmostEqual(self._build().total_cost, 35.7)

    def test_what_is_missing(self):
        """One message: no element on the policy, no price of a subcontractor."""
        self.policy.subcontracting_element_id = False
        self.chair.seller_ids.unlink()
        with self.assertRaises(UserError) as caught:
            self._build()
        message = str(caught.exception)
        self.assertIn("no subcontracting element", message)
        self.assertIn("no subcontractor of its bill has a price for 1.0", message)

    def test_quantity_below_the_least(self):
        """The price is for 100 and more, the bill for 1: it is asked for."""
        self.chair.seller_ids.min_qty = 100
        with self.assertRaisesRegex(UserError, "has a price for 1.0"):
            self._build()

    def test_made_at_home_comes_first(self):
        """Of two bills the one of type Manufacture; the other can be chosen."""
        home = self._create_bom(self.chair, {self.plate: 3})
        card = self._build()
        self.assertEqual(card.bom_id, home)
        self.assertFalse(self._get_work(card))
        card.bom_id = self.chair_bom
        card.action_compute()
        self.assertEqual(card.total_cost, 34.5)

    def test_activation(self):
        """The policy asks for the element, then for its accounts."""
        self.policy.action_draft()
        self.policy.subcontracting_element_id = False
        with self.assertRaisesRegex(UserError, "none is set.*make Chair"):
            self.policy.action_activate()
        self.policy.subcontracting_element_id = self.subcontracting
        self.subcontracting.control_account_id = False
        with self.assertRaisesRegex(UserError, "Subcontracting: its control account"):
            self.policy.action_activate()
        self.subcontracting.control_account_id = self.account_billed
        self.policy.action_activate()
        self.assertEqual(self.policy.state, "active")

    def test_preview(self):
        """The work is shown as applied when an order is completed."""
        self.policy.preview_product_id = self.chair
        completed = self.policy.preview["events"][1]
        credits = {line["account"]: line["credit"] for line in completed["lines"]}
        self.assertEqual(credits[self.account_work.display_name], 12.0)


class TestSubcontractingSetup(SetupCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        require(cls, "mrp_subcontracting_account")
        cls.welder = cls.env["res.partner"].create({"name": "Welder"})
        cls.category_chairs = cls._create_category("Chairs")
        cls.chair = cls._create_product("Chair", cls.category_chairs)
        bom = cls._create_bom(cls.chair, {cls.plate: 2})
        bom.write(
            {"type": "subcontract", "subcontractor_ids": [Command.set(cls.welder.ids)]}
        )

    def _create_price(self):
        self.env["product.supplierinfo"].create(
            {
                "partner_id": self.welder.id,
                "product_tmpl_id": self.chair.product_tmpl_id.id,
                "price": 12.0,
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
            }
        )

    def _get_policy(self):
        return self.env["backflush.policy"].search(
            [("company_id", "=", self.company.id)]
        )

    def test_element(self):
        """Chairs of 2 plates and 12.00 of work: an element with its accounts, a card of
        32.00 in force, an active policy."""
        self._create_price()
        self._wizard(self.category_chairs).action_set_up()
        policy = self._get_policy()
        element = policy.subcontracting_element_id
        self.assertEqual((element.kind, element.code), ("subcontracting", "SUB"))
        self.assertEqual(element.applied_account_id.name, "Subcontracting Applied")
        self.assertEqual(element.control_account_id.name, "Subcontracting Control")
        self.assertEqual(policy.conversion_element_id.kind, "labour")
        self.assertEqual(self.chair.standard_price, 32.0)
        self.assertEqual(policy.state, "active")

    def test_proposed(self):
        """Categories of subcontracted products and of their components."""
        wizard = self._wizard(self.category_chairs)
        self.assertEqual(wizard.component_category_ids, self.category_components)
        self.assertIn(self.category_chairs, wizard._get_default_categories())

    def test_without_price(self):
        """The wizard says so; the policy stays a draft without the card."""
        wizard = self._wizard(self.category_chairs)
        self.assertIn("No price of a subcontractor: Chair", wizard.summary)
        wizard.action_set_up()
        self.assertEqual(self._get_policy().state, "draft")

    def test_none_subcontracted(self):
        """Tables are made at home: no element for subcontracting."""
        self._wizard().action_set_up()
        self.assertFalse(self._get_policy().subcontracting_element_id)
