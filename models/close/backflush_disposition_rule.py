# What becomes of variances at a period end, kind by kind: the company's choice, and the
# choice of one close. Configuration; read by backflush_period_disposition.py.

from odoo import fields, models

from ...costing import proration
from ..configuration.backflush_cost_element import VARIANCE_KINDS

METHODS = [
    (proration.TO_COST_OF_SALES, "To cost of goods sold"),
    (proration.PRORATED, "Prorate to RIP, FG and COGS"),
    (proration.CARRIED, "Carry forward"),
]


class BackflushDispositionRule(models.Model):
    _name = "backflush.disposition.rule"
    _description = "Disposition Rule"
    _inherit = ["backflush.tracked"]
    _order = "company_id, kind"
    _rec_name = "kind"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(VARIANCE_KINDS, "Variance", required=True, tracking=True)
    method = fields.Selection(
        METHODS,
        "Within the Year",
        required=True,
        default=proration.TO_COST_OF_SALES,
        tracking=True,
        help="What a month or an interim close does with variances of this kind.",
    )
    year_end_method = fields.Selection(
        [choice for choice in METHODS if choice[0] != proration.CARRIED],
        "At Year End",
        required=True,
        default=proration.TO_COST_OF_SALES,
        tracking=True,
        help="At the end of a year nothing can be carried forward: accounts of the "
        "result start from zero.",
    )

    _kind_unique = models.Constraint(
        "UNIQUE(company_id, kind)",
        "A company has one rule for each kind of variance.",
    )

    def _get_methods(self, company, year_end):
        """Return {kind: method} of the company's rules; a kind without one goes to cost
        of goods sold."""
        rules = self.search([("company_id", "=", company.id)])
        name = "year_end_method" if year_end else "method"
        return {rule.kind: rule[name] for rule in rules}


class BackflushPeriodDisposition(models.Model):
    _name = "backflush.period.disposition"
    _description = "Disposition of a Period Close"
    _order = "period_id, kind"
    _rec_name = "kind"

    period_id = fields.Many2one(
        "backflush.period", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="period_id.company_id", store=True)
    kind = fields.Selection(VARIANCE_KINDS, "Variance", required=True, readonly=True)
    method = fields.Selection(METHODS, "Disposition", required=True)

    _kind_unique = models.Constraint(
        "UNIQUE(period_id, kind)",
        "A close has one disposition for each kind of variance.",
    )
