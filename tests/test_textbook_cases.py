"""Published worked examples of backflush costing, through real documents.

Each case of family ``trigger_point`` in data/backflush.json becomes a test: a company
of its own, purchase order, receipt and vendor bill, conversion cost, manufacturing
order, sales order, delivery and invoice. What was posted is compared to the cent with
the book's entries and its balances before the closing of conversion variances. No test
knows a case: all amounts come from the fields of the data, as ``demo/book.py`` reads
them. What the fields and roles mean is in data/README.md.
"""

from decimal import Decimal

from odoo.tests import TransactionCase, tagged

from ..demo import book, comparison, textbook
from ..demo.accounts import get_component, get_policy
from ..demo.case import add_up
from ..demo.families import NotPlayable
from ..demo.play import play
from .textbook_rules import CASES

DATA = book.load(textbook.DATA)


class TextbookCase(TransactionCase):
    """Plays a case and compares what it posted with the book."""

    def _play(self, data):
        """Play a case and compare it with the book.

        A1: RIP (perpetual) or materials clearing (AP) at standard, the bill's
        difference to standard in the price variance. A2: control debited with what was
        spent. C1 (completion): FG = units x (material + conversion), RIP or clearing
        credited units x material, applied credited units x conversion; nothing when
        cost is flushed at sale. D1: COGS = units sold x total, out of FG, or out of
        RIP or clearing and conversion applied. Balances = opening + sum of the
        entries. The book's totals: COGS before the closing, conversion applied,
        purchases not recorded (= the balance of materials clearing), and its ending
        balances = ours + the book's own closing entries.
        """
        case = book.read(data)
        env = play(self.env, case, f"Case {case.id}")
        result = comparison.compare(env, case)
        self.assertFalse(
            [(r.step, r.role, r.ours, r.book) for r in result.differences], case.id
        )
        self.assertTrue(result.rows)
        self._check_ledger(env)
        if not case.is_native:
            self._check_sold_once(env, case)
        if case.is_recorded and not case.is_native:
            self._check_nothing_to_close(env)

    def _check_ledger(self, env):
        """Every journal entry balances, all entries are posted, and the lines of the
        backflush ledger are its journal items, account by account."""
        entries = env["backflush.entry"].search([("company_id", "=", env.company.id)])
        self.assertFalse(entries.filtered(lambda entry: entry.state != "posted"))
        self.assertEqual(bool(entries), bool(get_policy(env)))
        items = env["account.move.line"].search([("company_id", "=", env.company.id)])
        for move, lines in items.grouped("move_id").items():
            self.assertFalse(
                env.company.currency_id.round(sum(lines.mapped("balance"))), move.ref
            )
        ledger = self._sum(entries.line_ids, "amount")
        self.assertEqual(ledger, self._sum(entries.move_id.line_ids, "balance"))

    @staticmethod
    def _sum(lines, field):
        """Return {account: sum of ``field``}, zero sums left out."""
        return add_up({line.account_id: Decimal(str(line[field]))} for line in lines)

    def _check_sold_once(self, env, case):
        """The customer invoice holds no cost of sales: COGS comes from the delivery."""
        invoices = env["account.move"].search(
            [("company_id", "=", env.company.id), ("move_type", "=", "out_invoice")]
        )
        self.assertEqual(bool(invoices), bool(case.sold))
        self.assertEqual(set(invoices.mapped("state")) - {"posted"}, set())
        types = set(invoices.line_ids.mapped("display_type"))
        self.assertNotIn("cogs", types)

    def _check_nothing_to_close(self, env):
        """Quantity x standard is what the stock accounts hold: core's stock closing
        proposes nothing for the stock accounts of component and product."""
        policy = get_policy(env)
        products = get_component(policy) | policy._get_products()
        managed = products.categ_id.property_stock_valuation_account_id
        proposed = env.company._action_close_stock_valuation()
        self.assertFalse(
            [vals for vals in proposed if vals["account_id"] in managed.ids]
        )


@tagged("post_install", "-at_install")
class TestTextbookCases(TextbookCase):
    """Entries and balances of every case that gives enough inputs."""


def _add_test(data):
    """Give the class one test for a case of the data."""

    def test(self):
        try:
            self._play(data)
        except NotPlayable as reason:
            self.fail(f"{data['id']} is not played: {reason}")

    name = "".join(char if char.isalnum() else "_" for char in data["id"].lower())
    test.__name__ = f"test_case_{name}"
    setattr(TestTextbookCases, test.__name__, test)


for _data in DATA:
    _add_test(_data)


@tagged("post_install", "-at_install")
class TestTextbookRules(TextbookCase):
    """Cases that no book has, made from the same rules: see textbook_rules."""

    def test_cases(self):
        """Other currencies and decimals, opening balances, usage, three elements."""
        for data in CASES:
            with self.subTest(data["id"]):
                self._play(data)


@tagged("post_install", "-at_install")
class TestTextbookData(TransactionCase):
    """The data file itself, and what is played of it."""

    def test_every_case_is_played_or_says_why(self):
        """No case is lost silently: those played and those with a reason why not add up
        to all of the family, and the bundled data has inputs for every one of them."""
        played, reasons = [], {}
        for data in DATA:
            try:
                played.append(book.read(data).id)
            except NotPlayable as reason:
                reasons[data["id"]] = str(reason)
        tests = [name for name in dir(TestTextbookCases) if "test_case_" in name]
        self.assertEqual(len(tests), len(DATA))
        self.assertEqual((len(played), reasons), (22, {}))

    def test_reasons(self):
        """Sequential costing is not a backflush variant, and a case without standards
        or units cannot be played: each says so."""
        with self.assertRaisesRegex(NotPlayable, "not a backflush variant"):
            book.read({**DATA[0], "triggers": ["A", "B", "C", "D"]})
        empty = {**DATA[0], "standard_cost_per_unit": None, "inputs": {}}
        with self.assertRaisesRegex(NotPlayable, "material"):
            book.read(empty)

    def test_table(self):
        """Each variant has one example; the table says that nothing differs, and is the
        same when it is printed again from the ledger."""
        self.assertEqual(
            [case.triggers for case in textbook.get_examples()],
            [tuple("ACD"), tuple("AD"), tuple("CD"), tuple("D")],
        )
        text, agrees = textbook.main(self.env)
        self.assertTrue(agrees, text)
        self.assertTrue(text.endswith("No difference.\n"))
        self.assertEqual(textbook.main(self.env), (text, agrees))
