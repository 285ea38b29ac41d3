"""The check over time: findings kept, told, acted on, and by whom."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.orm.models import INSERT_BATCH_SIZE
from odoo.service.model import call_kw
from odoo.tests import new_test_user

from .card_health import CardHealthCase


class TestCardHealthFlow(CardHealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._create_user("user")
        cls.auditor = cls._create_user("auditor")

    @classmethod
    def _create_user(cls, role, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            f"{role}_{company.id}_health",
            f"base.group_user,mrp_account_backflush.group_backflush_{role}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def _run_job(self):
        """Run the monthly job."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "mrp_account_backflush.ir_cron_check_cards"
            ).sudo().method_direct_trigger()
        self.env.invalidate_all()

    # Kept ----------------------------------------------------------------------------

    def test_twice_changes_nothing(self):
        self.bom.bom_line_ids[1].product_qty = 6
        finding = self._check_one(self.table, "bill")
        self.env.flush_all()
        with patch.object(type(self.findings), "write") as write:
            self.assertEqual(self._check_one(self.table, "bill"), finding)
        write.assert_not_called()

    def test_first_found(self):
        """Found in October, again with another amount in November, gone in December:
        6 screws are 0.50 more than 5, 7 are 1.00 more."""
        self.bom.bom_line_ids[1].product_qty = 6
        with freeze_time("2026-10-01 12:00:00"):
            finding = self._check_one(self.table, "bill")
        self.assertAlmostEqual(finding.amount, 0.5)
        self.bom.bom_line_ids[1].product_qty = 7
        with freeze_time("2026-11-01 12:00:00"):
            self.assertEqual(self._check_one(self.table, "bill"), finding)
        self.assertAlmostEqual(finding.amount, 1.0)
        self.assertEqual(str(finding.first_found_on), "2026-10-01")
        self.assertEqual(str(finding.found_on), "2026-11-01")
        self.bom.bom_line_ids[1].product_qty = 5
        self.assertFalse(self._check())
        self.assertFalse(finding.exists())

    def test_ended_policy(self):
        """What a policy left behind goes with the next check."""
        self.bom.bom_line_ids[1].product_qty = 6
        self._check_one(self.table, "bill")
        self.policy.action_end()
        self.assertFalse(self._check())

    def test_queries_do_not_grow(self):
        """As many queries for 50 products with findings of four kinds as for 5, but for
        the inserts: one for each hundred findings."""
        self._add_products(5)
        few = self._count_queries(5)
        self._add_products(45)
        self.assertEqual(self._count_queries(50), few)

    def _add_products(self, number):
        """Add products whose card no longer matches: a screw more, dearer screws."""
        products = self.env["product.product"].create(
            [
                {
                    "name": f"Shelf {index}",
                    "is_storable": True,
                    "categ_id": self.category_finished.id,
                }
                for index in range(number)
            ]
        )
        for product in products:
            plank = self._create_product("Plank", self.category_components, 3.0)
            bom = self._create_bom(product, {plank: 1}, {"Cut": 6})
            self._create_card(product)
            bom.bom_line_ids.product_qty = 2
            bom.operation_ids.time_cycle_manual = 9
            plank.standard_price = 4.0
        self.policy.health_max_age = 12

    def _count_queries(self, number):
        """Return the queries of a check that finds all anew, and of one after it."""
        self.findings.search([("company_id", "=", self.company.id)]).unlink()
        counts = []
        for _again in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.findings._run_check(self.company)
            self.env.flush_all()
            inserts = 0 if counts else -(-len(found) // INSERT_BATCH_SIZE)
            counts.append(self.env.cr.sql_log_count - before - inserts)
            kinds = found.grouped("kind")
            self.assertEqual(
                {kind: len(mine) for kind, mine in kinds.items()},
                {
                    "bill": number,
                    "routing": number,
                    "component": number,
                    "age": number + 1,
                },
            )
        return counts

    # Told ----------------------------------------------------------------------------

    def test_one_activity(self):
        """The responsible user has one activity, updated month by month, gone when
        nothing is found; one that is done is not touched."""
        self.policy.health_user_id = self.accountant
        self._run_job()
        self.assertFalse(self.policy.activity_ids)
        self.bom.bom_line_ids[1].product_qty = 6
        self._run_job()
        activity = self.policy.activity_ids
        self.assertEqual(activity.user_id, self.accountant)
        self.assertEqual(activity.summary, "Findings on cost cards: 1")
        self.assertIn("Bill Changed: 1", activity.note)
        self.assertIn("backflush-card-health", activity.note)
        self.workcenter.costs_hour = 44.0
        self._run_job()
        self.assertEqual(self.policy.activity_ids, activity)
        self.assertEqual(activity.summary, "Findings on cost cards: 2")
        activity.action_done()
        self._run_job()
        self.assertEqual(len(self.policy.activity_ids), 1)
        self.assertNotEqual(self.policy.activity_ids, activity)
        self._renew(self.table)
        self._run_job()
        self.assertFalse(self.policy.activity_ids)

    def test_nobody_responsible(self):
        """Without a responsible user the findings stand in the list alone."""
        self.bom.bom_line_ids[1].product_qty = 6
        self._run_job()
        self.assertEqual(self.policy.finding_count, 1)
        self.assertFalse(self.policy.activity_ids)

    def test_responsible_must_see_cards(self):
        worker = new_test_user(
            self.env,
            "worker_health",
            "base.group_user,mrp.group_mrp_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaisesRegex(ValidationError, "cannot see cost cards"):
            self.policy.health_user_id = worker
        with self.assertRaises(AccessError):
            self.findings.with_user(worker).search([])
        with self.assertRaises(AccessError):
            self.policy.with_user(worker).read(["finding_count"])

    # Acted on ------------------------------------------------------------------------

    def test_where_a_finding_leads(self):
        self.bom.bom_line_ids[1].product_qty = 6
        shelf = self._create_product("Shelf", self.category_finished)
        found = self._check()
        bill, missing = found["Table", "bill"], found["Shelf", "missing"]
        leads = [
            (bill.action_view_card(), self.card),
            (missing.action_view_card(), shelf),
            (bill.action_view_product(), self.table),
            (bill.action_view_bom(), self.bom),
        ]
        for action, record in leads:
            self.assertEqual(
                (action["res_model"], action["res_id"]), (record._name, record.id)
            )
        listed = self.findings.search(self.policy.action_view_findings()["domain"])
        self.assertEqual(listed, bill | missing)
        self.assertEqual(self.policy.finding_count, 2)

    def test_roll_up_these_products(self):
        """The roll-up that is opened has the products of the findings."""
        self.bom.bom_line_ids[1].product_qty = 6
        self.workcenter.costs_hour = 44.0
        found = self.findings.union(*self._check().values())
        self.assertEqual(len(found), 2)
        self.assertEqual(self._open_roll_up(found).product_ids, self.table)

    def test_roll_up_of_dearer_purchases(self):
        """Plates at 12.00 instead of 10.00: the roll-up takes what was paid, and
        proposes a card of 12.00 for the plate."""
        self._buy(self.plate, 10, 12.0)
        rollup = self._open_roll_up(self._check_one(self.plate, "price"))
        self.assertEqual(rollup.product_ids, self.plate)
        release = self.env["backflush.release"].browse(
            rollup.action_propose()["res_id"]
        )
        self.assertEqual(release.card_ids.product_id, self.plate)
        self.assertEqual(release.card_ids.total_cost, 12.0)

    def _open_roll_up(self, findings):
        """Return the roll-up that the button on ``findings`` opens."""
        action = findings.action_roll_up()
        return (
            self.env[action["res_model"]].with_context(**action["context"]).create({})
        )

    # By whom -------------------------------------------------------------------------

    def test_who_may_check(self):
        """An accountant checks, and has no more rights than that; an auditor reads."""
        self.bom.bom_line_ids[1].product_qty = 6
        self._buy(self.plate, 10, 12.0)
        self._work(2, 60)
        mine = self.findings.with_user(self.accountant)
        # As the web client calls the button of a list with nothing chosen.
        done = call_kw(mine, "action_check", [[]], {})
        self.assertIn("findings: 3", done["params"]["message"])
        found = self.findings.with_user(self.auditor).search([])
        self.assertEqual(set(found.mapped("kind")), {"bill", "price", "time"})
        self.assertTrue(all(found.mapped("detail")))
        for forbidden in (found.action_check, found.unlink):
            with self.assertRaises(AccessError):
                forbidden()

    def test_other_company(self):
        """Findings of one company are not seen in another, nor made by its check."""
        self.bom.bom_line_ids[1].product_qty = 6
        finding = self._check_one(self.table, "bill")
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user("user", other)
        theirs = self.findings.with_user(stranger).with_context(
            allowed_company_ids=other.ids
        )
        self.assertFalse(theirs.search([]))
        theirs.action_check()
        self.assertFalse(theirs.search([]))
        self.assertTrue(finding.exists())
