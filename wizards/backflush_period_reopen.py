# Why a posted period is reopened: its close is taken back and may be posted anew.
# After the close; asked by models/close/backflush_period_post.py.

from odoo import fields, models


class BackflushPeriodReopen(models.TransientModel):
    _name = "backflush.period.reopen"
    _description = "Reopen a Period Close"

    period_id = fields.Many2one("backflush.period", required=True, readonly=True)
    reason = fields.Char(
        required=True, help="Kept with the close, for whoever audits it."
    )

    def action_reopen(self):
        self.ensure_one()
        self.period_id._reopen(self.reason)
        return {"type": "ir.actions.act_window_close"}
