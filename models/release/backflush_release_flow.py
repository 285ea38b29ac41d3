# A release goes through its states: requested, approved, released, in force, withdrawn.
# Standard cost; after the checks, before the cards take effect.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html


class BackflushRelease(models.Model):
    _inherit = "backflush.release"

    def _check_state(self, *states):
        """Raise unless these are in one of ``states``."""
        for release in self:
            if release.state not in states:
                raise UserError(
                    self.env._(
                        "Release %(release)s is %(state)s: this is not possible any "
                        "more.",
                        release=release.name,
                        state=release._get_state_label(),
                    )
                )

    def _set_state(self, state, **values):
        """Write the state, which users do not write by hand; see `_check_protected`."""
        self.sudo().write({"state": state, **values})

    # Release -------------------------------------------------------------------------

    def action_release(self):
        """Release proposals, or ask for approval when their company wants it."""
        self.check_access("write")
        self._check_state("draft")
        self._check_can_release()
        asking = self.filtered("approval_needed")
        asking._set_state("to_approve", requested_by_id=self.env.user.id)
        (self - asking)._release()

    def action_approve(self):
        """Release what others have prepared."""
        self.check_access("read")
        self._check_state("to_approve")
        for release in self:
            release._check_may_approve()
        # Who approves need not be allowed to prepare; the rights are checked above.
        releases = self.sudo()
        releases._check_can_release()
        releases._set_state(
            "to_approve",
            approved_by_id=self.env.user.id,
            approved_on=fields.Datetime.now(),
        )
        releases._release()

    def _get_preparers(self):
        """Return who proposed this release, who asked for its approval, and who wrote
        lines of its cards."""
        lines = self.env["backflush.cost.card.line"]._read_group(
            [("card_id.release_id", "=", self.id)], ["create_uid", "write_uid"]
        )
        return (super()._get_preparers() | self.user_id).union(
            *(creator | writer for creator, writer in lines)
        )

    def action_draft(self):
        """Take back to a proposal what waits for approval; who approves may do it too,
        to have it corrected."""
        self._check_reviewer()
        self._check_state("to_approve")
        self._set_state("draft", requested_by_id=False)

    def _release(self):
        """Freeze the cards; those of today or before take effect at once, in order.

        :raises UserError: one that should take effect now cannot
        """
        self._set_state(
            "released",
            released_by_id=self.env.user.id,
            released_on=fields.Datetime.now(),
        )
        for release in self:
            release._freeze_cards()
        due = self._filter_due()
        if errors := due and due._take_effect():
            raise UserError("\n\n".join(errors.values()))

    def _freeze_cards(self):
        self.card_ids.sudo().write({"state": "released"})

    def _filter_due(self):
        """Return those of these whose day has come, in the order in which they take
        effect."""
        return self.filtered(
            lambda release: release.date_from <= release.company_id._get_backflush_day()
        ).sorted(lambda release: (release.date_from, release.id))

    # Withdrawal ----------------------------------------------------------------------

    def action_withdraw(self):
        """Ask for the reason of a withdrawal."""
        return self._ask_reason("withdraw")

    def _withdraw(self, reason):
        """Take the releases back, as long as they are not in force."""
        self.check_access("write")
        self._check_state("draft", "to_approve", "released")
        # The state of cards is the code's own, as that of the release.
        self.card_ids.sudo().write({"state": "withdrawn"})
        self._set_state("withdrawn", withdrawal_reason=reason, error=False)
        self.activity_unlink(["mail.mail_activity_data_warning"])

    def _ask_reason(self, purpose):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reason"),
            "res_model": "backflush.release.reason",
            "view_mode": "form",
            "target": "new",
            "context": {"default_release_id": self.id, "default_purpose": purpose},
        }

    # On its day ----------------------------------------------------------------------

    @api.model
    def _cron_take_effect(self):
        """Put in force what is released and due, the oldest first, also after days of
        downtime. What cannot take effect is kept with its error, and tried again."""
        due = self.search([("state", "=", "released")])._filter_due()
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for release in due:
            errors = release._take_effect()
            release._keep_error(errors.get(release))
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _keep_error(self, error):
        """Keep why this release could not take effect and tell who prepared it; or
        that it did, when ``error`` is empty."""
        self.ensure_one()
        if not error:
            self.activity_unlink(["mail.mail_activity_data_warning"])
        elif error != self.error:
            self.activity_unlink(["mail.mail_activity_data_warning"])
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("Standard costs did not take effect"),
                note=plaintext2html(error),
                user_id=self.user_id.id,
            )
        # The error is shown, not written by hand.
        self.sudo().error = error or False
