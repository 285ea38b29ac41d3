# Why a review that was signed off is reopened.
# After the sign-off; asked by models/analysis/backflush_variance_review_sign.py.

from odoo import fields, models


class BackflushVarianceReopen(models.TransientModel):
    _name = "backflush.variance.reopen"
    _description = "Reopen a Variance Review"

    review_id = fields.Many2one(
        "backflush.variance.review", required=True, readonly=True
    )
    reason = fields.Char(
        required=True, help="Kept with the review, for whoever audits it."
    )

    def action_reopen(self):
        self.ensure_one()
        self.review_id._reopen(self.reason)
        return {"type": "ir.actions.act_window_close"}
