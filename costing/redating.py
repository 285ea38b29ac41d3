"""Documents moved to another day: postings taken off the one and put on the other.

No goods move with a date. Where another card is in force on the new day, costs follow
it, stock does not, and the difference is a revaluation. Follows ``flush``.
"""

from dataclasses import replace

from . import changes
from .money import ZERO
from .terms import FINISHED_GOODS, STOCK


def opposite(postings):
    """Return ``postings`` with debit for credit, quantities with the other sign.

    >>> from decimal import Decimal as D
    >>> from .terms import COST_OF_SALES, Posting
    >>> [p.amount for p in opposite([Posting(COST_OF_SALES, D(30))])]
    [Decimal('-30')]
    """
    return [
        replace(
            posting,
            amount=-posting.amount,
            exact=None if posting.exact is None else -posting.exact,
            standard_quantity=-posting.standard_quantity,
            actual_quantity=-posting.actual_quantity,
        )
        for posting in postings
    ]


def at_other_card(posted, target, rules):
    """Return what turns ``posted`` into ``target`` while no stock account moves.

    A delivery posted at 30.00, moved to a day when the card says 33.00:

    >>> from decimal import Decimal as D
    >>> from .terms import COST_OF_SALES, Posting, Rules
    >>> then = [Posting(COST_OF_SALES, D(30)), Posting(FINISHED_GOODS, D(-30))]
    >>> now = [Posting(COST_OF_SALES, D(33)), Posting(FINISHED_GOODS, D(-33))]
    >>> for p in at_other_card(then, now, Rules()):
    ...     print(p.role, p.kind or "", p.amount)
    cost_of_sales  3
    variance revaluation -3.00
    """
    unmoved = {
        (posting.role, posting.product): ZERO
        for posting in [*posted, *target]
        if posting.role in (FINISHED_GOODS, STOCK)
    }
    return changes.difference(posted, target, rules, unmoved)
