"""In what units a case is played, so that every quantity and cost is exact.

Used by ``play`` and ``native``, the second step. Prices are of the company's currency.
"""

from decimal import Decimal
from fractions import Fraction

#: Working time of one unit; short, so that a month's output stays imaginable.
MINUTES = 6
HOURS = Fraction(MINUTES, 60)


def get_material_price(env, case):
    """Return the component's standard price, such that every quantity is exact.

    A unit's material is one component where that is exact; else the component is
    counted in currency units (in hundreds of the smallest amount).
    """
    digits = env["decimal.precision"].precision_get("Product Unit")
    smallest = Decimal(str(env.company.currency_id.rounding))
    opening = case.get_opening_cost("RIP") if case.is_recorded else 0
    amounts = (case.purchased, case.material, case.usage, opening, case.count or 0)
    price = case.material / case.completed
    exact = price and all(
        is_multiple(Fraction(amount) / Fraction(price), digits) for amount in amounts
    )
    return price if exact and is_multiple(price, 6) else smallest * 10**digits


def get_batch(case, price):
    """Return (units, components) of the bill: for one unit, or for all of them where
    one unit's quantity is not exact."""
    unit = Fraction(case.material) / Fraction(case.completed) / Fraction(price)
    made = 1 if is_multiple(unit, 2) else int(case.completed)
    return made, unit * made


def is_multiple(number, digits):
    """Answer whether ``number`` has at most ``digits`` decimals."""
    return (Fraction(number) * 10**digits).denominator == 1
