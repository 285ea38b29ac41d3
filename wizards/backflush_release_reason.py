# The reason why guards of a release may be passed, or why a release is withdrawn.
# Standard cost; opened by the buttons of a release.

from odoo import fields, models


class BackflushReleaseReason(models.TransientModel):
    _name = "backflush.release.reason"
    _description = "Reason for a Standard Cost Release"

    release_id = fields.Many2one("backflush.release", required=True, readonly=True)
    purpose = fields.Selection(
        [("guard", "Confirm the guards"), ("withdraw", "Withdraw the release")],
        required=True,
        readonly=True,
    )
    card_ids = fields.Many2many(
        "backflush.cost.card", string="Guards", compute="_compute_card_ids"
    )
    reason = fields.Char(required=True)

    def _compute_card_ids(self):
        for wizard in self:
            wizard.card_ids = wizard.release_id.card_ids.filtered(
                lambda card: card.guard == "violated"
            )

    def action_confirm(self):
        """Carry out what the reason is for."""
        self.ensure_one()
        if self.purpose == "guard":
            self.release_id._confirm_guards(self.reason)
        else:
            self.release_id._withdraw(self.reason)
        return {"type": "ir.actions.act_window_close"}
