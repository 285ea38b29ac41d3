"""Close of conversion: control against applied, and what the difference is."""

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .close_common import OCTOBER, CloseCase


class TestCloseAtCompletion(CloseCase):
    def test_under_applied(self):
        """100 x 12.00 = 1,200.00 applied, 1,260.00 spent: 60.00 under-applied. The work
        took the hours of the card (20 h), so all of it is rate. Both accounts are
        closed; COGS = 99 x 31.00 + 60.00 = 3,129.00."""
        self._make_and_sell()
        period = self._period()
        period.action_preview()
        self.assertFalse(period.entry_ids)
        self.assertEqual(
            self._figures(
                period.conversion_line_ids, "control", "applied", "hours", "amount"
            ),
            {
                ("LAB", "rate"): (1260.0, 1200.0, 20.0, 60.0),
                ("LAB", "efficiency"): (0.0, 0.0, 0.0, 0.0),
            },
        )
        period.action_post()
        self.assertEqual(
            self._balances_on(
                "2026-10-31",
                self.account_applied,
                self.account_control,
                self.account_conversion_variance,
                self.account_cogs,
                self.account_fg,
            ),
            [0, 0, 0, 3129, 31],
        )
        self.assertEqual(set(period.entry_ids.mapped("state")), {"posted"})
        self.assertEqual(
            set(period.entry_ids.move_id.mapped("date")), {date(2026, 10, 31)}
        )

    def test_posting_twice(self):
        """The second call finds the close posted and adds nothing."""
        self._make_and_sell()
        period = self._post_period()
        entries = period.entry_ids
        period.action_post()
        self.assertEqual(period.entry_ids, entries)

    def test_efficiency(self):
        """22 h recorded for 100 units, 20 h allowed: efficiency 2 x 60.00 = 120.00;
        1,260.00 spent for 22 h at 60.00 = 1,320.00: rate -60.00; together 60.00."""
        with freeze_time(OCTOBER):
            order = self._order(100)
            self._set_produced(order, 100)
            order.workorder_ids.duration = 22 * 60
            order.with_context(skip_consumption=True).button_mark_done()
            self._spend(1260.0)
        period = self._period()
        period.action_preview()
        self.assertEqual(
            self._figures(
                period.conversion_line_ids, "hours", "standard_hours", "rate", "amount"
            ),
            {
                ("LAB", "rate"): (22.0, 20.0, 60.0, -60.0),
                ("LAB", "efficiency"): (0, 0, 0, 120.0),
            },
        )

    def test_over_applied(self):
        """1,150.00 spent for 1,200.00 applied: 50.00 over-applied lower COGS to
        99 x 31.00 - 50.00 = 3,019.00."""
        self._make_and_sell(spent=1150.0)
        self._post_period()
        self.assertEqual(
            self._balances_on(
                "2026-10-31",
                self.account_applied,
                self.account_control,
                self.account_conversion_variance,
                self.account_cogs,
            ),
            [0, 0, 0, 3019],
        )

    def test_nothing_happened(self):
        """An empty month is posted without any entry, and closed."""
        period = self._post_period()
        period.action_close()
        self.assertFalse(period.entry_ids)
        self.assertEqual(self.company.backflush_close_date, date(2026, 10, 31))

    def test_late_bill_of_wages(self):
        """November closes what November spent: 300.00 more, after October is closed at
        60.00 under-applied; nothing of October is closed twice."""
        self._make_and_sell()
        self._post_period()
        self._make_and_sell(0, 0, 300.0, "2026-11-10 12:00:00")
        november = self._post_period("2026-11-01")
        self.assertEqual(
            self._figures(november.conversion_line_ids, "control", "applied", "amount"),
            {("LAB", "rate"): (300.0, 0.0, 300.0)},
        )
        self.assertEqual(
            self._balances_on("2026-11-30", self.account_control, self.account_cogs),
            [0, 3429],
        )

    def test_one_account_for_both(self):
        """Conversion applied and spent on one account: its balance of 60.00 is closed,
        and the preview still shows 1,260.00 against 1,200.00."""
        self.labour.control_account_id = self.account_applied
        self._make_and_sell(spent=0)
        self._spend(1260.0, self.account_applied)
        period = self._post_period()
        self.assertEqual(
            self._figures(period.conversion_line_ids, "control", "applied", "amount")[
                "LAB", "rate"
            ],
            (1260.0, 1200.0, 60.0),
        )
        [close] = period.entry_ids.filtered(lambda entry: entry.event == "close")
        self.assertEntry(
            close,
            {("control", "Applied"): -60.0, ("rate", "Conversion variances"): 60.0},
        )

    def test_policy_queues_and_posts_per_day(self):
        """A close is posted at once whatever the policy does with documents."""
        self._make_and_sell()
        self.policy.write({"posting": "day", "on_error": "queue"})
        period = self._post_period()
        self.assertEqual(set(period.entry_ids.mapped("state")), {"posted"})

    def test_journal(self):
        """The journal for closes, when the company has one."""
        journal = self.journal.copy({"name": "Close", "code": "BFC"})
        self.company.backflush_close_journal_id = journal
        self._make_and_sell()
        period = self._post_period()
        self.assertEqual(period.entry_ids.move_id.journal_id, journal)

    def test_pivot_equals_accounts(self):
        """The month's variances by kind, before their disposition, are what the books
        took to variance accounts: usage 5 x 19.00 = 95.00 and rate 60.00 = 155.00."""
        with freeze_time(OCTOBER):
            self._produce(100, {self.metal: 105})
            self._spend(1260.0)
        self._rule("usage", "carried")
        self._rule("rate", "carried")
        self._post_period()
        found = self.env["backflush.entry.line"]._read_group(
            [("company_id", "=", self.company.id), ("role", "=", "variance")],
            ["variance_kind"],
            ["amount:sum"],
        )
        self.assertEqual(dict(found), {"usage": 95.0, "rate": 60.0})
        self.assertEqual(
            self._balances_on(
                "2026-10-31", self.account_variance, self.account_conversion_variance
            ),
            [95.0, 60.0],
        )


