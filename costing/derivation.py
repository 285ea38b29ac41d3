"""How an amount came about, as sums that a reader can check by hand.

Postings of an entry in, formulas out: quantity x price for what happened and for what
the card allows, and the variances between them. Comes after ``flush``; reads what it
posted and computes nothing that is not shown.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from .money import ZERO, rounded
from .terms import APPLIED, COST_OF_SALES, FINISHED_GOODS, STOCK, VARIANCE

#: What a step means: what happened, what the card allows, both in one, an amount that
#: is stated; a posting that differs by what others had rounded, or by today's value.
ACTUAL, STANDARD, AT_STANDARD, STATED = "actual", "standard", "at_standard", "stated"
ROUNDED, REVALUED = "rounded", "revalued"
#: What goods stood for before and after their rules or card changed, and the change.
BEFORE, AFTER, DIFFERENCE = "before", "after", "difference"
FAVOURABLE, UNFAVOURABLE = "favourable", "unfavourable"

#: What a number of a formula is, for whoever writes it.
QUANTITY, PRICE, MONEY = "quantity", "price", "money"

#: Variances that are derived without the posting of what they are about.
ALONE = ("scrap", "revaluation")

#: Decimals of stored quantities and prices.
STORED = Decimal("0.000001")

#: The words of a derivation; a reader's language has its own.
WORDS = {
    ACTUAL: "%(formula)s actual",
    STANDARD: "%(formula)s standard",
    AT_STANDARD: "%(formula)s at standard",
    STATED: "%(formula)s as stated by the document",
    ROUNDED: "posted %(formula)s, with what earlier postings had rounded",
    REVALUED: "posted %(formula)s, at what the goods stood for on that day",
    BEFORE: "%(formula)s before",
    AFTER: "%(formula)s after",
    DIFFERENCE: "difference %(formula)s",
    FAVOURABLE: "%(kind)s %(formula)s favourable",
    UNFAVOURABLE: "%(kind)s %(formula)s unfavourable",
}


@dataclass(frozen=True)
class Step:
    """One sum: ``factors``, multiplied, are ``amount``.

    :param factors: (number, QUANTITY or PRICE) pairs; a number that is a pair itself is
        the difference of its two
    :param amount: company currency, as a reader sees it
    :param meaning: a key of WORDS
    :param kind: of the variance
    """

    amount: Decimal
    meaning: str
    factors: tuple = ()
    kind: str | None = None

    @property
    def product(self):
        result = Decimal(1)
        for number, _kind in self.factors:
            result *= number[0] - number[1] if isinstance(number, tuple) else number
        return result

    def is_exact(self, unit):
        """Answer whether the factors make the amount, to the smallest coin."""
        return rounded(self.product, unit) == self.amount


@dataclass(frozen=True)
class Derivation:
    """The steps of what is about one component, operation, or the goods themselves.

    :param about: the posting that says what it is about
    :param postings: all that are derived together
    """

    about: object
    steps: tuple[Step, ...]
    postings: tuple


def derive(postings, made, unit, before=(), after=()):
    """Return the `Derivation` of each thing that ``postings`` are about, in order.

    :param made: units of the goods, to which quantities of the card are in proportion
    :param unit: smallest amount of the currency
    :param before, after: postings, with account, of what goods stood for and stand for,
        where ``postings`` lead from the one to the other

    >>> from . import cards, flush
    >>> from .facts import Completion, Consumption
    >>> from .terms import Rules
    >>> D = Decimal
    >>> card = cards.Card((cards.component_line(1, 7, D(1), D(19)),
    ...     cards.operation_line(2, 5, 3, D("0.2"), D(60))))
    >>> done = Completion(D(900), (Consumption(7, D(905), D(17195)),))
    >>> for found in derive(flush.flush_completion(card, done, Rules()), D(900),
    ...                     D("0.01")):
    ...     print(render(found, D("0.01")))
    900 × 31.00 = 27,900.00 at standard
    905 × 19.00 = 17,195.00 actual; 900 × 1 × 19.00 = 17,100.00 standard; usage 95.00 unfavourable
    900 × 0.2 × 60.00 = 10,800.00 at standard

    24.33 kg of a component are worth 12.34 each, and were worth 10.00:

    >>> from .terms import Posting
    >>> old, new = (Posting(STOCK, D("24.33") * price, product=7, account=1,
    ...     actual_quantity=D("24.33"), actual_price=price)
    ...     for price in (D(10), D("12.34")))
    >>> moved = Posting(STOCK, D("56.93"), product=7, account=1)
    >>> [found] = derive([moved], D(0), D("0.01"), [old], [new])
    >>> render(found, D("0.01"))
    '24.33 × 10.00 = 243.30 before; 24.33 × 12.34 = 300.23 after; difference 56.93'
    """  # noqa: E501
    stood = [_get_stood(rows) for rows in (before, after)]
    return [
        Derivation(
            _get_main(group) or group[0],
            tuple(
                _get_moved_steps(group, stood, unit) or _get_steps(group, made, unit)
            ),
            tuple(group),
        )
        for group in _get_groups(postings)
    ]


def _get_stood(postings):
    """Return {what it stands for: its postings}."""
    found = defaultdict(list)
    for posting in postings:
        found[_get_place(posting)].append(posting)
    return found


def _get_place(posting):
    names = ("role", "account", "element", "product", "operation", "workcenter")
    return tuple(getattr(posting, name) for name in names)


def _get_moved_steps(group, stood, unit):
    """Return the steps from what stood before to what stands after; none where neither
    is known."""
    main = _get_main(group)
    sides = [found.get(_get_place(main), ()) if main else () for found in stood]
    if not any(sides):
        return []
    steps = [
        Step(
            rounded(posting.amount, unit),
            meaning,
            (
                (posting.actual_quantity, QUANTITY),
                (posting.actual_price.quantize(STORED), PRICE),
            ),
        )
        for meaning, postings in zip((BEFORE, AFTER), sides, strict=True)
        for posting in postings
    ]
    return [*steps, Step(main.amount, DIFFERENCE)]


def _get_groups(postings):
    """Return the postings in groups: a stock account or conversion applied, and its
    variances, which are of the same quantities and prices."""
    groups = defaultdict(list)
    for posting in postings:
        key = (_get_subject(posting), *_get_quantities(posting))
        if posting.role != VARIANCE:
            # Two lines of a bill or card may be the same in all of that.
            while _get_main(groups[key]):
                key = (*key, posting.role)
        groups[key].append(posting)
    return list(groups.values())


def _get_quantities(posting):
    return (
        abs(posting.standard_quantity),
        posting.standard_price,
        abs(posting.actual_quantity),
        posting.actual_price,
    )


def _get_main(group):
    """Return the posting that the variances of a group are about, if it has one."""
    return next((posting for posting in group if posting.role != VARIANCE), None)


def _get_subject(posting):
    """Return what postings of one derivation have in common. Scrap and revaluation are
    derived by themselves: they are not what the component was used at."""
    alone = posting.role == VARIANCE and posting.kind in ALONE
    if posting.role in (STOCK, APPLIED, VARIANCE) and (
        posting.product or posting.workcenter or posting.operation
    ):
        return (
            posting.kind if alone else None,
            posting.product,
            posting.operation,
            posting.workcenter,
            posting.element,
        )
    return posting.role, posting.kind, posting.element, posting.account


def _get_steps(group, made, unit):
    main = _get_main(group)
    variances = [p for p in group if p.role == VARIANCE and p.amount]
    origin = main or group[0]
    if not _has_quantities(origin):
        for posting in group:
            if posting.role == VARIANCE and posting.kind:
                yield from _get_variance_steps([posting], None, None, unit)
            elif posting.amount:
                yield Step(posting.amount, STATED)
        return
    actual, standard = _get_sides(origin, variances, made, unit)
    yield from (step for step in (actual, standard) if step)
    yield from _get_variance_steps(variances, actual, standard, unit)
    yield from _get_posted_steps(main, variances, (actual, standard), unit)


def _has_quantities(posting):
    return bool(
        posting.actual_quantity * posting.actual_price
        or posting.standard_quantity * posting.standard_price
    )


def _get_sides(origin, variances, made, unit):
    """Return the steps of what happened and of what the card allows; the first alone is
    None when they are the same."""
    allowed = origin.standard_quantity * origin.standard_price
    standard = Step(
        rounded(allowed, unit),
        STANDARD,
        _get_standard_factors(origin, made),
    )
    same = (origin.actual_quantity, origin.actual_price) == (
        origin.standard_quantity,
        origin.standard_price,
    )
    if same and (not variances or origin.role == VARIANCE):
        return None, Step(standard.amount, AT_STANDARD, standard.factors)
    product = origin.actual_quantity * origin.actual_price
    amount = rounded(product, unit)
    posted = rounded(allowed, unit) + sum((p.amount for p in variances), ZERO)
    # A price is stored with six decimals: what it leaves out shows in large quantities.
    if abs(amount - posted) <= unit + abs(origin.actual_quantity) * STORED:
        amount = posted
    actual = Step(
        amount,
        ACTUAL,
        ((origin.actual_quantity, QUANTITY), (origin.actual_price, PRICE)),
    )
    return actual, standard if allowed else None


def _get_standard_factors(posting, made):
    """Return units made x quantity of one x price, or quantity x price where the
    quantity is not in proportion to what was made."""
    quantity, price = posting.standard_quantity, (posting.standard_price, PRICE)
    if posting.role in (FINISHED_GOODS, COST_OF_SALES) or not made:
        return (quantity, QUANTITY), price
    each = (quantity / made).quantize(STORED)
    if each * made != quantity:
        return (quantity, QUANTITY), price
    return (made, QUANTITY), (each, QUANTITY), price


def _get_variance_steps(variances, actual, standard, unit):
    """Yield a step for each variance; with its formula where there are several, and
    the difference of the two sides is not the variance itself."""
    for posting in variances:
        meaning = UNFAVOURABLE if posting.amount > 0 else FAVOURABLE
        step = Step(abs(posting.amount), meaning, kind=posting.kind)
        formula = Step(
            posting.amount, meaning, _get_variance_factors(posting), posting.kind
        )
        several = len(variances) > 1 and actual and standard
        if several and formula.factors and formula.is_exact(unit):
            step = formula
        yield step


def _get_variance_factors(posting):
    """Return (actual - standard quantity) x standard price for what was used, and
    actual quantity x (actual - standard price) for what was paid."""
    if posting.kind in ("usage", "efficiency"):
        quantities = (posting.actual_quantity, posting.standard_quantity)
        return (quantities, QUANTITY), (posting.standard_price, PRICE)
    if posting.kind == "price":
        prices = (posting.actual_price, posting.standard_price)
        return (posting.actual_quantity, QUANTITY), (prices, PRICE)
    return ()


def _get_posted_steps(main, variances, sides, unit):
    """Yield what was posted, when it is none of the amounts that are shown."""
    if main is None:
        return
    total = sum((p.amount for p in variances), ZERO)
    shown = [abs(step.amount) for step in sides if step] + [abs(total)]
    if main.amount and abs(main.amount) not in shown:
        nearest = min(abs(abs(main.amount) - amount) for amount in shown)
        meaning = ROUNDED if nearest <= unit else REVALUED
        yield Step(main.amount, meaning)


# Words -------------------------------------------------------------------------------


def render(derivation, unit, words=None, write=None, kinds=None):
    """Return a derivation as a line of text.

    :param words: see WORDS
    :param write: (number, kind) -> text, in the reader's language
    :param kinds: {kind of variance: its name}

    3 units at a third of 100.00 and more than planned: prices are shortened.

    >>> from .terms import Posting
    >>> D = Decimal
    >>> price = dict(product=7, standard_quantity=D(3), standard_price=D(30),
    ...     actual_quantity=D(3), actual_price=D("33.333333"))
    >>> used = [Posting(STOCK, D("-100.00"), **price),
    ...         Posting(VARIANCE, D("10.00"), kind="price", **price)]
    >>> [found] = derive(used, D(1), D("0.01"))
    >>> render(found, D("0.01"))
    '3 × 33.333333 = 100.00 actual; 1 × 3 × 30.00 = 90.00 standard; price 10.00 unfavourable'
    """  # noqa: E501
    return "; ".join(
        render_step(step, unit, words, write, kinds) for step in derivation.steps
    )


def render_step(step, unit, words=None, write=None, kinds=None):
    """Return one step as text; see `render`."""
    write = write or _write
    formula = write(step.amount, MONEY)
    if step.factors:
        sign = "=" if step.is_exact(unit) else "≈"
        factors = " × ".join(_write_factor(factor, write) for factor in step.factors)
        formula = f"{factors} {sign} {formula}"
    kind = (kinds or {}).get(step.kind, step.kind or "")
    return (words or WORDS)[step.meaning] % {"formula": formula, "kind": kind}


def _write_factor(factor, write):
    number, kind = factor
    if isinstance(number, tuple):
        return f"({write(number[0], kind)} − {write(number[1], kind)})"
    return write(number, kind)


def _write(number, kind):
    """Return a number in English.

    >>> _write(Decimal("1234.5"), PRICE), _write(Decimal("905.000"), QUANTITY)
    ('1,234.50', '905')
    """
    if kind == MONEY:
        return f"{number:,}"
    number = number.normalize()
    least = 2 if kind == PRICE else 0
    places = max(least, -number.as_tuple().exponent)
    return f"{number:,.{places}f}"
