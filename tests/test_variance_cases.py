"""Published worked examples of variances and their proration, through ``costing``.

Each case of data/variances.json becomes a test: every figure of it, to the decimals
that the case gives, signed (positive is unfavourable), and the variance lines of its
entries. No test knows a case: ``variance_cases`` finds out what the inputs say. What
the fields mean is in data/README.md.
"""

from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..costing import proration
from ..costing.money import exact, rounded
from .variance_cases import reader, rules

DATA = reader.load()

#: {case: {figure: why it cannot be computed}} of the bundled data: none.
NOT_GIVEN = {}


class VarianceCase(BaseCase):
    """Computes a case and compares it with the book."""

    def _check(self, case):
        """Compare every figure that the inputs allow; return {name: why not} of the
        others. U is a debit (positive), F a credit, and the amount is without sign."""
        missing, step = {}, Decimal(1).scaleb(-reader.get_places(case))
        for item in case["variances"]:
            try:
                amount = rounded(reader.get_amount(case, item["name"]), step)
            except reader.NotGiven as reason:
                missing[item["name"]] = str(reason)
                continue
            where = f"{case['id']}: {item['name']}"
            self.assertEqual(amount, item["signed"], where)
            self.assertEqual(abs(amount), item["amount"], where)
            if item["effect"]:
                self.assertEqual(_get_effect(amount), item["effect"], where)
        for role, (booked, computed) in reader.get_booked(case).items():
            self.assertEqual(computed, booked, f"{case['id']}: {role}")
        return missing


def _get_effect(amount):
    return "none" if not amount else "U" if amount > 0 else "F"


@tagged("post_install", "-at_install")
class TestVarianceCases(VarianceCase):
    """Every case of the data."""


def _add_test(case):
    """Give the class one test for a case of the data."""

    def test(self):
        if missing := self._check(case):
            self.skipTest(f"not all computed: {missing}")

    name = "".join(char if char.isalnum() else "_" for char in case["id"].lower())
    test.__name__ = f"test_case_{name}"
    setattr(TestVarianceCases, test.__name__, test)


for _case in DATA:
    _add_test(_case)


@tagged("post_install", "-at_install")
class TestVarianceRules(VarianceCase):
    """Cases that no book has, computed by other formulas: see variance_cases.rules."""

    def test_cases(self):
        """Materials bought and used apart, substitutes, classes of labour, over-applied
        overhead, negative balances: each figure to four decimals."""
        for case in rules.CASES:
            with self.subTest(case["id"]):
                self.assertFalse(self._check(case))

    def test_missing_parts(self):
        """Glue of which nobody says the cost has a usage variance and no price
        variance; the total of price is not given, that of oak alone would be wrong."""
        case = next(case for case in rules.CASES if case["id"] == "a cost is missing")
        self.assertEqual(reader.get_amount(case, "material_price.oak"), -24)
        for name in ("material_price", "material_price.glue"):
            with self.assertRaisesRegex(reader.NotGiven, f"{name} does not follow"):
                reader.get_amount(case, name)

    def test_wrong_figures_are_found(self):
        """The comparison can fail: each figure with its sign turned, or one more."""
        for case in (*DATA, *rules.CASES):
            for item in case["variances"]:
                wrong = {**item, "signed": -item["signed"] or 1}
                with self.assertRaises(AssertionError, msg=(case["id"], item["name"])):
                    self._check({**case, "variances": [wrong]})


@tagged("post_install", "-at_install")
class TestVarianceData(BaseCase):
    """The data file itself, and what is computed of it."""

    def test_every_figure_is_computed_or_says_why(self):
        """No figure is lost silently, and no case without figures is in the file."""
        missing = {}
        for case in DATA:
            self.assertTrue(case["variances"], case["id"])
            for item in case["variances"]:
                try:
                    reader.get_amount(case, item["name"])
                except reader.NotGiven as reason:
                    missing.setdefault(case["id"], {})[item["name"]] = str(reason)
        self.assertEqual(missing, NOT_GIVEN)
        tests = [name for name in dir(TestVarianceCases) if "test_case_" in name]
        self.assertEqual(len(tests), len(DATA))

    def test_four_decimals(self):
        """The figures were recomputed to four decimals, zeros at the end left out; ours
        agree to all four, also where a case shows fewer."""
        for case in DATA:
            for item in case["variances"]:
                if item["name"] in NOT_GIVEN.get(case["id"], ()):
                    continue
                amount = rounded(reader.get_amount(case, item["name"]), rules.PLACES)
                self.assertEqual(amount, item["signed"], (case["id"], item["name"]))

    def test_whole_currency(self):
        """A proration booked in whole currency units closes: 213.33 + 167.62 + 3,619.05
        become 213 + 168 + 3,619 = 4,000."""
        played = 0
        for case in DATA:
            balances = case["inputs"].get("balances")
            for entry in case["entries"] if balances else ():
                held = {name: exact(value) for name, value in balances.items()}
                booked = {
                    line["role"]: line["debit"] - line["credit"]
                    for line in entry["lines"]
                    if line["role"] in held
                }
                amount = reader.get_amount(case, "under_applied")
                found = proration.prorate(amount, held, Decimal(1), "COGS")
                self.assertEqual(found, booked, case["id"])
                self.assertEqual(sum(found.values()), amount)
                played += 1
        self.assertTrue(played)

    def test_half_units(self):
        """In whole currency units half a unit is rounded away from zero, as books do:
        5,850 x (1.25 - 2.00) = -4,387.50 is shown as 4,388 F."""
        half, halves = Decimal("0.5"), []
        for case in (*DATA, *rules.CASES):
            for item in case["variances"]:
                if item["amount"] % 1 == half:
                    amount = reader.get_amount(case, item["name"])
                    halves.append(amount)
                    self.assertEqual(
                        abs(rounded(amount, Decimal(1))), item["amount"] + half
                    )
        self.assertLess(min(halves), 0)
        self.assertGreater(max(halves), 0)
