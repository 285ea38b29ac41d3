"""Facts of an event, as captured from a document: quantities, values, hours.

First step (capture) hands these to ``flush``; they are kept on the ledger entry, so
that an entry which could not be posted is posted later from the very same facts.
"""

from dataclasses import dataclass
from decimal import Decimal

from .money import ONE, ZERO


@dataclass(frozen=True)
class Consumption:
    """Material taken out of stock for an order; negative for a by-product that enters.

    :param product: key of the component
    :param quantity: in the component's unit of measure
    :param value: what the stock account gives up for it, company currency
    :param group: name of the group that the order's bill has it in; counts where the
        card does not plan it
    :param units: units of the group in one unit of the component
    """

    product: int
    quantity: Decimal
    value: Decimal
    group: str | None = None
    units: Decimal = ONE


@dataclass(frozen=True)
class Work:
    """Time spent on an operation.

    :param operation: key of the operation of the bill of materials, if it has one
    :param workcenter: key of the work centre
    :param hours: time recorded since the last completion
    :param rates: ((element key, company currency per hour), ...) of the work centre,
        used only for work that the card does not plan
    """

    operation: int | None
    workcenter: int
    hours: Decimal
    rates: tuple = ()


@dataclass(frozen=True)
class Setup:
    """How often an operation was set up: once for each lot that was run.

    :param operation: key of the operation of the bill of materials, if it has one
    :param workcenter: key of the work centre
    :param lots: set-ups run; zero when it went on from the set-up of an earlier order
    """

    operation: int | None
    workcenter: int
    lots: Decimal


@dataclass(frozen=True)
class Completion:
    """Goods finished: quantity in the product's unit of measure, what they took.

    :param setups: of operations of which they are known
    """

    quantity: Decimal
    consumptions: tuple[Consumption, ...] = ()
    works: tuple[Work, ...] = ()
    setups: tuple[Setup, ...] = ()


@dataclass(frozen=True)
class Delivery:
    """Goods delivered, in the product's unit of measure; negative when they return.

    :param invoiced: the part of ``quantity`` whose cost an invoice takes, or took, from
        finished goods to cost of sales
    """

    quantity: Decimal
    invoiced: Decimal = ZERO


@dataclass(frozen=True)
class Purchase:
    """One line of a vendor bill.

    :param product: key of the component
    :param quantity: in the component's unit of measure; negative on a refund
    :param standard_price: company currency per unit
    :param value: what the bill debits to the stock account, company currency
    :param exchange: the part of ``value`` that comes from the exchange rate alone:
        foreign amount x (rate of the bill - rate of the order)
    """

    product: int
    quantity: Decimal
    standard_price: Decimal
    value: Decimal
    exchange: Decimal = ZERO
