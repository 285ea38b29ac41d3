"""What a close rests on, its count and its dispositions, stays as it was posted, and is
seen by those who may see the close."""

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .close_common import OCTOBER, CloseCase

COUNT = "backflush.period.count"


class TestCloseInputs(CloseCase):
    def _count(self, period, quantity=10):
        """Count tables, finished: 19.00 of material and 12.00 of work each."""
        return self.env[COUNT].create(
            {
                "period_id": period.id,
                "product_id": self.table.id,
                "quantity": quantity,
            }
        )

    def _user(self, login, role, company):
        return new_test_user(
            self.env,
            f"{login}_inputs",
            f"base.group_user,mrp_account_backflush.group_backflush_{role}",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def test_count_of_a_posted_close(self):
        """10 tables counted at 190.00 and 120.00: neither a quantity nor an amount
        changes once the close is posted."""
        period = self._period()
        count = self._count(period)
        self.assertEqual((count.material_amount, count.conversion_amount), (190, 120))
        count.material_amount = 180
        period.action_post()
        for name in ("quantity", "material_amount", "conversion_amount"):
            with self.assertRefused("is Posted"):
                count[name] = 5
        self.assertEqual((count.material_amount, count.conversion_amount), (180, 120))

    def test_moved_to_a_posted_close(self):
        """Neither does a posted close get what another one has."""
        posted = self._post_period()
        other = self._period("2026-11-01")
        count = self._count(other)
        with self.assertRefused("is Posted"):
            count.period_id = posted
        disposition = self._dispose(other)
        with self.assertRefused("is Posted"):
            disposition.period_id = posted
        with self.assertRefused("is Posted"):
            self._dispose(posted)

    def test_count_seen_by_another_company(self):
        """A cost accountant of another company enters the key of this close: the form
        tells nothing of what a table costs here."""
        period = self._period()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._user("stranger", "user", other)
        values = {
            "period_id": period.id,
            "product_id": self.table.id,
            "quantity": 10.0,
            "degree": 100.0,
        }
        names = dict.fromkeys([*values, "material_amount", "conversion_amount"], {})
        counts = self.env[COUNT].with_user(stranger)
        counts = counts.with_context(allowed_company_ids=other.ids)
        # As in a request of its own, where nothing was read before.
        self.env.flush_all()
        self.env.invalidate_all()
        told = counts.onchange(values, list(values), names).get("value", {})
        self.assertFalse(told.get("material_amount") or told.get("conversion_amount"))
        mine = self.env[COUNT].with_user(self._user("mine", "user", self.company))
        found = mine.onchange(values, list(values), names)["value"]
        self.assertEqual(
            (found["material_amount"], found["conversion_amount"]), (190, 120)
        )

    def test_reviews(self):
        """Two orders of October beyond their tolerance, one of which a new tolerance
        lets pass, and one of November: October has one to look at."""
        self.policy.tolerance_amount = 10
        with freeze_time(OCTOBER):
            self._produce(1, {self.metal: 2})
            self._produce(1, {self.metal: 3})
        with freeze_time("2026-11-03 12:00:00"):
            self._produce(1, {self.metal: 3})
        self.env["backflush.variance.review"].action_refresh()
        period = self._period()
        self.assertEqual(period._count_check("review"), 2)
        self.policy.tolerance_amount = 20
        self.env["backflush.variance.review"].action_refresh()
        self.assertEqual(period._count_check("review"), 1)

    def _dispose(self, period):
        return self.env["backflush.period.disposition"].create(
            {"period_id": period.id, "kind": "usage", "method": "cost_of_sales"}
        )


class TestSetupOfAnotherCompany(CloseCase):
    def test_setup(self):
        """A controller of another company sets nothing up here."""
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "stranger_setup",
            "base.group_user,mrp_account_backflush.group_backflush_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        wizards = self.env["backflush.setup"].with_user(stranger)
        with self.assertRaises(AccessError):
            wizards.with_context(allowed_company_ids=other.ids).create(
                {"company_id": self.company.id, "name": "X"}
            )


class TestLateEntries(CloseCase):
    def test_recorded_while_posting(self):
        """An order was being completed while the close was posted: its entry has the
        smaller key of the two, and was not seen. It is late all the same."""
        self._make_and_sell()
        period = self._post_period()
        self.assertEqual(period._count_check("late"), 0)
        with freeze_time(OCTOBER):
            entry = self._produce(1).backflush_entry_ids
        period.sudo().last_entry = entry.id
        self.assertEqual(period._count_check("late"), 1)
        self.env["backflush.chain"]._get(self.company)._seal()
        self.assertEqual(period._count_check("late"), 1)
        with self.assertRefused("has changed since it was posted"):
            period.action_close()


class TestDaysOfTheCompany(CloseCase):
    def test_checkpoints(self):
        """In New York the 1st of November begins at 4:00 UTC: a checkpoint of 3:30 is
        of October, one of 4:30 is not; October begins at 4:00 UTC of its 1st."""
        self.company.partner_id.tz = "America/New_York"
        chain = self.env["backflush.chain"]._get(self.company)
        made = []
        for moment in (
            "2026-10-01 03:30:00",
            "2026-10-01 04:30:00",
            "2026-11-01 03:30:00",
            "2026-11-01 04:30:00",
        ):
            with freeze_time(moment):
                made.append(chain._make_checkpoint("request"))
        report = self.env["backflush.report"].new({"kind": "close"})
        found = report._get_checkpoints(self._period())
        self.assertEqual(list(found), made[1:3])
