"""What is always true of the variances of an order, over random cards and facts: with
mix groups, set-ups, by-products and planned scrap they add up to actual - standard.

Amounts are drawn with more decimals than the currency, currencies with 0, 2 and 3.
"""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..costing import cards, changes, flush, terms, variances
from ..costing.facts import Completion, Consumption, Setup, Work
from ..costing.money import ONE, ZERO, rounded
from .test_costing_properties import UNITS, numbers
from .test_variance_properties import examples

#: Components of the cards are 10 to 14; units of their group in one of their own.
UNITS_OF_GROUP = {product: Decimal(f"1e{product - 12}") for product in range(10, 18)}
GROUPS = st.sampled_from([None, "fats", "dyes"])


@st.composite
def a_card(draw):
    """A card of components in groups and in none, of quantity zero too, with planned
    scrap, a by-product, operations with and without set-up, and overhead."""
    lines = []
    for product in range(10, 10 + draw(st.integers(0, 5))):
        line = cards.component_line(
            1, product, draw(numbers(0, 50, 4)), draw(numbers(0, 900, 3))
        )
        units = UNITS_OF_GROUP[product]
        lines.append(replace(line, group=draw(GROUPS), units=units))
        if draw(st.booleans()):
            lines.append(cards.scrap_line(line, Decimal("0.05")))
    if draw(st.booleans()):
        lines.append(
            cards.byproduct_line(1, 20, draw(numbers(0, 9, 3)), draw(numbers(0, 90, 3)))
        )
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
            st.lists(st.sampled_from([cards.PERCENT, cards.PER_HOUR]), max_size=2)
        )
    ]
    return cards.with_overheads(lines, rates, draw(numbers("0.5", 200, 2)))


