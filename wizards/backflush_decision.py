# The decision about an event whose journal entry was reversed, with its reason.

from odoo import fields, models


class BackflushDecision(models.TransientModel):
    _name = "backflush.decision"
    _description = "Decision about a Reversed Entry"

    entry_id = fields.Many2one("backflush.entry", required=True, readonly=True)
    decision = fields.Selection(
        [
            ("again", "Post the event again, with the accounts of today"),
            ("out", "Keep the event out of the books"),
        ],
        default="again",
        required=True,
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Carry the decision out and show the entry that it leads to."""
        self.ensure_one()
        again = self.entry_id._decide(self.decision, self.reason)
        return (again or self.entry_id).get_formview_action()
