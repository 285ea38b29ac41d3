"""GAAP bridge: what full absorption has in inventory, posted and taken back."""

from datetime import date
from decimal import Decimal

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..costing import bridge
from ..demo import book, comparison, textbook
from ..demo.play import play
from .close_common import OCTOBER, CloseCase

END, NEXT = "2026-10-31", "2026-11-01"


class BridgeCase(CloseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account_bridge = cls._create_account(
            "110750", "GAAP bridge", "asset_current"
        )
        cls.account_bridge_result = cls._create_account(
            "510790", "Change of inventories", "expense_direct_cost"
        )
        cls.company.write(
            {
                "backflush_bridge_account_id": cls.account_bridge.id,
                "backflush_bridge_result_account_id": cls.account_bridge_result.id,
            }
        )

    def _rows(self, period):
        """Return {(origin, element or account code): (quantity, amount, in books)}."""
        return {
            (line.origin, line.element_id.code or line.account_id.code): (
                round(line.quantity, 6),
                round(line.amount, 6),
                round(line.in_books, 6),
            )
            for line in period.bridge_line_ids
        }


class TestBridgeAtSale(BridgeCase):
    flush_point = "sale"

    def test_conversion_of_unsold_goods(self):
        """One of 100 units is not sold: its 12.00 of conversion is in no inventory
        account. Dr bridge 12.00, Cr result 12.00, taken back on the next day."""
        self._make_and_sell()
        period = self._post_period()
        self.assertEqual(self._rows(period), {("unsold", "LAB"): (1, 12, 0)})
        accounts = (self.account_bridge, self.account_bridge_result)
        self.assertEqual(self._balances_on(END, *accounts), [12, -12])
        self.assertEqual(self._balances_on(NEXT, *accounts), [0, 0])
        entries = period.entry_ids.filtered(lambda entry: entry.event == "bridge")
        self.assertEqual(
            sorted(entries.move_id.mapped("date")),
            [date(2026, 10, 31), date(2026, 11, 1)],
        )

    def test_cost_of_sales_with_the_bridge(self):
        """99 x 31.00 + 72.00 under-applied = 3,141.00; with the bridge 3,129.00, what
        sequential costing has. RIP: -100 x 19.00 (nothing was bought) + 19.00 of the
        unsold unit."""
        self._make_and_sell()
        self._post_period()
        [sales, result, stock] = self._balances_on(
            END, self.account_cogs, self.account_bridge_result, self.account_rip
        )
        self.assertEqual((sales, sales + result, stock), (3141, 3129, -1881))

    def test_next_month_starts_without_it(self):
        """November sells the last unit: the bridge of October is taken back, that of
        November is nil, and both months together have 100 x 31.00 + 60.00."""
        self._make_and_sell()
        self._post_period()
        self._make_and_sell(0, 1, 0, "2026-11-15 12:00:00")
        period = self._post_period("2026-11-01")
        self.assertFalse(period.bridge_line_ids)
        self.assertEqual(
            self._balances_on(
                "2026-11-30", self.account_bridge, self.account_bridge_result
            ),
            [0, 0],
        )
        self.assertEqual(self._balances_on("2026-11-30", self.account_cogs), [3160])

    def test_reopened_and_posted_again(self):
        """Posted, reopened, posted again: one bridge of 12.00 remains."""
        self._make_and_sell()
        period = self._post_period()
        period._reopen("Count was late")
        self.assertEqual(self._balances_on(END, self.account_bridge), [0])
        period.action_post()
        self.assertEqual(self._balances_on(END, self.account_bridge), [12])
        self.assertEqual(self._balances_on(NEXT, self.account_bridge), [0])

    def test_year_end_does_not_bridge_twice(self):
        """December and the year end on the same day: the year end finds the 12.00 in
        the bridge account and adds nothing."""
        self._make_and_sell(moment="2026-12-15 12:00:00")
        self._post_period("2026-12-01")
        year = self._post_period("2026-01-01", "year_end")
        self.assertEqual(
            self._rows(year),
            {("unsold", "LAB"): (1, 12, 0), ("bridge", "110750"): (0, 0, 12)},
        )
        self.assertEqual(self._balances_on("2026-12-31", self.account_bridge), [12])
        self.assertEqual(self._balances_on("2027-01-01", self.account_bridge), [0])

    def test_approved(self):
        """A close that waits for its approval announces its bridge of 12.00, and posts
        it once another controller approves."""
        self.company.backflush_close_approval = True
        self._make_and_sell()
        period = self._period()
        period.action_preview()
        period.action_request_approval()
        self.assertTrue(period.bridge_posts)
        self.assertIn("will be posted on 10/31/2026", period.bridge_conclusion)
        other = new_test_user(
            self.env,
            "bridge_approver",
            "base.group_user,mrp_account_backflush.group_backflush_approver",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        period.with_user(other).action_approve()
        self.assertEqual(period.state, "posted")
        self.assertEqual(self._balances_on(END, self.account_bridge), [12])

    def test_materiality(self):
        """12.00 of 1,881.00 inventory is 0.64 %, of the result (loss 3,141.00) 0.38 %:
        below 1 % nothing is posted, unless the close says so."""
        self.company.backflush_bridge_threshold = 1.0
        self._make_and_sell()
        period = self._period()
        period.action_preview()
        self.assertEqual(
            (
                round(period.bridge_inventory_share, 2),
                round(period.bridge_result_share, 2),
                period.bridge_material,
                period.bridge_posts,
            ),
            (0.64, 0.38, False, False),
        )
        period.bridge_choice = "always"
        period.action_post()
        self.assertEqual(self._balances_on(END, self.account_bridge), [12])

    def test_accounts_are_needed(self):
        """Without accounts a bridge is shown; a close that must post it says which
        setting is missing. A stock account is refused."""
        self.company.backflush_bridge_account_id = False
        self._make_and_sell()
        period = self._period()
        period.action_preview()
        self.assertEqual((period.bridge_amount, period.bridge_posts), (12, False))
        period.bridge_choice = "always"
        with self.assertRaisesRegex(UserError, "lacks the accounts"):
            period.action_post()
        self.company.backflush_bridge_account_id = self.account_rip
        with self.assertRaisesRegex(UserError, "is a stock account"):
            period.action_post()

    def test_nothing_to_close_for_core(self):
        """The bridge is in accounts of its own: Odoo's stock closing proposes nothing
        for the stock accounts on that day."""
        self._make_and_sell()
        self._post_period()
        proposed = self.company._action_close_stock_valuation(date(2026, 10, 31))
        managed = (self.account_rip | self.account_fg | self.account_bridge).ids
        self.assertFalse([vals for vals in proposed if vals["account_id"] in managed])


class TestBridgeNotRecorded(BridgeCase):
    """D: no inventory accounts at all until the close."""

    flush_point = "sale"
    perpetual = False
    #: Components on hand are periodic: core's closing capitalises them.
    books_open = "periodic components"

    def _buy_and_sell(self):
        with freeze_time("2026-10-10 12:00:00"):
            self._buy(self.metal, 110, 19.0)
        self._make_and_sell()

    def test_purchases_not_recorded(self):
        """110 bought, 100 used: 10 x 19.00 on hand, 19.00 and 12.00 in the unsold unit:
        221.00. The result has 10 x 19.00 + 19.00 in clearing, which the bridge takes
        out of it."""
        self._buy_and_sell()
        period = self._post_period()
        self.assertEqual(
            self._rows(period),
            {
                ("unsold", "LAB"): (1, 12, 0),
                ("unsold_material", "MAT"): (1, 19, 0),
                ("purchase", "MAT"): (10, 190, 0),
            },
        )
        self.assertEqual(self._balances_on(END, self.account_bridge), [221])

    def test_after_odoos_closing(self):
        """Odoo's own closing put 190.00 into the stock account: the bridge adds only
        31.00 for the unsold unit."""
        self._buy_and_sell()
        self.company.account_stock_journal_id = self.journal
        self.company.account_stock_valuation_id = self.account_rip
        with freeze_time("2026-10-31 12:00:00"):
            self.company.action_close_stock_valuation(
                date(2026, 10, 31), auto_post=True
            )
        [stock] = self._balances_on(END, self.account_rip)
        period = self._post_period()
        self.assertEqual(self._rows(period)["closing", "110710"], (0, 0, stock))
        self.assertEqual(stock, 190)
        self.assertEqual(self._balances_on(END, self.account_bridge), [31])


class TestBridgeOpenOrders(BridgeCase):
    books_open = "an order is in progress"

    def test_work_in_open_orders(self):
        """An order of 10 with 60 minutes recorded: 1 h x 60.00 is in no account, and
        120 minutes are allowed. Material is still in store."""
        with freeze_time(OCTOBER):
            order = self._order(10)
            self._work(order, 60)
            self._deliver_nothing()
        period = self._post_period()
        self.assertEqual(self._rows(period), {("order", "LAB"): (1, 60, 0)})
        line = period.bridge_line_ids
        self.assertEqual(line.action_open()["res_id"], order.id)
        self.assertEqual(self._balances_on(END, self.account_bridge), [60])

    def test_hours_beyond_standard(self):
        """180 minutes where 10 x 12 are allowed: 2 h at 60.00, the rest is a variance
        to come."""
        with freeze_time(OCTOBER):
            self._work(self._order(10), 180)
        period = self._period()
        period.action_preview()
        self.assertEqual(self._rows(period), {("order", "LAB"): (2, 120, 0)})

    def test_completed_later(self):
        """The order is completed in November, before October is closed: it was open at
        the end of October."""
        with freeze_time(OCTOBER):
            order = self._order(10)
            self._work(order, 60)
        with freeze_time("2026-11-05 12:00:00"):
            self._set_produced(order, 10)
            order.with_context(skip_consumption=True).button_mark_done()
        period = self._period()
        period.action_preview()
        self.assertEqual(self._rows(period), {("order", "LAB"): (1, 60, 0)})

    def _work(self, order, minutes):
        self.env["mrp.workcenter.productivity"].create(
            {
                "workorder_id": order.workorder_ids.id,
                "workcenter_id": self.workcenter.id,
                "loss_id": self.env.ref("mrp.block_reason7").id,
                "date_start": "2026-10-15 08:00:00",
                "date_end": f"2026-10-15 {8 + minutes // 60:02}:00:00",
                "company_id": self.company.id,
            }
        )

    def _deliver_nothing(self):
        self.assertFalse(
            self.env["sale.order"].search([("company_id", "=", self.company.id)])
        )


class TestBridgeByCount(BridgeCase):
    flush_point = "sale"

    def _count(self, *lines, **values):
        return self._period(
            bridge_source="count",
            count_ids=[Command.create(line) for line in lines],
            **values,
        )

    def test_by_product(self):
        """10 units half done: 10 x 19.00 and 10 x 12.00 x 50 %; 110 of metal: 2,090.00.
        Counted 2,340.00, in the books 100 x 19.00: bridge 440.00."""
        with freeze_time(OCTOBER):
            self._buy(self.metal, 100, 19.0)
        period = self._count(
            {"product_id": self.table.id, "quantity": 10, "degree": 50},
            {"product_id": self.metal.id, "quantity": 110},
        )
        self.assertEqual(
            [(c.material_amount, c.conversion_amount) for c in period.count_ids],
            [(190, 60), (2090, 0)],
        )
        period.action_post()
        self.assertEqual(period.bridge_amount, 440)
        self.assertEqual(self._balances_on(END, self.account_bridge), [440])
        with self.assertRaises(UserError):
            period.count_ids[0].quantity = 5

    def test_import(self):
        """A sheet with products, quantities and degrees becomes lines of the count."""
        period = self._count()
        action = period.action_view_counts()
        result = (
            self.env["backflush.period.count"]
            .with_context(**action["context"])
            .load(
                ["product_id/.id", "quantity", "degree", "name"],
                [[str(self.table.id), "4", "25", "Sheet 7"]],
            )
        )
        self.assertFalse(result["messages"])
        self.assertEqual(
            [
                (c.name, c.material_amount, c.conversion_amount)
                for c in period.count_ids
            ],
            [("Sheet 7", 76, 12)],
        )

    def test_who_may(self):
        """Cost accountants count, auditors read."""
        period = self._count({"product_id": self.table.id, "quantity": 1})
        groups = "mrp_account_backflush.group_backflush_%s"
        for login, may in (("auditor", False), ("user", True)):
            user = new_test_user(
                self.env,
                f"bridge_{login}",
                f"base.group_user,{groups % login}",
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )
            count = period.count_ids.with_user(user)
            self.assertEqual(count.quantity, 1)
            if may:
                count.quantity = 1
            else:
                with self.assertRaises(AccessError):
                    count.quantity = 2


@tagged("post_install", "-at_install")
class TestTextbookBridge(TransactionCase):
    def test_all_variants_meet_sequential_costing(self):
        """Every example that a book plays in all four variants, closed and bridged: the
        inventory of each is that of the sequential reference, which is 50,000 of
        material and 31,000 of goods, and so is the cost of sales. Reopened and posted
        again, each has one set of entries, with the same figures."""
        found = {}
        for case in textbook.get_examples():
            env = play(self.env, case, f"Bridged {case.id}", bridged=True)
            result = comparison.compare(env, case)
            self.assertFalse(result.differences, case.id)
            found[case.variant] = (result.inventory, result.cost_of_sales)
            before = result.inventory - result.bridged
            self.assertEqual(before, case.get_expected_inventory())
            self._post_again(env)
            self.assertEqual(comparison.compare(env, case), result)
        sequential = self._get_sequential()
        self.assertEqual(set(found.values()), {sequential})
        self.assertEqual(len(found), 4)

    def _post_again(self, env):
        """Reopen the close and post it anew; as many entries stand as before."""
        period = comparison.get_period(env)
        first = period._get_live_entries()
        period._reopen("The count was late")
        self.assertFalse(period._get_live_entries())
        period.action_post()
        again = period._get_live_entries()
        self.assertEqual(again.mapped("event"), first.mapped("event"))
        self.assertEqual(again.mapped("amount"), first.mapped("amount"))
        self.assertFalse(again & first)

    def _get_sequential(self):
        """Return (inventory, cost of sales) of the reference of the same example."""
        example = textbook.get_examples()[0]
        for data in book.load(textbook.DATA):
            case = book.read(data)
            if case.is_native and case.completed == example.completed:
                ending = case.figures["ending"]
                stock = ending["RM"] + ending["WIP"] + ending["FG"]
                return stock, ending["COGS"]
        return None


#: A busy machine is no reason to fail.
busy = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
numbers = st.decimals(-(10**6), 10**6, places=2)
rows = st.lists(
    st.builds(
        bridge.Row,
        quantity=numbers,
        unit_cost=st.decimals(0, 10**4, places=6),
        in_books=numbers,
        element=st.integers(1, 3),
        product=st.one_of(st.none(), st.integers(1, 3)),
    )
)


@tagged("post_install", "-at_install")
class TestBridgeProperties(TransactionCase):
    @busy
    @given(rows=rows)
    def test_balanced_and_reversed(self, rows):
        """The bridge balances, adds the sum of all differences to inventory, and its
        reversal leaves nothing, whatever the rows."""
        unit = Decimal("0.01")
        postings = bridge.bridge_postings(rows, 1, 2, unit)
        self.assertEqual(sum(p.amount for p in postings), 0)
        asset = sum(p.amount for p in postings if p.account == 1)
        self.assertEqual(asset, sum(row.difference(unit) for row in rows))
        back = bridge.reversed_postings(postings)
        self.assertEqual(
            [p.amount + b.amount for p, b in zip(postings, back, strict=True)],
            [0] * len(postings),
        )

    @busy
    @given(
        quantity=st.decimals(0, 10**6, places=3),
        degree=st.decimals(0, 100, places=2),
        material=st.decimals(0, 10**4, places=6),
        conversion=st.decimals(0, 10**4, places=6),
    )
    def test_count(self, quantity, degree, material, conversion):
        """What is counted is worth between its material and its full standard."""
        parts = bridge.counted(quantity, degree, material, conversion)
        self.assertEqual(parts[0], quantity * material)
        self.assertTrue(0 <= parts[1] <= quantity * conversion)

    @busy
    @given(amount=numbers, base=numbers, threshold=st.decimals(0, 100, places=2))
    def test_materiality(self, amount, base, threshold):
        """A higher threshold never makes material what a lower one does not."""
        low = bridge.Materiality(amount, base, base, threshold)
        high = bridge.Materiality(amount, base, base, threshold + 1)
        self.assertGreaterEqual(low.is_material, high.is_material)
