"""The roll-up: cost cards of many products at once, lowest level first, each once.

Takes ``recipes`` and prices, makes ``cards``; release and comparison come after.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from . import cards, recipes
from .cards import Card
from .levels import find_cycles, sort_by_level
from .money import ZERO
from .recipe_card import get_card
from .recipes import BOUGHT, Problem, Recipe


@dataclass(frozen=True)
class Changes:
    """What is tried before it is decided. A product made here whose price is changed is
    taken as bought at that price.

    :param prices: {product: company currency for one unit}
    :param rates: {(work centre, element): company currency per hour}
    :param overheads: {key of the overhead rate: its rate}
    """

    prices: Mapping[int, Decimal] = field(default_factory=dict)
    rates: Mapping[tuple[int, int], Decimal] = field(default_factory=dict)
    overheads: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """The card in force of a product made here that is not rolled up.

    :param elements: {element: company currency}, shared out as its price is
    :param level: levels of made components below it, itself counted
    """

    elements: Mapping[int, Decimal]
    level: int = 1


@dataclass(frozen=True)
class RollUp:
    """What a roll-up found. Dictionaries by product, lowest level first.

    :param cards: {product: `cards.Card`} of those without problems
    :param splits: {product: {element: (own, below)}}, company currency for one unit:
        work and bought material of this level, what made components bring along; all
        add up to the card's total
    :param levels: {product: levels of made components below it, itself counted}; 1 is
        made of bought components alone, 0 is bought
    :param recipes: {product: `Recipe`} of all, those with problems too
    :param problems: `Problem` of all products, lowest level first
    """

    cards: dict[int, Card] = field(default_factory=dict)
    splits: dict[int, dict] = field(default_factory=dict)
    levels: dict[int, int] = field(default_factory=dict)
    recipes: dict[int, Recipe] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def lot_sizes(self):
        """{product: product units of a lot} of the cards."""
        return {product: self.recipes[product].lot_size for product in self.cards}

    @property
    def blocked(self):
        """Products without a card: those with a problem, and all above them."""
        return self.recipes.keys() - self.cards.keys()


def roll_up(found, prices, standing=None, free=None, changes=None):
    """Return the `RollUp` of the products of ``found``.

    A component that is rolled up too costs what its card comes to, another its price. A
    product with a problem, and all products above it, get no card. A by-product is
    worth its card when it has one before, else its price, which may be nothing.

    :param found: {product: `Recipe`}
    :param prices: {product: company currency for one unit}; a card keeps millionths
    :param standing: {product: `Standing`} of components that are made here
    :param free: products that may cost nothing; None allows it for all
    :param changes: `Changes` to try

    Twelve tables a lot, each a frame and a quarter of an hour, after a set-up of 1.2
    hours; the frame takes 2 plates at 10.00 and 0.5 hours:

    >>> from .recipes import CostingSheet, Material, Operation
    >>> def D(number): return Decimal(str(number))
    >>> sheet = CostingSheet(1, rates={5: ((2, D(40)),)})
    >>> frame = Recipe(8, sheet, materials=(Material(7, D(2)),),
    ...                operations=(Operation(3, 5, D(0), D(0.5), D(1)),))
    >>> table = Recipe(9, sheet, lot_size=D(12), materials=(Material(8, D(1)),),
    ...                operations=(Operation(4, 5, D(1.2), D(0.25), D(1)),))
    >>> result = roll_up({9: table, 8: frame}, {7: D(10)})
    >>> [(p, result.levels[p], card.total) for p, card in result.cards.items()]
    [(8, 1, Decimal('40.000000')), (9, 2, Decimal('54.000000'))]
    >>> for element, (own, below) in result.splits[9].items():
    ...     print(element, own, below)
    1 0.000000 20.000000
    2 14.000000 20.000000
    """
    return _Run(found, prices, standing or {}, free, changes or Changes()).run()


class _Run:
    """One roll-up under way."""

    def __init__(self, found, prices, standing, free, changes):
        self.prices = {
            product: cards.unit_cost(price)
            for product, price in {**prices, **changes.prices}.items()
        }
        self.standing = standing
        self.free = free
        self.recipes = _changed(found, changes)
        self.result = RollUp(recipes=self.recipes)
        self.costs = {}  # {product: company currency} of what is done
        self.elements = {}  # {product: {element: company currency}} of made products
        self.problems = []
        for product, known in standing.items():
            if product not in self.recipes:
                self.elements[product] = self._share_out(product, known)

    def run(self):
        needs = self._get_needs("materials")
        order, stuck = sort_by_level(needs, self._get_needs("byproducts"))
        for product in order:
            self._roll_up(self.recipes[product])
        loops = {product: needs[product] & stuck for product in stuck}
        for path in find_cycles(loops):
            self._report(path[0], recipes.CYCLE, path=path)
        for product in sorted(stuck):
            self._report_recipe(self.recipes[product])
        self.problems.sort(key=lambda problem: problem.level)
        return replace(self.result, problems=tuple(self.problems))

    def _get_needs(self, name):
        """Return {product: products of its materials or by-products that are rolled up
        too}."""
        return {
            product: {line.product for line in getattr(recipe, name)}
            & self.recipes.keys()
            for product, recipe in self.recipes.items()
        }

    def _roll_up(self, recipe):
        """Make the card of a product whose components are done."""
        blocked = any(
            line.product in self.recipes and line.product not in self.costs
            for line in recipe.materials
        )
        if not self._report_recipe(recipe) or blocked:
            return
        product, result = recipe.product, self.result
        card = get_card(recipe, self._get_price)
        self.costs[product] = card.total
        result.cards[product] = card
        result.levels[product] = self._get_level(recipe)
        result.splits[product] = split = get_split(card, self.elements)
        if recipe.basis != BOUGHT:
            self.elements[product] = {
                element: own + below for element, (own, below) in split.items()
            }

    def _get_price(self, product):
        """Return the price of a component: its card's total when it is rolled up. A
        by-product that waits for its own product is taken at its present price."""
        if product in self.costs:
            return self.costs[product]
        return self.prices.get(product, ZERO)

    def _get_level(self, recipe):
        """Return one more than the highest level of the components."""
        if recipe.basis == BOUGHT:
            return 0
        below = [
            self.standing[line.product].level
            if line.product in self.standing and line.product not in self.recipes
            else self.result.levels.get(line.product, 0)
            for line in recipe.materials
        ]
        return 1 + max(below, default=0)

    def _share_out(self, product, known):
        """Return the price of a product by element, as its card in force is split."""
        price, total = self.prices.get(product, ZERO), sum(known.elements.values())
        if not total:
            return {}
        return {
            element: amount * price / total
            for element, amount in known.elements.items()
        }

    # Problems ------------------------------------------------------------------------

    def _report_recipe(self, recipe):
        """Report what a recipe itself lacks; answer whether it lacks nothing."""
        before = len(self.problems)
        for kind, subject in recipe.problems:
            if kind == recipes.CYCLE:
                self._report(recipe.product, kind, path=subject)
            else:
                self._report(recipe.product, kind, subject=subject)
        if unpriced := self._get_unpriced(recipe):
            self._report(recipe.product, recipes.PRICE, subject=unpriced)
        return len(self.problems) == before

    def _get_unpriced(self, recipe):
        """Return the bought components that have no price and are not free."""
        if self.free is None:
            return ()
        if recipe.basis == BOUGHT:
            needed = [recipe.product]
        else:
            needed = [line.product for line in recipe.materials if line.quantity]
        return tuple(
            product
            for product in dict.fromkeys(needed)
            if not self.prices.get(product)
            and product not in self.free
            and (product not in self.recipes or product == recipe.product)
        )

    def _report(self, product, kind, **values):
        level = self._get_level(self.recipes[product])
        self.problems.append(Problem(product, kind, level, **values))


def _changed(found, changes):
    """Return the recipes of ``found`` with ``changes``."""
    sheets = {}

    def change(sheet):
        if sheet is not None and id(sheet) not in sheets:
            sheets[id(sheet)] = _changed_sheet(sheet, changes)
        return sheets.get(id(sheet))

    if not (changes.prices or changes.rates or changes.overheads):
        return found
    return {
        product: replace(
            recipe.bought() if product in changes.prices else recipe,
            sheet=change(recipe.sheet),
        )
        for product, recipe in found.items()
    }


def _changed_sheet(sheet, changes):
    return replace(
        sheet,
        overheads=tuple(
            (key, replace(rate, rate=changes.overheads.get(key, rate.rate)))
            for key, rate in sheet.overheads
        ),
        rates={
            workcenter: tuple(
                (element, changes.rates.get((workcenter, element), rate))
                for element, rate in rates
            )
            for workcenter, rates in sheet.rates.items()
        },
    )


def get_split(card, elements):
    """Return {element: (own, below)} of a card, which add up to its total exactly.

    :param elements: {product: {element: company currency}} of components made here;
        what they bring is shared out to the millionth, the last ones to the largest

    >>> from .cards import Card, component_line
    >>> third = {7: {1: Decimal(1) / 3, 2: Decimal(2) / 3}}
    >>> card = Card((component_line(1, 7, Decimal(1), Decimal(1)),))
    >>> for element, amounts in get_split(card, third).items(): print(element, *amounts)
    1 0.000000 0.333333
    2 0.000000 0.666667
    """
    own, below, brought = defaultdict(lambda: ZERO), defaultdict(lambda: ZERO), ZERO
    for line in card.lines:
        inside = line.is_material and elements.get(line.product)
        if not inside or line.kind == cards.PURCHASE:
            own[line.element] += line.amount
            continue
        brought += line.amount
        for element, amount in inside.items():
            below[element] += line.quantity * amount
    below = {element: cards.unit_cost(amount) for element, amount in below.items()}
    if rest := brought - sum(below.values(), ZERO):
        below[max(below, key=lambda element: abs(below[element]))] += rest
    nothing = cards.unit_cost(ZERO)
    return {
        element: (own.get(element, nothing), below.get(element, nothing))
        for element in dict.fromkeys([*below, *own])
    }
