# The steps of a waterfall in words: what moved, from what to what, and where to look.
# Standard cost; after backflush_cost_card_why, before the chart in the browser.

from collections import defaultdict

from odoo import models

from ...costing import cards, steps

#: How the browser writes a number.
MONEY, QUANTITY, HOURS, PERCENT = "money", "quantity", "hours", "percent"


class BackflushCostCard(models.Model):
    _inherit = "backflush.cost.card"

    def _get_step_describer(self, found, components):
        """Return the function that turns a step of ``found`` into a dict for the
        browser: amount = (after - before) x factor, each with how it is written.

        :param components: see `_get_cards_of_components`
        """
        # Operations and work centres may be beyond an auditor's rights. He reads their
        # names on the lines of the card; opening them is another matter, see below.
        records = _browse_all(self.sudo().env, found)

        def describe(step):
            thing = self._get_step_thing(step, records)
            target = self._get_step_target(step, components)
            return {
                "name": self._get_step_name(step, thing, records),
                "amount": float(step.amount),
                **_prepare_figures(step),
                "unit": records["product"](step.product).uom_id.name or "",
                "model": target._name,
                "id": target.id,
            }

        return describe

    def _find_card_of_component(self, product, components):
        """Return the card that the price of a component came from: the one noted on
        its line, else one of the same release, else the last that stood on the day."""
        for card in (self, self.card_before_id):
            noted = card.line_ids.filtered(lambda line: line.product_id.id == product)
            if noted.component_card_id:
                return noted.component_card_id[:1]
        found = components.get((product, self.company_id._origin.id), self.browse())
        together = found.filtered(
            lambda card: self.release_id and card.release_id == self.release_id._origin
        )
        stood = found.filtered(
            lambda card: card.version and card.date_from <= self.date_from
        )
        return (together or stood or found)[-1:]

    def _get_step_thing(self, step, records):
        """Return the record that moved, empty for an amount that has none."""
        for name in ("product", "operation", "workcenter"):
            if getattr(step, name):
                return records[name](getattr(step, name))
        return records["element"](step.element)

    def _get_step_name(self, step, thing, records):
        """Return what moved, as in ``Screw`` or ``Factory Overhead on Assemble``."""
        element = records["element"](step.element).name
        if step.kind == cards.OVERHEAD:
            if thing._name == "backflush.cost.element":
                return element
            return self.env._(
                "%(overhead)s on %(what)s", overhead=element, what=thing.display_name
            )
        if step.kind == cards.SCRAP:
            return self.env._("Scrap of %(what)s", what=thing.display_name)
        if step.kind == cards.BYPRODUCT:
            return self.env._("By-product %(what)s", what=thing.display_name)
        if step.kind == cards.SETUP:
            return self.env._(
                "Set-up of %(what)s (%(element)s)",
                what=thing.display_name,
                element=element,
            )
        if step.kind == cards.OPERATION:
            return self.env._(
                "%(what)s (%(element)s)", what=thing.display_name, element=element
            )
        return thing.display_name

    def _get_step_target(self, step, components):
        """Return the record to open for a step, empty where the user may not look."""
        env = self.env
        if step.cause == steps.OVERHEAD_RATE:
            target = self.policy_id
        elif step.cause == steps.SUBCONTRACTING:
            target = self.bom_id or self.card_before_id.bom_id
        elif step.product:
            target = env["product.product"].browse(step.product)
            if step.cause == steps.SUB_ASSEMBLY:
                card = self._find_card_of_component(step.product, components)
                target = card or target
        elif step.operation and step.cause != steps.RATE:
            target = env["mrp.routing.workcenter"].browse(step.operation)
        else:
            target = env["mrp.workcenter"].browse(step.workcenter)
        return target if target.browse().has_access("read") else target.browse()


def _browse_all(env, found):
    """Return {field of `Step`: function that browses a key of it}, all that ``found``
    is about read together."""
    models_by_name = {
        "product": env["product.product"],
        "operation": env["mrp.routing.workcenter"],
        "workcenter": env["mrp.workcenter"],
        "element": env["backflush.cost.element"],
    }
    ids = defaultdict(set)
    for step in found:
        for name in models_by_name:
            ids[name].add(getattr(step, name))
    together = {
        name: model.browse(sorted(ids[name] - {None}))
        for name, model in models_by_name.items()
    }
    return {
        name: lambda key, all_=all_: (
            all_.browse(key).with_prefetch(all_.ids) if key else all_.browse()
        )
        for name, all_ in together.items()
    }


def _prepare_figures(step):
    """Return what moved and what it is multiplied by: ``(after - before) x factor``."""
    before, after = step.before, step.after
    quantity, price = _get_formats(step)
    if before.quantity != after.quantity and before.price != after.price:
        figures = (before.amount, after.amount, 1, MONEY, QUANTITY)
    elif before.quantity != after.quantity:
        scale = 100 if quantity == PERCENT else 1
        moved = (before.quantity * scale, after.quantity * scale)
        figures = (*moved, after.price, quantity, MONEY)
    else:
        scale = 100 if price == PERCENT else 1
        figures = (before.price, after.price, after.quantity * scale, MONEY, price)
    start, end, factor, moves, times = figures
    return {
        "before": float(start),
        "after": float(end),
        "factor": float(factor),
        "format": moves,
        "factor_format": times,
    }


def _get_formats(step):
    """Return how the quantity is written when it moves, and when the price does.

    The quantity of an overhead is a share of its base, but hours when it is per hour,
    and one when it is per unit: then its rate is the price.
    """
    if step.driver == cards.PER_HOUR:
        return HOURS, HOURS
    if step.kind == cards.OVERHEAD:
        own = step.cause == steps.OVERHEAD_RATE
        return PERCENT, QUANTITY if own else PERCENT
    return QUANTITY, QUANTITY
