# Overhead rates: how a policy adds overhead to the cost cards of its products.
# Configuration; read by the building of cost cards.

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...costing import cards
from ...costing.money import exact
from .. import finite


class BackflushOverheadRate(models.Model):
    _name = "backflush.overhead.rate"
    _description = "Overhead Rate"
    _inherit = ["backflush.element.line"]
    _order = "policy_id, sequence, id"
    _check_company_auto = True

    policy_id = fields.Many2one(
        "backflush.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    element_id = fields.Many2one(
        "backflush.cost.element",
        "Cost Element",
        required=True,
        check_company=True,
        domain=[("is_conversion", "=", True)],
    )
    method = fields.Selection(
        [
            (cards.PERCENT, "Percent of an element"),
            (cards.PER_QUANTITY, "Amount per unit"),
            (cards.PER_HOUR, "Amount per hour"),
        ],
        required=True,
        default=cards.PERCENT,
    )
    base_element_id = fields.Many2one(
        "backflush.cost.element",
        "Percent Of",
        check_company=True,
        help="The element whose direct cost the percentage is taken of.",
    )
    rate = finite.Float(
        required=True,
        digits=(16, 6),
        min_display_digits=2,
        help="Percent, or company currency per unit of the product or per hour.",
    )

    _noted_by = ("policy_id",)
    _noted = ("method", "base_element_id", "rate")

    @api.depends("policy_id.name", "element_id.name", "method", "base_element_id.name")
    def _compute_display_name(self):
        """A policy may have several rates of an element: each names what it is of."""
        methods = dict(self._fields["method"]._description_selection(self.env))
        for line in self:
            line.display_name = (
                self.env._(
                    "%(policy)s: %(element)s, percent of %(base)s",
                    policy=line.policy_id.name,
                    element=line.element_id.name,
                    base=line.base_element_id.name,
                )
                if line.method == cards.PERCENT
                else self.env._(
                    "%(policy)s: %(element)s, %(method)s",
                    policy=line.policy_id.name,
                    element=line.element_id.name,
                    method=methods.get(line.method, "").lower(),
                )
            )

    @api.constrains("method", "base_element_id")
    def _check_base_element(self):
        for line in self:
            if line.method == cards.PERCENT and not line.base_element_id:
                raise ValidationError(
                    self.env._(
                        "Overhead rate of %(element)s: choose the cost element that "
                        "the percentage is taken of.",
                        element=line.element_id.display_name,
                    )
                )

    @api.constrains("rate")
    def _check_rate(self):
        for line in self:
            if line.rate < 0:
                raise ValidationError(
                    self.env._(
                        "Overhead rate of %(element)s: a rate cannot be negative.",
                        element=line.element_id.display_name,
                    )
                )

    def _to_costing(self):
        """Return the rates for `costing`, in their order."""
        return [
            cards.OverheadRate(
                element=line.element_id.id,
                method=line.method,
                rate=exact(line.rate),
                base=line.base_element_id.id or None,
            )
            for line in self
        ]