class TestCloseAtSale(CloseCase):
    flush_point = "sale"

    def test_under_applied(self):
        """99 x 12.00 = 1,188.00 applied, 1,260.00 spent: 72.00 under-applied, of which
        12.00 are in the unit that is not sold (volume) and 60.00 are rate; COGS =
        99 x 31.00 + 72.00 = 3,141.00, and metal holds the material of the unit."""
        self._make_and_sell()
        period = self._post_period()
        self.assertEqual(
            self._figures(
                period.conversion_line_ids, "control", "applied", "unsold", "amount"
            ),
            {
                ("LAB", "rate"): (1260.0, 1188.0, 12.0, 60.0),
                ("LAB", "efficiency"): (0, 0, 0, 0),
                ("LAB", "volume"): (0, 0, 0, 12.0),
            },
        )
        self.assertEqual(
            self._balances_on(
                "2026-10-31",
                self.account_applied,
                self.account_control,
                self.account_cogs,
            ),
            [0, 0, 3141],
        )

    def test_sold_from_stock(self):
        """November sells the unit made in October: 12.00 applied, nothing made. The
        12.00 that October wrote off as volume come back: -12.00."""
        self._make_and_sell()
        self._post_period()
        self._make_and_sell(0, 1, 0, "2026-11-10 12:00:00")
        november = self._post_period("2026-11-01")
        self.assertEqual(
            self._figures(november.conversion_line_ids, "applied", "unsold", "amount"),
            {
                ("LAB", "rate"): (12.0, -12.0, 0.0),
                ("LAB", "volume"): (0, 0, -12.0),
            },
        )


