"""The worklist of orders beyond tolerance: found, assigned, signed off, reopened.

A table is 2 plates at 10.00, 5 screws at 0.50 and a quarter of an hour at 40.00: 32.50.
"""

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger

from .common import BackflushCase

MODEL = "backflush.variance.review"


class ReviewCase(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cause = cls.env.ref("mrp_account_backflush.variance_cause_quality")
        cls.worker = cls._create_user(
            "worker", "mrp.group_mrp_user,stock.group_stock_user"
        )
        cls.accountant = cls._create_user(
            "accountant", "mrp_account_backflush.group_backflush_user"
        )
        cls.controller = cls._create_user(
            "controller", "mrp_account_backflush.group_backflush_manager"
        )

    @classmethod
    def _create_user(cls, login, groups):
        return new_test_user(
            cls.env,
            f"{login}_review",
            f"base.group_user,{groups}",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def _refresh(self):
        """Let the accountant refresh; return the reviews of the company."""
        self.env[MODEL].with_user(self.accountant).action_refresh()
        return self._get_reviews()

    def _get_reviews(self):
        return self.env[MODEL].search([("company_id", "=", self.company.id)])

    def _review(self):
        """Return the one review of an order that took 4 plates for 1 table: 20.00."""
        self.policy.tolerance_amount = 10
        self._produce(1, {self.plate: 4})
        [review] = self._refresh()
        return review

    def _sign(self, review):
        review.with_user(self.accountant).cause_id = self.cause
        review.with_user(self.controller).action_sign_off()


class TestFound(ReviewCase):
    def test_figures(self):
        """4 tables plan 8 plates; 9 are taken and 18 of 20 screws: usage 10.00 and
        -1.00, together 9.00 of 130.00, 6.92 %."""
        self.policy.tolerance_percent = 5
        order = self._produce(4, {self.plate: 9, self.screw: 18})
        [review] = self._refresh()
        self.assertEqual(review.production_id, order)
        self.assertEqual(
            (review.standard_cost, review.actual_cost, review.variance),
            (130.0, 139.0, 9.0),
        )
        self.assertEqual(review.variance_percent, 6.92)
        self.assertEqual(review.main_kind, "usage")
        self.assertEqual(review.amounts_by_kind, {"usage": 9.0})
        self.assertIn("Usage", review.kind_summary)
        self.assertEqual(review.policy_id, self.policy)
        self.assertEqual(review.product_id, self.table)
        self.assertEqual(review.category_id, self.category_finished)
        self.assertEqual(review.date, order.backflush_entry_ids.date)
        self.assertEqual(review.state, "to_review")

    def test_both_limits(self):
        """Limits of 10 % and 15.00: of 32.50, 20.00 is beyond both; of 325.00 it is
        6.15 % and within; of 32.50, 10.00 is 30.8 % and below 15.00. Favourable ones
        count: 0 plates used for 1 table are -20.00."""
        self.policy.write({"tolerance_percent": 10, "tolerance_amount": 15})
        over = self._produce(1, {self.plate: 4})
        self._produce(10, {self.plate: 22})
        self._produce(1, {self.plate: 3})
        under = self._produce(1, {self.plate: 0})
        reviews = self._refresh()
        self.assertEqual(reviews.production_id, over | under)
        self.assertEqual(sorted(reviews.mapped("variance")), [-20.0, 20.0])

    def test_no_limit(self):
        """Without a tolerance there is no review, whatever the variance."""
        self._produce(1, {self.plate: 9})
        self.assertFalse(self._refresh())

    def test_as_planned(self):
        self.policy.tolerance_percent = 0.01
        self._produce(3)
        self.assertFalse(self._refresh())

    def test_nothing_made(self):
        """An order that made nothing and took a plate: all of the 10.00 is beyond every
        percentage; its standard cost is zero."""
        self.policy.tolerance_percent = 50
        order = self._order(1)
        move = order.move_raw_ids.filtered(lambda m: m.product_id == self.plate)
        move.write({"quantity": 1, "picked": True})
        order.with_context(skip_consumption=True, skip_backorder=True)._post_inventory()
        self.assertEqual(self._balance(self.account_variance), 10.0)
        [review] = self._refresh()
        self.assertEqual((review.standard_cost, review.variance), (0.0, 10.0))
        self.assertEqual((review.variance_percent, review.main_kind), (0.0, "yield"))

    def test_scrap_of_the_order(self):
        """A plate scrapped in an order of 1 table is 10.00 of its variance; what it
        made is 32.50 all the same."""
        self.policy.tolerance_amount = 5
        self._stock(self.plate, 10)
        order = self._order(1)
        self._scrap(self.plate, 1, order)
        self._set_produced(order, 1)
        order.button_mark_done()
        [review] = self._refresh()
        self.assertEqual((review.standard_cost, review.variance), (32.5, 10.0))
        self.assertEqual(review.main_kind, "scrap")

    def test_refreshed_twice(self):
        """The second refresh finds nothing new, and adds nothing."""
        review = self._review()
        before = review.write_date, review.message_ids
        self.assertEqual(self._refresh(), review)
        self.assertEqual((review.write_date, review.message_ids), before)

    def test_new_tolerance(self):
        """Another tolerance looks at all orders again: within it, a review is needless;
        back beyond, it is open again."""
        review = self._review()
        self.assertTrue(self.policy.reviewed_until)
        self.policy.tolerance_amount = 30
        self.assertFalse(self.policy.reviewed_until)
        self._refresh()
        self.assertEqual(review.state, "within")
        self.policy.tolerance_amount = 10
        self._refresh()
        self.assertEqual(review.state, "to_review")
        self.policy.tolerance_amount = 0
        self._refresh()
        self.assertEqual(review.state, "within")

    def test_buttons_of_another_company(self):
        """Who may not read a review or a statement is not told which order it is of."""
        review = self._review()
        action = review.with_user(self.accountant).action_view_statement()
        statement = self.env[action["res_model"]].browse(action["res_id"])
        other = self.env["res.company"].create({"name": "Other"})
        self.controller.write(
            {"company_id": other.id, "company_ids": [(6, 0, other.ids)]}
        )
        for record, names in (
            (review, ("entries", "variances", "statement")),
            (statement, ("entries", "variances")),
            (statement.line_ids[:1], ("variances",)),
        ):
            mine = record.with_user(self.controller)
            mine = mine.with_context(allowed_company_ids=other.ids)
            for name in names:
                with self.assertRaises(AccessError, msg=f"{record} {name}"):
                    getattr(mine, f"action_view_{name}")()

    def test_one_for_each_order(self):
        review = self._review()
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            review.copy()

    def test_scheduled_job(self):
        self.policy.tolerance_amount = 10
        self._produce(1, {self.plate: 4})
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "mrp_account_backflush.ir_cron_refresh_reviews"
            ).sudo().method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._get_reviews().variance, 20.0)

    def test_queries_do_not_grow(self):
        """Ten orders are compared with as many queries as two."""
        self.policy.tolerance_amount = 10
        counts = []
        for number in (1, 2, 10):
            orders = self.env["mrp.production"].union(
                *(self._produce(1, {self.plate: 4}) for _ in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            reviews = self.env[MODEL].sudo().with_company(self.company)
            before = self.cr.sql_log_count
            reviews._refresh_orders(orders)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertEqual(len(self._get_reviews()), 13)


class TestChanged(ReviewCase):
    def test_correction(self):
        """One of the 4 plates goes back on the shelf: the variance is 10.00."""
        self.policy.tolerance_amount = 5
        order = self._produce(1, {self.plate: 4})
        [review] = self._refresh()
        self._correct(order, 3)
        self.assertEqual(self._refresh(), review)
        self.assertEqual((review.variance, review.state), (10.0, "to_review"))

    def test_signed_off_then_corrected(self):
        """Signed off at 20.00; a correction makes it 30.00: reopened, with a note, and
        whoever was assigned is asked again."""
        review = self._review()
        review.with_user(self.accountant).action_assign_to_me()
        self._sign(review)
        self.assertFalse(review.activity_ids)
        self._correct(review.production_id, 5)
        self._refresh()
        self.assertEqual((review.state, review.variance), ("in_review", 30.0))
        self.assertFalse(review.signed_by_id or review.signed_on)
        self.assertEqual(review.activity_ids.user_id, self.accountant)
        self.assertRegex(review.message_ids[0].body, "20.00.*30.00")

    def test_signed_off_then_corrected_within(self):
        """Signed off at 20.00; a correction leaves 0.00."""
        review = self._review()
        self._sign(review)
        self._correct(review.production_id, 2)
        self._refresh()
        self.assertEqual((review.state, review.variance), ("within", 0.0))
        self.assertFalse(review.main_kind)

    def test_unbuilt(self):
        """An unbuilt order takes its variance back: nothing made, nothing differs."""
        review = self._review()
        self._unbuild(1, review.production_id)
        self._refresh()
        self.assertEqual((review.standard_cost, review.variance), (0.0, 0.0))
        self.assertEqual(review.state, "within")

    def _correct(self, order, quantity):
        """Change how many plates a completed order took."""
        moves = order.move_raw_ids.filtered(lambda m: m.product_id == self.plate)
        moves.quantity = quantity


class TestAssigned(ReviewCase):
    def test_activity(self):
        """Who is assigned gets an activity; another assignment moves it."""
        review = self._review().with_user(self.accountant)
        with Form(review) as form:
            form.user_id = self.controller
        self.assertEqual(review.state, "in_review")
        self.assertEqual(review.activity_ids.user_id, self.controller)
        review.action_assign_to_me()
        self.assertEqual(review.activity_ids.user_id, self.accountant)
        review.user_id = False
        self.assertEqual(review.state, "to_review")
        self.assertFalse(review.activity_ids)

    def test_worker_cannot_be_assigned(self):
        """Who may not read the ledger cannot be asked to explain it."""
        review = self._review()
        with self.assertRaisesRegex(UserError, "cannot read the backflush ledger"):
            review.with_user(self.accountant).user_id = self.worker


class TestSignedOff(ReviewCase):
    def test_sign_off(self):
        review = self._review()
        review.with_user(self.accountant).write(
            {"cause_id": self.cause.id, "comment": "Warped plates, vendor told"}
        )
        review.with_user(self.controller).action_sign_off()
        self.assertEqual(review.state, "signed_off")
        self.assertEqual(review.signed_by_id, self.controller)
        self.assertTrue(review.signed_on)

    def test_cause_is_needed(self):
        review = self._review()
        with self.assertRaisesRegex(UserError, "has no cause"):
            review.with_user(self.controller).action_sign_off()

    def test_controllers_only(self):
        """A cost accountant reviews; a controller signs."""
        review = self._review().with_user(self.accountant)
        review.cause_id = self.cause
        with self.assertRaises(AccessError):
            review.action_sign_off()
        self._sign(review)
        with self.assertRaises(AccessError):
            review.action_reopen()
        with self.assertRaises(AccessError):
            self.env["backflush.variance.reopen"].with_user(self.accountant).create(
                {"review_id": review.id, "reason": "x"}
            )

    def test_unchangeable(self):
        """Signed off, neither comment nor cause nor assignment can be changed, by
        anybody; it cannot be signed off twice, nor deleted."""
        review = self._review()
        self._sign(review)
        for user in (self.accountant, self.controller):
            for vals in (
                {"comment": "x"},
                {"cause_id": False},
                {"user_id": self.accountant.id},
            ):
                with self.assertRaisesRegex(UserError, "signed off"):
                    review.with_user(user).write(vals)
        with self.assertRaises(UserError):
            review.with_user(self.controller).action_sign_off()
        with self.assertRaises(AccessError):
            review.with_user(self.controller).unlink()

    def test_figures_are_the_systems(self):
        """Nobody writes figures or states by hand, or adds a review."""
        review = self._review()
        for vals in ({"variance": 0}, {"state": "signed_off"}, {"signed_by_id": 1}):
            with self.assertRaisesRegex(UserError, "filled in by hand"):
                review.with_user(self.controller).write(vals)
        with self.assertRaises(AccessError):
            review.with_user(self.controller).copy()

    def test_reopen(self):
        """A controller reopens it with a reason, which stays in its history."""
        review = self._review()
        self._sign(review)
        action = review.with_user(self.controller).action_reopen()
        wizard = self.env[action["res_model"]].with_user(self.controller)
        with Form(wizard.with_context(**action["context"])) as form:
            form.reason = "Another order had the plates"
        form.record.action_reopen()
        self.assertEqual(review.state, "to_review")
        self.assertFalse(review.signed_by_id)
        self.assertIn("Another order had the plates", review.message_ids[0].body)
        self.assertIn(self.controller.name, review.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "nothing to reopen"):
            form.record.action_reopen()


class TestReviewAccess(ReviewCase):
    def test_worker_sees_nothing(self):
        review = self._review()
        with self.assertRaises(AccessError):
            review.with_user(self.worker).read(["variance"])
        with self.assertRaises(AccessError):
            self.env[MODEL].with_user(self.worker).action_refresh()
        with self.assertRaises(AccessError):
            self.env["backflush.variance.cause"].with_user(self.worker).search([]).read(
                ["name"]
            )
        with self.assertRaises(AccessError):
            review.production_id.with_user(
                self.worker
            ).action_view_backflush_statement()

    def test_other_company(self):
        review = self._review()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "stranger_review",
            "base.group_user,mrp_account_backflush.group_backflush_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        mine = self.env[MODEL].with_user(stranger)
        mine = mine.with_context(allowed_company_ids=other.ids)
        self.assertFalse(mine.search([]))
        seen = mine.browse(review.id)
        order = mine.env["mrp.production"].browse(review.production_id.id)
        for step in (
            lambda: seen.read(["variance"]),
            seen.action_view_statement,
            lambda: seen.write({"comment": "x"}),
            seen.action_sign_off,
            order.action_view_backflush_statement,
        ):
            with self.assertRaises(AccessError):
                step()

    def test_auditor_reads(self):
        """An auditor without rights to manufacturing reads reviews and statements, and
        changes nothing."""
        review = self._review()
        auditor = self._create_user(
            "auditor", "mrp_account_backflush.group_backflush_auditor"
        )
        seen = review.with_user(auditor)
        action = seen.action_view_statement()
        statement = self.env[action["res_model"]].with_user(auditor)
        statement = statement.browse(action["res_id"])
        self.assertEqual(statement.variance, 20.0)
        self.assertEqual(statement.line_ids[:1].name, "Plate")
        self.assertIn(review.production_id.name, statement.display_name)
        with self.assertRaises(AccessError):
            seen.write({"comment": "x"})
        with self.assertRaises(AccessError):
            seen.action_assign_to_me()
