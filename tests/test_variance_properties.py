"""What is always true of variances and their proration, over random figures.

Quantities and prices of more decimals than the currency, currencies of whole units,
of cents, of thousandths and of five cents; zero and negative balances.
"""

import random
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..costing import mix, overhead, proration, variances
from ..costing.money import ZERO, rounded
from .test_costing_properties import UNITS, numbers

QUANTITIES, PRICES = numbers(0, 9999, 4), numbers(0, 900, 6)
AMOUNTS = numbers(-999999, 999999, 4)
units = st.sampled_from(UNITS)
MEMBERS = st.builds(mix.Member, QUANTITIES, PRICES, QUANTITIES)
GROUPS = st.dictionaries(st.integers(0, 99), MEMBERS, min_size=1, max_size=6)


def examples(number):
    """Settings of a test; a busy machine is no reason to fail it."""
    return settings(
        max_examples=number,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


@st.composite
def a_conversion(draw):
    """A variable or a fixed element, rounded amounts in its accounts."""
    unit = draw(units)
    amounts = numbers(-999999, 999999, 3).map(lambda amount: rounded(amount, unit))
    return unit, overhead.Conversion(
        cost=draw(amounts),
        applied=draw(amounts),
        hours=draw(st.none() | QUANTITIES),
        standard_hours=draw(QUANTITIES),
        rate=draw(PRICES),
        budget=draw(st.none() | AMOUNTS),
    )


OVERHEADS = st.builds(
    overhead.Overhead,
    *(QUANTITIES, QUANTITIES),
    variable_rate=PRICES,
    fixed_rate=PRICES,
    budget=AMOUNTS,
)


@st.composite
def a_proration(draw, smallest=-999):
    """(amount, {account: balance}, unit): the amount a multiple of the unit."""
    unit = draw(units)
    weights = numbers(smallest, 999999, 2) | st.just(ZERO)
    balances = draw(st.dictionaries(st.integers(0, 20), weights, max_size=8))
    return rounded(draw(AMOUNTS), unit), balances, unit


@st.composite
def a_close(draw):
    """(differences, balances, unit) of three accounts that hold two elements."""
    unit = draw(units)
    held = numbers(-50, 99999, 2)
    elements, accounts = ("material", "labour"), ("RIP", "FG", "COGS")
    balances = {
        (account, element): draw(held) for account in accounts for element in elements
    }
    methods = st.sampled_from(
        [proration.TO_COST_OF_SALES, proration.PRORATED, proration.CARRIED]
    )
    differences = [
        proration.Difference(
            key,
            rounded(draw(AMOUNTS), unit),
            tuple((account, element) for account in over),
            ("COGS", element),
            draw(methods),
        )
        for key, element, over in (
            ("usage", "material", accounts[1:]),
            ("price", "material", accounts),
            ("labour", "labour", accounts[1:]),
        )
    ]
    return differences, balances, unit


@tagged("post_install", "-at_install")
class TestMixProperties(BaseCase):
    @given(GROUPS)
    @examples(300)
    def test_usage(self, group):
        """Mix + yield = usage, to the last decimal, for each member and the group."""
        found = mix.mix_and_yield(group)
        for key, member in group.items():
            self.assertEqual(sum(found[key].values()), member.usage)
        usage = sum(member.usage for member in group.values())
        self.assertEqual(sum(mix.totals(found).values()), usage)

    @given(GROUPS, units)
    @examples(300)
    def test_in_currency(self, group, unit):
        """Rounded, each is a multiple of the unit, and they add up to the usage that a
        component of no group would show."""
        for key, kinds in mix.mix_and_yield(group, unit).items():
            self.assertEqual(sum(kinds.values()), rounded(group[key].usage, unit))
            self.assertFalse([a for a in kinds.values() if a % unit])

    @given(GROUPS, numbers("0.1", 9, 2))
    @examples(200)
    def test_planned_mix(self, group, factor):
        """Used in the planned mix, only more (or less) of it, everything is yield: the
        mix is less than rounding of a billionth, of each member."""
        group = {
            key: mix.Member(
                member.standard_quantity,
                member.price,
                member.standard_quantity * factor,
            )
            for key, member in group.items()
        }
        for kinds in mix.mix_and_yield(group).values():
            self.assertLessEqual(abs(kinds[variances.MIX]), mix.STEP)

    @given(GROUPS)
    @examples(200)
    def test_without_output(self, group):
        """No output allows nothing: with its planned mix known, mix is the same as when
        just what was used had been allowed in the planned mix; else all is yield."""
        nothing = {
            key: mix.Member(ZERO, member.price, member.quantity)
            for key, member in group.items()
        }
        for key, kinds in mix.mix_and_yield(nothing).items():
            self.assertEqual(kinds[variances.MIX], ZERO)
            self.assertEqual(kinds[variances.YIELD], nothing[key].usage)
        planned = sum(member.standard_quantity for member in group.values())
        if not planned:
            return
        used = sum(member.quantity for member in group.values())
        weighed = {
            key: mix.Member(
                ZERO, member.price, member.quantity, member.standard_quantity
            )
            for key, member in group.items()
        }
        for key, kinds in mix.mix_and_yield(weighed).items():
            member = group[key]
            in_plan = used * member.standard_quantity / planned
            self.assertAlmostEqual(
                kinds[variances.MIX], (member.quantity - in_plan) * member.price, 6
            )


@tagged("post_install", "-at_install")
class TestPeriodProperties(BaseCase):
    @given(QUANTITIES, PRICES, QUANTITIES, AMOUNTS)
    @examples(200)
    def test_sum_of_kinds(self, standard, price, quantity, cost):
        """Price + usage = rate + efficiency = actual cost - standard cost, exactly."""
        difference = cost - standard * price
        for found in (
            variances.material_variances(standard, price, quantity, cost),
            variances.rate_variances(standard, quantity, price, cost),
        ):
            self.assertEqual(sum(found.values()), difference)

    @given(OVERHEADS, AMOUNTS, AMOUNTS)
    @examples(300)
    def test_overhead(self, facts, variable, fixed):
        """Two, three and four variances all add up to cost - applied, they agree where
        they measure the same, and volume = efficiency + capacity."""
        cost = variable + fixed
        four = overhead.four_way(facts, variable, fixed)
        three, two = overhead.three_way(facts, cost), overhead.two_way(facts, cost)
        total = sum(sum(part.values()) for part in four.values())
        for amount in (total, sum(three.values()), sum(two.values())):
            self.assertEqual(amount, cost - facts.applied)
        self.assertEqual(
            three[variances.SPENDING],
            sum(part[variances.SPENDING] for part in four.values()),
        )
        split = overhead.volume_split(facts)
        for found in (four["fixed"], three, two):
            self.assertEqual(found[variances.VOLUME], sum(split.values()))

    @given(a_conversion())
    @examples(300)
    def test_period(self, drawn):
        """The variances of an element add up to cost - applied and are multiples of the
        unit, whatever is known of its hours and budget; volume is what its split adds
        up to, and spending is against the budget."""
        unit, facts = drawn
        found = overhead.period_variances(facts, unit)
        self.assertEqual(sum(found.values()), facts.cost - facts.applied)
        self.assertFalse([amount for amount in found.values() if amount % unit])
        if facts.budget is None:
            return
        budget = rounded(facts.budget, unit)
        self.assertEqual(found[variances.SPENDING], facts.cost - budget)
        volume = sum(found.values()) - found[variances.SPENDING]
        self.assertEqual(volume, budget - facts.applied)
        self.assertEqual(variances.VOLUME in found, facts.hours is None)

    @given(numbers(1, 50, 0), numbers(0, 99, 2), PRICES, numbers(1, 500, 0))
    @examples(200)
    def test_lot_size(self, lots, setup, rate, size):
        """Full lots have no lot size variance; one lot more costs one set-up."""

        def measure(run):
            return variances.lot_size_variance(
                run, setup * size, rate, lots * size, setup
            )

        self.assertEqual(measure(lots), 0)
        self.assertEqual(measure(lots + 1), setup * size * rate)


@tagged("post_install", "-at_install")
class TestProrationProperties(BaseCase):
    @given(a_proration(), st.booleans())
    @examples(300)
    def test_adds_up(self, drawn, fraction):
        """Shares add up to the amount, whatever the balances, also when it is less than
        a unit or no multiple of it; accounts that hold nothing take nothing."""
        amount, balances, unit = drawn
        amount += unit / 7 if fraction else ZERO
        found = proration.prorate(amount, balances, unit, "COGS")
        self.assertEqual(sum(found.values()), amount)
        if not fraction:
            self.assertFalse([share for share in found.values() if share % unit])
        empty = [key for key, held in balances.items() if held <= 0]
        self.assertFalse([key for key in empty if found[key]])

    @given(a_proration(smallest=0))
    @examples(300)
    def test_nearly_exact(self, drawn):
        """No share is a whole unit away from what its balance is due, none has the
        other sign, and a heavier balance never takes less."""
        amount, balances, unit = drawn
        whole = sum(balances.values())
        found = proration.shares(amount, balances, unit)
        for key, share in found.items():
            due = amount * balances[key] / whole if whole else ZERO
            self.assertLess(abs(share - due), unit)
            self.assertGreaterEqual(share * amount, 0)
        ordered = sorted(found, key=lambda key: (balances[key], abs(found[key])))
        sizes = [abs(found[key]) for key in ordered]
        self.assertEqual(sizes, sorted(sizes))

    @given(a_proration(), st.randoms(use_true_random=False))
    @examples(300)
    def test_order_of_accounts(self, drawn, chance: random.Random):
        """In another order the accounts take the same; only of accounts that hold the
        same another one may get the last cent."""
        amount, balances, unit = drawn
        keys = list(balances)
        chance.shuffle(keys)
        found = proration.prorate(amount, balances, unit, "COGS")
        other = proration.prorate(
            amount, {key: balances[key] for key in keys}, unit, "COGS"
        )
        for shares in (found, other):
            shares.setdefault("COGS", ZERO)
        held = {**balances, "COGS": ZERO}
        self.assertEqual(
            sorted((held[key], share) for key, share in found.items()),
            sorted((held[key], share) for key, share in other.items()),
        )

    @given(a_proration(smallest=-999))
    @examples(200)
    def test_opposite(self, drawn):
        """An amount and its reversal leave every account where it was."""
        amount, balances, unit = drawn
        there = proration.prorate(amount, balances, unit, "COGS")
        back = proration.prorate(-amount, balances, unit, "COGS")
        self.assertFalse([key for key in there if there[key] + back[key]])

    @given(numbers(-9999, 9999, 2), st.lists(numbers(-99, 999, 2), max_size=9))
    @examples(200)
    def test_shares_add_up(self, total, weights):
        """Shares by any weights, as of the cut-over, add up to the total, whenever
        there is anything to share by."""
        found = proration.shares(total, dict(enumerate(weights)), Decimal("0.01"))
        self.assertEqual(sum(found.values()), total if sum(weights) else ZERO)


@tagged("post_install", "-at_install")
class TestDisposalProperties(BaseCase):
    @given(a_close())
    @examples(300)
    def test_closes(self, drawn):
        """What was there = what is disposed of + what is carried forward; balances grow
        by what they take, and only those that a difference concerns."""
        differences, balances, unit = drawn
        found = proration.dispose(differences, balances, unit)
        total = sum(difference.amount for difference in differences)
        carried = sum(difference.amount for difference in found.carried)
        self.assertEqual(sum(found.by_balance.values()) + carried, total)
        for key, held in found.after.items():
            grown = found.by_balance.get(key, ZERO)
            self.assertEqual(held - balances.get(key, ZERO), grown)
        for difference in differences:
            taken = found.shares.get(difference.key, {})
            self.assertLessEqual(set(taken), set(difference.over))
            self.assertEqual(
                sum(taken.values()),
                ZERO if difference in found.carried else difference.amount,
            )

    @given(a_close())
    @examples(200)
    def test_twice(self, drawn):
        """Disposing of what is left after disposing gives nothing more."""
        differences, balances, unit = drawn
        first = proration.dispose(differences, balances, unit)
        left = [
            proration.Difference(
                difference.key,
                difference.amount - sum(first.shares[difference.key].values()),
                difference.over,
                difference.cost_of_sales,
                difference.method,
            )
            for difference in differences
            if difference.key in first.shares
        ]
        second = proration.dispose(left, first.after, unit)
        self.assertEqual(second.by_balance, {})
        self.assertEqual(second.after, first.after)

    @given(a_close())
    @examples(200)
    def test_side_by_side(self, drawn):
        """Both results dispose of the same total; the one leaves everything but cost of
        sales as it was, and nothing depends on what was chosen but what is carried."""
        differences, balances, unit = drawn
        both = proration.side_by_side(differences, balances, unit)
        whole = [sum(found.after.values()) for found in both.values()]
        self.assertEqual(whole[0], whole[1])
        sold = both[proration.TO_COST_OF_SALES]
        self.assertFalse([key for key in sold.by_balance if key[0] != "COGS"])
        chosen = proration.dispose(differences, balances, unit)
        for found in both.values():
            self.assertEqual(found.carried, chosen.carried)

    @given(a_close(), a_close())
    @examples(200)
    def test_carried_forward(self, one, other):
        """Two months carried to a third: nothing is lost, and each key comes once."""
        carried = proration.dispose(*one).carried
        found = proration.bring_forward(carried, other[0])
        total = sum(difference.amount for difference in (*carried, *other[0]))
        self.assertEqual(sum(difference.amount for difference in found), total)
        keys = [difference.key for difference in found]
        self.assertEqual(len(keys), len(set(keys)))
