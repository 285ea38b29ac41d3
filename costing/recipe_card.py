"""One card of one recipe: its lines for one unit, priced.

Between ``recipes`` and ``rollup``, which asks for it product by product.
"""

from collections import defaultdict
from dataclasses import replace

from . import cards
from .cards import Card
from .money import ZERO
from .recipes import BOUGHT


def get_card(recipe, get_price):
    """Return the `cards.Card` of one unit of a recipe's product.

    :param get_price: function from a product to company currency for one unit
    """
    sheet = recipe.sheet
    if recipe.basis == BOUGHT:
        price = get_price(recipe.product)
        return Card((cards.purchase_line(sheet.material, recipe.product, price),))
    lines = [
        *_get_material_lines(recipe, get_price),
        *_get_byproduct_lines(recipe, get_price),
        *_get_operation_lines(recipe),
    ]
    if recipe.fee is not None:
        lines.append(cards.subcontracting_line(sheet.subcontracting, recipe.fee))
    rates = [rate for _key, rate in sheet.overheads]
    return cards.with_overheads(lines, rates, recipe.lot_size)


def _per_unit(line, recipe):
    """Return a material's quantity for one unit, at the precision of a card."""
    return round(line.quantity / recipe.quantity, cards.QUANTITY_DIGITS)


def _get_material_lines(recipe, get_price):
    element = recipe.sheet.material
    for material in recipe.materials:
        quantity = _per_unit(material, recipe)
        price = get_price(material.product)
        line = cards.component_line(element, material.product, quantity, price)
        yield replace(line, group=material.group) if material.group else line
        if material.scrap:
            yield cards.scrap_line(line, material.scrap)


def _get_byproduct_lines(recipe, get_price):
    for byproduct in recipe.byproducts:
        yield cards.byproduct_line(
            recipe.sheet.material,
            byproduct.product,
            _per_unit(byproduct, recipe),
            get_price(byproduct.product),
        )


def _get_operation_lines(recipe):
    """Yield run time, then set-up, of each operation and element of its rate. An
    operation that occurs several times, in kits, is one: its hours are added up."""
    hours = defaultdict(lambda: (ZERO, ZERO))
    for operation in recipe.operations:
        key = (operation.key, operation.workcenter)
        setup, run = operation.get_hours(recipe.lot_size)
        hours[key] = (hours[key][0] + setup, hours[key][1] + run)
    for (key, workcenter), (setup, run) in hours.items():
        for element, rate in recipe.sheet.rates[workcenter]:
            yield cards.operation_line(element, key, workcenter, run, rate)
            if setup:
                yield cards.setup_line(element, key, workcenter, setup, rate)