class TestCloseByElement(CloseCase):
    """Machining at 60.00: labour 40.00 and fixed overhead 20.00 an hour."""

    @classmethod
    def _create_products(cls):
        result = super()._create_products()
        cls.account_overhead_applied = cls._create_account(
            "510731", "Overhead applied", "expense_direct_cost"
        )
        cls.account_overhead_control = cls._create_account(
            "510741", "Overhead control", "expense_direct_cost"
        )
        cls.overhead = cls.env["backflush.cost.element"].create(
            {
                "name": "Fixed overhead",
                "code": "FOH",
                "kind": "fixed_overhead",
                "company_id": cls.company.id,
                "applied_account_id": cls.account_overhead_applied.id,
                "control_account_id": cls.account_overhead_control.id,
                "variance_account_id": cls.account_conversion_variance.id,
            }
        )
        cls.workcenter.backflush_rate_ids = [
            Command.create({"element_id": cls.labour.id, "rate": 40.0}),
            Command.create({"element_id": cls.overhead.id, "rate": 20.0}),
        ]
        return result

    def _budget(self, amount, **values):
        return self.env["backflush.budget"].create(
            {
                "company_id": self.company.id,
                "element_id": self.overhead.id,
                "date_from": "2026-10-01",
                "date_to": "2026-10-31",
                "hours": 25,
                "amount": amount,
                **values,
            }
        )

    def _work(self, hours=22):
        """100 units in ``hours``: 20 h x 40.00 = 800.00 of labour and 20 h x 20.00 =
        400.00 of overhead applied."""
        with freeze_time(OCTOBER):
            order = self._order(100)
            self._set_produced(order, 100)
            order.workorder_ids.duration = hours * 60
            order.with_context(skip_consumption=True).button_mark_done()

    def test_fixed_overhead(self):
        """Budget 500.00 (25 h at 20.00), 530.00 spent, 20 h allowed, 22 h worked:
        spending 530 - 500 = 30; efficiency (22 - 20) x 20 = 40; capacity 500 - 22 x 20
        = 60; 130.00 = 530 - 400. Labour: 900.00 spent, 22 h x 40 = 880: rate 20,
        efficiency 80; 100.00 = 900 - 800."""
        self._budget(500.0)
        self._work()
        self._spend(900.0)
        self._spend(530.0, self.account_overhead_control)
        period = self._post_period()
        self.assertEqual(
            self._figures(period.conversion_line_ids, "amount"),
            {
                ("LAB", "rate"): (20.0,),
                ("LAB", "efficiency"): (80.0,),
                ("FOH", "spending"): (30.0,),
                ("FOH", "volume_efficiency"): (40.0,),
                ("FOH", "volume_capacity"): (60.0,),
            },
        )
        self.assertEqual(
            self._balances_on(
                "2026-10-31",
                self.account_applied,
                self.account_control,
                self.account_overhead_applied,
                self.account_overhead_control,
            ),
            [0, 0, 0, 0],
        )
        self.assertEqual(len(period.entry_ids.move_id), 2)

    def test_part_of_a_budget(self):
        """A budget of 3,100.00 for 31 days: a close of ten days takes 1,000.00 of it;
        nothing spent and nothing applied: spending -1,000, volume 1,000."""
        self._budget(3100.0)
        period = self._period(kind="interim", date_to="2026-10-10")
        period.action_preview()
        self.assertEqual(
            self._figures(period.conversion_line_ids, "budget", "amount"),
            {
                ("FOH", "spending"): (1000.0, -1000.0),
                ("FOH", "volume"): (0.0, 1000.0),
            },
        )

    def test_no_budget(self):
        """Without a budget all of it is spending, and the checklist says so."""
        self._work()
        self._spend(530.0, self.account_overhead_control)
        period = self._period()
        period.action_preview()
        self.assertEqual(
            self._figures(period.conversion_line_ids, "amount")["FOH", "spending"],
            (130.0,),
        )
        check = period.check_ids.filtered(lambda check: check.code == "budget")
        self.assertEqual((check.count, check.state), (1, "warn"))
        action = check.action_open()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self.overhead)

    def test_one_control_account(self):
        """Both elements spend on one account: 1,430.00 of it follow what was applied,
        800 to 400: 953.33 and 476.67; nothing is left on it."""
        self.overhead.control_account_id = self.account_control
        self._work(20)
        self._spend(1430.0)
        period = self._post_period()
        self.assertEqual(
            self._figures(period.conversion_line_ids, "control", "applied"),
            {
                ("LAB", "rate"): (953.33, 800.0),
                ("LAB", "efficiency"): (0, 0),
                ("FOH", "spending"): (476.67, 400.0),
            },
        )
        self.assertEqual(self._balances_on("2026-10-31", self.account_control), [0])

    def test_one_budget_a_day(self):
        """Budgets of one element may touch but not overlap; others are free."""
        self._budget(500.0)
        self._budget(500.0, date_from="2026-11-01", date_to="2026-11-30")
        self._budget(500.0, element_id=self.labour.id)
        with self.assertRefused("Fixed overhead has a budget"):
            self._budget(1.0, date_from="2026-10-31", date_to="2026-11-01")


