# A policy's life: draft, in force, ended. Starts and ends with goods on hand go through
# a cut-over (wizards/backflush_cutover*.py).

from odoo import fields, models
from odoo.exceptions import UserError


class BackflushPolicy(models.Model):
    _inherit = "backflush.policy"

    def action_activate(self):
        """Put the policy in force, or raise one message with all that is missing.

        Goods on hand that will stand elsewhere in the books need a cut-over, which is
        opened instead.
        """
        for policy in self:
            policy._check_coherent()
            if policy._stands_elsewhere():
                return policy.action_cutover("start")
            policy.state = "active"
        return None

    def action_end(self):
        """Let the policy end today: later documents are native Odoo again. Goods on
        hand that do not stand in finished goods need a cut-over, which is opened."""
        for policy in self:
            policy.check_access("write")
            if policy._stands_elsewhere():
                return policy.action_cutover("end")
            policy._end(fields.Date.context_today(policy))
        return None

    def _end(self, last_day):
        """Let the policy end; ``last_day`` is the last on which documents follow it."""
        self.write({"state": "ended", "date_end": last_day})

    def action_draft(self):
        """Take an unused policy back to draft."""
        for policy in self:
            if policy.entry_count:
                raise UserError(
                    self.env._(
                        "Policy %(policy)s has posted entries and cannot go back to "
                        "draft: end it, and start a new policy.",
                        policy=policy.name,
                    )
                )
        self.write({"state": "draft", "date_end": False})
