# Budgets: the hours and the amount planned for a cost element in a span of days.
# Configuration; read by the close of conversion (backflush_period_conversion.py).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...costing.money import ZERO, exact
from .. import finite


class BackflushBudget(models.Model):
    _name = "backflush.budget"
    _description = "Budget of a Cost Element"
    _order = "date_from desc, element_id"
    _rec_name = "element_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    element_id = fields.Many2one(
        "backflush.cost.element",
        "Cost Element",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain=[("is_conversion", "=", True)],
    )
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    hours = finite.Float("Budgeted Hours", digits=(16, 2))
    amount = finite.Monetary(
        "Budgeted Cost",
        help="Of a close that takes in only some of these days, its share by days.",
    )

    _dates_ordered = models.Constraint(
        "CHECK(date_from <= date_to)",
        "A budget ends on the day on which it starts, or later.",
    )

    @api.constrains("company_id", "element_id", "date_from", "date_to")
    def _check_one_for_each_day(self):
        """An element has one budget for a day.

        :raises ValidationError: names both budgets
        """
        others = self.search(
            [
                ("element_id", "in", self.element_id.ids),
                ("date_from", "<=", max(self.mapped("date_to"))),
                ("date_to", ">=", min(self.mapped("date_from"))),
            ]
        ).grouped("element_id")
        for budget in self:
            for other in others.get(budget.element_id, ()):
                if other != budget and budget._get_overlap(
                    other.date_from, other.date_to
                ):
                    raise ValidationError(
                        self.env._(
                            "%(element)s has a budget from %(start)s to %(end)s "
                            "already, and one for each day is all it may have: change "
                            "its days, or that budget.",
                            element=budget.element_id.name,
                            start=format_date(self.env, other.date_from),
                            end=format_date(self.env, other.date_to),
                        )
                    )

    def _get_overlap(self, date_from, date_to):
        """Return how many days of this budget are from ``date_from`` to ``date_to``."""
        first, last = max(self.date_from, date_from), min(self.date_to, date_to)
        return max((last - first).days + 1, 0)

    @api.model
    def _get_amounts(self, company, date_from, date_to):
        """Return {element: (hours, amount, days without a budget)} of the budgets for
        the days from ``date_from`` to ``date_to``; a part of one by its days."""
        days = (date_to - date_from).days + 1
        found = {}
        for budget in self.search(
            [
                ("company_id", "=", company.id),
                ("date_from", "<=", date_to),
                ("date_to", ">=", date_from),
            ]
        ):
            mine = budget._get_overlap(date_from, date_to)
            whole = (budget.date_to - budget.date_from).days + 1
            hours, amount, missing = found.get(budget.element_id, (ZERO, ZERO, days))
            found[budget.element_id] = (
                hours + exact(budget.hours) * mine / whole,
                amount + exact(budget.amount) * mine / whole,
                missing - mine,
            )
        return found
