"""Statement of inventory accounts: every balance is explained, line by line."""

from freezegun import freeze_time

from odoo import Command

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


class TestStatementAtSale(StatementCase):
    flush_point = "sale"

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