@st.composite
def a_completion(draw):
    """Components of the card and others, some of them allowed by the bill, a by-product
    and work whose set-ups are known or not; output of zero too."""
    used = [
        Consumption(
            product,
            draw(numbers(0, 9999, 3)),
            draw(numbers(0, 99999, 4)),
            draw(GROUPS),
            UNITS_OF_GROUP[product],
        )
        for product in draw(st.lists(st.integers(10, 17), max_size=6))
    ]
    if draw(st.booleans()):
        received = draw(numbers(0, 999, 3))
        used.append(Consumption(20, -received, -draw(numbers(0, 999, 3))))
    operations = draw(st.lists(st.integers(0, 4), unique=True, max_size=4))
    return Completion(
        draw(st.just(ZERO) | numbers(0, 5000, 3)),
        tuple(used),
        tuple(
            Work(operation, 1, draw(numbers(0, 500, 3)), ((2, Decimal("31.5")),))
            for operation in operations
        ),
        tuple(
            Setup(operation, 1, draw(numbers(0, 9, 0)))
            for operation in operations
            if draw(st.booleans())
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


def sums(postings, key):
    """Return {key of a posting: amount} of its variances."""
    amounts = defaultdict(Decimal)
    for posting in postings:
        if posting.role == terms.VARIANCE:
            amounts[key(posting)] += posting.amount
    return amounts


@tagged("post_install", "-at_install")
class TestVarianceSumProperties(BaseCase):
    @given(a_card(), a_completion(), RULES)
    @examples(300)
    def test_actual_minus_standard(self, card, completion, rules):
        """Sum of all kinds = material taken + conversion applied - standard of the
        output, exactly. The allowance of planned scrap, which scrap orders use up, is
        in the standard and one of the kinds. Each amount is a whole number of units,
        and names a component, or work, or is rounding."""
        postings = flush.flush_completion(card, completion, rules)
        used = defaultdict(Decimal)
        for taken in completion.consumptions:
            used[taken.product] += taken.value
        actual = sum(rounded(value, rules.unit) for value in used.values())
        actual -= sum(p.amount for p in postings if p.role == terms.APPLIED)
        standard = rounded(completion.quantity * card.total, rules.unit)
        self.assertEqual(sum(sums(postings, id).values()), actual - standard)
        for posting in postings:
            self.assertEqual(posting.amount % rules.unit, 0)
            if posting.role == terms.VARIANCE and posting.kind != variances.ROUNDING:
                self.assertTrue(posting.product or posting.element)

    @given(a_card(), a_completion(), st.one_of(RULES, AT_SALE))
    @examples(300)
    def test_groups_split_usage(self, card, completion, rules):
        """Mix + yield of each component that the card has in a group = its usage
        without groups, to the cent: with output, what usage, or what is left out as
        substitution, shows."""
        alone = replace(
            card, lines=tuple(replace(line, group=None) for line in card.lines)
        )
        used = {taken.product for taken in completion.consumptions}
        planned = {
            line.product: line
            for line in card.components
            if line.group and line.product in used
        }
        if not completion.quantity:
            return
        split = sums(
            flush.flush_completion(card, completion, rules),
            lambda p: (p.product, "usage" if p.kind in ("mix", "yield") else p.kind),
        )
        whole = sums(
            flush.flush_completion(alone, completion, rules),
            lambda p: (p.product, p.kind),
        )
        quantities = defaultdict(Decimal)
        for taken in completion.consumptions:
            quantities[taken.product] += taken.quantity
        for product in planned:
            if quantities[product]:
                for kind in ("usage", "price"):
                    self.assertEqual(split[product, kind], whole[product, kind])

    @given(a_card(), a_completion(), RULES)
    @examples(300)
    def test_lots_split_efficiency(self, card, completion, rules):
        """Lot size + efficiency of each element, operation and work centre = what all
        of it is when nothing is known of set-ups; for standard output there is neither.
        Full lots have no lot size variance."""

        def key(posting):
            kind = posting.kind
            kind = "work" if kind in ("lot_size", "efficiency") else kind
            return kind, posting.element, posting.operation, posting.workcenter

        unknown = replace(completion, setups=())
        known = flush.flush_completion(card, completion, rules)
        whole = sums(flush.flush_completion(card, unknown, rules), key)
        split = sums(known, key)
        for found in {*whole, *split}:
            self.assertEqual(split[found], whole[found])
        if rules.basis == terms.STANDARD_OUTPUT:
            kinds = {posting.kind for posting in known}
            self.assertFalse(kinds & {"lot_size", "efficiency"})
        full = replace(
            completion,
            quantity=3 * card.lot_size,
            setups=tuple(replace(s, lots=Decimal(3)) for s in completion.setups),
        )
        postings = flush.flush_completion(card, full, rules)
        self.assertNotIn("lot_size", {posting.kind for posting in postings})

    @given(a_card(), a_completion(), a_completion(), st.one_of(RULES, AT_SALE))
    @examples(200)
    def test_corrected(self, card, first, second, rules):
        """What was first stated, and the correction to what is true, leave each kind of
        each component and operation as if the truth had been stated from the start."""
        posted = flush.flush_completion(card, first, rules)
        whole = Completion(
            first.quantity + second.quantity,
            first.consumptions + second.consumptions,
            first.works + second.works,
            first.setups + second.setups,
        )
        target = flush.flush_completion(card, whole, rules)
        correction = changes.difference(
            posted, target, rules, _stock_values(posted, target)
        )
        key = changes._key
        before, after = sums(posted + correction, key), sums(target, key)
        for found in {*before, *after}:
            if found[1] not in (variances.ROUNDING, variances.REVALUATION):
                self.assertEqual(before[found], after[found])


def _stock_values(posted, target):
    """Return what the correction moves stock by when goods are worth what they were."""
    values = defaultdict(Decimal)
    for sign, postings in ((-1, posted), (1, target)):
        for posting in postings:
            if posting.role in (terms.FINISHED_GOODS, terms.STOCK):
                values[posting.role, posting.product] += sign * posting.amount
    return values


@tagged("post_install", "-at_install")
class TestWithoutPlan(BaseCase):
    def test_no_output(self):
        """6 kg of iron at 7.00 and 4 of carbon at 8.00 went in, and nothing came out;
        planned are 15 : 5. Of 10 kg lost 7.5 and 2.5 kg are yield, 52.50 and 20.00;
        the rest of 42.00 and 32.00 is mix."""
        lines = (
            replace(cards.component_line(1, 7, Decimal(15), Decimal(7)), group="steel"),
            replace(cards.component_line(1, 8, Decimal(5), Decimal(8)), group="steel"),
        )
        lost = Completion(
            ZERO,
            (
                Consumption(7, Decimal(6), Decimal(42)),
                Consumption(8, Decimal(4), Decimal(32)),
            ),
        )
        postings = flush.flush_completion(cards.Card(lines), lost, terms.Rules())
        self.assertEqual(
            {
                (posting.kind, posting.product): posting.amount
                for posting in postings
                if posting.kind
            },
            {
                ("mix", 7): Decimal("-10.50"),
                ("yield", 7): Decimal("52.50"),
                ("mix", 8): Decimal("12.00"),
                ("yield", 8): Decimal("20.00"),
            },
        )

    def test_no_time(self):
        """An hour of set-up for a lot of 4, no time recorded for 4 units: nothing is
        known of set-ups, all of 4 x (0.25 + 0.25) x 40.00 is efficiency."""
        lines = [
            make(2, 3, 5, Decimal("0.25"), Decimal(40))
            for make in (cards.operation_line, cards.setup_line)
        ]
        card = cards.with_overheads(lines, [], 4 * ONE)
        rules = terms.Rules(basis=terms.ACTUAL_TIME)
        postings = flush.flush_completion(card, Completion(Decimal(4)), rules)
        self.assertEqual(
            {posting.kind: posting.amount for posting in postings if posting.kind},
            {"efficiency": Decimal("-80.00")},
        )
