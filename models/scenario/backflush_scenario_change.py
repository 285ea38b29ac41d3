# One change of a scenario: a price, prices of a category, an hourly or overhead rate.
# Standard cost; read by the computation of the scenario.

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...costing import cards
from ...costing.money import ZERO, exact
from .. import finite

#: What each kind of change is about: the field that names it.
TARGETS = {
    "price": "product_id",
    "category": "category_id",
    "rate": "workcenter_id",
    "overhead": "overhead_rate_id",
}


class BackflushScenarioChange(models.Model):
    _name = "backflush.scenario.change"
    _description = "Change of a Standard Cost Scenario"
    _order = "scenario_id, sequence, id"
    _check_company_auto = True

    scenario_id = fields.Many2one(
        "backflush.scenario", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="scenario_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(
        default=10,
        help="Changes of the same price or rate are applied one after the other.",
    )
    kind = fields.Selection(
        [
            ("price", "Price of a component"),
            ("category", "Prices of a category"),
            ("rate", "Hourly rate of a work center"),
            ("overhead", "Overhead rate"),
        ],
        required=True,
        default="price",
    )
    product_id = fields.Many2one(
        "product.product",
        "Component",
        check_company=True,
        ondelete="cascade",
        domain=[("type", "!=", "service")],
        help="A product made here is taken as bought at the new price.",
    )
    category_id = fields.Many2one(
        "product.category",
        ondelete="cascade",
        help="Components of this category and of those below it; products that are "
        "made are not among them: their cost follows from what they are made of.",
    )
    workcenter_id = fields.Many2one(
        "mrp.workcenter", "Work Center", check_company=True, ondelete="cascade"
    )
    element_id = fields.Many2one(
        "backflush.cost.element",
        "Cost Element",
        check_company=True,
        ondelete="cascade",
        domain=[("is_conversion", "=", True)],
        help="The part of the hourly rate that changes; empty for the whole rate.",
    )
    overhead_rate_id = fields.Many2one(
        "backflush.overhead.rate", check_company=True, ondelete="cascade"
    )
    method = fields.Selection(
        [("percent", "By percent"), ("amount", "To a new value")],
        required=True,
        default="percent",
    )
    percent = finite.Float(
        "Change (%)", digits=(16, 4), help="10 for ten percent more, -10 for less."
    )
    amount = finite.Float(
        "New Value",
        digits=(16, 6),
        min_display_digits=2,
        help="Company currency per component unit or hour, or the overhead rate.",
    )
    target = fields.Char("Of", compute="_compute_target")
    value_before = fields.Float(
        "Today",
        compute="_compute_values",
        digits=(16, 6),
        min_display_digits=2,
        help="The price or rate as it is now; empty for a category.",
    )
    value_after = fields.Float(
        "Then",
        compute="_compute_values",
        digits=(16, 6),
        min_display_digits=2,
        help="The price or rate by this change alone.",
    )

    _percent_range = models.Constraint(
        "CHECK(method != 'percent' OR percent >= -100)",
        "A price or rate cannot fall by more than 100 percent.",
    )
    _amount_positive = models.Constraint(
        "CHECK(method != 'amount' OR amount >= 0)",
        "A new price or rate cannot be negative.",
    )

    @api.depends("kind", *TARGETS.values(), "element_id")
    def _compute_target(self):
        for change in self:
            target = TARGETS.get(change.kind)
            names = [target and change[target].display_name or ""]
            if change.kind == "rate" and change.element_id:
                names.append(change.element_id.name)
            change.target = ", ".join(names)

    @api.depends(
        "kind",
        "method",
        "percent",
        "amount",
        "product_id",
        "workcenter_id",
        "element_id",
        "overhead_rate_id",
    )
    def _compute_values(self):
        lookups = self.filtered(lambda change: change.kind != "category")._look_up()
        for change in self:
            today = {} if change.kind == "category" else change._get_today(lookups)
            change.value_before = float(change._summarize(today))
            change.value_after = float(change._summarize(change._apply(today)))

    def _summarize(self, values):
        """Return one figure for ``values`` of this line: a rate that is not split is
        the same in the element of every policy."""
        amounts = list(values.values())
        return sum(amounts if self._is_split() else amounts[:1], ZERO)

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind == "category":
            self.method = "percent"

    @api.constrains("kind", "method", *TARGETS.values(), "element_id")
    def _check_target(self):
        for change in self:
            target = TARGETS.get(change.kind)
            if not target or not change[target]:
                raise ValidationError(
                    self.env._(
                        "Scenario %(scenario)s: choose what changes in each line, as "
                        "in the component of a price or the work center of a rate.",
                        scenario=change.scenario_id.name,
                    )
                )
            if change.kind == "category" and change.method == "amount":
                raise ValidationError(
                    self.env._(
                        "Scenario %(scenario)s: prices of category %(category)s "
                        "change by a percentage; for a new price choose the component.",
                        scenario=change.scenario_id.name,
                        category=change.category_id.display_name,
                    )
                )
        self.filtered(lambda change: change.kind == "rate")._check_rates()

    def _check_rates(self):
        """Raise when a work centre charges nothing to the chosen element, or nothing
        at all that a new rate could be shared out by."""
        _bought, unsplit = self._look_up()
        for change in self:
            rates = change._get_rates(unsplit)
            shared = change._is_split() and change.method == "amount"
            if rates and not (shared and not sum(rates.values())):
                continue
            workcenter = change.workcenter_id
            elements = workcenter.backflush_rate_ids.element_id or unsplit
            raise ValidationError(
                self.env._(
                    "Scenario %(scenario)s: work center %(workcenter)s has no hourly "
                    "rate to change. Choose one of its cost elements (%(elements)s), "
                    "or set its rate (Manufacturing > Configuration > Work Centers).",
                    scenario=change.scenario_id.name,
                    workcenter=workcenter.name,
                    elements=", ".join(elements.mapped("name")),
                )
            )

    # What changed, the results are not of any more ------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        changes = super().create(vals_list)
        changes._set_outdated()
        return changes

    def write(self, vals):
        self._set_outdated()
        return super().write(vals)

    def unlink(self):
        self._set_outdated()
        return super().unlink()

    def _set_outdated(self):
        scenarios = self.scenario_id
        scenarios.filtered(lambda scenario: scenario.state == "computed").write(
            {"state": "draft"}
        )

    # What the computation asks --------------------------------------------------------

    def _get_values(self):
        """Return ({product id: price}, {(work centre id, element id): rate},
        {overhead rate id: rate}) as they are after these changes, one by one."""
        found = {"price": {}, "rate": {}, "overhead": {}}
        lookups = self._look_up()
        for change in self.sorted(lambda change: (change.sequence, change.id)):
            values = found["price" if change.kind == "category" else change.kind]
            today = change._get_today(lookups)
            values |= change._apply({key: values.get(key, today[key]) for key in today})
        return found["price"], found["rate"], found["overhead"]

    def _look_up(self):
        """Return what lines ask for together: {category: its components that are
        bought, of all levels below}, and the elements that take an hourly rate that is
        not split, those of the company's policies."""
        company = self.company_id
        policies = self.env["backflush.policy"].search(
            [("company_id", "in", company.ids)]
        )
        return self._get_bought(), policies.conversion_element_id

    def _get_bought(self):
        categories = self.category_id
        if not categories:
            return {}
        products = self.env["product.product"].search(
            [
                ("categ_id", "child_of", categories.ids),
                ("type", "!=", "service"),
                ("company_id", "in", [False, *self.company_id.ids]),
            ]
        )
        bought = products - products._filter_rolled_up(self.company_id)
        return {
            category: bought.filtered(
                lambda product, path=category.parent_path: (
                    product.categ_id.parent_path.startswith(path)
                )
            )
            for category in categories
        }

    def _get_today(self, lookups):
        """Return {key: price or rate of today} of what this line changes.

        :param lookups: see `_look_up`
        """
        self.ensure_one()
        bought, unsplit = lookups
        if self.kind == "rate":
            return self._get_rates(unsplit)
        if self.kind == "overhead":
            rate = self.overhead_rate_id
            return {rate.id: exact(rate.rate)} if rate else {}
        products = self.product_id
        if self.kind == "category":
            products = bought[self.category_id]
        return {
            product.id: exact(product.standard_price)
            for product in products.with_company(self.company_id)
        }

    def _get_rates(self, unsplit):
        """Return {(work centre id, element id): rate}, all elements of the work centre
        or the chosen one.

        :param unsplit: the elements that take the whole rate where it is not split
        """
        workcenter = self.workcenter_id
        rates = [
            (line.element_id, line.rate) for line in workcenter.backflush_rate_ids
        ] or [(element, workcenter.costs_hour) for element in unsplit]
        return {
            (workcenter.id, element.id): exact(rate)
            for element, rate in rates
            if workcenter and self.element_id in (element, element.browse())
        }

    def _is_split(self):
        """Answer whether this line is about a whole hourly rate of several elements."""
        return bool(
            self.kind == "rate"
            and not self.element_id
            and self.workcenter_id.backflush_rate_ids
        )

    def _apply(self, values):
        """Return ``values`` after this change, to the millionth; a new rate of a work
        centre is shared out as the one before."""
        if self.method == "percent":
            factor = 1 + exact(self.percent) / 100
        elif not self._is_split():
            return dict.fromkeys(values, exact(self.amount))
        else:
            before = sum(values.values(), ZERO)
            factor = exact(self.amount) / before if before else ZERO
        return {key: cards.unit_cost(value * factor) for key, value in values.items()}
