"""Sub-assemblies that are flushed at sale: what stands for them in the books.

Such a product has no value of its own in finished goods before it is sold: its material
is still in its components' stock, its conversion is not applied yet. A posting about
its stock is exploded, through its card, into those. Follows ``flush``.
"""

from dataclasses import replace

from .money import ZERO, rounded
from .terms import APPLIED, STOCK, Posting, balanced


def explode(postings, rules):
    """Return ``postings`` with those about stock of ``rules.flushed_at_sale`` replaced
    by material and conversion applied; variances stay as they are.

    One table takes a frame (product 8), which takes 20.00 of steel and 10.00 of work:

    >>> from decimal import Decimal as D
    >>> from .cards import Card, component_line, operation_line
    >>> from .terms import COST_OF_SALES, Rules
    >>> frame = Card((component_line(1, 7, D(2), D(10)),
    ...               operation_line(2, 5, 3, D("0.25"), D(40))))
    >>> sold = [Posting(COST_OF_SALES, D(30)), Posting(STOCK, D(-30), product=8)]
    >>> for p in explode(sold, Rules(flushed_at_sale={8: frame})):
    ...     print(p.role, p.product or "", p.amount)
    cost_of_sales  30
    stock 7 -20.00
    applied  -10.00
    """
    if not rules.flushed_at_sale:
        return postings
    return balanced(
        [part for posting in postings for part in _rounded_parts(posting, rules)], rules
    )


def explode_values(values, rules):
    """Return {(role, product): value of stock} with that of ``rules.flushed_at_sale``
    replaced by the value of its material."""
    if not rules.flushed_at_sale:
        return values
    found = {}
    for (role, product), value in values.items():
        whole = Posting(role, value, product=product)
        for part in parts(whole, rules.flushed_at_sale):
            if part.role == role:
                key = (role, part.product)
                found[key] = found.get(key, ZERO) + part.amount
    return found


def explode_purchase(element, purchase, rules):
    """Return the postings that turn the standard of a bought product that is flushed at
    sale, which its bill debits to its stock account, into what its sale will credit.

    A bought unit brings the conversion that its sale applies: nobody worked on it here.

    >>> from decimal import Decimal as D
    >>> from .cards import Card, component_line, operation_line
    >>> from .facts import Purchase
    >>> from .terms import Rules
    >>> frame = Card((component_line(1, 7, D(2), D(10)),
    ...               operation_line(2, 5, 3, D("0.25"), D(40))))
    >>> bought = Purchase(8, D(1), D(30), D(33))
    >>> for p in explode_purchase(1, bought, Rules(flushed_at_sale={8: frame})):
    ...     print(p.role, p.product or "", p.amount)
    stock 8 -30.00
    stock 7 20.00
    applied  10.00
    """
    if not rules.flushed_at_sale.get(purchase.product):
        return []
    bought = Posting(
        STOCK,
        rounded(purchase.quantity * purchase.standard_price, rules.unit),
        element=element,
        product=purchase.product,
        standard_quantity=purchase.quantity,
        standard_price=purchase.standard_price,
        actual_quantity=purchase.quantity,
        actual_price=purchase.standard_price,
    )
    found = [replace(bought, amount=-bought.amount), *_rounded_parts(bought, rules)]
    return balanced(found, rules)


def _rounded_parts(posting, rules):
    found = parts(posting, rules.flushed_at_sale)
    if found == [posting]:
        return found
    return [rounded_part(part, rules) for part in found]


def rounded_part(part, rules):
    """Return one of `parts`, rounded; see `rounding` for what is exact."""
    exact = part.amount if part.role == STOCK else None
    return replace(part, amount=rounded(part.amount, rules.unit), exact=exact)


def parts(posting, flushed_at_sale):
    """Return what ``posting`` explodes into, amounts not rounded; itself when it is not
    about the stock of such a product.

    The amount is shared out as the card's: at another price than the card's the shares
    stay the same. Material keeps the element that its user plans it under.

    :param flushed_at_sale: {product: Card, or None where it has none}
    """
    card = flushed_at_sale.get(posting.product) if posting.role == STOCK else None
    if card is None or not card.total:
        return [posting]
    # A product is not part of itself, whatever two cards of different dates say.
    rest = {
        product: other
        for product, other in flushed_at_sale.items()
        if product != posting.product
    }
    return [
        part
        for line in card.lines
        for part in parts(_share(posting, line, card.total), rest)
    ]


def without_card(products, flushed_at_sale):
    """Return those of ``products``, and of what their cards are made of, that are
    flushed at sale and have no card to be exploded by.

    >>> without_card({7, 8}, {8: None})
    {8}
    """
    lacking, seen = set(), set()
    level = set(products)
    while level := (level - seen) & flushed_at_sale.keys():
        seen |= level
        lacking |= {product for product in level if not flushed_at_sale[product]}
        cards = [flushed_at_sale[product] for product in level - lacking]
        level = {line.product for card in cards for line in card.materials}
    return lacking


def _share(posting, line, total):
    """Return the share of ``posting`` that a card line has in the card's ``total``."""
    whole = posting.amount if posting.exact is None else posting.exact
    return replace(
        posting,
        role=STOCK if line.is_material else APPLIED,
        amount=whole * line.amount / total,
        exact=None,
        element=posting.element if line.is_material else line.element,
        product=line.product,
        group=None,
        operation=line.operation,
        workcenter=line.workcenter,
        standard_quantity=posting.standard_quantity * line.quantity,
        standard_price=line.price,
        actual_quantity=posting.actual_quantity * line.quantity,
        actual_price=line.price,
    )
