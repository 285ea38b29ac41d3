# What if: prices and rates that change in thought, and what they do to standard costs.
# Standard cost; rolled up without release, kept, and never posted.

from odoo import api, fields, models

#: Written with the results.
COMPUTED = ("computed_on", "computed_by_id")


class BackflushScenario(models.Model):
    _name = "backflush.scenario"
    _description = "Standard Cost Scenario"
    _inherit = ["backflush.tracked", "mail.activity.mixin", "backflush.guarded"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _guarded_fields = {"state", "result_ids", "problems", *COMPUTED}

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="The day on which prices of subcontractors and exchange rates are read.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        check_company=True,
        tracking=True,
    )
    scope = fields.Selection(
        [("all", "All products"), ("categories", "Products of some categories")],
        required=True,
        default="all",
        help="The products whose standard cost is rolled up; those that the changes do "
        "not reach are not listed.",
    )
    category_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="Categories below them belong to them.",
    )
    note = fields.Html()
    state = fields.Selection(
        [("draft", "Draft"), ("computed", "Computed")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    change_ids = fields.One2many(
        "backflush.scenario.change", "scenario_id", "Changes", copy=True
    )
    result_ids = fields.One2many(
        "backflush.scenario.result", "scenario_id", "Results", readonly=True
    )
    problems = fields.Text(
        readonly=True,
        copy=False,
        help="Products that cannot be rolled up, and why. They are not in the results.",
    )
    computed_on = fields.Datetime(readonly=True, copy=False)
    computed_by_id = fields.Many2one(
        "res.users", "Computed By", readonly=True, copy=False
    )
    result_count = fields.Integer("Products", compute="_compute_totals")
    inventory_effect = fields.Monetary(
        "Effect on Inventory",
        compute="_compute_totals",
        help="What a release of these costs would revalue the goods on hand by.",
    )
    planned_effect = fields.Monetary(
        "Effect on Planned Volume",
        compute="_compute_totals",
        help="Change of cost of the volumes that are planned from that day on.",
    )
    margin_before = fields.Float(
        "Average Margin Today",
        compute="_compute_totals",
        help="Of the listed products that are sold, one of each, at list price.",
    )
    margin_after = fields.Float(
        "Average Margin Then",
        compute="_compute_totals",
        help="Of the listed products that are sold, one of each, at list price.",
    )

    @api.depends("result_ids")
    def _compute_totals(self):
        wanted = (
            "inventory_effect",
            "planned_effect",
            "list_price",
            "margin_before",
            "margin_after",
        )
        rows = self.env["backflush.scenario.result"]._read_group(
            [("scenario_id", "in", self.ids)],
            ["scenario_id"],
            ["__count", *(f"{name}:sum" for name in wanted)],
        )
        totals = {scenario: sums for scenario, *sums in rows}
        for scenario in self:
            sums = totals.get(scenario, [0] * 6)
            count, inventory, planned, price, before, after = sums
            scenario.result_count = count
            scenario.inventory_effect = inventory
            scenario.planned_effect = planned
            scenario.margin_before = before / price if price else 0.0
            scenario.margin_after = after / price if price else 0.0

    # Results are of the scenario as it was computed -----------------------------------

    def write(self, vals):
        if vals.keys() & {"date", "scope", "category_ids", "company_id"}:
            vals = {"state": "draft", **vals}
        return super().write(vals)

    def copy_data(self, default=None):
        data = super().copy_data(default)
        for scenario, vals in zip(self, data, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=scenario.name)
        return data

    # Buttons -------------------------------------------------------------------------

    def action_view_results(self):
        """Open the results of these scenarios, side by side when they are several."""
        action = {
            "type": "ir.actions.act_window",
            "res_model": "backflush.scenario.result",
            "view_mode": "list,pivot,graph",
            "domain": [("scenario_id", "in", self.ids)],
            "name": self.env._("Results"),
        }
        if len(self) > 1:
            action |= {
                "view_mode": "pivot,graph,list",
                "name": self.env._("Scenarios Compared"),
            }
        return action

    def action_view_elements(self):
        """Open the change of standard cost by cost element."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "backflush.scenario.element",
            "view_mode": "pivot,list",
            "domain": [("scenario_id", "in", self.ids)],
            "name": self.env._("Change by Cost Element"),
        }
