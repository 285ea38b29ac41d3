"""Which inputs of a case belong together: materials and classes of labour.

The inputs of published cases have no one schema, their keys are words. ``A_kg`` and
``A_price`` make a material, ``labour_hours`` and ``labour_rate`` a class of labour, a
table of prices as many things as it has rows. First step; ``resources`` goes on.
"""

from dataclasses import dataclass
from decimal import Decimal

from ...costing.money import ZERO, exact

UNITS_MADE = ("actual_units", "units", "output_units", "actual_output", "batches")
BOUGHT, USED = ("bought", "purchased"), ("used", "qty", "quantity", "issued")
PAID = ("actual_price", "price", "actual_rate", "rate")


@dataclass(frozen=True)
class Resource:
    """A material or a class of labour; None is what a case does not say.

    :param standard: units or hours allowed for the output
    :param price: standard price or rate
    :param used, bought: units or hours
    :param cost: of what was bought where that is known, else of what was used
    """

    standard: Decimal | None = None
    price: Decimal | None = None
    used: Decimal | None = None
    bought: Decimal | None = None
    cost: Decimal | None = None

    @property
    def paid_for(self):
        """The quantity that ``cost`` is about."""
        return self.used if self.bought is None else self.bought


def resource(*, paid=None, **values):
    """Return the Resource of numbers as a case has them.

    :param paid: actual price or rate, for a case that does not say the cost
    """
    known = {key: exact(value) for key, value in values.items() if value is not None}
    found = Resource(**known)
    if found.cost is None and None not in (paid, found.paid_for):
        return Resource(**known, cost=exact(paid) * found.paid_for)
    return found


def units_made(inputs):
    """Return the output, 1 (the batch) when a case does not count it."""
    return next((exact(inputs[key]) for key in UNITS_MADE if key in inputs), Decimal(1))


def materials(inputs):
    """Return {name: Resource}."""
    standard = inputs.get("standard") or {}
    if found := _of_tables(inputs, "price", "budget_price", "standard_price"):
        return found
    if any(isinstance(value, list) for value in standard.values()):
        return _of_lists(inputs)
    return _of_words(inputs, "_price")


def labour(inputs):
    """Return {name: Resource}: each class of labour, or "labour"."""
    found = _of_tables(inputs, "rate", "standard_rate") or _of_words(inputs, "_rate")
    return {
        name: value
        for name, value in found.items()
        if not any(word in name for word in ("overhead", "machine"))
    }


def _of_lists(inputs):
    """Of ``standard`` {name: [quantity, price]}, ``actual`` {name: quantity}, or the
    same as in the standard."""
    found, actual = {}, inputs.get("actual") or {}
    for name, (quantity, price) in inputs["standard"].items():
        used = actual.get(name)
        used, paid = used if isinstance(used, list) else (used, None)
        allowed = units_made(inputs) * exact(quantity)
        found[name] = resource(standard=allowed, price=price, used=used, paid=paid)
    return found


def _of_tables(inputs, *prices):
    """Of one table for each: prices, standard quantities of one unit, actual
    quantities, actual costs or prices."""
    tables = {key: table for key, table in inputs.items() if isinstance(table, dict)}
    names = next((tables[key] for key in prices if key in tables), {})
    planned = _find_table(tables, names, ["standard"], without=PAID)
    used = _find_table(tables, names, ["actual"], without=(*PAID, "cost"))
    if not planned:
        return {}
    cost = _find_table(tables, names, ["actual_cost"])
    paid = _find_table(tables, names, ["actual_price", "actual_rate"])
    units = units_made(inputs)
    return {
        name: resource(
            standard=units * exact(planned.get(name, ZERO)),
            price=price,
            used=used.get(name),
            cost=cost.get(name),
            paid=paid.get(name),
        )
        for name, price in names.items()
    }


def _find_table(tables, names, starts, without=()):
    """Return {name: value} of the first table whose key begins with one of ``starts``
    and has no word of ``without``."""
    for key, table in tables.items():
        if key.startswith(tuple(starts)) and not set(without) & set(key.split("_")):
            if found := _by_name(table, names):
                return found
    return {}


def _by_name(table, names):
    """Return {name: value}; labels may end in a unit: iron_kg is iron."""
    return {
        name: value
        for name in names
        for label, value in table.items()
        if label == name or label.startswith(f"{name}_")
    }


def _of_words(inputs, ending):
    """Of ``standard`` {A_kg, A_price} and ``actual`` {A_kg or A_qty, A_cost ...}, where
    A may also be its unit or a plural: gal_bought, drums_used."""
    standard = inputs.get("standard") or {}
    names = [key.removesuffix(ending) for key in standard if key.endswith(ending)]
    return {name: _by_words(inputs, name) for name in names}


def _by_words(inputs, name):
    standard, units = inputs["standard"], units_made(inputs)
    label = _find_quantity(standard, name)
    words = _find_words(standard, name, label)

    def get(endings, *more):
        keys = [*more, *(f"{word}_{ending}" for word in words for ending in endings)]
        return get_actual(inputs, keys)

    planned = standard.get(label)
    return resource(
        standard=None if planned is None else units * exact(planned),
        price=standard.get(f"{name}_price", standard.get(f"{name}_rate")),
        used=get(USED, label, *words),
        bought=get(BOUGHT),
        cost=get(("cost",)),
        paid=get(PAID),
    )


def _find_quantity(standard, name):
    """Return the key of the quantity of ``name``: its own name, or with a unit."""
    for key in standard:
        is_price = key.endswith(("_price", "_rate", "_cost"))
        if not is_price and (key == name or key.startswith(f"{name}_")):
            return key
    return name


def _find_words(standard, name, label):
    """Return the words that ``actual`` may use for ``name``: its unit only where
    nothing else has it."""
    words, unit = [name, label], label.removeprefix(f"{name}_")
    if sum(key.endswith(f"_{unit}") for key in standard) == 1:
        words.append(unit)
    return [*words, *(f"{word}s" for word in words)]


def get_actual(inputs, keys):
    """Return the first that there is of ``keys``, as a total; None without any."""
    actual = inputs.get("actual") or {}
    for key in keys:
        if key in actual:
            return exact(actual[key])
        if f"{key}_per_unit" in actual:
            return units_made(inputs) * exact(actual[f"{key}_per_unit"])
    return None
