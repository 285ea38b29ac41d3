"""Lots of an order: the hours of the set-ups that were run, and those that it charged.

Part of ``conversion``; the formula of the lot size variance is in ``variances``.
"""

from dataclasses import dataclass
from decimal import Decimal

from .cards import SETUP, WORK_KINDS
from .money import ZERO
from .variances import efficiency_variance


@dataclass(frozen=True)
class SetupHours:
    """Hours of set-up and clean-up of an order.

    :param run: planned hours of the set-ups that were run, lots x hours of a lot
    :param charged: what the card charges for what was made, output x hours of a unit
    """

    run: Decimal = ZERO
    charged: Decimal = ZERO

    def variance(self, rate):
        """Return the lot size variance, company currency; see
        `variances.lot_size_variance`."""
        return efficiency_variance(self.charged, self.run, rate)


def lot_size_measure(line, card, completion):
    """Return the `SetupHours` that are part of ``line``, a card line of work or of
    overhead per hour, which follows the hours of all operations.

    An operation whose set-ups are not known, as when no time was recorded for it, has
    none: whatever it differs by is efficiency.

    The hours of a lot are those that a full lot is charged.

    Set-up of 2 h for lots of 100; 240 units made in 3 lots: 6 h, of which 4.8 charged.

    >>> from .cards import Card, operation_line, setup_line
    >>> from .facts import Completion, Setup
    >>> run = operation_line(2, 3, 5, Decimal("0.1"), Decimal(40))
    >>> setup = setup_line(2, 3, 5, Decimal("0.02"), Decimal(40))
    >>> card = Card((run, setup), lot_size=Decimal(100))
    >>> done = Completion(Decimal(240), setups=(Setup(3, 5, Decimal(3)),))
    >>> measure = lot_size_measure(run, card, done)
    >>> measure.run, measure.charged, measure.variance(Decimal(40))
    (Decimal('6.00'), Decimal('4.80'), Decimal('48.00'))
    """
    lots, run, charged = {}, ZERO, ZERO
    for setup in completion.setups:
        key = (setup.operation, setup.workcenter)
        lots[key] = lots.get(key, ZERO) + setup.lots
    for key, per_unit in _setup_of_unit(line, card).items():
        if key in lots:
            run += lots[key] * per_unit * card.lot_size
            charged += completion.quantity * per_unit
    return SetupHours(run, charged)


def _setup_of_unit(line, card):
    """Return {(operation, workcenter): set-up hours of a unit} of the work that
    ``line`` is for."""
    found = {}
    for other in card.lines:
        mine = line.kind not in WORK_KINDS or (
            (other.operation, other.workcenter, other.element)
            == (line.operation, line.workcenter, line.element)
        )
        if other.kind == SETUP and mine:
            found[other.operation, other.workcenter] = other.quantity
    return found
