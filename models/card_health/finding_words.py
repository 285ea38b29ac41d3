# Steps of a waterfall as sentences: what stands on the card, what holds now.
# Standard cost; used by the check, which keeps them as the reason of a finding.

from odoo.tools import format_date

from ...costing import cards, steps
from ..number_words import number_in_words


class FindingWords:
    """Puts steps from a card in force to one computed today into words.

    Names are read for all steps at once, so that the number of queries does not grow
    with them.

    :param found: all `costing.steps.Step` that will be described
    :param cards_of: {product id: its card in force}
    :param bills: {product id: id of the bill that applies today}
    """

    def __init__(self, env, found, cards_of, bills):
        self.env = env
        self.cards_of = cards_of
        self.bills = bills
        self.products = self._browse("product.product", found, "product")
        self.operations = self._browse("mrp.routing.workcenter", found, "operation")
        self.workcenters = self._browse("mrp.workcenter", found, "workcenter")
        self.elements = self._browse("backflush.cost.element", found, "element")
        self.bill_names = self._get_bill_names()
        self.bill_dates = self._get_bill_dates()

    def _browse(self, model, found, name):
        """Return {id: record} of what the steps are about, one prefetch for all."""
        ids = {key for step in found if (key := getattr(step, name))}
        return {record.id: record for record in self.env[model].browse(ids)}

    def _get_bill_names(self):
        ids = {*self.bills.values()} | {
            self.cards_of[product].bom_id.id for product in self.bills
        }
        boms = self.env["mrp.bom"].browse(ids - {None, False})
        return {bom.id: bom.display_name for bom in boms}

    def _get_bill_dates(self):
        """Return {bill: day on which it, a component or an operation last changed}."""
        dates = {}
        for model, field in (
            ("mrp.bom", "id"),
            ("mrp.bom.line", "bom_id"),
            ("mrp.bom.byproduct", "bom_id"),
            ("mrp.routing.workcenter", "bom_id"),
        ):
            found = self.env[model]._read_group(
                [(field, "in", [*self.bill_names])], [field], ["write_date:max"]
            )
            for owner, changed in found:
                key = owner if field == "id" else owner.id
                dates[key] = max(dates.get(key, changed), changed)
        return dates

    def describe(self, kind, product, mine, regrouped=()):
        """Return the reason of a finding, a line for each thing that moved.

        :param kind: kind of the finding
        :param mine: its steps; an overhead that follows another step has no line
        :param regrouped: see `costing.health.regrouped`
        """
        lines = [
            self._describe_step(step)
            for step in mine
            if step.kind != cards.OVERHEAD or step.cause == steps.OVERHEAD_RATE
        ]
        if kind == "bill":
            lines += [self._describe_group(*change) for change in regrouped]
        if kind in ("bill", "routing"):
            lines += self._describe_bill(product.id)
        # An operation whose rate is split into elements has a step for each.
        return "\n".join(dict.fromkeys(lines))

    def _describe_step(self, step):
        describe = {
            steps.BILL: self._describe_component,
            steps.SCRAP: self._describe_scrap,
            steps.ROUTING_TIME: self._describe_time,
            steps.LOT_SIZE: self._describe_lot,
            steps.RATE: self._describe_rate,
            steps.SUBCONTRACTING: self._describe_fee,
            steps.OVERHEAD_RATE: self._describe_overhead,
            steps.COMPONENT_PRICE: self._describe_price,
            steps.SUB_ASSEMBLY: self._describe_price,
        }
        return describe[step.cause](step)

    def _describe_component(self, step):
        values = {
            "component": self._get_component(step),
            "before": self._quantity(step, step.before.quantity),
            "after": self._quantity(step, step.after.quantity),
        }
        if not step.before.quantity:
            return self.env._(
                "%(component)s: not on the card, %(after)s in the bill", **values
            )
        if not step.after.quantity:
            return self.env._(
                "%(component)s: %(before)s on the card, no longer in the bill", **values
            )
        return self.env._(
            "%(component)s: %(before)s on the card, %(after)s in the bill", **values
        )

    def _describe_scrap(self, step):
        return self.env._(
            "%(component)s, planned scrap: %(before)s on the card, %(after)s in the "
            "bill",
            component=self._get_component(step),
            before=self._quantity(step, step.before.quantity),
            after=self._quantity(step, step.after.quantity),
        )

    def _describe_group(self, component, before, after):
        product = self.env["product.product"].browse(component)
        return self.env._(
            "%(component)s, mix group: %(before)s on the card, %(after)s in the bill",
            component=product.display_name,
            before=before or self.env._("none"),
            after=after or self.env._("none"),
        )

    def _describe_time(self, step):
        return self.env._(
            "%(operation)s: %(before)s hours on the card, %(after)s in the bill",
            operation=self._get_operation(step),
            before=self._number(step.before.quantity),
            after=self._number(step.after.quantity),
        )

    def _describe_lot(self, step):
        return self.env._(
            "%(operation)s: %(before)s hours on the card, %(after)s with the lot size "
            "of the bill",
            operation=self._get_operation(step),
            before=self._number(step.before.quantity),
            after=self._number(step.after.quantity),
        )

    def _describe_rate(self, step):
        workcenter = self.workcenters.get(step.workcenter)
        return self.env._(
            "%(workcenter)s, %(element)s: %(before)s an hour on the card, %(after)s "
            "now",
            workcenter=workcenter.display_name if workcenter else "",
            element=self.elements[step.element].display_name,
            before=self._price(step.before.price),
            after=self._price(step.after.price),
        )

    def _describe_fee(self, step):
        return self.env._(
            "Subcontractor: %(before)s on the card, %(after)s now",
            before=self._price(step.before.amount),
            after=self._price(step.after.amount),
        )

    def _describe_overhead(self, step):
        return self.env._(
            "%(element)s: %(before)s on the card, %(after)s now",
            element=self.elements[step.element].display_name,
            before=self._price(step.before.amount),
            after=self._price(step.after.amount),
        )

    def _describe_price(self, step):
        values = {
            "component": self._get_component(step),
            "before": self._price(step.before.price),
            "after": self._price(step.after.price),
        }
        if card := self.cards_of.get(step.product):
            return self.env._(
                "%(component)s: %(before)s on the card, %(after)s now, on its card "
                "version %(version)s in force since %(date)s",
                version=card.version,
                date=format_date(self.env, card.date_from),
                **values,
            )
        return self.env._(
            "%(component)s: %(before)s on the card, %(after)s now", **values
        )

    def _describe_bill(self, product):
        """Return which bill it is about, and when it last changed."""
        today, before = self.bills[product], self.cards_of[product].bom_id.id
        lines = []
        if before and before != today:
            lines.append(
                self.env._(
                    "The card follows the bill %(before)s, today %(today)s applies.",
                    before=self.bill_names[before],
                    today=self.bill_names[today],
                )
            )
        if changed := self.bill_dates.get(today):
            lines.append(
                self.env._(
                    "Bill of materials last changed on %(date)s.",
                    date=format_date(self.env, changed),
                )
            )
        return lines

    # Names and numbers ---------------------------------------------------------------

    def _get_component(self, step):
        name = self.products[step.product].display_name
        if step.kind == cards.BYPRODUCT:
            return self.env._("By-product %(product)s", product=name)
        return name

    def _get_operation(self, step):
        operation = self.operations.get(step.operation)
        name = operation.display_name if operation else self.env._("Operation")
        if step.kind == cards.SETUP:
            return self.env._("%(operation)s, set-up", operation=name)
        return name

    def _quantity(self, step, quantity):
        """Return a quantity with its unit; by-products are negative on a card."""
        unit = self.products[step.product].uom_id.display_name
        return f"{self._number(abs(quantity))} {unit}"

    def _number(self, number):
        return number_in_words(self.env, number)

    def _price(self, price):
        return number_in_words(self.env, price, 2)
