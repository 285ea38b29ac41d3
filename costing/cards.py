"""The cost card: standard cost of one unit of a product, line by line.

Cards are the standard that ``flush`` and ``variances`` compare facts with.
"""

from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

from .facts import Completion, Consumption, Work
from .money import LAST_ROUNDED, ONE, ZERO

COMPONENT, BYPRODUCT, SCRAP = "component", "byproduct", "scrap"
PURCHASE = "purchase"
OPERATION, SETUP, OVERHEAD = "operation", "setup", "overhead"
SUBCONTRACTING = "subcontracting"
#: Kinds of lines about material; the others are conversion.
MATERIAL_KINDS = (COMPONENT, BYPRODUCT, SCRAP, PURCHASE)
#: Kinds of lines about the time of an operation.
WORK_KINDS = (OPERATION, SETUP)
PER_QUANTITY, PER_HOUR = "quantity", "hour"
PERCENT = "percent"

#: Unit costs are kept to the millionth of the currency unit.
UNIT_COST_STEP = Decimal("0.000001")
#: Quantities and hours are kept to so many decimals.
QUANTITY_DIGITS = 8


def unit_cost(amount):
    """Return a unit cost at the precision of a card.

    >>> unit_cost(Decimal(1) / 3)
    Decimal('0.333333')
    """
    if amount.adjusted() > LAST_ROUNDED:
        return amount
    return amount.quantize(UNIT_COST_STEP, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class CardLine:
    """Standard for one component, operation or overhead of one cost element.

    :param kind: COMPONENT, BYPRODUCT, SCRAP, PURCHASE (what a bought product costs;
        its component is the product itself), OPERATION, SETUP (set-up and clean-up of
        an operation, spread over the lot), SUBCONTRACTING or OVERHEAD
    :param element: key of the cost element
    :param quantity: component units, or hours, for one unit of the product; negative
        for a by-product, which is material that comes back
    :param price: company currency per component unit or per hour
    :param amount: company currency for one unit of the product
    :param product: key of the component or by-product
    :param operation: key of the operation, for OPERATION and SETUP
    :param workcenter: key of the work centre, for OPERATION and SETUP
    :param driver: PER_HOUR when the cost follows working time, else PER_QUANTITY
    :param group: name of the group of components that can take each other's place, for
        COMPONENT; a quantity of zero is a substitute that is allowed and not planned
    :param units: units of the group in one unit of the component
    """

    kind: str
    element: int
    quantity: Decimal
    price: Decimal
    amount: Decimal
    product: int | None = None
    operation: int | None = None
    workcenter: int | None = None
    driver: str = PER_QUANTITY
    group: str | None = None
    units: Decimal = field(default=ONE, compare=False)

    @property
    def is_material(self):
        return self.kind in MATERIAL_KINDS


@dataclass(frozen=True)
class Card:
    """The lines of a product's standard cost; see `CardLine` for units.

    :param lot_size: product units of a lot, over which set-up is spread
    """

    lines: tuple[CardLine, ...]
    lot_size: Decimal = ONE

    @property
    def total(self):
        """Standard cost of one unit, company currency."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def materials(self):
        """Lines of material: components, planned scrap of them, by-products."""
        return tuple(line for line in self.lines if line.is_material)

    @property
    def components(self):
        """Material that an order takes or gives; planned scrap leaves apart from it."""
        return tuple(line for line in self.materials if line.kind != SCRAP)

    @property
    def planned_scrap(self):
        return tuple(line for line in self.lines if line.kind == SCRAP)

    def planned(self, quantity):
        """Return the `Completion` of ``quantity`` units exactly as the card plans."""
        return Completion(
            quantity,
            tuple(
                Consumption(
                    line.product, quantity * line.quantity, quantity * line.amount
                )
                for line in self.components
            ),
            tuple(
                Work(operation, workcenter, quantity * hours)
                for (operation, workcenter), hours in work_hours(self.lines).items()
            ),
        )

    @property
    def conversions(self):
        return tuple(line for line in self.lines if not line.is_material)


@dataclass(frozen=True)
class OverheadRate:
    """A rate that adds overhead to a card.

    :param element: key of the overhead element
    :param method: PERCENT of ``base``, PER_QUANTITY (per unit made) or PER_HOUR
    :param rate: percent, company currency per unit, or per hour
    :param base: key of the element of which PERCENT takes a share
    """

    element: int
    method: str
    rate: Decimal
    base: int | None = None


def component_line(element, product, quantity, price):
    """Return the card line of ``quantity`` component units at ``price`` each."""
    amount = unit_cost(quantity * price)
    return CardLine(COMPONENT, element, quantity, price, amount, product=product)


def scrap_line(component, share):
    """Return the card line of what is scrapped of ``component``, a card line, on the
    way: ``share`` of its quantity.

    >>> plates = component_line(1, 9, Decimal(2), Decimal(10))
    >>> scrap_line(plates, Decimal("0.05")).amount
    Decimal('1.000000')
    """
    line = component_line(
        component.element,
        component.product,
        round(component.quantity * share, QUANTITY_DIGITS),
        component.price,
    )
    return replace(line, kind=SCRAP)


def byproduct_line(element, product, quantity, price):
    """Return the card line of ``quantity`` by-product units worth ``price`` each, which
    the card credits.

    >>> byproduct_line(1, 9, Decimal("0.2"), Decimal(3)).amount
    Decimal('-0.600000')
    """
    line = component_line(element, product, -quantity, price)
    return replace(line, kind=BYPRODUCT)


def operation_line(element, operation, workcenter, hours, rate):
    """Return the card line of ``hours`` at ``rate`` for one unit of the product."""
    return CardLine(
        OPERATION,
        element,
        hours,
        rate,
        unit_cost(hours * rate),
        operation=operation,
        workcenter=workcenter,
        driver=PER_HOUR,
    )


def setup_line(element, operation, workcenter, hours, rate):
    """Return the card line of ``hours`` of set-up and clean-up, those of a lot spread
    over its units, at ``rate``.

    >>> setup_line(2, 3, 5, Decimal("0.05"), Decimal(40)).amount
    Decimal('2.000000')
    """
    line = operation_line(element, operation, workcenter, hours, rate)
    return replace(line, kind=SETUP)


def purchase_line(element, product, price):
    """Return the one card line of a bought ``product`` that costs ``price``.

    >>> purchase_line(1, 7, Decimal("2.5")).quantity
    Decimal('1')
    """
    line = component_line(element, product, Decimal(1), price)
    return replace(line, kind=PURCHASE)


def subcontracting_line(element, price):
    """Return the card line of a subcontractor who asks ``price`` for one unit.

    >>> subcontracting_line(4, Decimal("12.5")).amount
    Decimal('12.500000')
    """
    return CardLine(SUBCONTRACTING, element, Decimal(1), price, unit_cost(price))


def overhead_line(rate, lines):
    """Return the card line that an `OverheadRate` adds to direct cost ``lines``.

    >>> line = CardLine(OPERATION, 2, Decimal("0.5"), Decimal(40), Decimal(20),
    ...                 driver=PER_HOUR)
    >>> overhead_line(OverheadRate(3, PERCENT, Decimal(15), base=2), [line]).amount
    Decimal('3.000000')
    >>> overhead_line(OverheadRate(3, PER_HOUR, Decimal(8)), [line]).amount
    Decimal('4.000000')
    >>> overhead_line(OverheadRate(3, PER_QUANTITY, Decimal("1.2")), [line]).amount
    Decimal('1.200000')
    """
    if rate.method == PERCENT:
        base = sum((line.amount for line in lines if line.element == rate.base), ZERO)
        quantity, price = rate.rate / 100, base
    elif rate.method == PER_HOUR:
        quantity, price = planned_hours(lines), rate.rate
    else:
        quantity, price = Decimal(1), rate.rate
    return CardLine(
        OVERHEAD,
        rate.element,
        quantity,
        price,
        unit_cost(quantity * price),
        driver=PER_HOUR if rate.method == PER_HOUR else PER_QUANTITY,
    )


def work_hours(lines):
    """Return {(operation, workcenter): hours planned for one unit, set-up included}.

    An operation whose rate is split into several elements counts once.

    >>> work_hours([operation_line(2, 3, 5, Decimal("0.25"), Decimal(30)),
    ...             operation_line(4, 3, 5, Decimal("0.25"), Decimal(10)),
    ...             setup_line(2, 3, 5, Decimal("0.05"), Decimal(30)),
    ...             setup_line(4, 3, 5, Decimal("0.05"), Decimal(10))])
    {(3, 5): Decimal('0.30')}
    """
    parts = {
        (line.kind, line.operation, line.workcenter): line.quantity
        for line in lines
        if line.kind in WORK_KINDS
    }
    hours = {}
    for (_kind, *key), quantity in parts.items():
        hours[tuple(key)] = hours.get(tuple(key), ZERO) + quantity
    return hours


def planned_hours(lines):
    """Return the working hours planned for one unit, set-up included."""
    return sum(work_hours(lines).values(), ZERO)


def with_overheads(lines, rates, lot_size=ONE):
    """Return the `Card` of direct cost ``lines`` and the overhead of ``rates``."""
    lines = tuple(lines)
    overheads = tuple(overhead_line(rate, lines) for rate in rates)
    return Card(lines + overheads, lot_size)
