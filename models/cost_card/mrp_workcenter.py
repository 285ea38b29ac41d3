# Work centres: the split of their hourly rate into cost elements.
# Standard cost; read by the building of cost cards and by work that no card plans.

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...costing.cards import unit_cost
from ...costing.money import exact
from .. import finite


class MrpWorkcenter(models.Model):
    _inherit = "mrp.workcenter"

    backflush_rate_ids = fields.One2many(
        "backflush.workcenter.rate",
        "workcenter_id",
        "Rate by Cost Element",
        groups="mrp_account_backflush.group_backflush_auditor",
        copy=True,
    )

    @api.constrains("backflush_rate_ids", "costs_hour")
    def _check_backflush_rates(self):
        for workcenter in self.sudo():
            rates = workcenter.backflush_rate_ids.mapped("rate")
            currency = workcenter.company_id.currency_id or self.env.company.currency_id
            if rates and currency.compare_amounts(sum(rates), workcenter.costs_hour):
                raise ValidationError(
                    self.env._(
                        "Work center %(name)s costs %(cost)s per hour, but its rates "
                        "by cost element add up to %(sum)s. Correct one of them "
                        "(Manufacturing > Configuration > Work Centers).",
                        name=workcenter.name,
                        cost=currency.format(workcenter.costs_hour),
                        sum=currency.format(sum(rates)),
                    )
                )

    def _get_element_rates(self, policy):
        """Return [(cost element id, company currency per hour)] of this work centre.

        A work centre whose rate is not split charges it to the policy's conversion
        element.
        """
        self.ensure_one()
        return [
            (line.element_id.id, exact(line.rate)) for line in self.backflush_rate_ids
        ] or [(policy.conversion_element_id.id, unit_cost(exact(self.costs_hour)))]


class BackflushWorkcenterRate(models.Model):
    _name = "backflush.workcenter.rate"
    _description = "Work Center Rate of a Cost Element"
    _inherit = ["backflush.element.line"]
    _order = "workcenter_id, id"
    _check_company_auto = True

    workcenter_id = fields.Many2one(
        "mrp.workcenter", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="workcenter_id.company_id", store=True)
    element_id = fields.Many2one(
        "backflush.cost.element",
        "Cost Element",
        required=True,
        check_company=True,
        domain=[("is_conversion", "=", True)],
    )
    rate = finite.Float(
        "Rate per Hour",
        required=True,
        digits=(16, 6),
        min_display_digits=2,
        help="Company currency per hour",
    )

    _noted_by = ("workcenter_id",)
    _noted = ("rate",)

    _element_unique = models.Constraint(
        "UNIQUE(workcenter_id, element_id)",
        "A work center has one rate for each cost element.",
    )
