# Approval: one person prepares, another one approves, where the company asks for that.
# Inherited by releases of standard costs and by period closes.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..roles import APPROVER


class BackflushApproval(models.AbstractModel):
    """What waits in the state ``to_approve`` for another person than its preparers."""

    _name = "backflush.approval"
    _description = "Document That Another Person Approves"

    requested_by_id = fields.Many2one(
        "res.users", "Approval Requested By", readonly=True, copy=False, tracking=True
    )
    approved_by_id = fields.Many2one(
        "res.users", "Approved By", readonly=True, copy=False, tracking=True
    )
    approved_on = fields.Datetime(readonly=True, copy=False)
    can_approve = fields.Boolean(
        compute="_compute_can_approve",
        help="Whether it waits for approval and the user may give it.",
    )

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_approve(self):
        approver = self.env.user.has_group(APPROVER)
        for record in self:
            record.can_approve = (
                approver
                and record.state == "to_approve"
                and self.env.user not in record._get_preparers()
            )

    def _check_may_approve(self):
        """Raise unless the user is an approver who did not prepare this;
        administrators are no exception."""
        self.ensure_one()
        if not self.env.user.has_group(APPROVER):
            raise AccessError(
                self.env._(
                    "Only approvers and controllers approve %(document)s.",
                    document=self.display_name,
                )
            )
        if self.env.user in self._get_preparers():
            raise UserError(
                self.env._(
                    "You have prepared %(document)s: somebody else has to approve it. "
                    "(%(company)s asks for that in Settings > Backflush Costing.)",
                    document=self.display_name,
                    company=self.company_id.display_name,
                )
            )

    def _get_preparers(self):
        """Return who had a part in what is to be approved; to be extended."""
        return self.requested_by_id

    def _check_reviewer(self):
        """Raise unless the user may send back what waits for approval: who prepares,
        and who approves, to have it corrected."""
        self.check_access("read" if self.env.user.has_group(APPROVER) else "write")
