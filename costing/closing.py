"""Period close: conversion accounts closed by element, variances disposed of.

The figures of a period in, balanced postings with their accounts out. The formulas are
in ``overhead`` and ``proration``; what comes before is the ledger of the period, what
comes after is ``post``.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from . import overhead, proration, variances
from .money import ZERO
from .proration import CARRIED
from .terms import (
    APPLIED,
    CONTROL,
    COST_OF_SALES,
    DISPOSITION,
    INVENTORY_ADJUSTMENT,
    VARIANCE,
    Posting,
)

#: What holds standard cost at the end of a period: material in store; material of goods
#: that are made and unsold and flushed at sale, which the books still have as RIP;
#: finished goods; goods sold.
RIP, UNSOLD, FG, COGS = "rip", "unsold", "fg", "cogs"
HOLDERS = (RIP, UNSOLD, FG, COGS)
#: Variances of what was bought, which material in store has a share of. All others are
#: of what was made, and concern only goods that are made.
PURCHASE_KINDS = (variances.PRICE, variances.EXCHANGE, variances.REVALUATION)
#: Kinds of elements with a rule of their own.
LABOUR, FIXED_OVERHEAD = "labour", "fixed_overhead"


@dataclass(frozen=True)
class Element:
    """One conversion element in a period, as the books have it before its close.

    :param key: key of the element
    :param kind: LABOUR, FIXED_OVERHEAD or another
    :param control: debited to its control account, company currency
    :param applied: credited to its applied account, company currency
    :param unsold: standard conversion of goods made and not sold, which is not applied
        yet because cost is flushed at sale; negative when more was sold than made
    :param hours: hours worked on what was made; None when they are not known
    :param standard_hours: hours that the cards allow for what was made
    :param rate: standard rate, company currency per hour
    :param budget: of fixed overhead, company currency; None without a budget
    """

    key: int
    kind: str
    control: Decimal
    applied: Decimal
    unsold: Decimal = ZERO
    hours: Decimal | None = None
    standard_hours: Decimal = ZERO
    rate: Decimal = ZERO
    budget: Decimal | None = None

    @property
    def difference(self):
        """Under-applied conversion; negative when over-applied."""
        return self.control - self.applied


def conversion_variances(element, unit):
    """Return {kind: amount} of an `Element`, without zeros; they add up to control -
    applied exactly.

    Labour: rate and efficiency. Variable overhead and others: spending and efficiency.
    Fixed overhead with a budget: spending against it, and volume in its parts
    efficiency and capacity; without one all of it is spending. Conversion of goods made
    and unsold, when cost is flushed at sale, is volume: nothing was spent too much.

    100 made and 99 sold at 12.00, 1,260 spent: 72.00 under-applied, of which 12.00 are
    in the unit that is not sold.

    >>> from decimal import Decimal as D
    >>> sale = Element(1, "variable_overhead", D(1260), D(1188), unsold=D(12))
    >>> conversion_variances(sale, D("0.01"))
    {'spending': Decimal('60'), 'volume': Decimal('12')}
    >>> labour = Element(2, LABOUR, D(1260), D(1200), D(0), D(21), D(20), D(60))
    >>> {kind: str(a) for kind, a in conversion_variances(labour, D("0.01")).items()}
    {'rate': '0.00', 'efficiency': '60.00'}
    """
    fixed = element.kind == FIXED_OVERHEAD
    budget = element.budget if fixed else None
    figures = overhead.Conversion(
        cost=element.control,
        applied=element.applied + element.unsold,
        hours=None if fixed and budget is None else element.hours,
        standard_hours=element.standard_hours,
        rate=element.rate,
        budget=budget,
    )
    spending = variances.RATE if element.kind == LABOUR else variances.SPENDING
    found = overhead.period_variances(figures, unit, spending)
    volume = found.get(variances.VOLUME, ZERO) + element.unsold
    if volume:
        found[variances.VOLUME] = volume
    return found


def close_conversion(element, found, accounts):
    """Return the postings that close the accounts of an `Element`: Dr applied, Cr
    control, and the variances ``found``. One account for both is closed by its balance.

    :param accounts: {APPLIED, CONTROL, and each kind of ``found``: key of its account}

    >>> from decimal import Decimal as D
    >>> labour = Element(2, LABOUR, D(1260), D(1200))
    >>> for p in close_conversion(labour, {"rate": D(60)},
    ...                           {APPLIED: 10, CONTROL: 11, "rate": 12}):
    ...     print(p.role, p.account, p.amount)
    applied 10 1200
    control 11 -1260
    variance 12 60
    >>> for p in close_conversion(labour, {"rate": D(60)},
    ...                           {APPLIED: 10, CONTROL: 10, "rate": 12}):
    ...     print(p.role, p.account, p.amount)
    control 10 -60
    variance 12 60
    """
    sides = {APPLIED: element.applied, CONTROL: -element.control}
    if accounts[APPLIED] == accounts[CONTROL]:
        sides = {CONTROL: -element.difference}
    postings = [
        Posting(role, amount, element=element.key, account=accounts[role])
        for role, amount in sides.items()
    ]
    postings += [
        Posting(
            VARIANCE, amount, kind=kind, element=element.key, account=accounts[kind]
        )
        for kind, amount in found.items()
    ]
    return _without_zeros(postings)


@dataclass(frozen=True)
class Variance:
    """A variance at the end of a period, of one kind and element.

    :param kind, element: what it is; rounding and some others have no element
    :param balances: {key of variance account: what it has of this}, debit positive
    :param held: {RIP, UNSOLD, FG, COGS: standard cost of the element that each holds}
    :param taken: what closes of the same year took to cost of sales before
    """

    kind: str
    element: int | None
    balances: dict
    held: dict = field(default_factory=dict)
    taken: Decimal = ZERO

    @property
    def amount(self):
        """What is still on variance accounts, company currency."""
        return sum(self.balances.values(), ZERO)

    @property
    def holders(self):
        """Whom the variance concerns, see `PURCHASE_KINDS`."""
        return HOLDERS if self.kind in PURCHASE_KINDS else (UNSOLD, FG, COGS)


def dispose(variance, method, unit):
    """Return {RIP, UNSOLD, FG, COGS: what each takes of a `Variance`}, which add up to
    its amount; nothing when it is carried forward.

    Prorated by the standard cost of the element that each still holds; what cost of
    sales took before counts as a part of its share.

    60.00 under-applied, 12.00 of labour in finished goods, 1,188.00 sold:

    >>> from decimal import Decimal as D
    >>> from .proration import PRORATED, TO_COST_OF_SALES
    >>> labour = Variance("rate", 2, {12: D(60)}, {FG: D(12), COGS: D(1188)})
    >>> {key: str(a) for key, a in dispose(labour, PRORATED, D("0.01")).items()}
    {'unsold': '0', 'fg': '0.60', 'cogs': '59.40'}
    >>> {key: str(a) for key, a in dispose(labour, TO_COST_OF_SALES, D(1)).items()}
    {'cogs': '60'}
    >>> dispose(labour, CARRIED, D(1))
    {}
    """
    if method == CARRIED:
        return {}
    difference = proration.Difference(
        variance.kind,
        variance.amount + variance.taken,
        variance.holders,
        COGS,
        method,
    )
    shares = proration.dispose([difference], variance.held, unit).shares
    found = shares[variance.kind]
    return {**found, COGS: found.get(COGS, ZERO) - variance.taken}


def disposition_postings(variance, shares, accounts, sales, unit):
    """Return the postings that take a `Variance` from its accounts to ``shares``.

    :param accounts: {RIP, FG: key of the inventory adjustment account}
    :param sales: {key of account of cost of sales: weight by which it takes a part}

    >>> from decimal import Decimal as D
    >>> labour = Variance("rate", 2, {12: D(60)})
    >>> for p in disposition_postings(labour, {FG: D("0.60"), COGS: D("59.40")},
    ...                               {FG: 21}, {31: D(1)}, D("0.01")):
    ...     print(p.role, p.account, p.amount)
    disposition 12 -60
    inventory_adjustment 21 0.60
    cost_of_sales 31 59.40
    """
    if not shares:
        return []
    about = {"kind": variance.kind, "element": variance.element}
    cleared = [
        Posting(DISPOSITION, -amount, account=account, **about)
        for account, amount in variance.balances.items()
    ]
    held = [
        Posting(INVENTORY_ADJUSTMENT, amount, account=accounts.get(key), **about)
        for key, amount in _inventory(shares).items()
    ]
    sold = _sales_postings(shares.get(COGS, ZERO), sales, unit, about)
    return _without_zeros([*cleared, *held, *sold])


def reversal_postings(variance, shares, accounts, sales, unit):
    """Return the postings that take what inventory got back on the next day: to the
    variance's own account, so that the next close prorates it again, or, after a year
    end, to cost of sales of the new year.

    :param sales: as of `disposition_postings`, empty within the year

    >>> from decimal import Decimal as D
    >>> labour, shares = Variance("rate", 2, {12: D(60)}), {FG: D("0.60")}
    >>> for p in reversal_postings(labour, shares, {FG: 21}, {}, D("0.01")):
    ...     print(p.role, p.account, p.amount)
    inventory_adjustment 21 -0.60
    disposition 12 0.60
    """
    about = {"kind": variance.kind, "element": variance.element}
    inventory = _inventory(shares)
    back = [
        Posting(INVENTORY_ADJUSTMENT, -amount, account=accounts.get(key), **about)
        for key, amount in inventory.items()
    ]
    total = sum(inventory.values(), ZERO)
    if sales:
        return _without_zeros([*back, *_sales_postings(total, sales, unit, about)])
    home = max(variance.balances, key=lambda key: abs(variance.balances[key]))
    return _without_zeros([*back, Posting(DISPOSITION, total, account=home, **about)])


def _inventory(shares):
    """Return {RIP, FG: what the account of each takes}; unsold goods stand in RIP."""
    return {
        RIP: shares.get(RIP, ZERO) + shares.get(UNSOLD, ZERO),
        FG: shares.get(FG, ZERO),
    }


def _sales_postings(amount, sales, unit, about):
    parts = proration.prorate(amount, sales, unit, next(iter(sales), None))
    return [
        Posting(COST_OF_SALES, part, account=account, **about)
        for account, part in parts.items()
    ]


# As facts of an entry -----------------------------------------------------------------


def stated_posting(role, kind, account, element, product, quantity, amount):
    """Return a posting whose account and amount are stated, not computed.

    >>> stated_posting("bridge", None, 3, None, 7, Decimal(4), Decimal(48)).actual_price
    Decimal('12.000000')
    """
    price = (amount / quantity).quantize(Decimal("0.000001")) if quantity else ZERO
    return Posting(
        role,
        amount,
        kind=kind,
        element=element,
        product=product,
        actual_quantity=quantity,
        actual_price=price,
        account=account,
    )


def _without_zeros(postings):
    return [posting for posting in postings if posting.amount]
