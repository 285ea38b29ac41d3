"""Recipes: what it takes to make a product, as it is read from a bill of materials.

Bills become recipes here, kits exploded; ``rollup`` prices them, lowest level first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, Decimal

from .cards import QUANTITY_DIGITS, OverheadRate
from .money import ONE, ZERO

MADE, BOUGHT = "made", "bought"

#: What keeps a product from being rolled up.
CYCLE, BILL, UNIT, PRICE = "cycle", "bill", "unit", "price"
POLICY, MATERIAL_ELEMENT = "policy", "material_element"
CONVERSION_ELEMENT = "conversion_element"
SUBCONTRACTING_ELEMENT = "subcontracting_element"
SUBCONTRACTING_PRICE = "subcontracting_price"
GROUP = "group"


@dataclass(frozen=True)
class Problem:
    """What keeps a product, and with it all products above, from being rolled up.

    :param product: key of the product
    :param kind: one of the kinds of this module
    :param level: levels of made components below the product
    :param path: keys of the products of a cycle, each made of the next; the last is
        the first again
    :param subject: keys of what it is about: components, or work centres
    """

    product: int
    kind: str
    level: int = 0
    path: tuple[int, ...] = ()
    subject: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """A component or by-product of a bill.

    :param product: key of the component
    :param quantity: component units for what the bill makes
    :param scrap: share of the quantity that is planned to be scrapped: 0.05 for 5 %
    :param group: name of the group of components that can take each other's place
    """

    product: int
    quantity: Decimal
    scrap: Decimal = ZERO
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as an order of the product goes through it.

    :param key: key of the operation
    :param workcenter: key of the work centre
    :param setup: hours of set-up and clean-up, once a lot
    :param cycle: hours of one cycle
    :param capacity: product units that one cycle makes
    """

    key: int
    workcenter: int
    setup: Decimal
    cycle: Decimal
    capacity: Decimal

    def get_hours(self, lot):
        """Return hours for one unit of a lot of ``lot`` units: (set-up, run). A cycle
        that is begun takes its whole time.

        >>> Operation(1, 2, Decimal("0.5"), Decimal("0.25"), Decimal(4)).get_hours(
        ...     Decimal(10))
        (Decimal('0.05'), Decimal('0.075'))
        """
        cycles = round(lot / self.capacity, QUANTITY_DIGITS)
        cycles = cycles.to_integral_value(rounding=ROUND_CEILING)
        return (
            round(self.setup / lot, QUANTITY_DIGITS).normalize(),
            round(cycles * self.cycle / lot, QUANTITY_DIGITS).normalize(),
        )


@dataclass(frozen=True)
class Bill:
    """A bill of materials of one product, as it is written: kits not exploded.

    :param quantity: product units that it makes
    :param operations: keys of its operations
    :param problems: kinds and subjects of `Problem` found in reading it
    """

    quantity: Decimal
    materials: tuple[Material, ...] = ()
    operations: tuple = ()
    problems: tuple[tuple[str, tuple], ...] = ()


@dataclass(frozen=True)
class CostingSheet:
    """What a policy says about its cost cards.

    :param material, conversion, subcontracting: keys of cost elements
    :param overheads: (key of the rate, `cards.OverheadRate`) in their order
    :param rates: {work centre: ((element, company currency per hour), …)}
    """

    material: int | None
    conversion: int | None = None
    subcontracting: int | None = None
    overheads: tuple[tuple[int, OverheadRate], ...] = ()
    rates: Mapping = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Recipe:
    """What a lot of a product takes, kits exploded.

    :param sheet: `CostingSheet` of its policy
    :param basis: MADE, or BOUGHT: its cost is its price, and it takes nothing
    :param quantity: product units for which the quantities of materials are
    :param lot_size: product units of a lot, over which set-up is spread
    :param fee: company currency that a subcontractor asks for one unit
    :param bill: key of its bill
    :param problems: kinds and subjects of `Problem` found in reading it
    """

    product: int
    sheet: CostingSheet | None
    basis: str = MADE
    quantity: Decimal = ONE
    lot_size: Decimal = ONE
    materials: tuple[Material, ...] = ()
    byproducts: tuple[Material, ...] = ()
    operations: tuple[Operation, ...] = ()
    fee: Decimal | None = None
    bill: int | None = None
    problems: tuple[tuple[str, tuple], ...] = ()

    def bought(self):
        """Return the recipe of the same product when it is bought."""
        return Recipe(self.product, self.sheet, BOUGHT)


def explode(product, bill, kits):
    """Return ``bill`` of ``product`` with kits replaced by what is in them: components,
    operations and problems. A kit that contains itself is a problem.

    Quantities are exact: an order rounds each up to the unit of its line, once for the
    whole lot, and what that adds to one unit is not standard. What is in a kit belongs
    to the group of its own line, else to that of the kit's line.

    A kit of 3 screws is made in lots of 2, with 10 % scrap; the line that takes 4 of
    them plans 5 % of its own: 1.1 x 1.05 - 1.

    >>> kit = Bill(Decimal(2), (Material(7, Decimal(6), Decimal("0.1")),))
    >>> bill = Bill(ONE, (Material(8, Decimal(4), Decimal("0.05")),))
    >>> [screws] = explode(9, bill, {8: kit}).materials
    >>> screws.product, screws.quantity, screws.scrap
    (7, Decimal('12'), Decimal('0.155'))
    >>> again = Bill(ONE, (Material(8, ONE),))
    >>> explode(9, again, {8: again}).problems
    (('cycle', (8, 8)),)
    """
    if not any(material.product in kits for material in bill.materials):
        return bill
    materials, operations, problems = [], list(bill.operations), list(bill.problems)
    # Last in, first out: reversed, so that lines keep their order.
    waiting = [(line, ONE, ONE, None, ()) for line in reversed(bill.materials)]
    while waiting:
        line, factor, scrapped, group, path = waiting.pop()
        scrapped *= 1 + line.scrap
        group = line.group or group
        kit = kits.get(line.product)
        if kit is None:
            quantity = line.quantity * factor
            materials.append(Material(line.product, quantity, scrapped - 1, group))
        elif line.product in path:
            cycle = path[path.index(line.product) :]
            problems.append((CYCLE, (*cycle, line.product)))
        else:
            inside = factor * line.quantity / kit.quantity
            path = (*path, line.product)
            waiting += [
                (part, inside, scrapped, group, path)
                for part in reversed(kit.materials)
            ]
            operations += kit.operations
            problems += kit.problems
    return replace(
        bill,
        materials=tuple(materials),
        operations=tuple(operations),
        problems=tuple(problems),
    )
