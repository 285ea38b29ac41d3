"""Steps of a waterfall: one cause each, with what was before and what is after.

Standard cost; ``waterfall`` walks from one cost card to the next in such steps.
"""

from dataclasses import dataclass
from decimal import Decimal

from .cards import PER_QUANTITY, unit_cost
from .money import ZERO

COMPONENT_PRICE, SUB_ASSEMBLY = "component_price", "sub_assembly"
BILL, SCRAP = "bill", "scrap"
ROUTING_TIME, LOT_SIZE, RATE = "routing_time", "lot_size", "rate"
OVERHEAD_RATE, SUBCONTRACTING = "overhead_rate", "subcontracting"
#: In the order in which a waterfall shows them.
CAUSES = (
    COMPONENT_PRICE,
    SUB_ASSEMBLY,
    BILL,
    SCRAP,
    ROUTING_TIME,
    LOT_SIZE,
    RATE,
    OVERHEAD_RATE,
    SUBCONTRACTING,
)

#: Quantities on cards are rounded to eight decimals: half of the last one.
QUANTITY_ERROR = Decimal("5e-9")


@dataclass(frozen=True)
class Measure:
    """What a card line measures: ``quantity`` at ``price``, units as on `CardLine`."""

    quantity: Decimal
    price: Decimal

    @property
    def amount(self):
        """Company currency for one unit of the product, not rounded."""
        return self.quantity * self.price


@dataclass(frozen=True)
class Step:
    """Part of the change of a standard cost.

    :param cause: one of CAUSES
    :param amount: company currency for one unit; positive when the cost rises. It is
        ``after.amount - before.amount`` to the millionth, see `walk`.
    :param kind: kind of the card line, as in `cards`
    :param element: key of the cost element
    :param before, after: the `Measure` that the step goes from and to
    :param product, operation, workcenter: what moved; for an overhead that follows
        another line, what moved there
    :param driver: as on the card line
    """

    cause: str
    amount: Decimal
    kind: str
    element: int
    before: Measure
    after: Measure
    product: int | None = None
    operation: int | None = None
    workcenter: int | None = None
    driver: str = PER_QUANTITY


def amounts_of(raw, change):
    """Return the numbers of ``raw`` to the millionth so that they add up to ``change``.

    What rounding leaves over goes to the largest; when all are zero, to the last.

    >>> from decimal import Decimal as D
    >>> [str(amount) for amount in amounts_of([D("0.0000014"), D(2)], D("2.000002"))]
    ['0.000001', '2.000001']
    """
    amounts = [unit_cost(number) for number in raw]
    _size, largest = max((abs(number), index) for index, number in enumerate(raw))
    amounts[largest] += change - sum(amounts, ZERO)
    return amounts


def walk(start, moves, change):
    """Return the steps of one card line; those that move nothing are left out.

    Amounts on cards are rounded to the millionth, so the steps can miss the change by
    some millionths: the largest step takes them (`amounts_of`).

    :param start: `Measure` before the first move
    :param moves: [(cause, `Measure` after it, {field of `Step`: what it is about})]
    :param change: amount of the new line minus that of the old

    >>> from decimal import Decimal as D
    >>> moves = [(BILL, Measure(D(6), D("0.5")), {"kind": "component", "element": 1}),
    ...          (COMPONENT_PRICE, Measure(D(6), D("0.6")),
    ...           {"kind": "component", "element": 1})]
    >>> [(step.cause, str(step.amount))
    ...  for step in walk(Measure(D(5), D("0.5")), moves, D("1.1"))]
    [('bill', '0.500000'), ('component_price', '0.600000')]
    """
    measures = [start, *(after for _cause, after, _about in moves)]
    raw = [
        after.amount - before.amount
        for before, after in zip(measures, measures[1:], strict=False)
    ]
    return [
        Step(cause, amount, before=before, after=after, **about)
        for (cause, after, about), before, amount in zip(
            moves, measures, amounts_of(raw, change), strict=False
        )
        if amount
    ]


def setup_at_new_lot(old, new, old_lot, new_lot):
    """Return the set-up hours for one unit if only the size of the lot had changed.

    Hours that moved by no more than the rounding of quantities, times the lot, did not
    move. 2 hours for a lot of 10, then of 20:

    >>> from decimal import Decimal as D
    >>> setup_at_new_lot(D("0.2"), D("0.15"), D(10), D(20))
    Decimal('0.1')
    >>> setup_at_new_lot(D("0.33333333"), D("0.16666667"), D(3), D(6))
    Decimal('0.16666667')
    """
    if old_lot == new_lot or not (old_lot and new_lot):
        return old
    error = QUANTITY_ERROR * (old_lot + new_lot)
    same = abs(old * old_lot - new * new_lot) <= error
    return new if same else old * old_lot / new_lot


def scrap_at_old_share(old, new, old_component, new_component):
    """Return the scrap of the new component quantity at the old share of it.

    A component that is new brings its share along. A share that moved by no more than
    the rounding of quantities did not move.

    >>> from decimal import Decimal as D
    >>> scrap_at_old_share(D("0.1"), D("0.3"), D(2), D(3))
    Decimal('0.15')
    >>> scrap_at_old_share(D("0.33333333"), D("0.66666667"), D(1), D(2))
    Decimal('0.66666667')
    """
    if not old_component:
        return new
    ratio = new_component / old_component
    kept = old * ratio
    return new if abs(new - kept) <= QUANTITY_ERROR * (1 + abs(ratio)) else kept
