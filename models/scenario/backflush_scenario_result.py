# Results of a scenario: each product that it reaches, before and after, by element.
# Standard cost; stored by the computation of the scenario, read only.

from odoo import fields, models

READONLY_AMOUNT = {"readonly": True, "digits": (16, 6), "min_display_digits": 2}
#: Costs of one unit of different products do not add up.
READONLY_UNIT = {**READONLY_AMOUNT, "aggregator": "avg"}


class BackflushScenarioResult(models.Model):
    _name = "backflush.scenario.result"
    _description = "Result of a Standard Cost Scenario"
    _order = "scenario_id, level desc, id"
    _rec_name = "product_id"
    _check_company_auto = True

    scenario_id = fields.Many2one(
        "backflush.scenario",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="scenario_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    category_id = fields.Many2one("product.category", readonly=True)
    basis = fields.Selection(
        [("made", "Made"), ("bought", "Bought")], required=True, readonly=True
    )
    level = fields.Integer(
        readonly=True,
        aggregator=False,
        help="Levels of made components below this product: 0 for a bought product.",
    )
    base_cost = fields.Float(
        "Cost Today",
        **READONLY_UNIT,
        help="Rolled up without the changes; company currency for one unit.",
    )
    scenario_cost = fields.Float(
        "Cost Then",
        **READONLY_UNIT,
        help="Rolled up with the changes; company currency for one unit.",
    )
    change = fields.Float(
        **READONLY_UNIT, help="Company currency for one unit; positive costs more."
    )
    change_percent = fields.Float(
        "Change (%)", readonly=True, aggregator="avg", help="Of the cost today."
    )
    list_price = fields.Monetary(
        readonly=True,
        aggregator="avg",
        help="Price of one unit in company currency without included taxes; none for "
        "products that are not sold.",
    )
    margin_before = fields.Monetary(
        "Margin Today",
        readonly=True,
        aggregator="avg",
        help="List price less the cost today.",
    )
    margin_after = fields.Monetary(
        "Margin Then",
        readonly=True,
        aggregator="avg",
        help="List price less the cost then.",
    )
    margin_before_percent = fields.Float(
        "Margin Today (%)", readonly=True, aggregator="avg"
    )
    margin_after_percent = fields.Float(
        "Margin Then (%)", readonly=True, aggregator="avg"
    )
    quantity_on_hand = fields.Float(readonly=True, digits="Product Unit")
    inventory_effect = fields.Monetary(
        "Effect on Inventory",
        readonly=True,
        help="What a release of this cost would revalue the goods on hand by. Goods "
        "flushed at sale count with their material in perpetual accounts alone.",
    )
    planned_quantity = fields.Float(
        "Planned Volume", readonly=True, digits="Product Unit"
    )
    planned_effect = fields.Monetary(
        "Effect on Planned Volume",
        readonly=True,
        help="Planned volume times the change of cost.",
    )
    element_ids = fields.One2many(
        "backflush.scenario.element", "result_id", "By Cost Element", readonly=True
    )

    _product_unique = models.Constraint(
        "UNIQUE(scenario_id, product_id)",
        "A scenario has one result for each product.",
    )

    def action_view_where_used(self):
        """Open what uses the product of this result."""
        self.ensure_one()
        return self.product_id.action_view_where_used()


class BackflushScenarioElement(models.Model):
    _name = "backflush.scenario.element"
    _description = "Result of a Standard Cost Scenario by Element"
    _order = "result_id, element_id"
    _rec_name = "element_id"
    _check_company_auto = True

    result_id = fields.Many2one(
        "backflush.scenario.result",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    scenario_id = fields.Many2one(related="result_id.scenario_id", store=True)
    company_id = fields.Many2one(related="result_id.company_id", store=True)
    product_id = fields.Many2one(related="result_id.product_id", store=True)
    category_id = fields.Many2one(related="result_id.category_id", store=True)
    element_id = fields.Many2one(
        "backflush.cost.element",
        "Cost Element",
        required=True,
        readonly=True,
        check_company=True,
        ondelete="cascade",
    )
    base_amount = fields.Float("Cost Today", **READONLY_AMOUNT)
    scenario_amount = fields.Float("Cost Then", **READONLY_AMOUNT)
    change = fields.Float(**READONLY_AMOUNT)
