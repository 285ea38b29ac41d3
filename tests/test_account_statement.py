"""Statement of inventory accounts: every balance is explained, line by line."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields

from .close_common import OCTOBER, CloseCase
from .test_gaap_bridge import END, NEXT, BridgeCase


class StatementCase(CloseCase):
    def _state(self, day=None):
        """Return (statement, {(account code, kind): amount})."""
        statement = self.env["backflush.statement"].create(
            {"company_id": self.company.id, **({"date": day} if day else {})}
        )
        statement.action_show()
        found = {}
        for line in statement.line_ids:
            key = (line.account_id.code, line.kind)
            found[key] = round(found.get(key, 0) + line.amount, 6)
        return statement, found


class TestStatementAtCompletion(StatementCase):
    def test_quantity_at_standard(self):
        """110 of metal bought, 100 used, 99 of 100 sold: 10 x 19.00 and 1 x 31.00."""
        self._buy(self.metal, 110, 20.0)
        self._produce(100)
        self._deliver(99)
        statement, found = self._state()
        self.assertEqual(
            found, {("110710", "standard"): 190, ("110720", "standard"): 31}
        )
        self.assertEqual((statement.balance, statement.unexplained), (221, 0))

    def test_receipt_not_billed(self):
        """10 received and not billed: on the shelf, not in the books."""
        self.books_open = "a receipt is not billed"
        purchase = self._buy(self.metal, 10, 20.0, bill=False)
        statement, found = self._state()
        self.assertEqual(
            found, {("110710", "standard"): 190, ("110710", "receipt"): -190}
        )
        line = statement.line_ids.filtered(lambda line: line.kind == "receipt")
        self.assertEqual(line.action_open()["res_id"], purchase.id)

    def test_manual_entry(self):
        """5.00 entered by hand on the stock account are listed with their author, and
        nothing else is left to explain."""
        self._buy(self.metal, 10, 19.0)
        self._enter(5.0)
        statement, found = self._state()
        self.assertEqual(found, {("110710", "standard"): 190, ("110710", "manual"): 5})
        line = statement.line_ids.filtered(lambda line: line.kind == "manual")
        self.assertEqual(line.user_id, self.env.user)
        self.assertEqual(line.action_open()["res_model"], "account.move")
        self._enter(-5.0)

    def test_standard_changed_by_hand(self):
        """10 on hand at 19.00, then at 20.00: Odoo's stock closing has yet to post the
        10.00, and takes them over."""
        self.books_open = "a new standard is not posted to the goods on hand yet"
        self._buy(self.metal, 10, 19.0)
        self.metal.standard_price = 20.0
        self.assertEqual(
            self._state()[1], {("110710", "standard"): 200, ("110710", "repriced"): -10}
        )
        self.company.action_close_stock_valuation(auto_post=True)
        self.assertEqual(
            self._state()[1],
            {
                ("110710", "standard"): 200,
                ("110710", "repriced"): -10,
                ("110710", "closing"): 10,
            },
        )

    def test_pending_entries(self):
        """An order whose entry waits: 10 x 31.00 are on the shelf and not in finished
        goods, 10 x 19.00 are off the shelf and still in RIP."""
        self._buy(self.metal, 10, 19.0)
        self.policy.on_error = "queue"
        account = self.account_fg
        self.category_finished.property_stock_valuation_account_id = account
        self.labour.applied_account_id = False
        self._produce(10)
        _statement, found = self._state()
        self.assertEqual(
            found,
            {
                ("110710", "pending"): 190,
                ("110720", "standard"): 310,
                ("110720", "pending"): -310,
            },
        )
        self.labour.applied_account_id = self.account_applied
        self._run_post_pending()
        self.assertEqual(self._state()[1], {("110720", "standard"): 310})

    def test_earlier_day(self):
        """On the day before the sale all 10 units are there, after it 4 are."""
        with freeze_time(OCTOBER):
            self._buy(self.metal, 10, 19.0)
            self._produce(10)
        with freeze_time("2026-10-20 12:00:00"):
            self._deliver(6)
        self.assertEqual(self._state("2026-10-18")[1], {("110720", "standard"): 310})
        self.assertEqual(self._state("2026-10-20")[1], {("110720", "standard"): 124})

    def _enter(self, amount):
        self.env["account.move"].create(
            {
                "move_type": "entry",
                "company_id": self.company.id,
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": balance})
                    for account, balance in (
                        (self.account_rip, amount),
                        (self.account_wages, -amount),
                    )
                ],
            }
        ).action_post()


class TestStatementInOneSecond(StatementCase):
    """The clock stands still: what the books held when a standard was changed is known
    all the same."""

    books_open = "a new standard is not posted to the goods on hand yet"

    def setUp(self):
        super().setUp()
        now = fields.Datetime.now()
        still = patch.object(fields.Datetime, "now", staticmethod(lambda *_args: now))
        self.startPatcher(still)

    def test_bought_before_and_after(self):
        """10 bought at 19.00, then the standard is 20.00, then 10 more are bought: only
        the first 10 are 1.00 less in the books."""
        self._buy(self.metal, 10, 19.0)
        self.metal.standard_price = 20.0
        self._buy(self.metal, 10, 20.0)
        self.assertEqual(
            self._state()[1], {("110710", "standard"): 400, ("110710", "repriced"): -10}
        )

    def test_billed_afterwards(self):
        """10 received, then the standard is 20.00, then they are billed on the same
        day: the ledger has them at 20.00, and nothing is left to the closing."""
        purchase = self._buy(self.metal, 10, 19.0, bill=False)
        self.metal.standard_price = 20.0
        purchase.action_create_invoice()
        purchase.invoice_ids.invoice_date = fields.Date.today()
        purchase.invoice_ids.action_post()
        self.assertEqual(self._state()[1], {("110710", "standard"): 200})

    def test_changed_twice(self):
        """10 at 19.00, then 20.00; 5 of them used; then 18.50: the books have
        190.00 - 100.00, of which 10 x 1.00 - 5 x 1.50 is left to the closing."""
        self._buy(self.metal, 10, 19.0)
        self.metal.standard_price = 20.0
        self._produce(5)
        self.metal.standard_price = 18.5
        _statement, found = self._state()
        self.assertEqual(found["110710", "standard"], 92.5)
        self.assertEqual(found["110710", "repriced"], -10 + 7.5)
        self.assertBalances({self.account_rip: 90})

    def test_kept_by_nobody_else(self):
        """What was left is a fact: it is not written by import or RPC."""
        self._buy(self.metal, 10, 19.0)
        self.metal.standard_price = 20.0
        value = self.env["product.value"].search(
            [("product_id", "=", self.metal.id)], order="id desc", limit=1
        )
        self.assertEqual(value.backflush_facts, {"step": 1.0, "left": 10.0})
        value.backflush_facts = False
        self.assertEqual(value.backflush_facts, {"step": 1.0, "left": 10.0})


class TestStatementBesidePolicies(StatementCase):
    """Chairs at 7.00 have no policy; their stock account is that of tables."""

    books_open = "orders without a policy are left to the closing"

    def _create_chair(self):
        category = self._create_category(
            "Native",
            property_cost_method="standard",
            property_valuation="real_time",
            property_stock_valuation_account_id=self.account_fg.id,
            property_account_expense_categ_id=self.account_cogs.id,
        )
        return self._create_product("Chair", category, 7.0)

    def test_goods_without_a_policy(self):
        """3 chairs bought and 1 sold, 2 of them are beside 1 table in the account;
        one more is received and not billed."""
        chair = self._create_chair()
        self._buy(self.metal, 1, 19.0)
        self._produce(1)
        self._buy(chair, 3, 7.0)
        self._deliver(1, chair)._create_invoices().action_post()
        self._buy(chair, 1, 7.0, bill=False)
        self.assertEqual(
            self._state()[1],
            {
                ("110720", "standard"): 31,
                ("110720", "native"): 21,
                ("110720", "receipt"): -7,
            },
        )

    def test_counted_and_repriced(self):
        """4 chairs are found, which Odoo does not post, then they cost 8.00: the books
        have nothing yet."""
        with freeze_time(OCTOBER) as clock:
            chair = self._create_chair()
            clock.tick(1)
            self._stock(chair, 4)
            clock.tick(1)
            chair.standard_price = 8.0
        statement, found = self._state()
        self.assertEqual(
            found,
            {
                ("110720", "native"): 32,
                ("110720", "unposted"): -28,
                ("110720", "repriced"): -4,
            },
        )
        self.assertEqual(statement.balance, 0)

    def test_native_order_corrected(self):
        """Odoo posted 2 metals of an order without a policy, in truth there were 3: the
        third, 19.00, is off the shelf and still in RIP."""
        chair = self._create_chair()
        self._create_bom(chair, {self.metal: 1})
        location = chair.with_company(self.company).property_stock_production
        location.valuation_account_id = self.account_wages
        self._buy(self.metal, 10, 19.0)
        order = self._produce(2, product=chair)
        order.move_raw_ids.quantity = 3
        self.assertEqual(
            self._state()[1],
            {
                ("110710", "standard"): 133,
                ("110710", "changed"): 19,
                ("110720", "native"): 14,
            },
        )


class TestStatementAtSale(StatementCase):
    flush_point = "sale"

    def test_delivered_before_the_policy(self):
        """1 delivered before the start, and no cut-over: the shelf lacks 19.00 of
        material that the books never had as such. Its invoice takes 31.00 out of
        finished goods."""
        self.books_open = "a unit was sold before it was made"
        self.policy.date_start = fields.Date.today() + timedelta(days=1)
        sale = self._deliver(1)
        self.policy.date_start = fields.Date.today()
        early = {
            ("110710", "unsold"): -19,
            ("110710", "early"): 19,
            ("110720", "early"): -31,
        }
        self.assertEqual(self._state()[1], {**early, ("110720", "invoice"): 31})
        sale._create_invoices().action_post()
        self.assertEqual(self._state()[1], early)

    def test_invoiced_before_the_policy(self):
        """1 invoiced before the start took 31.00 out of finished goods, and is made
        but not delivered: its 19.00 are in RIP."""
        self.books_open = "a unit was sold before it was made"
        self.table.invoice_policy = "order"
        self.policy.date_start = fields.Date.today() + timedelta(days=1)
        sale = self._sell(1)
        sale._create_invoices().action_post()
        self.policy.date_start = fields.Date.today()
        self._buy(self.metal, 1, 19.0)
        self._produce(1)
        self.assertEqual(
            self._state()[1], {("110710", "unsold"): 19, ("110720", "invoice"): -31}
        )
        self.assertBalances({self.account_rip: 19, self.account_fg: -31})

    def test_material_of_unsold_goods(self):
        """110 bought, 100 made, 99 sold: 10 x 19.00 in store and 19.00 in the unit that
        is not sold stand in RIP, nothing in finished goods."""
        self._buy(self.metal, 110, 19.0)
        self._produce(100)
        self._deliver(99)
        _statement, found = self._state()
        self.assertEqual(found, {("110710", "standard"): 190, ("110710", "unsold"): 19})


class TestStatementOfCloses(BridgeCase, StatementCase):
    flush_point = "sale"

    def test_beside_the_stock_accounts(self):
        """Of 100.00 favourable usage a hundredth, 1.00, is of the unsold unit, beside
        its 12.00 of conversion; both are taken back on the next day. 5.00 by hand are
        listed with their author."""
        self._rule("usage", "prorated")
        with freeze_time(OCTOBER):
            self._produce(100, {self.metal: 100 - 100 / 19})
            self._deliver(99)
        period = self._post_period()
        self._spend(5.0, self.account_adj_rip, day=END)
        statement, found = self._state(END)
        self.assertEqual(found["110730", "prorated"], -1)
        self.assertEqual(found["110730", "manual"], 5)
        self.assertEqual(found["110750", "bridge"], 12)
        self.assertEqual(statement.unexplained, 0)
        lines = statement.line_ids
        close = lines.filtered(lambda line: line.kind == "bridge")
        self.assertEqual(close.action_open()["res_id"], period.id)
        manual = lines.filtered(lambda line: line.kind == "manual")
        self.assertEqual(manual.user_id, self.env.user)
        _statement, found = self._state(NEXT)
        self.assertNotIn(("110750", "bridge"), found)
        self.assertNotIn(("110730", "prorated"), found)
