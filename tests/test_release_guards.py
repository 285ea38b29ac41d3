"""Guards and approval: what stops a release, who may let it pass, and no way round."""

from odoo.exceptions import AccessError, UserError, ValidationError

from .release_common import ReleaseCase


class TestGuards(ReleaseCase):
    def _confirm(self, release, user, reason="agreed"):
        context = release.with_user(user).action_confirm_guards()["context"]
        wizard = (
            self.env["backflush.release.reason"]
            .with_user(user)
            .with_context(**context)
            .create({"reason": reason})
        )
        wizard.action_confirm()

    def test_largest_change(self):
        """At most 5 %; plates at 11.00 make the table 34.50 instead of 32.50, 6.2 %
        more. A controller confirms it, with a reason that is kept."""
        self.category_finished.backflush_max_change = 5.0
        self.plate.standard_price = 11.0
        release = self._propose(self.table)
        self.assertEqual(release.guard_count, 1)
        self.assertEqual(release.card_ids.guard, "violated")
        self.assertIn("6.2 %", release.card_ids.guard_message)
        with self.assertRaisesRegex(UserError, "controller has to confirm"):
            release.action_release()
        with self.assertRaises(AccessError):
            self._confirm(release, self.accountant)
        self._confirm(release, self.controller, "steel is dear")
        self.assertEqual(release.card_ids.guard, "confirmed")
        self.assertEqual(release.guard_reason, "steel is dear")
        self.assertEqual(release.guard_user_id, self.controller)
        self.assertTrue(release.guard_confirmed_on)
        self.assertIn("steel is dear", release.message_ids[0].body)
        release.action_release()
        self.assertEqual(release.state, "in_force")

    def test_kept(self):
        """2.00 of 32.50 is 6.154 %: 6.2 % allows it, 6.1 % does not; nor does it allow
        as much downwards."""
        self.plate.standard_price = 11.0
        self.category_finished.backflush_max_change = 6.2
        release = self._propose(self.table)
        self.assertEqual(release.card_ids.guard, "kept")
        self.category_finished.backflush_max_change = 6.1
        release.action_refresh()
        self.assertEqual(release.card_ids.guard, "violated")
        self.plate.standard_price = 9.0
        release.action_roll_up()
        self.assertEqual(release.card_ids.change, -2.0)
        self.assertEqual(release.card_ids.guard, "violated")

    def test_floor_and_ceiling(self):
        """The table is 32.50: lowest 32.50 and highest 32.50 allow it, 33 and 32 do
        not."""
        category = self.category_finished
        for floor, ceiling, guard in (
            (32.5, 32.5, "kept"),
            (33.0, 0.0, "violated"),
            (0.0, 32.0, "violated"),
        ):
            category.write(
                {"backflush_cost_floor": floor, "backflush_cost_ceiling": ceiling}
            )
            release = self._propose(self.table)
            self.assertEqual(release.card_ids.guard, guard, (floor, ceiling))

    def test_limits_are_sound(self):
        with self.assertRaisesRegex(ValidationError, "not below the lowest"):
            self.category_finished.write(
                {"backflush_cost_floor": 9.0, "backflush_cost_ceiling": 8.0}
            )

    def test_limits_by_company(self):
        """Another company's limits are its own."""
        other = self.env["res.company"].create({"name": "Other"})
        self.category_finished.with_company(other).backflush_cost_ceiling = 1.0
        self.assertEqual(self._propose(self.table).card_ids.guard, "kept")

    def test_confirmed_figures_alone(self):
        """A confirmation holds for the figures that were seen: 34.50. The card changed
        to 36.50 afterwards has to be confirmed anew."""
        self.category_finished.backflush_max_change = 5.0
        self.plate.standard_price = 11.0
        release = self._propose(self.table)
        self._confirm(release, self.controller)
        plates = release.card_ids.line_ids.filtered(
            lambda line: line.product_id == self.plate
        )
        plates.with_user(self.accountant).price = 12.0
        with self.assertRaisesRegex(UserError, "controller has to confirm"):
            release.action_release()

    def test_first_card(self):
        """A desk has no card before that it could change; the highest cost holds."""
        self.category_finished.backflush_max_change = 1.0
        release = self._propose(self.desk, deep=False)
        self.assertEqual(release.card_ids.guard, "kept")
        self.category_finished.backflush_cost_ceiling = 31.0
        release.action_refresh()
        self.assertEqual(release.card_ids.guard, "violated")

    def test_first_card_of_a_bought_product(self):
        """A screw costs 0.50 today; a card of 0.60 changes it by 20 %, card or not."""
        self.category_components.backflush_max_change = 10.0
        self.env["product.supplierinfo"].create(
            {
                "partner_id": self.vendor.id,
                "product_tmpl_id": self.screw.product_tmpl_id.id,
                "price": 0.6,
                "company_id": self.company.id,
            }
        )
        release = self._propose(self.table, price_source="vendor")
        self.assertEqual(self._get_card(release, self.screw).guard, "violated")

    def test_card_by_itself(self):
        """The button on a card is no way round, for controllers either."""
        self.category_finished.backflush_max_change = 5.0
        self.plate.standard_price = 11.0
        card = self.env["backflush.cost.card"]._build(self.table, self.company)
        for user in (self.accountant, self.controller):
            with self.assertRaisesRegex(UserError, "Release it with the button"):
                card.with_user(user).action_put_in_force()
        release = self.env["backflush.release"].browse(
            card.with_user(self.accountant).action_release()["res_id"]
        )
        with self.assertRaisesRegex(UserError, "belong to a release"):
            card.with_user(self.controller).action_put_in_force()
        self._confirm(release, self.controller)
        release.with_user(self.accountant).action_release()
        self.assertEqual(card.state, "in_force")