class TestChecklist(CloseCase):
    def _check(self, period, code):
        check = period.check_ids.filtered(lambda check: check.code == code)
        if not check.count:
            return check.state, self.env[period._get_check_domain(code)[0]]
        action = check.action_open()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(check.count, len(found))
        return check.state, found

    def test_pending_entry_blocks(self):
        """An entry that waits keeps the close from being posted; posted, it passes."""
        self.policy.posting = "day"
        with freeze_time(OCTOBER):
            order = self._produce(1)
        period = self._period()
        period.action_preview()
        self.assertEqual(
            self._check(period, "pending"), ("block", order.backflush_entry_ids)
        )
        self.assertTrue(period.blocked)
        with self.assertRefused(r"Entries that wait to be posted \(1\)"):
            period.action_post()
        self._run_post_pending()
        period.action_post()
        self.assertEqual(period.state, "posted")

    def test_documents(self):
        """A receipt without a bill, a bill without a receipt and an order in progress:
        each is found, and warns."""
        self.books_open = "a receipt is not billed"
        with freeze_time(OCTOBER):
            receipt = self._buy(self.metal, 10, 19.0, bill=False)
            early = self._buy(self.metal, 5, 19.0)
            early_line = early.invoice_line_ids.purchase_line_id
            early_line.qty_received_method = "manual"
            early_line.qty_received = 0
            started = self._order(3)
            started.qty_producing = 1
            later = self._order(3)
        period = self._period()
        period.action_preview()
        self.assertEqual(self._check(period, "receipt"), ("warn", receipt.order_line))
        self.assertEqual(self._check(period, "bill"), ("warn", early_line))
        state, orders = self._check(period, "order")
        self.assertEqual((state, orders), ("warn", started))
        self.assertNotIn(later, orders)
        self.assertFalse(period.blocked)

    def test_entered_by_hand(self):
        """5.00 by hand on a variance account warn, with their author; wages on the
        control account are what it is for."""
        self._spend(5.0, self.account_variance)
        self._spend(40.0)
        period = self._period()
        period.action_preview()
        state, items = self._check(period, "manual")
        self.assertEqual((state, items.balance), ("warn", 5.0))
        check = period.check_ids.filtered(lambda check: check.code == "manual")
        view = self.env["ir.ui.view"].browse(check.action_open()["views"][0][0])
        self.assertIn("create_uid", view.arch)

    def test_earlier_close_first(self):
        """November waits for October, when there is a close for it."""
        october, november = self._period(), self._period("2026-11-01")
        november.action_preview()
        self.assertEqual(self._check(november, "earlier"), ("block", october))
        with self.assertRefused("Closes before it"):
            november.action_post()
        october.action_post()
        november.action_post()
        self.assertEqual(november.state, "posted")

    def test_element_without_control_account(self):
        """What is applied of an element is not closed without its control account."""
        with freeze_time(OCTOBER):
            self._produce(1)
        self.labour.control_account_id = False
        period = self._period()
        period.action_preview()
        self.assertEqual(self._check(period, "no_account"), ("block", self.labour))

    def test_locked_day(self):
        """The books are locked until 31 October: nothing can be posted on that day."""
        self._make_and_sell()
        self.env.flush_all()
        self.company.sudo().fiscalyear_lock_date = "2026-10-31"
        period = self._period()
        with self.assertRefused("10/31/2026, which is locked"):
            period.action_post()


class TestPeriodRules(CloseCase):
    def test_days(self):
        """A month ends with its calendar month, a year end with the fiscal year; no day
        is in two closes, and no close in two years."""
        period = self._period("2026-02-01")
        self.assertEqual((period.date_to, period.name), (date(2026, 2, 28), "2026-02"))
        year = self._period("2026-01-01", "year_end")
        self.assertEqual(year.date_to, date(2026, 12, 31))
        with self.assertRefused("days in common"):
            self._period("2026-02-10", "interim", date_to="2026-03-10")
        with self.assertRefused("start of a fiscal year"):
            self._period("2026-12-01", "interim", date_to="2027-01-31")

    def test_next_days(self):
        """A new close starts after the last."""
        self._period("2026-02-01")
        self.assertEqual(
            self.env["backflush.period"].new({}).date_from, date(2026, 3, 1)
        )

    def test_posted_close_is_fixed(self):
        """Days and dispositions of a posted close do not change, nor is it deleted."""
        self._make_and_sell()
        period = self._post_period()
        with self.assertRefused("is Posted"):
            period.date_to = "2026-11-30"
        with self.assertRefused("is Posted"):
            period.disposition_ids.method = "carried"
        with self.assertRefused("audit trail"):
            period.unlink()

    def test_who_may(self):
        """The auditor reads, the cost accountant prepares, the controller posts, closes
        and reopens; nobody writes the state by hand; a worker sees nothing."""
        self._make_and_sell()
        users = {
            name: new_test_user(
                self.env,
                f"{name}_close",
                f"base.group_user,{group}",
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )
            for name, group in (
                ("worker", "mrp.group_mrp_user"),
                ("auditor", "mrp_account_backflush.group_backflush_auditor"),
                ("accountant", "mrp_account_backflush.group_backflush_user"),
                ("controller", "mrp_account_backflush.group_backflush_manager"),
            )
        }
        period = (
            self.env["backflush.period"]
            .with_user(users["accountant"])
            .create({"company_id": self.company.id, "date_from": "2026-10-01"})
        )
        period.action_preview()
        self.assertTrue(period.line_ids)
        for step in (
            period.action_post,
            lambda: period.write({"state": "posted"}),
            lambda: period.copy({"state": "closed"}),
            lambda: period.line_ids.write({"amount": 1.0}),
            lambda: period.disposition_ids.write({"method": "carried"}),
            period.with_user(users["auditor"]).action_preview,
            lambda: period.with_user(users["worker"]).read(["name"]),
        ):
            with self.assertRaises(AccessError):
                step()
        seen = period.with_user(users["auditor"])
        self.assertTrue(seen.line_ids.mapped("amount"))
        for check in seen.check_ids:
            check.action_open()
        mine = period.with_user(users["controller"])
        mine.action_post()
        mine.action_close()
        self.assertEqual(mine.state, "closed")
        mine.action_reopen()
        mine._reopen("Trial")
        self.assertEqual(mine.state, "open")
