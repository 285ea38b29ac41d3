"""Price, usage, rate, efficiency, mix and yield of what ``words`` has found.

Second step; ``reader`` puts the amounts together.
"""

from ...costing import mix, variances
from ...costing.money import ZERO
from . import words


def get_material_amounts(inputs, convention):
    """Return {name: amount}: of each material, and of all together.

    Price is measured at purchase, where a case says what was bought and its convention
    is not "at use".
    """
    found = words.materials(inputs)
    at_use, at_purchase = _each(found, price_at_use), _each(found, price_at_purchase)
    price = at_use if "at use" in convention else at_purchase
    return {
        **_named("material_price_at_use", at_use, found),
        **_named("material_price_at_purchase", at_purchase, found),
        **_named("material_price", price, found),
        **_named("material_usage", _each(found, usage), found),
        **_get_mix_amounts("material", found),
    }


def get_labour_amounts(inputs, _convention):
    """Return {name: amount}: of each class of labour, and of all together."""
    found = words.labour(inputs)
    return {
        **_named("labour_rate", _each(found, price_at_use), found),
        **_named("labour_efficiency", _each(found, usage), found),
        **_get_mix_amounts("labour", found),
    }


def price_at_purchase(resource):
    """Of what was paid for; None when the case does not say enough."""
    if None in (resource.paid_for, resource.price, resource.cost):
        return None
    return variances.price_variance(resource.paid_for, resource.price, resource.cost)


def price_at_use(resource):
    """Of what was used, at the average price of what was bought."""
    if None in (resource.used, resource.price, resource.cost):
        return None
    cost = resource.cost
    if resource.bought:
        cost = cost * resource.used / resource.bought
    return variances.price_variance(resource.used, resource.price, cost)


def usage(resource):
    """Usage of a material, efficiency of labour."""
    if None in (resource.standard, resource.price, resource.used):
        return None
    return variances.usage_variance(resource.standard, resource.used, resource.price)


def _each(resources, measure):
    found = {name: measure(resource) for name, resource in resources.items()}
    return {name: amount for name, amount in found.items() if amount is not None}


def _named(kind, amounts, resources):
    """Return {kind.name: amount}, and the total as ``kind`` when none is missing."""
    found = {f"{kind}.{name}": amount for name, amount in amounts.items()}
    if resources and len(amounts) == len(resources):
        found[kind] = sum(amounts.values(), ZERO)
    return found


def _get_mix_amounts(what, resources):
    """Of a group of which everything is known."""
    if not resources or len(_each(resources, usage)) < len(resources):
        return {}
    group = {
        name: mix.Member(resource.standard, resource.price, resource.used)
        for name, resource in resources.items()
    }
    return name_mix(what, mix.mix_and_yield(group))


def name_mix(what, amounts):
    """Return {name: amount} of what `costing.mix.mix_and_yield` has found."""
    found = {f"{what}_{kind}": total for kind, total in mix.totals(amounts).items()}
    for name, kinds in amounts.items():
        for kind, amount in kinds.items():
            found[f"{kind}.{name}"] = found[f"{what}_{kind}.{name}"] = amount
    return found
