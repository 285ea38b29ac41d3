# Sign-off of variance reviews, and reopening them with a reason.
# Last step of a review; controllers alone do it.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .backflush_variance_review import ACTIVITY, CONTROLLER


class BackflushVarianceReview(models.Model):
    _inherit = "backflush.variance.review"

    def action_sign_off(self):
        """Sign off these reviews: they can no longer be changed.

        :raises AccessError: unless the user is a controller
        :raises UserError: for reviews without a cause, and those that wait for nothing
        """
        self.check_access("write")
        self._check_controller()
        self._check_can_sign_off()
        # The state is the system's: nobody writes it by hand.
        reviews = self.sudo()
        reviews.write(
            {
                "state": "signed_off",
                "signed_by_id": self.env.uid,
                "signed_on": fields.Datetime.now(),
            }
        )
        reviews.activity_feedback([ACTIVITY], feedback=self.env._("Signed off"))

    def _check_controller(self):
        if not self.env.user.has_group(CONTROLLER):
            raise AccessError(
                self.env._("Only controllers sign off variance reviews, or reopen one.")
            )

    def _check_can_sign_off(self):
        if done := self.filtered(lambda r: r.state in ("signed_off", "within")):
            raise UserError(
                self.env._(
                    "Nothing is to be signed off for %(orders)s: the review is signed "
                    "off already, or the variance is within the tolerance.",
                    orders=done._get_order_names(),
                )
            )
        if unclear := self.filtered(lambda review: not review.cause_id):
            raise UserError(
                self.env._(
                    "The review of %(orders)s has no cause. Choose one before it is "
                    "signed off; causes are kept in Backflush Costing > Configuration "
                    "> Variance Causes.",
                    orders=unclear._get_order_names(),
                )
            )

    def action_reopen(self):
        """Open the dialog that asks for the reason."""
        self.ensure_one()
        self._check_controller()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reopen a Review"),
            "res_model": "backflush.variance.reopen",
            "view_mode": "form",
            "target": "new",
            "context": {"default_review_id": self.id},
        }

    @api.private
    def _reopen(self, reason):
        """Let a review that is signed off be changed again; the reason is kept in it.

        :raises UserError: it is not signed off
        """
        self.ensure_one()
        self.check_access("write")
        self._check_controller()
        if self.state != "signed_off":
            raise UserError(
                self.env._(
                    "The review of %(orders)s is not signed off: there is nothing to "
                    "reopen.",
                    orders=self._get_order_names(),
                )
            )
        review = self.sudo()
        signed_by = review.signed_by_id.name
        review.write(
            {
                "state": review._get_open_state(),
                "signed_by_id": False,
                "signed_on": False,
            }
        )
        review._follow_state()
        review._message_log(
            body=self.env._(
                "Reopened; it was signed off by %(user)s. Reason: %(reason)s",
                user=signed_by,
                reason=reason,
            )
        )
