"""The set-up wizard, run by a controller who has no other right than his group's."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import BackflushCase


class SetupCase(BackflushCase):
    """A company with its chart, products and bills, and nothing of ours."""

    books_open = "the set-up has accounts of its own"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.controller = new_test_user(
            cls.env,
            "backflush_controller",
            "mrp_account_backflush.group_backflush_manager",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    @classmethod
    def _create_accounts(cls):
        pass

    @classmethod
    def _create_elements(cls):
        pass

    @classmethod
    def _create_policy(cls):
        pass

    @classmethod
    def _create_products(cls):
        cls.category_components = cls._create_category("Components")
        cls.category_finished = cls._create_category("Finished")
        cls.plate = cls._create_product("Plate", cls.category_components, 10.0)
        cls.screw = cls._create_product("Screw", cls.category_components, 0.5)
        cls.table = cls._create_product("Table", cls.category_finished)
        cls.workcenter = cls.env["mrp.workcenter"].create(
            {"name": "Assembly", "costs_hour": 40.0, "company_id": cls.company.id}
        )
        cls.bom = cls._create_bom(
            cls.table, {cls.plate: 2, cls.screw: 5}, {"Assemble": 15}
        )

    def _wizard(self, categories=None, **values):
        """Return the wizard as its form opens it for the controller."""
        return (
            self.env["backflush.setup"]
            .with_user(self.controller)
            .with_company(self.company)
            .create(
                {
                    "category_ids": (categories or self.category_finished).ids,
                    **values,
                }
            )
        )

    def _set_up(self, categories=None, **values):
        """Run the wizard and return the policy."""
        action = self._wizard(categories, **values).action_set_up()
        policy_id = action["params"]["next"]["res_id"]
        return self.env["backflush.policy"].browse(policy_id)

    def _create_second_family(self):
        """Return the category of a lamp: one bulb at 4.00 and 6 minutes at 40.00."""
        parts = self._create_category("Lamp Parts")
        lamps = self._create_category("Lamps")
        bulb = self._create_product("Bulb", parts, 4.0)
        lamp = self._create_product("Lamp", lamps)
        self._create_bom(lamp, {bulb: 1}, {"Assemble": 6})
        return lamps

    def _get_finished(self):
        return self.category_finished.with_company(self.company)

    def _get_components(self):
        return self.category_components.with_company(self.company)


class TestSetup(SetupCase):
    def test_defaults_come_from_bills_of_materials(self):
        """The wizard proposes what is made and has no policy, and its components."""
        wizard = (
            self.env["backflush.setup"]
            .with_user(self.controller)
            .with_company(self.company)
            .new({})
        )
        self.assertIn(self.category_finished, wizard.category_ids._origin)
        self.assertIn(self.category_components, wizard.component_category_ids._origin)

    def test_four_variants(self):
        """Flush point and purchases give the trigger points, and the policy runs.

        The card is 2 x 10.00 + 5 x 0.50 + 0.25 h x 40.00 = 32.50.
        """
        for purchases, flush_point, letters in (
            ("real_time", "completion", "A · C · D"),
            ("real_time", "sale", "A · D"),
            ("periodic", "completion", "C · D"),
            ("periodic", "sale", "D"),
        ):
            with self.subTest(letters), self.env.cr.savepoint() as savepoint:
                wizard = self._wizard(purchases=purchases, flush_point=flush_point)
                self.assertEqual(wizard.trigger_points, letters)
                policy = self._set_up(purchases=purchases, flush_point=flush_point)
                self.assertEqual(policy.state, "active")
                self.assertEqual(policy.trigger_points, letters)
                self.assertEqual(self.table.standard_price, 32.5)
                self.assertEqual(self._get_components().property_valuation, purchases)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_roles_have_accounts_of_their_own(self):
        policy = self._set_up()
        finished, components = self._get_finished(), self._get_components()
        self.assertEqual(finished.property_cost_method, "standard")
        self.assertEqual(finished.property_valuation, "real_time")
        accounts = [
            finished.property_stock_valuation_account_id,
            components.property_stock_valuation_account_id,
            finished.property_account_expense_categ_id,
            policy.conversion_element_id.applied_account_id,
            policy.conversion_element_id.control_account_id,
            policy.conversion_element_id.variance_account_id,
            policy.material_element_id.variance_account_id,
            policy.material_element_id.variance_account_ids.account_id,
            policy.rounding_account_id,
            policy.revaluation_account_id,
        ]
        self.assertTrue(all(accounts))
        self.assertEqual(len(set(accounts)), len(accounts))
        self.assertEqual(policy.journal_id.code, "BFL")

    def test_order_is_posted_after_the_set_up(self):
        """4 tables: Dr finished goods 130.00 on the account that the wizard created."""
        policy = self._set_up()
        self._stock(self.plate, 100)
        self._stock(self.screw, 100)
        order = self._produce(4)
        self.assertEqual(order.sudo().backflush_entry_ids.state, "posted")
        self.assertEqual(
            self._balance(self._get_finished().property_stock_valuation_account_id),
            130.0,
        )
        self.assertEqual(
            self._balance(policy.conversion_element_id.applied_account_id), -40.0
        )

    def test_conversion_split_into_three_elements(self):
        self._set_up(conversion="split")
        elements = self.env["backflush.cost.element"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(elements.mapped("code"), ["MAT", "LAB", "MAC", "OVH"])
        applied = elements.filtered("is_conversion").applied_account_id
        self.assertEqual(len(applied), 3)

    def test_summary_creates_nothing(self):
        accounts = self.env["account.account"].search_count([])
        wizard = self._wizard()
        self.assertIn("Raw and In-Process Inventory", wizard.summary)
        self.assertNotIn("secured", wizard.summary)
        wizard.secure = True
        self.assertIn("secured", wizard.summary)
        wizard.secure = False
        self.assertEqual(self.env["account.account"].search_count([]), accounts)

    def test_cost_accountant_is_refused(self):
        user = new_test_user(
            self.env,
            "backflush_accountant",
            "mrp_account_backflush.group_backflush_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.env["backflush.setup"].with_user(user).create({})


class TestSetupAgain(SetupCase):
    def _count(self):
        company = [("company_id", "=", self.company.id)]
        return {
            "accounts": self.env["account.account"].search_count(
                [("company_ids", "in", self.company.ids)]
            ),
            "journals": self.env["account.journal"].search_count(company),
            "elements": self.env["backflush.cost.element"].search_count(company),
            "policies": self.env["backflush.policy"].search_count(company),
            "cards": self.env["backflush.cost.card"].search_count(company),
        }

    def test_draft_is_completed_not_doubled(self):
        first = self._set_up(activate=False, put_in_force=False)
        before = self._count()
        second = self._set_up()
        self.assertEqual(second, first)
        self.assertEqual(second.state, "active")
        self.assertEqual(self._count(), before)

    def test_second_category_reuses_everything(self):
        """A second category adds its policy and its card, nothing else; the accounts
        are found although they were renamed and have other codes."""
        self._set_up()
        fg = self._get_finished().property_stock_valuation_account_id
        fg.with_company(self.company).write({"name": "Fertigware", "code": "998877"})
        before = self._count()
        lamps = self._create_second_family()
        policy = self._set_up(lamps)
        self.assertEqual(policy.state, "active")
        before["policies"] += 1
        before["cards"] += 1
        self.assertEqual(self._count(), before)
        self.assertEqual(
            lamps.with_company(self.company).property_stock_valuation_account_id, fg
        )

    def test_active_category_is_refused(self):
        self._set_up()
        with self.assertRaisesRegex(UserError, "Finished follows the active policy"):
            self._wizard().action_set_up()

    def test_category_in_two_roles_is_refused(self):
        with self.assertRaisesRegex(UserError, "among finished products and among"):
            self._wizard(
                component_category_ids=self.category_finished.ids
            ).action_set_up()


class TestSetupMissing(SetupCase):
    def test_component_without_cost(self):
        """Its product's card stays a draft, and so does the policy, with the reason."""
        self.screw.standard_price = 0
        wizard = self._wizard()
        self.assertIn("No cost: Screw", wizard.summary)
        policy = self._set_up()
        self.assertEqual(policy.state, "draft")
        self.assertIn("Table", policy.problems)
        self.assertEqual(policy.card_count, 1)

    def test_product_without_bill(self):
        self._create_product("Stool", self.category_finished)
        wizard = self._wizard()
        self.assertIn("No bill of materials: Stool", wizard.summary)
        policy = self._set_up()
        self.assertEqual(policy.state, "draft")
        self.assertIn("Stool", policy.problems)
        self.assertNotIn("Table", policy.problems)

    def test_stock_on_hand_is_warned_about(self):
        """10 plates at 10.00 are worth 100.00; their category keeps its account."""
        self._stock(self.plate, 10)
        account = self._get_components().property_stock_valuation_account_id
        wizard = self._wizard()
        self.assertIn("Components: stock worth", wizard.summary)
        self.assertIn("100.00", wizard.summary)
        wizard.action_set_up()
        self.assertEqual(
            self._get_components().property_stock_valuation_account_id, account
        )
        self.assertNotEqual(
            self._get_finished().property_stock_valuation_account_id, account
        )


