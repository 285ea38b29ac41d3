"""Preparer and approver, tracking of configuration and rights, what an auditor may do.

Users have only their own groups, and act as the web client does.
"""

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .close_common import CloseCase
from .release_common import ReleaseCase

GROUP = "mrp_account_backflush.group_backflush_"


class RolesCase(CloseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._create_user("accountant", "user")
        cls.controller = cls._create_user("controller", "manager")
        cls.approver = cls._create_user("approver", "approver")
        cls.auditor = cls._create_user("auditor", "auditor")

    @classmethod
    def _create_user(cls, login, group):
        return new_test_user(
            cls.env,
            f"{login}_roles",
            f"base.group_user,{GROUP}{group}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _get_notes(self, record):
        """Return the chatter of ``record`` as one text, tracked values included."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        messages = record.sudo().message_ids
        tracked = [
            f"{value.field_id.name}: {value.old_value_char or value.old_value_float} → "
            f"{value.new_value_char or value.new_value_float}"
            for value in messages.tracking_value_ids
        ]
        return "\n".join([*messages.mapped("body"), *tracked])


class TestCloseApproval(RolesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.backflush_close_approval = True

    def _prepare(self, user=None):
        """October with 60.00 under-applied, its close previewed and asked for."""
        self._make_and_sell()
        period = self._period().with_user(user or self.accountant)
        period.action_preview()
        period.action_request_approval()
        return period

    def test_another_person_posts(self):
        """The accountant asks, nobody posts without it, an approver posts."""
        self._make_and_sell()
        period = self._period().with_user(self.accountant)
        period.action_preview()
        with self.assertRefused("has to be approved by another person"):
            period.with_user(self.controller).action_post()
        period.action_request_approval()
        self.assertEqual(period.state, "to_approve")
        with self.assertRefused("Only approvers and controllers"):
            period.action_approve()
        period.with_user(self.approver).action_approve()
        self.assertEqual(
            (period.state, period.approved_by_id, period.posted_user_id),
            ("posted", self.approver, self.approver),
        )
        self.assertIn(self.approver.name, self._get_notes(period))

    def test_preparer_does_not_approve(self):
        """A controller who asked, or who chose what the close rests on, does not post
        it; being an administrator changes nothing."""
        period = self._prepare(self.controller)
        self.controller.group_ids += self.env.ref("base.group_system")
        with self.assertRefused("You have prepared"):
            period.action_approve()
        period.with_user(self.approver).action_take_back()
        self.assertEqual(period.state, "open")
        period.count_ids = [Command.create({"name": "A", "material_amount": 1.0})]
        period.with_user(self.accountant).action_request_approval()
        with self.assertRefused("You have prepared"):
            period.action_approve()

    def test_button_is_for_those_who_may(self):
        """The accountant prepared; approver and controller are offered the approval,
        auditor and accountant are not, and nobody is once it is given."""
        period = self._prepare()
        users = (self.accountant, self.auditor, self.approver, self.controller)
        offered = [period.with_user(user).can_approve for user in users]
        self.assertEqual(offered, [False, False, True, True])
        period.with_user(self.approver).action_approve()
        self.assertFalse(period.with_user(self.controller).can_approve)

    def test_nothing_changes_while_it_waits(self):
        """Days, counts, dispositions and the approval itself cannot be written."""
        period = self._prepare()
        for change in (
            {"date_to": "2026-10-30"},
            {"count_ids": [Command.create({"name": "A"})]},
            {"bridge_choice": "always"},
        ):
            with self.assertRefused("waits for approval"):
                period.write(change)
        for change in (
            {"state": "posted"},
            {"approved_by_id": self.approver.id},
            {"requested_figures": "x"},
        ):
            with self.assertRaises(AccessError):
                period.with_user(self.controller).write(change)

    def test_other_figures_are_not_approved(self):
        """10.00 more are spent after it was asked for: it is asked for anew."""
        period = self._prepare()
        self._spend(10.0)
        with self.assertRefused("figures of close 2026-10 have changed"):
            period.with_user(self.approver).action_approve()
        period.action_take_back()
        period.action_request_approval()
        period.with_user(self.approver).action_approve()
        self.assertEqual(period.state, "posted")

    def test_reopened_close_is_approved_again(self):
        period = self._prepare()
        period.with_user(self.approver).action_approve()
        period.with_user(self.controller)._reopen("late bill")
        self.assertEqual((period.state, bool(period.approved_by_id)), ("open", False))
        with self.assertRefused("has to be approved by another person"):
            period.with_user(self.controller).action_post()


class TestReleaseApproval(ReleaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.backflush_approval = True
        cls.approver = cls._create_user("approver", "approver")

    def test_approver(self):
        """Who only approves needs no right to write cards; the cost of plates is
        11.00 from then on, that of a frame 3 x 11.00 = 33.00."""
        self.plate.standard_price = 11.0
        release = self._propose(self.frame)
        release.action_release()
        release.with_user(self.approver).action_draft()
        self.assertEqual(release.state, "draft")
        release.action_release()
        release.with_user(self.approver).action_approve()
        self.assertEqual(
            (release.state, release.approved_by_id), ("in_force", self.approver)
        )
        self.assertAlmostEqual(self.frame.standard_price, 33.0)
        with self.assertRaises(AccessError):
            release.with_user(self.approver).description = "x"

    def test_who_wrote_a_card_has_prepared_it(self):
        release = self._propose(self.frame)
        card = release.card_ids.with_user(self.controller)
        card.line_ids[0].price = 12.0
        release.action_release()
        self.assertFalse(release.with_user(self.controller).can_approve)
        with self.assertRaisesRegex(UserError, "You have prepared"):
            release.with_user(self.controller).action_approve()
        self.assertTrue(release.with_user(self.other_controller).can_approve)
        release.with_user(self.other_controller).action_approve()


class TestTracking(RolesCase):
    def test_configuration(self):
        """Policies, elements, rates, accounts, tolerances and rules leave a trail that
        the caller cannot switch off (the context of these tests tries to)."""
        self.assertTrue(self.env.context.get("tracking_disable"))
        other = self._create_account("510799", "Other variances", "expense")
        rule = self._rule("usage", "prorated")
        # What is created and changed in one transaction is only created.
        self._get_notes(rule)
        variance = self.env["backflush.variance.account"].create(
            {"element_id": self.material.id, "kind": "price", "account_id": other.id}
        )
        rate = self.env["backflush.workcenter.rate"].create(
            {
                "workcenter_id": self.workcenter.id,
                "element_id": self.labour.id,
                "rate": 60.0,
            }
        )
        self.policy.with_user(self.controller).write(
            {"health_price_tolerance": 7.5, "rounding_account_id": other.id}
        )
        self.material.with_user(self.controller).variance_account_id = other
        rule.with_user(self.controller).method = "carried"
        variance.with_user(self.controller).account_id = self.account_cogs
        variance.unlink()
        policy = self._get_notes(self.policy)
        self.assertIn("health_price_tolerance: 5.0 → 7.5", policy)
        self.assertIn("rounding_account_id: 510760 Rounding → 510799", policy)
        material = self._get_notes(self.material)
        self.assertIn("variance_account_id: 510750 Variances → 510799", material)
        self.assertIn("510799 Other variances → 510720 COGS", material)
        self.assertIn("510720 COGS → (none)", material)
        self.assertIn("(none) → 60.0", self._get_notes(self.labour))
        self.assertIn("method: ", self._get_notes(rule))
        self.assertNotIn("60.0", self._get_notes(self.workcenter))
        self.assertTrue(rate)

    def test_rights(self):
        """Groups given to a user, taken from one, and given through another group."""
        user = new_test_user(self.env, "someone_roles", "base.group_user")
        group = self.env.ref(f"{GROUP}manager")
        user.group_ids += group
        self.assertIn("(none) → ", self._get_notes(user.partner_id))
        self.assertIn("Controller", self._get_notes(user.partner_id))
        group.user_ids -= user
        self.assertIn("→ (none)", self._get_notes(user.partner_id))
        new = self.env["res.groups"].create(
            {"name": "Staff", "user_ids": [Command.set(user.ids)]}
        )
        before = len(user.partner_id.message_ids)
        new.implied_ids = self.env.ref(f"{GROUP}auditor")
        self.assertGreater(len(user.partner_id.message_ids), before)

    def test_settings_of_the_company(self):
        self.company.with_context(tracking_disable=False).write(
            {"backflush_close_approval": True, "backflush_approval": True}
        )
        self.assertIn("backflush_close_approval", self._get_notes(self.company))
        self.assertIn("backflush_approval", self._get_notes(self.company))


class TestAuditor(RolesCase):
    def test_no_button_that_fails(self):
        """Orders and transfers have no button in their header for those who only read
        them; a worker has those of manufacturing and inventory."""
        worker = new_test_user(
            self.env, "worker_roles", "mrp.group_mrp_user,stock.group_stock_user"
        )
        own = ("mrp.production", "stock.picking", "stock.scrap", "mrp.unbuild")
        for model in (*own, "purchase.order", "sale.order"):
            for user in (self.auditor, self.approver):
                arch = self.env[model].with_user(user).get_view()["arch"]
                found = etree.fromstring(arch).xpath("//header//button")
                self.assertFalse(found, model)
            if model in own:
                arch = self.env[model].with_user(worker).get_view()["arch"]
                self.assertTrue(etree.fromstring(arch).xpath("//header//button"), model)

    def test_way_to_the_order(self):
        """An auditor is shown the way from an entry to its order and its moves."""
        entry = self.env["backflush.entry"].with_user(self.auditor)
        arch = etree.fromstring(entry.get_view()["arch"])
        buttons = arch.xpath("//div[@name='button_box']/button/@name")
        # Order, unbuild order, scrap order, transfer, bill, close, release.
        self.assertEqual(buttons.count("action_view_document"), 7)
        self.assertIn("action_view_stock_moves", buttons)

    def test_documents_behind_the_ledger(self):
        """From an entry to its order, transfer, bill and journal entry, as shown."""
        order = self._produce(1)
        picking = self._deliver(1).picking_ids
        bill = self._buy(self.metal, 1, 20.0)
        for document in (
            order,
            order.move_raw_ids,
            order.workorder_ids,
            order.bom_id,
            picking,
            bill,
            bill.invoice_line_ids.purchase_order_id,
            order.backflush_entry_ids.move_id,
        ):
            mine = document.with_user(self.auditor)
            views = mine.get_views([(False, "form"), (False, "list")])
            names = list(views["models"][mine._name]["fields"])
            self.assertTrue(mine.export_data(["id", "display_name"])["datas"])
            self.assertTrue(mine.read(names[:1]), mine._name)

    def test_no_messages_activities_attachments(self):
        """Neither on what has a chatter nor on what has none."""
        entry = self._produce(1).backflush_entry_ids
        for record in (entry, entry.line_ids[0], self.card, self.policy, self.labour):
            mine = record.with_user(self.auditor)
            model = self.env["ir.model"]._get(record._name)
            kinds = {
                "mail.activity": {"res_model_id": model.id, "res_id": record.id},
                "mail.message": {"model": record._name, "res_id": record.id},
                "ir.attachment": {
                    "name": "x",
                    "raw": b"x",
                    "res_model": record._name,
                    "res_id": record.id,
                },
            }
            for kind, values in kinds.items():
                with self.assertRaises(AccessError, msg=(record._name, kind)):
                    mine.env[kind].create(values)
            if "message_ids" in record:
                self._check_silent(mine)

    def _check_silent(self, mine):
        """Neither a message nor a notification nor mail about a record that is read."""
        to = {"body": "x", "partner_ids": self.approver.partner_id.ids}
        thread = self.env["mail.thread"].with_user(self.auditor)
        for send in (
            lambda: mine.message_post(body="x"),
            lambda: mine.message_notify(**to),
            lambda: thread.message_notify(model=mine._name, res_id=mine.id, **to),
            lambda: mine.message_mail_with_source("mail.message_user_assigned"),
        ):
            with self.assertRaises(AccessError, msg=mine._name):
                send()
