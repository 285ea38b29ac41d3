# Tolerance: which orders' variances a policy wants to be reviewed.
# Configuration of the reviews in backflush_variance_review_refresh.

from odoo import fields, models

from ...costing import tolerance
from ...costing.money import exact
from .. import finite

LIMITS = ("tolerance_percent", "tolerance_amount")


class BackflushPolicy(models.Model):
    _inherit = "backflush.policy"

    tolerance_percent = finite.Float(
        "Tolerance in Percent",
        digits=(16, 2),
        tracking=True,
        help="Percent of the standard cost of an order by which its actual cost may "
        "differ before its variance is to be reviewed; 0 is no limit. Where both a "
        "percentage and an amount are set, only orders beyond both are reviewed.",
    )
    tolerance_amount = finite.Monetary(
        "Tolerance in Amount",
        tracking=True,
        help="Amount by which the actual cost of an order may differ from its standard "
        "before its variance is to be reviewed; 0 is no limit. Where both a percentage "
        "and an amount are set, only orders beyond both are reviewed.",
    )
    reviewed_until = fields.Datetime(
        "Orders Looked At",
        readonly=True,
        copy=False,
        help="When orders were compared with the tolerance for the last time.",
    )

    _tolerance_not_negative = models.Constraint(
        "CHECK(tolerance_percent >= 0 AND tolerance_amount >= 0)",
        "A tolerance cannot be negative; 0 means that there is no limit.",
    )

    def write(self, vals):
        """Let all orders be compared anew with another tolerance."""
        if vals.keys() & set(LIMITS):
            vals = {**vals, "reviewed_until": False}
        return super().write(vals)

    def _is_beyond_tolerance(self, variance, standard):
        """Answer whether an order's variance is to be reviewed; company currency."""
        return tolerance.is_beyond(
            variance,
            standard,
            exact(self.tolerance_percent),
            exact(self.tolerance_amount),
        )
