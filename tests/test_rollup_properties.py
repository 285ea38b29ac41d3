"""The roll-up against a naive recursion, on drawn bills: levels, splits, cycles."""

from collections import Counter
from decimal import Decimal
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..costing import cards, rollup
from ..costing.recipes import CostingSheet, Material, Operation, Recipe
from ..costing.where_used import where_used

MATERIAL, LABOUR, MACHINE, OVERHEAD = 1, 2, 3, 4
WORKCENTER = 50
#: Products below this key are bought.
FIRST_MADE = 5


def numbers(low, high, places):
    return st.decimals(low, high, places=places, allow_nan=False)


@st.composite
def an_operation(draw, key):
    return Operation(
        key,
        WORKCENTER,
        draw(numbers(0, 2, 2)),
        draw(numbers(0, 2, 2)),
        draw(st.integers(1, 8).map(Decimal)),
    )


@st.composite
def a_factory(draw):
    """Return ({product: recipe}, {product: price}): 5 bought products, up to 8 made of
    products with a smaller key, shared ones among them."""
    rates = [
        (number, cards.OverheadRate(OVERHEAD, method, draw(numbers(0, 50, 2)), LABOUR))
        for number, method in enumerate(
            draw(
                st.lists(
                    st.sampled_from([cards.PERCENT, cards.PER_HOUR, cards.PER_QUANTITY])
                )
            )
        )
    ]
    sheet = CostingSheet(
        MATERIAL,
        overheads=tuple(rates),
        rates={WORKCENTER: ((LABOUR, Decimal(30)), (MACHINE, Decimal("9.5")))},
    )
    found = {}
    for product in range(FIRST_MADE, FIRST_MADE + draw(st.integers(1, 8))):
        below = draw(st.lists(st.integers(0, product - 1), min_size=1, max_size=4))
        others = draw(st.lists(st.integers(0, product - 1), max_size=1))
        found[product] = Recipe(
            product,
            sheet,
            quantity=draw(st.integers(1, 12).map(Decimal)),
            lot_size=draw(st.integers(1, 40).map(Decimal)),
            materials=tuple(
                Material(key, draw(numbers(0, 9, 3)), draw(numbers(0, "0.2", 2)))
                for key in below
            ),
            byproducts=tuple(
                Material(key, draw(numbers(0, "0.3", 2))) for key in others
            ),
            operations=tuple(
                draw(an_operation(product * 10 + number))
                for number in range(draw(st.integers(0, 2)))
            ),
        )
    prices = {key: draw(numbers("0.01", 90, 4)) for key in range(FIRST_MADE)}
    order = draw(st.permutations(list(found)))
    return {product: found[product] for product in order}, prices


def naive_total(product, found, prices):
    """Return the cost of one unit, by recursion, rounded line by line as a card."""
    if product not in found:
        return cards.unit_cost(prices[product])
    recipe, amounts = found[product], []
    labour = hours = Decimal(0)
    for lines, sign in ((recipe.materials, 1), (recipe.byproducts, -1)):
        for line in lines:
            price = naive_total(line.product, found, prices)
            units = sign * round(line.quantity / recipe.quantity, 8)
            amounts.append(cards.unit_cost(units * price))
            amounts.append(cards.unit_cost(round(units * line.scrap, 8) * price))
    for operation in recipe.operations:
        cycles = ceil(recipe.lot_size / operation.capacity)
        for minutes in (operation.setup, cycles * operation.cycle):
            time = round(minutes / recipe.lot_size, 8)
            hours += time
            for element, rate in recipe.sheet.rates[WORKCENTER]:
                amounts.append(cards.unit_cost(time * rate))
                labour += amounts[-1] if element == LABOUR else 0
    for _key, rate in recipe.sheet.overheads:
        drivers = {cards.PERCENT: labour / 100, cards.PER_HOUR: hours}
        amounts.append(cards.unit_cost(rate.rate * drivers.get(rate.method, 1)))
    return sum(amounts, Decimal(0))


def naive_split(product, cards_of, found):
    """Return {element: cost of one unit}, by recursion into components made here."""
    sums = {}
    for line in cards_of[product].lines:
        parts = {line.element: line.amount}
        if line.product in found:
            inside = naive_split(line.product, cards_of, found)
            parts = {key: line.quantity * amount for key, amount in inside.items()}
        for element, amount in parts.items():
            sums[element] = sums.get(element, 0) + amount
    return sums


