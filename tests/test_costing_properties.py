"""What is always true of the arithmetic, over random cards and facts.

Amounts are drawn with more decimals than the currency, currencies with 0, 2 and 3.
"""

from collections import defaultdict
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..costing import cards, cutover, flush, terms, variances
from ..costing.facts import Completion, Consumption, Delivery, Purchase, Work
from ..costing.money import ZERO, exact, rounded

UNITS = [Decimal("1"), Decimal("0.01"), Decimal("0.001"), Decimal("0.05")]


def numbers(low, high, places):
    return st.decimals(low, high, places=places, allow_nan=False)


@st.composite
def a_card(draw):
    """A card of up to 5 components, 3 operations of 1 or 2 elements, some with set-up,
    overheads."""
    lines = [
        cards.component_line(
            1, product, draw(numbers(0, 50, 4)), draw(numbers(0, 900, 3))
        )
        for product in range(10, 10 + draw(st.integers(0, 5)))
    ]
    for operation in range(draw(st.integers(0, 3))):
        hours, setup = draw(numbers(0, 20, 4)), draw(numbers(0, 2, 4))
        for element in draw(st.sampled_from([(2,), (2, 3)])):
            rate = draw(numbers(0, 300, 2))
            lines.append(cards.operation_line(element, operation, 1, hours, rate))
            if setup:
                lines.append(cards.setup_line(element, operation, 1, setup, rate))
    rates = [
        cards.OverheadRate(4, method, draw(numbers(0, 200, 2)), base=2)
        for method in draw(
            st.lists(
                st.sampled_from([cards.PERCENT, cards.PER_HOUR, cards.PER_QUANTITY]),
                max_size=3,
            )
        )
    ]
    return cards.with_overheads(lines, rates)


@st.composite
def a_completion(draw):
    """Components of the card and others, hours of its operations and others."""
    products = draw(st.lists(st.integers(10, 17), max_size=6))
    return Completion(
        draw(numbers(0, 5000, 3)),
        tuple(
            Consumption(product, draw(numbers(0, 9999, 3)), draw(numbers(0, 99999, 4)))
            for product in products
        ),
        tuple(
            Work(operation, 1, draw(numbers(0, 500, 3)), ((2, Decimal("31.5")),))
            for operation in draw(st.lists(st.integers(0, 4), unique=True, max_size=4))
        ),
    )


RULES = st.builds(
    terms.Rules,
    flush_point=st.just(terms.COMPLETION),
    basis=st.sampled_from([terms.STANDARD_OUTPUT, terms.ACTUAL_TIME]),
    unit=st.sampled_from(UNITS),
)
AT_SALE = st.builds(
    terms.Rules, flush_point=st.just(terms.SALE), unit=st.sampled_from(UNITS)
)


def by_role(postings):
    """Return {role: amount}."""
    amounts = defaultdict(Decimal)
    for posting in postings:
        amounts[posting.role] += posting.amount
    return amounts


