"""Stock that is lost or found: scrap, counts, material without an order.

What leaves (or enters) stock at standard becomes a variance. A sibling of ``flush``.
"""

from dataclasses import replace

from .explosion import parts, rounded_part
from .money import ZERO, rounded
from .terms import (
    COMPLETION,
    FINISHED_GOODS,
    STOCK,
    VARIANCE,
    Posting,
    balanced,
)


def adjust_component(product, quantity, value, kind, rules):
    """Return the postings of a component lost (negative) or found.

    :param value: what enters the stock account, company currency; negative when lost

    >>> from .terms import Rules
    >>> from .money import exact
    >>> for p in adjust_component(7, exact(-2), exact(-19), "scrap", Rules()):
    ...     print(p.role, p.kind or "", p.amount)
    stock  -19.00
    variance scrap 19.00
    """
    stock = Posting(
        STOCK,
        rounded(value, rules.unit),
        element=rules.material,
        product=product,
        actual_quantity=quantity,
        actual_price=value / quantity if quantity else ZERO,
        exact=value,
    )
    return _against_variance([stock], kind, rules)


def adjust_product(card, quantity, kind, rules):
    """Return the postings of a finished product lost (negative) or found.

    With flush at sale an unsold unit is worth its material, in the components' stock.
    """
    if rules.flush_point == COMPLETION:
        stock = [
            Posting(
                FINISHED_GOODS,
                rounded(quantity * card.total, rules.unit),
                element=rules.material,
                actual_quantity=quantity,
                actual_price=card.total,
                exact=quantity * card.total,
            )
        ]
    else:
        stock = [
            rounded_part(part, rules)
            for line in card.materials
            for part in parts(_material(line, quantity), rules.flushed_at_sale)
            if part.role == STOCK
        ]
    return _against_variance(stock, kind, rules)


def _material(line, quantity):
    """Return the stock of card ``line`` in ``quantity`` units, not rounded."""
    return Posting(
        STOCK,
        quantity * line.amount,
        element=line.element,
        product=line.product,
        actual_quantity=quantity * line.quantity,
        actual_price=line.price,
    )


def _against_variance(stock, kind, rules):
    variances = [
        replace(
            posting,
            role=VARIANCE,
            kind=kind,
            amount=-posting.amount,
            exact=None,
            actual_quantity=-posting.actual_quantity,
        )
        for posting in stock
    ]
    return balanced([*stock, *variances], rules)