@tagged("post_install", "-at_install")
class TestRollUpProperties(BaseCase):
    @given(a_factory())
    @settings(max_examples=200, deadline=None)
    def test_as_by_recursion(self, factory):
        """Each card comes to the cost by recursion, to the millionth. So do its
        elements, but for the millionths that each level shares out again."""
        found, prices = factory
        result = rollup.roll_up(found, prices, free=set())
        self.assertFalse(result.problems)
        self.assertEqual(result.cards.keys(), found.keys())
        for product, card in result.cards.items():
            self.assertEqual(card.total, naive_total(product, found, prices))
            naive = naive_split(product, result.cards, found)
            scale = 1 + sum(abs(amount) for amount in naive.values())
            for element, amounts in result.splits[product].items():
                off = sum(amounts) - naive.get(element, 0)
                self.assertLess(abs(off) / scale, Decimal("0.001"))

    @given(a_factory())
    @settings(max_examples=200, deadline=None)
    def test_splits_add_up(self, factory):
        """The elements add up to the card exactly; this level's are those of lines
        that are not components made here."""
        found, prices = factory
        result = rollup.roll_up(found, prices)
        for product, card in result.cards.items():
            split = result.splits[product]
            whole = sum(own + below for own, below in split.values())
            self.assertEqual(whole, card.total)
            own = sum(line.amount for line in card.lines if line.product not in found)
            self.assertEqual(sum(own for own, _below in split.values()), own)

    @given(a_factory())
    @settings(max_examples=100, deadline=None)
    def test_each_product_once(self, factory):
        """One card is computed for each product, after those that it is made of."""
        found, prices = factory
        computed = []
        get_card = rollup.get_card

        def counted(recipe, get_price):
            computed.append(recipe.product)
            return get_card(recipe, get_price)

        rollup.get_card = counted
        try:
            result = rollup.roll_up(found, prices)
        finally:
            rollup.get_card = get_card
        self.assertEqual(sorted(computed), sorted(found))
        for product, recipe in found.items():
            below = {line.product for line in recipe.materials} & found.keys()
            for other in below:
                self.assertLess(computed.index(other), computed.index(product))
                self.assertLess(result.levels[other], result.levels[product])

    @given(a_factory(), st.data())
    @settings(max_examples=200, deadline=None)
    def test_cycles_are_found(self, factory, data):
        """One bill takes a product that is made of its own: the cycle is reported, each
        product on its path made of the next; exactly the cycle and what is above it
        have no card."""
        found, prices = factory
        top = data.draw(st.sampled_from(sorted(found)))
        inside = [p for p in found if p == top or top in get_all_below(p, found)]
        above = data.draw(st.sampled_from(sorted(inside)))
        recipe = found[top]
        closed = Recipe(
            top,
            recipe.sheet,
            materials=(*recipe.materials, Material(above, Decimal(1))),
        )
        found = {**found, top: closed}
        result = rollup.roll_up(found, prices)
        paths = [problem.path for problem in result.problems]
        self.assertTrue(paths)
        for path in paths:
            self.assertEqual(path[0], path[-1])
            for user, part in zip(path, path[1:], strict=False):
                self.assertIn(part, {line.product for line in found[user].materials})
        lost = {p for p in found if {top, above} & (get_all_below(p, found) | {p})}
        self.assertEqual(result.blocked, lost)

    @given(a_factory(), st.integers(0, FIRST_MADE - 1))
    @settings(max_examples=100, deadline=None)
    def test_one_missing_price(self, factory, unpriced):
        """Without its price, exactly the products that contain it have no card, and
        those that take it directly are named."""
        found, prices = factory
        result = rollup.roll_up(found, prices | {unpriced: Decimal(0)}, free=set())
        lost = {
            product
            for product in found
            if any(
                unpriced in {x.product for x in found[user].materials if x.quantity}
                for user in get_all_below(product, found) | {product}
            )
        }
        self.assertEqual(result.blocked, lost)
        self.assertEqual(
            {problem.product for problem in result.problems},
            {
                product
                for product, recipe in found.items()
                if unpriced in {x.product for x in recipe.materials if x.quantity}
            },
        )

    @given(a_factory(), st.integers(0, FIRST_MADE - 1))
    @settings(max_examples=100, deadline=None)
    def test_where_used_is_what_a_price_moves(self, factory, product):
        """One more currency unit for a part moves a card by the units of it inside, but
        for what overheads do not follow: material is no base of theirs here."""
        found, prices = factory
        before = rollup.roll_up(found, prices)
        raised = rollup.Changes(prices={product: prices[product] + 1})
        after = rollup.roll_up(found, prices, changes=raised)
        taken = Counter()
        for user, card in before.cards.items():
            for line in card.materials:
                if line.kind != cards.PURCHASE:
                    taken[line.product, user] += line.quantity
        used = {use.product: use.quantity for use in where_used(product, taken)}
        for user, card in after.cards.items():
            moved = card.total - before.cards[user].total
            units = used.get(user, Decimal(0))
            self.assertLess(abs(moved - units) / (1 + abs(units)), Decimal("0.001"))

    def test_deep_structures_do_not_recurse(self):
        """5,000 levels, each one unit of the one below and half an hour at 39.50."""
        sheet = CostingSheet(MATERIAL, rates={WORKCENTER: ((LABOUR, Decimal("39.5")),)})
        work = Operation(1, WORKCENTER, Decimal(0), Decimal("0.5"), Decimal(1))
        found = {
            product: Recipe(
                product,
                sheet,
                materials=(Material(product - 1, Decimal(1)),),
                operations=(work,),
            )
            for product in range(1, 5001)
        }
        result = rollup.roll_up(found, {0: Decimal(1)})
        self.assertEqual(result.cards[5000].total, 1 + 5000 * Decimal("19.75"))
        self.assertEqual(result.levels[5000], 5000)


def get_all_below(product, found):
    """Return the made products in ``product``, through all levels."""
    seen, waiting = set(), [product]
    while waiting:
        for line in found[waiting.pop()].materials:
            if line.product in found and line.product not in seen:
                seen.add(line.product)
                waiting.append(line.product)
    return seen