class TestSetupOtherCompanies(SetupCase):
    def _set_up_company(self, company, categories):
        """Run the wizard in another company of the controller; return the policy."""
        companies = company | company.root_id
        self.controller.write({"company_ids": [(4, c.id) for c in companies]})
        wizard = (
            self.env["backflush.setup"]
            .with_user(self.controller)
            .with_context(allowed_company_ids=companies.ids)
            .create({"category_ids": categories.ids})
        )
        policy_id = wizard.action_set_up()["params"]["next"]["res_id"]
        return self.env["backflush.policy"].browse(policy_id)

    def test_company_without_accounts(self):
        """Codes are made up where there is no account to be next to."""
        company = self.env["res.company"].create({"name": "No Chart Ltd"})
        policy = self._set_up_company(company, self.category_finished)
        self.assertEqual(policy.company_id, company)
        self.assertEqual(policy.rounding_account_id.company_ids, company)
        self.assertTrue(policy.rounding_account_id.with_company(company).code)

    def test_branch_uses_the_accounts_of_its_company(self):
        """A branch has its own policy, journal and elements, and no new account."""
        self._set_up()
        domain = [("company_ids", "in", self.company.ids)]
        accounts = self.env["account.account"].search_count(domain)
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        policy = self._set_up_company(branch, self.category_finished)
        self.assertEqual(policy.company_id, branch)
        self.assertEqual(policy.journal_id.company_id, branch)
        self.assertEqual(policy.material_element_id.company_id, branch)
        self.assertEqual(self.env["account.account"].search_count(domain), accounts)


class TestSetupBesideManual(BackflushCase):
    """The wizard in a company whose first policy was set up by hand."""

    def test_second_category_takes_what_the_first_policy_has(self):
        lamps = self._create_category("Lamps")
        lamp = self._create_product("Lamp", lamps)
        self._create_bom(lamp, {self.plate: 1}, {"Assemble": 6})
        wizard = self.env["backflush.setup"].create(
            {"category_ids": lamps.ids, "conversion": "split"}
        )
        self.assertEqual(wizard.component_category_ids, self.category_components)
        self.assertEqual(wizard.purchases, "real_time")
        policy_id = wizard.action_set_up()["params"]["next"]["res_id"]
        policy = self.env["backflush.policy"].browse(policy_id)
        self.assertEqual(policy.state, "active")
        self.assertEqual(policy.journal_id, self.journal)
        self.assertEqual(policy.conversion_element_id, self.labour)
        self.assertEqual(policy.rounding_account_id, self.account_rounding)
        self.assertEqual(lamps.property_stock_valuation_account_id, self.account_fg)
        self.assertEqual(lamps.property_account_expense_categ_id, self.account_cogs)
        self.assertEqual(
            self.category_components.property_stock_valuation_account_id,
            self.account_rip,
        )
