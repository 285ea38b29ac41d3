# Causes of variances, as a company names them: what a review ends with.
# Configuration of backflush_variance_review.

from odoo import api, fields, models


class BackflushVarianceCause(models.Model):
    _name = "backflush.variance.cause"
    _description = "Cause of a Variance"
    _order = "sequence, code, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Empty: the cause may be used in every company."
    )
    note = fields.Text(
        "When to Use It",
        translate=True,
        help="So that the same cause bears the same name, whoever reviews.",
    )

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "Another cause has the same code.",
    )

    @api.depends("name", "code")
    def _compute_display_name(self):
        for cause in self:
            cause.display_name = f"{cause.code} · {cause.name}"