class TestApproval(ReleaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.backflush_approval = True

    def test_other_person(self):
        """The accountant asks, a controller approves; meanwhile all is frozen."""
        release = self._propose(self.table)
        release.action_release()
        self.assertEqual(release.state, "to_approve")
        self.assertEqual(self.card.state, "in_force")
        for change in (
            lambda: release.card_ids.line_ids[0].write({"price": 1}),
            lambda: release.card_ids.write({"release_id": False}),
            lambda: release.write({"date_from": self.tomorrow}),
        ):
            with self.assertRaisesRegex(UserError, "approv"):
                change()
        with self.assertRaises(AccessError):
            release.action_approve()
        release.with_user(self.controller).action_approve()
        self.assertEqual(release.state, "in_force")
        self.assertEqual(release.approved_by_id, self.controller)

    def test_preparer_does_not_approve(self):
        """A controller who prepared it, or who asked for the approval of what another
        prepared, does not approve it; an administrator neither."""
        own = self._propose(self.frame, user=self.controller)
        own.action_release()
        with self.assertRaisesRegex(UserError, "somebody else has to"):
            own.action_approve()
        asked = self._propose(self.table)
        asked.with_user(self.controller).action_release()
        with self.assertRaisesRegex(UserError, "somebody else has to"):
            asked.with_user(self.controller).action_approve()
        self.controller.group_ids += self.env.ref("base.group_system")
        with self.assertRaisesRegex(UserError, "somebody else has to"):
            own.action_approve()
        asked.with_user(self.other_controller).action_approve()
        self.assertEqual(asked.state, "in_force")

    def test_taken_back(self):
        release = self._propose(self.table)
        release.action_release()
        release.action_draft()
        self.assertEqual(release.state, "draft")
        release.card_ids.line_ids[0].price = 11.0
        self.assertEqual(release.card_ids.total_cost, 34.5)

    def test_guards_are_checked_again(self):
        """A limit that is set while the release waits stops its approval."""
        release = self._propose(self.table)
        release.action_release()
        self.category_finished.backflush_cost_ceiling = 30.0
        with self.assertRaisesRegex(UserError, "controller has to confirm"):
            release.with_user(self.controller).action_approve()

    def test_card_by_itself(self):
        """A card is put in force by itself when it is its product's first and a
        controller does it, as set-up does; no other, by nobody."""
        Card = self.env["backflush.cost.card"]
        second, first = (
            Card._build(self.table, self.company),
            Card._build(self.desk, self.company),
        )
        with self.assertRaisesRegex(UserError, "approved by another person"):
            second.with_user(self.controller).action_put_in_force()
        with self.assertRaisesRegex(UserError, "approved by another person"):
            first.with_user(self.accountant).action_put_in_force()
        first.with_user(self.controller).action_put_in_force()
        self.assertEqual(first.state, "in_force")
