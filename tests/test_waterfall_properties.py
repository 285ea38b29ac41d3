"""What is always true of a waterfall, over random pairs of cost cards.

A card is drawn as a recipe, what a bill, a routing, a lot size and a policy say, so
that one of these can be changed and all others kept.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..costing import cards, steps
from ..costing.money import ZERO
from ..costing.waterfall import explain

MATERIAL, LABOUR, MACHINE, OVERHEAD, SUBCONTRACTING = 1, 2, 3, 4, 5
MADE = frozenset({11, 13})


def examples(count):
    """Settings for ``count`` examples; a recipe takes its time to be drawn."""
    slow = [HealthCheck.too_slow]
    return settings(max_examples=count, deadline=None, suppress_health_check=slow)


def numbers(low, high, places):
    """Decimals of ``places`` decimals; drawn from whole numbers, which is quick."""
    low, high = (int(Decimal(bound).scaleb(places)) for bound in (low, high))
    return st.integers(low, high).map(lambda number: Decimal(number).scaleb(-places))


@dataclass(frozen=True)
class Recipe:
    """What a card is computed from.

    :param components: ((product, quantity, price, share scrapped), ...)
    :param byproducts: ((product, quantity, price), ...)
    :param operations: ((operation, work centre, hours, set-up hours of a lot), ...)
    :param rates: {(work centre, element): per hour}
    :param overheads: `cards.OverheadRate` of the policy
    :param setup_counts: whether overheads per hour count set-up hours too
    """

    components: tuple
    byproducts: tuple
    operations: tuple
    rates: dict
    overheads: tuple
    subcontracting: Decimal
    lot: Decimal
    setup_counts: bool

    @property
    def card(self):
        direct = [*self.material, *self.work]
        if self.subcontracting:
            direct.append(
                cards.subcontracting_line(SUBCONTRACTING, self.subcontracting)
            )
        lines = cards.with_overheads(direct, self.overheads).lines
        return cards.Card(tuple(self._count_setup(line) for line in lines))

    @property
    def material(self):
        for product, quantity, price, share in self.components:
            line = cards.component_line(MATERIAL, product, quantity, price)
            yield line
            if share:
                scrap = cards.scrap_line(line, share)
                scrapped = round(scrap.quantity, 8)
                yield replace(
                    scrap,
                    quantity=scrapped,
                    amount=cards.unit_cost(scrapped * price),
                )
        for product, quantity, price in self.byproducts:
            yield cards.byproduct_line(MATERIAL, product, quantity, price)

    @property
    def work(self):
        for operation, workcenter, hours, setup in self.operations:
            for (where, element), rate in self.rates.items():
                if where != workcenter:
                    continue
                about = (element, operation, workcenter)
                yield cards.operation_line(*about, hours, rate)
                spread = round(setup / self.lot, 8)
                yield cards.setup_line(*about, spread, rate)

    def _count_setup(self, line):
        """Cards entered by hand may leave set-up out of the hours of an overhead."""
        per_hour = (line.kind, line.driver) == (cards.OVERHEAD, cards.PER_HOUR)
        if self.setup_counts or not per_hour:
            return line
        hours = line.quantity - sum(
            round(item[3] / self.lot, 8) for item in self.operations
        )
        amount = cards.unit_cost(hours * line.price)
        return replace(line, quantity=hours, amount=amount)


@st.composite
def a_recipe(draw):
    """Up to 4 components, 2 by-products and 3 operations at 2 work centres, one of
    which has its rate in two elements, and up to 3 overheads."""
    return Recipe(
        components=tuple(
            (
                draw(st.integers(10, 13)),
                draw(numbers("0.0001", 50, 4)),
                draw(numbers(0, 900, 3)),
                draw(st.sampled_from([ZERO, Decimal("0.03"), Decimal(1) / 3])),
            )
            for _index in range(draw(st.integers(0, 4)))
        ),
        byproducts=tuple(
            (product, draw(numbers(0, 2, 4)), draw(numbers(0, 90, 3)))
            for product in range(20, 20 + draw(st.integers(0, 2)))
        ),
        operations=tuple(
            (
                operation,
                draw(st.sampled_from([41, 42])),
                draw(numbers(0, 20, 4)),
                draw(numbers(0, 8, 4)),
            )
            for operation in range(31, 31 + draw(st.integers(0, 3)))
        ),
        rates={
            key: draw(numbers("0.01", 300, 2))
            for key in [(41, LABOUR), (42, LABOUR), (42, MACHINE)]
        },
        overheads=tuple(
            cards.OverheadRate(OVERHEAD, method, draw(numbers(1, 200, 2)), base)
            for method, base in draw(
                st.lists(
                    st.sampled_from(
                        [
                            (cards.PERCENT, LABOUR),
                            (cards.PERCENT, MATERIAL),
                            (cards.PER_HOUR, None),
                            (cards.PER_QUANTITY, None),
                        ]
                    ),
                    max_size=3,
                    unique=True,
                )
            )
        ),
        subcontracting=draw(numbers(1, 50, 2)),
        lot=draw(st.sampled_from([1, 3, 7, 10, 144, 1000]).map(Decimal)),
        setup_counts=draw(st.booleans()),
    )


def set_item(rows, index, column, value):
    """Return ``rows`` with another value in one place."""
    row = rows[index]
    changed = (*row[:column], value, *row[column + 1 :])
    return (*rows[:index], changed, *rows[index + 1 :])


def explain_recipes(old, new, made=frozenset()):
    return explain(old.card, new.card, old.lot, new.lot, made)


@tagged("post_install", "-at_install")
class TestWaterfallProperties(BaseCase):
    @given(a_recipe(), a_recipe())
    @examples(200)
    def test_steps_sum_to_the_change(self, old, new):
        """Sum of the steps = new total - old total, to the millionth; each step is
        quantity x price after less quantity x price before, but for the millionths
        that rounding moves: half of one a line and a step."""
        found = explain_recipes(old, new, MADE)
        change = new.card.total - old.card.total
        self.assertEqual(sum(step.amount for step in found), change)
        for step in found:
            self.assertIn(step.cause, steps.CAUSES)
            self.assertTrue(step.amount)
            moved = step.after.amount - step.before.amount
            self.assertLess(abs(step.amount - moved), Decimal("0.00003"))

    @given(a_recipe())
    @examples(100)
    def test_nothing_moved(self, recipe):
        """A card compared with itself, its components in another order, has no step."""
        turned = replace(recipe, components=recipe.components[::-1])
        self.assertEqual(explain_recipes(recipe, recipe, MADE), ())
        self.assertEqual(explain_recipes(recipe, turned, MADE), ())

    @given(a_recipe(), a_recipe())
    @examples(100)
    def test_back_again(self, old, new):
        """The way back costs what the way there saved."""
        there, back = explain_recipes(old, new), explain_recipes(new, old)
        self.assertEqual(
            sum(step.amount for step in there), -sum(step.amount for step in back)
        )

    # One thing changed ---------------------------------------------------------------

    def assertOneCause(self, old, new, cause, made=frozenset()):
        """All steps have ``cause``, overheads that follow included, and they add up to
        the change."""
        found = explain_recipes(old, new, made)
        self.assertLessEqual({step.cause for step in found}, {cause})
        self.assertEqual(
            sum(step.amount for step in found), new.card.total - old.card.total
        )

    @given(a_recipe(), st.data())
    @examples(100)
    def test_price_of_a_component(self, old, data):
        assume(old.components)
        product = data.draw(st.sampled_from([row[0] for row in old.components]))
        price = data.draw(numbers(0, 900, 3))
        components = tuple(
            (*row[:2], price, row[3]) if row[0] == product else row
            for row in old.components
        )
        new = replace(old, components=components)
        self.assertOneCause(old, new, steps.COMPONENT_PRICE)
        cause = steps.SUB_ASSEMBLY if product in MADE else steps.COMPONENT_PRICE
        self.assertOneCause(old, new, cause, MADE)

    @given(a_recipe(), st.data())
    @examples(100)
    def test_quantity_of_a_component(self, old, data):
        """Planned scrap is a share of the component and follows the bill."""
        assume(old.components)
        index = data.draw(st.integers(0, len(old.components) - 1))
        quantity = data.draw(numbers("0.0001", 50, 4))
        components = set_item(old.components, index, 1, quantity)
        self.assertOneCause(old, replace(old, components=components), steps.BILL)

    @given(a_recipe(), st.data())
    @examples(100)
    def test_component_added(self, old, data):
        row = (19, data.draw(numbers(0, 50, 4)), Decimal("3.141"), Decimal("0.1"))
        components = (*old.components, row)
        self.assertOneCause(old, replace(old, components=components), steps.BILL)

    @given(a_recipe(), st.data())
    @examples(100)
    def test_planned_scrap(self, old, data):
        assume(old.components)
        index = data.draw(st.integers(0, len(old.components) - 1))
        share = data.draw(numbers(0, "0.5", 3))
        components = set_item(old.components, index, 3, share)
        self.assertOneCause(old, replace(old, components=components), steps.SCRAP)

    @given(a_recipe(), st.data())
    @examples(100)
    def test_hours(self, old, data):
        """Hours of the work or of its set-up."""
        assume(old.operations)
        index = data.draw(st.integers(0, len(old.operations) - 1))
        column = data.draw(st.sampled_from([2, 3]))
        hours = data.draw(numbers(0, 20, 4).filter(lambda hours: hours != 0))
        operations = set_item(old.operations, index, column, hours)
        new = replace(old, operations=operations)
        self.assertOneCause(old, new, steps.ROUTING_TIME)

    @given(a_recipe(), st.sampled_from([1, 2, 9, 50, 12000]).map(Decimal))
    @examples(100)
    def test_lot_size(self, old, lot):
        self.assertOneCause(old, replace(old, lot=lot), steps.LOT_SIZE)

    @given(a_recipe(), numbers(1, 300, 2), st.data())
    @examples(100)
    def test_rate(self, old, rate, data):
        key = data.draw(st.sampled_from(list(old.rates)))
        new = replace(old, rates={**old.rates, key: rate})
        self.assertOneCause(old, new, steps.RATE)

    @given(a_recipe(), numbers(1, 300, 2))
    @examples(100)
    def test_rate_split_into_elements(self, old, rate):
        """An element added to the rate of a work centre is a rate, not new work."""
        new = replace(old, rates={**old.rates, (41, MACHINE): rate})
        self.assertOneCause(old, new, steps.RATE)
        self.assertOneCause(new, old, steps.RATE)

    @given(a_recipe(), numbers(1, 200, 2), st.data())
    @examples(100)
    def test_overhead_rate(self, old, rate, data):
        assume(old.overheads)
        index = data.draw(st.integers(0, len(old.overheads) - 1))
        overheads = list(old.overheads)
        overheads[index] = replace(overheads[index], rate=rate)
        new = replace(old, overheads=tuple(overheads))
        self.assertOneCause(old, new, steps.OVERHEAD_RATE)

    @given(a_recipe(), numbers(1, 50, 2))
    @examples(50)
    def test_subcontracting(self, old, price):
        new = replace(old, subcontracting=price)
        self.assertOneCause(old, new, steps.SUBCONTRACTING)

    @given(a_recipe())
    @examples(100)
    def test_new_bill_with_the_same_operations(self, old):
        """A new bill has operations of its own; a rate that rose by 10.00 at one work
        centre with one operation is still a rate."""
        assume(len({row[1] for row in old.operations}) == len(old.operations))
        operations = tuple((row[0] + 100, *row[1:]) for row in old.operations)
        rates = {key: rate + 10 for key, rate in old.rates.items()}
        new = replace(old, operations=operations, rates=rates)
        new = replace(new, overheads=tuple(o for o in new.overheads if o.base))
        old = replace(old, overheads=new.overheads)
        self.assertOneCause(old, new, steps.RATE)