@tagged("post_install", "-at_install")
class TestCostingProperties(BaseCase):
    @given(a_card(), a_completion(), st.one_of(RULES, AT_SALE))
    @settings(max_examples=300, deadline=None)
    def test_completion_balances(self, card, completion, rules):
        """Debits = credits, and every amount is a whole number of currency units."""
        postings = flush.flush_completion(card, completion, rules)
        self.assertEqual(sum(posting.amount for posting in postings), 0)
        for posting in postings:
            self.assertEqual(posting.amount % rules.unit, 0)
            self.assertTrue(posting.amount or posting.exact)

    @given(a_card(), numbers(-5000, 5000, 3), st.one_of(RULES, AT_SALE))
    @settings(max_examples=200, deadline=None)
    def test_delivery_and_return(self, card, quantity, rules):
        """A delivery balances, and its full return leaves every role where it was."""
        there = flush.flush_delivery(card, Delivery(quantity), rules)
        back = flush.flush_delivery(card, Delivery(-quantity), rules)
        self.assertEqual(sum(posting.amount for posting in there), 0)
        self.assertEqual(set(by_role(there + back).values()) - {0}, set())

    @given(a_card(), a_completion(), RULES)
    @settings(max_examples=300, deadline=None)
    def test_variances_are_actual_minus_standard(self, card, completion, rules):
        """Sum of all variances = material taken + conversion applied - standard of the
        output, exactly; finished goods = output x card; stock = each component's
        value."""
        amounts = by_role(flush.flush_completion(card, completion, rules))
        used = defaultdict(Decimal)
        for consumption in completion.consumptions:
            used[consumption.product] += consumption.value
        taken = sum(rounded(value, rules.unit) for value in used.values())
        standard = rounded(completion.quantity * card.total, rules.unit)
        self.assertEqual(amounts[terms.STOCK], -taken)
        self.assertEqual(amounts[terms.FINISHED_GOODS], standard)
        self.assertEqual(
            amounts[terms.VARIANCE], taken - amounts[terms.APPLIED] - standard
        )

    @given(a_card(), numbers("0.001", 5000, 3), RULES)
    @settings(max_examples=200, deadline=None)
    def test_as_planned(self, card, quantity, rules):
        """An order exactly as planned has no variance but rounding, at most half a
        currency unit for each amount."""
        hours = defaultdict(Decimal)
        for line in card.lines:
            if line.kind in (cards.OPERATION, cards.SETUP) and line.element == 2:
                hours[line.operation] += line.quantity
        completion = Completion(
            quantity,
            tuple(
                Consumption(
                    line.product,
                    quantity * line.quantity,
                    quantity * line.quantity * line.price,
                )
                for line in card.materials
            ),
            tuple(Work(key, 1, quantity * value) for key, value in hours.items()),
        )
        postings = flush.flush_completion(card, completion, rules)
        # Card amounts are kept to a millionth: so much, for each unit made.
        step = quantity * cards.UNIT_COST_STEP * (len(card.lines) + 1)
        bound = step + rules.unit * (3 * len(card.lines) + 2)
        for posting in postings:
            if posting.kind in (variances.USAGE, variances.SUBSTITUTION):
                self.assertLessEqual(abs(posting.amount), step + rules.unit)
        total = by_role(postings)[terms.VARIANCE]
        self.assertLessEqual(abs(total), bound)

    @given(a_card(), a_completion())
    @settings(max_examples=200, deadline=None)
    def test_flush_points_agree(self, card, completion):
        """Everything made is sold: cost of sales and material taken are the same with
        flush at completion and at sale, but for the cents of rounding."""
        unit = Decimal("0.01")
        results = []
        for point in (terms.COMPLETION, terms.SALE):
            rules = terms.Rules(flush_point=point, unit=unit)
            postings = flush.flush_completion(card, completion, rules)
            postings += flush.flush_delivery(card, Delivery(completion.quantity), rules)
            results.append(by_role(postings))
        one, other = results
        self.assertEqual(one[terms.FINISHED_GOODS], 0)
        self.assertEqual(one[terms.COST_OF_SALES], other[terms.COST_OF_SALES])
        self.assertEqual(one[terms.APPLIED], other[terms.APPLIED])
        self.assertEqual(one[terms.STOCK], other[terms.STOCK])

    @given(a_card(), a_completion(), RULES)
    @settings(max_examples=200, deadline=None)
    def test_applied_conversion(self, card, completion, rules):
        """Applied = card conversion x output, line by line; with time as the basis,
        hours x rate for lines that follow time and for work without a plan."""
        applied = by_role(flush.flush_completion(card, completion, rules))[
            terms.APPLIED
        ]
        if rules.basis == terms.STANDARD_OUTPUT:
            expected = sum(
                rounded(completion.quantity * line.amount, rules.unit)
                for line in card.conversions
            )
            self.assertEqual(applied, -expected)
        elif not completion.works:
            expected = sum(
                rounded(completion.quantity * line.amount, rules.unit)
                for line in card.conversions
                if line.driver == cards.PER_QUANTITY
            )
            self.assertEqual(applied, -expected)

    @given(
        numbers(-5000, 5000, 3),
        numbers(0, 900, 4),
        numbers(-99999, 99999, 2),
        st.sampled_from(UNITS),
    )
    @settings(max_examples=200, deadline=None)
    def test_purchase(self, quantity, price, value, unit):
        """Stock keeps quantity x standard: what the bill debited less what is taken
        out, to half a currency unit."""
        postings = flush.flush_purchase(
            1, Purchase(7, quantity, price, value), terms.Rules(unit=unit)
        )
        self.assertEqual(sum(posting.amount for posting in postings), 0)
        left = value + by_role(postings)[terms.STOCK]
        self.assertLessEqual(abs(left - quantity * price), unit / 2)

    @given(st.floats(-1e9, 1e9, allow_nan=False), st.sampled_from(UNITS))
    def test_rounding(self, number, unit):
        """Rounding moves an amount by at most half a unit and is symmetric."""
        amount = exact(number)
        self.assertLessEqual(abs(rounded(amount, unit) - amount), unit / 2)
        self.assertEqual(rounded(-amount, unit), -rounded(amount, unit))


@tagged("post_install", "-at_install")
class TestCutoverProperties(BaseCase):
    @given(a_card(), numbers(-500, 500, 3), numbers(-20, 20, 3), RULES)
    @settings(max_examples=200, deadline=None)
    def test_there_and_back(self, card, quantity, left, rules):
        """A cut-over balances, keeps the worth of the goods, and its return leaves
        every role where it was, but for the last cent of each posting."""
        at_sale = terms.Rules(flush_point=terms.SALE, unit=rules.unit)
        before = cutover.standing(card, quantity, left, rules)
        after = cutover.standing(card, quantity, left, at_sale)
        worth = (quantity + left) * card.total
        for standing in (before, after):
            self.assertEqual(sum(p.amount for p in standing), worth)
        there = cutover.reclassify(before, after, rules)
        back = cutover.reclassify(after, before, rules)
        for postings in (there, back):
            self.assertEqual(sum(p.amount for p in postings), ZERO)
            self.assertNotIn("revaluation", [p.kind for p in postings])
        moved, returned = by_role(there), by_role(back)
        for role in (terms.FINISHED_GOODS, terms.STOCK, terms.APPLIED):
            self.assertEqual(moved[role], -returned[role])

    @given(a_card(), numbers(0, 500, 3), AT_SALE)
    @settings(max_examples=200, deadline=None)
    def test_start_then_sale(self, card, quantity, rules):
        """What a start debits to material and applied is what the sale of the same
        goods credits: nothing is left there."""
        value = rounded(quantity * card.total, rules.unit)
        old = cutover.native(value, quantity, ZERO, card.total, rules.unit)
        new = cutover.standing(card, quantity, ZERO, rules)
        start = by_role(cutover.reclassify(old, new, rules))
        sale = by_role(flush.flush_delivery(card, Delivery(quantity), rules))
        self.assertEqual(start[terms.FINISHED_GOODS], -value)
        for role in (terms.STOCK, terms.APPLIED):
            self.assertAlmostEqual(
                start[role] + sale[role], 0, delta=float(rules.unit) * 20
            )
