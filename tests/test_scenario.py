"""Scenarios: prices and rates that change in thought, and what they do.

Screw 0.50, plate 10.00, assembly 40.00 an hour. All cards hold:

- frame: 4 screws 2.00 + 0.25 h 10.00 = 12.00
- desk: 1 frame 12.00 + 6 screws 3.00 + 0.5 h 20.00 = 35.00
- set: 2 desks 70.00 + 1 frame 12.00 = 82.00
- table: 2 plates 20.00 + 5 screws 2.50 + 0.25 h 10.00 = 32.50

A set holds 2 x (4 + 6) + 4 = 24 screws and 2 x (0.25 + 0.5) + 0.25 = 1.75 h.
"""

from dateutil.relativedelta import relativedelta
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import BackflushCase


class ScenarioCase(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls._create_product("Frame", cls.category_finished, list_price=20)
        cls.desk = cls._create_product("Desk", cls.category_finished, list_price=50)
        cls.set = cls._create_product("Set", cls.category_finished, list_price=100)
        cls.table.list_price = 40
        cls.plate.sale_ok = cls.screw.sale_ok = False
        cls._create_bom(cls.frame, {cls.screw: 4}, {"Weld": 15})
        cls._create_bom(cls.desk, {cls.frame: 1, cls.screw: 6}, {"Mount": 30})
        cls._create_bom(cls.set, {cls.desk: 2, cls.frame: 1})
        for product in (cls.frame, cls.desk, cls.set):
            cls._create_card(product)

    @classmethod
    def _create_scenario(cls, *changes, **values):
        return cls.env["backflush.scenario"].create(
            {
                "name": "What if",
                "company_id": cls.company.id,
                "change_ids": [Command.create(change) for change in changes],
                **values,
            }
        )

    def _compute(self, *changes, **values):
        scenario = self._create_scenario(*changes, **values)
        scenario.action_compute()
        return scenario

    def _screws_at(self, price):
        return {
            "kind": "price",
            "product_id": self.screw.id,
            "method": "amount",
            "amount": price,
        }

    def _rate(self, percent, **values):
        return {
            "kind": "rate",
            "workcenter_id": self.workcenter.id,
            "method": "percent",
            "percent": percent,
            **values,
        }

    def _get_costs(self, scenario):
        """Return {product name: (cost today, cost then)}."""
        return {
            result.product_id.name: (
                round(result.base_cost, 6),
                round(result.scenario_cost, 6),
            )
            for result in scenario.result_ids
        }

    def _get_result(self, scenario, product):
        return scenario.result_ids.filtered(lambda result: result.product_id == product)


class TestScenario(ScenarioCase):
    def test_price_through_two_levels(self):
        """A screw from 0.50 to 0.60 adds 0.10 for each: frame 4, desk 10, set 24,
        table 5. The plate is not reached and not listed."""
        scenario = self._compute(self._screws_at(0.6))
        self.assertEqual(
            self._get_costs(scenario),
            {
                "Screw": (0.5, 0.6),
                "Frame": (12, 12.4),
                "Desk": (35, 36),
                "Set": (82, 84.4),
                "Table": (32.5, 33),
            },
        )
        levels = {r.product_id.name: r.level for r in scenario.result_ids}
        self.assertEqual(
            levels, {"Screw": 0, "Frame": 1, "Table": 1, "Desk": 2, "Set": 3}
        )
        result = self._get_result(scenario, self.set)
        self.assertAlmostEqual(result.change, 2.4)
        self.assertAlmostEqual(result.change_percent, 2.4 / 82)
        self.assertEqual(self._get_result(scenario, self.screw).basis, "bought")

    def test_rate_by_percent(self):
        """10 % of 40.00 is 4.00 an hour: frame and table 0.25 h + 1.00, desk 0.75 h +
        3.00, set 1.75 h + 7.00."""
        scenario = self._compute(self._rate(10))
        self.assertEqual(
            self._get_costs(scenario),
            {
                "Frame": (12, 13),
                "Desk": (35, 38),
                "Set": (82, 89),
                "Table": (32.5, 33.5),
            },
        )

    def test_elements(self):
        """Of a set, 12.00 are screws and 70.00 labour, three levels down: 1.75 h. Ten
        percent more labour is 77.00."""
        scenario = self._compute(self._rate(10))
        result = self._get_result(scenario, self.set)
        self.assertEqual(
            {
                row.element_id: (row.base_amount, row.scenario_amount, row.change)
                for row in result.element_ids
            },
            {self.material: (12, 12, 0), self.labour: (70, 77, 7)},
        )

    def test_rate_of_one_element(self):
        """Of 40.00 an hour 30.00 are labour and 10.00 machine; the machine at 14.00
        adds 4.00 an hour, 7.00 to a set. A whole rate of 60.00 is shared out as the one
        before, 45.00 and 15.00: 20.00 an hour, 35.00 for a set."""
        machine = self.env["backflush.cost.element"].create(
            {
                "name": "Machine",
                "code": "MCH",
                "kind": "machine",
                "company_id": self.company.id,
            }
        )
        self.workcenter.backflush_rate_ids = [
            Command.create({"element_id": self.labour.id, "rate": 30}),
            Command.create({"element_id": machine.id, "rate": 10}),
        ]
        scenario = self._compute(
            self._rate(0, method="amount", amount=14, element_id=machine.id)
        )
        self.assertEqual(self._get_costs(scenario)["Set"], (82, 89))
        scenario = self._compute(self._rate(0, method="amount", amount=60))
        self.assertEqual(self._get_costs(scenario)["Set"], (82, 117))
        change = scenario.change_ids
        self.assertEqual((change.value_before, change.value_after), (40, 60))
        elements = self._get_result(scenario, self.set).element_ids
        self.assertEqual(
            {row.element_id: row.change for row in elements},
            {self.material: 0, self.labour: 26.25, machine: 8.75},
        )

    def test_overhead_rate(self):
        """20 % of labour as overhead, then 30 %: 10 % of the labour of each level.
        Frame and table, 10.00 each: 1.00. Desk, 20.00: 2.00, and a frame's 1.00. Set:
        twice 3.00, and 1.00."""
        overhead = self.env["backflush.cost.element"].create(
            {
                "name": "Overhead",
                "code": "OVH",
                "kind": "variable_overhead",
                "company_id": self.company.id,
            }
        )
        self.policy.overhead_rate_ids = [
            Command.create(
                {
                    "element_id": overhead.id,
                    "method": "percent",
                    "base_element_id": self.labour.id,
                    "rate": 20,
                }
            )
        ]
        rate = self.policy.overhead_rate_ids
        self.assertEqual(rate.display_name, "Just in time: Overhead, percent of Labour")
        scenario = self._compute(
            {
                "kind": "overhead",
                "overhead_rate_id": rate.id,
                "method": "amount",
                "amount": 30,
            }
        )
        changes = {r.product_id.name: r.change for r in scenario.result_ids}
        self.assertEqual(changes, {"Frame": 1, "Desk": 3, "Set": 7, "Table": 1})

    def test_category_by_percent(self):
        """All components 20 % dearer: screw 0.60, plate 12.00. Table 24.00 + 3.00 +
        10.00 = 37.00. Made products of the category have no price to change."""
        self.frame.categ_id = self.category_components
        self.category_components.with_company(
            self.company
        ).backflush_policy_id = self.policy
        parent = self._create_category("Bought")
        self.category_components.parent_id = parent
        scenario = self._compute(
            {
                "kind": "category",
                "category_id": parent.id,
                "method": "percent",
                "percent": 20,
            }
        )
        self.assertEqual(
            self._get_costs(scenario),
            {
                "Screw": (0.5, 0.6),
                "Plate": (10, 12),
                "Frame": (12, 12.4),
                "Desk": (35, 36),
                "Set": (82, 84.4),
                "Table": (32.5, 37),
            },
        )

    def test_changes_one_after_the_other(self):
        """A screw at 0.60 and then 50 % more: 0.90; a table 5 x 0.40 dearer."""
        dearer = {
            "kind": "category",
            "category_id": self.category_components.id,
            "percent": 50,
            "sequence": 20,
        }
        scenario = self._compute(dearer, {**self._screws_at(0.6), "sequence": 10})
        self.assertEqual(self._get_costs(scenario)["Screw"], (0.5, 0.9))
        self.assertEqual(self._get_costs(scenario)["Table"], (32.5, 44.5))

    def test_margins(self):
        """Set: list price 100.00, cost 82.00 and 84.40: margins 18.00 and 15.60. All
        sold (frame 20, desk 50, set 100, table 40): 210.00 less 161.50, or less
        165.80."""
        scenario = self._compute(self._screws_at(0.6))
        result = self._get_result(scenario, self.set)
        self.assertEqual(result.list_price, 100)
        self.assertAlmostEqual(result.margin_before, 18)
        self.assertAlmostEqual(result.margin_after, 15.6)
        self.assertAlmostEqual(result.margin_before_percent, 0.18)
        self.assertAlmostEqual(result.margin_after_percent, 0.156)
        self.assertFalse(self._get_result(scenario, self.screw).list_price)
        self.assertAlmostEqual(scenario.margin_before, 48.5 / 210)
        self.assertAlmostEqual(scenario.margin_after, 44.2 / 210)

    def test_margin_without_included_tax(self):
        """A list price of 125.00 that includes 25 % tax is 100.00."""
        self.set.list_price = 125
        self.set.taxes_id = self.env["account.tax"].create(
            {
                "name": "Included",
                "amount": 25,
                "price_include_override": "tax_included",
                "company_id": self.company.id,
            }
        )
        scenario = self._compute(self._screws_at(0.6))
        self.assertEqual(self._get_result(scenario, self.set).list_price, 100)

    def test_buy_instead_of_make(self):
        """A desk bought at 30.00 instead of made at 35.00: a set is 10.00 cheaper."""
        scenario = self._compute({**self._screws_at(30), "product_id": self.desk.id})
        self.assertEqual(self._get_costs(scenario), {"Desk": (35, 30), "Set": (82, 72)})

    def test_scope_of_categories(self):
        """Frames in a category of their own: they alone are listed, screws are not."""
        category = self._create_category("Frames", parent_id=self.category_finished.id)
        category.with_company(self.company).backflush_policy_id = self.policy
        self.frame.categ_id = category
        scenario = self._compute(
            self._screws_at(0.6),
            scope="categories",
            category_ids=[Command.set(category.ids)],
        )
        self.assertEqual(self._get_costs(scenario), {"Frame": (12, 12.4)})
        scenario.category_ids = self.category_finished
        self.assertEqual(scenario.state, "draft")
        scenario.action_compute()
        self.assertEqual(
            set(self._get_costs(scenario)), {"Frame", "Desk", "Set", "Table"}
        )

    def test_problems_are_kept(self):
        """A rack takes a rod that has no cost yet: it is named as not rolled up, the
        others are there."""
        rack = self._create_product("Rack", self.category_finished)
        rod = self._create_product("Rod", self.category_components)
        self._create_bom(rack, {rod: 1, self.screw: 1})
        scenario = self._compute(self._screws_at(0.6))
        self.assertIn("Rack", scenario.problems)
        self.assertEqual(len(scenario.result_ids), 5)

    # Kept, and nothing else -----------------------------------------------------------

    def test_posts_nothing(self):
        """No card, ledger entry, journal entry or price is made or changed."""
        self._stock(self.screw, 100)

        def count():
            models = ("backflush.cost.card", "backflush.entry", "account.move")
            return [self.env[model].search_count([]) for model in models]

        before = count()
        cards = self.env["backflush.cost.card"].search([])
        read = cards.read(["state", "total_cost", "version", "date_from"])
        scenario = self._compute(self._screws_at(0.6), self._rate(10))
        self.env.invalidate_all()
        self.assertTrue(scenario.result_ids)
        self.assertEqual(count(), before)
        self.assertEqual(
            cards.read(["state", "total_cost", "version", "date_from"]), read
        )
        self.assertEqual(self.screw.standard_price, 0.5)
        self.assertEqual(self.workcenter.costs_hour, 40)

    def test_second_compute_replaces(self):
        """Screws at 0.60 and then at 0.70: what changed is out of date until computed
        again, and one result for each product stays."""
        scenario = self._compute(self._screws_at(0.6))
        self.assertEqual(scenario.state, "computed")
        self.assertEqual(scenario.computed_by_id, self.env.user)
        first = scenario.result_ids
        scenario.change_ids.amount = 0.7
        self.assertEqual(scenario.state, "draft")
        self.assertEqual(scenario.result_ids, first)
        scenario.action_compute()
        self.assertFalse(first.exists())
        self.assertEqual(len(scenario.result_ids), 5)
        self.assertEqual(self._get_costs(scenario)["Frame"], (12, 12.8))
        scenario.change_ids.unlink()
        self.assertEqual(scenario.state, "draft")

    def test_copy(self):
        """A copy has the changes and not the results."""
        scenario = self._compute(self._screws_at(0.6))
        copy = scenario.copy()
        self.assertEqual(copy.name, "What if (copy)")
        self.assertEqual(copy.state, "draft")
        self.assertEqual(copy.change_ids.amount, 0.6)
        self.assertFalse(copy.result_ids or copy.computed_on)
        self.assertEqual(len(scenario.result_ids), 5)

    def test_compare(self):
        """Two scenarios side by side, in the pivot of their results."""
        scenarios = self._compute(self._screws_at(0.6)) | self._compute(self._rate(10))
        action = scenarios.action_view_results()
        self.assertTrue(action["view_mode"].startswith("pivot"))
        rows = self.env[action["res_model"]]._read_group(
            [*action["domain"], ("product_id", "=", self.set.id)],
            ["scenario_id"],
            ["change:sum"],
        )
        self.assertEqual(
            {scenario: round(change, 6) for scenario, change in rows},
            {scenarios[0]: 2.4, scenarios[1]: 7},
        )

    def test_queries(self):
        """No more queries for 14 made products than for 4."""
        scenario = self._create_scenario(self._screws_at(0.6))

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            scenario.action_compute()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for number in range(10):
            product = self._create_product(f"Shelf {number}", self.category_finished)
            self._create_bom(product, {self.screw: 1, self.frame: 1}, {"Screw": 6})
        count()
        self.assertLessEqual(count(), few)
        self.assertEqual(len(scenario.result_ids), 15)

    # Proposed -------------------------------------------------------------------------

    def test_propose(self):
        """The screw at 0.60 and the four products that use it; the rate of 44.00 an
        hour is not in their cards: set 84.40. Nothing is in force before a release."""
        scenario = self._compute(self._screws_at(0.6), self._rate(10))
        action = scenario.action_propose()
        release = self.env["backflush.release"].browse(action["res_id"])
        self.assertEqual(release.state, "draft")
        self.assertEqual(scenario.release_ids, release)
        self.assertEqual(
            {card.product_id.name: card.total_cost for card in release.card_ids},
            {"Screw": 0.6, "Frame": 12.4, "Desk": 36, "Set": 84.4, "Table": 33},
        )
        self.assertEqual(self.screw.standard_price, 0.5)
        release.action_roll_up()
        self.assertEqual(len(release.card_ids), 5)

    def test_rates_are_not_proposed(self):
        scenario = self._compute(self._rate(10))
        with self.assertRaisesRegex(UserError, "changes no price"):
            scenario.action_propose()

    def test_planned_volume(self):
        """100 sets planned for a year from today, 2.40 dearer each: 240.00."""
        day = self.company._get_backflush_day()
        self.env["backflush.planned.volume"].create(
            {
                "product_id": self.set.id,
                "company_id": self.company.id,
                "date_from": day,
                "date_to": day + relativedelta(years=1),
                "quantity": 100,
            }
        )
        scenario = self._compute(self._screws_at(0.6))
        self.assertEqual(self._get_result(scenario, self.set).planned_quantity, 100)
        self.assertEqual(scenario.planned_effect, 240)

    # Refused -------------------------------------------------------------------------

    def test_nothing_to_change(self):
        with self.assertRaisesRegex(UserError, "changes nothing yet"):
            self._compute()

    def test_incomplete_changes(self):
        for values, message in (
            ({"kind": "price"}, "choose what changes"),
            ({"kind": "rate"}, "choose what changes"),
            (
                {
                    "kind": "category",
                    "category_id": self.category_components.id,
                    "method": "amount",
                },
                "change by a percentage",
            ),
            (self._rate(10, element_id=self.material.id), "no hourly rate"),
        ):
            with self.assertRaisesRegex(ValidationError, message):
                self._create_scenario(values)

    @mute_logger("odoo.sql_db")
    def test_impossible_values(self):
        for values in (self._rate(-101), self._screws_at(-1)):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self._create_scenario(values)

    # Access --------------------------------------------------------------------------

    def _create_user(self, login, groups, company=None):
        company = company or self.company
        return new_test_user(
            self.env,
            f"{login}_scenario",
            f"base.group_user,{groups}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def test_accountant_computes_and_auditor_reads(self):
        accountant = self._create_user(
            "accountant", "mrp_account_backflush.group_backflush_user"
        )
        scenario = self._create_scenario(self._screws_at(0.6)).with_user(accountant)
        scenario.action_compute()
        self.assertEqual(scenario.computed_by_id, accountant)
        with self.assertRaises(AccessError):
            scenario.result_ids[0].write({"scenario_cost": 1})
        auditor = self._create_user(
            "auditor", "mrp_account_backflush.group_backflush_auditor"
        )
        scenario = scenario.with_user(auditor)
        self.assertEqual(self._get_costs(scenario)["Frame"], (12, 12.4))
        self.assertEqual(scenario.change_ids.value_before, 0.5)
        for change in (
            scenario.action_compute,
            lambda: scenario.write({"name": "x"}),
            lambda: scenario.change_ids.write({"amount": 1}),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_worker_sees_nothing(self):
        worker = self._create_user("worker", "mrp.group_mrp_user")
        self._compute(self._screws_at(0.6))
        for model in (
            "backflush.scenario",
            "backflush.scenario.change",
            "backflush.scenario.result",
            "backflush.scenario.element",
        ):
            with self.assertRaises(AccessError, msg=model):
                self.env[model].with_user(worker).search([])

    def test_other_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user(
            "stranger", "mrp_account_backflush.group_backflush_manager", other
        )
        scenario = self._compute(self._screws_at(0.6))
        for model in (
            "backflush.scenario",
            "backflush.scenario.change",
            "backflush.scenario.result",
            "backflush.scenario.element",
        ):
            found = self.env[model].with_user(stranger)
            found = found.with_context(allowed_company_ids=other.ids)
            self.assertFalse(found.search([]), model)
        with self.assertRaises(AccessError):
            scenario.with_user(stranger).action_compute()


class InventoryCase(ScenarioCase):
    def _release(self, scenario):
        """Release the prices of a scenario; return {account: what is posted to it}."""
        action = scenario.action_propose()
        release = self.env["backflush.release"].browse(action["res_id"])
        release.action_release()
        self.assertEqual(release.state, "in_force")
        posted = {}
        for line in release.entry_ids.line_ids:
            if line.account_id != self.account_revaluation:
                name = line.account_id.name
                posted[name] = round(posted.get(name, 0) + line.amount, 2)
        return posted


class TestInventoryEffect(InventoryCase):
    def test_goods_at_full_cost(self):
        """100 screws x 0.10 = 10.00, 10 frames x 0.40 = 4.00, 3 sets x 2.40 = 7.20:
        21.20 together, and the entries of a release of that price say the same."""
        for product, quantity in ((self.screw, 100), (self.frame, 10), (self.set, 3)):
            self._stock(product, quantity)
        scenario = self._compute(self._screws_at(0.6))
        effects = {r.product_id.name: r.inventory_effect for r in scenario.result_ids}
        self.assertEqual(
            effects, {"Screw": 10, "Frame": 4, "Set": 7.2, "Desk": 0, "Table": 0}
        )
        self.assertEqual(scenario.inventory_effect, 21.2)
        self.assertEqual(self._get_result(scenario, self.set).quantity_on_hand, 3)
        self.assertEqual(self._release(scenario), {"FG": 11.2, "RIP": 10})


class TestInventoryEffectAtSale(InventoryCase):
    flush_point = "sale"

    def test_material_alone(self):
        """Flushed at sale, goods stand for their material: 3 sets hold 24 screws each,
        72 x 0.10 = 7.20. An hourly rate moves nothing, a release of the price as much.
        """
        self._stock(self.set, 3)
        scenario = self._compute(self._screws_at(0.6), self._rate(10))
        result = self._get_result(scenario, self.set)
        self.assertAlmostEqual(result.change, 9.4)
        self.assertEqual(result.inventory_effect, 7.2)
        self.assertEqual(self._release(scenario), {"RIP": 7.2})


class TestInventoryEffectPeriodic(InventoryCase):
    perpetual = False
    books_open = "core's closing debits stock with periodic components on hand"

    def test_periodic_components(self):
        """Screws of a periodic category stand in no stock account, frames of a
        perpetual one do: 10 x 0.40."""
        self._stock(self.screw, 100)
        self._stock(self.frame, 10)
        scenario = self._compute(self._screws_at(0.6))
        self.assertEqual(self._get_result(scenario, self.screw).inventory_effect, 0)
        self.assertEqual(scenario.inventory_effect, 4)
        self.assertEqual(self._release(scenario), {"FG": 4})


class TestInventoryEffectPeriodicAtSale(InventoryCase):
    perpetual = False
    flush_point = "sale"

    def test_nothing_stands_in_stock(self):
        """Flushed at sale of periodic components: no stock account holds anything."""
        self._stock(self.set, 3)
        scenario = self._compute(self._screws_at(0.6))
        self.assertAlmostEqual(self._get_result(scenario, self.set).change, 2.4)
        self.assertEqual(scenario.inventory_effect, 0)
        self.assertEqual(self._release(scenario), {})
