# Releases take effect: their cards are put in force, each release by itself.
# Standard cost; called at once by a release of today, else by the scheduled job.

from odoo import api, models
from odoo.exceptions import UserError, ValidationError


class BackflushRelease(models.Model):
    _inherit = "backflush.release"

    @api.private
    def _take_effect(self):
        """Put the released cards of these releases in force, in the order of their
        dates; what keeps one of them from it keeps none of the others.

        A release whose cards follow those of one that failed fails, too: cards of a
        product take effect in order.

        :return: {release: reason in words} of those that did not take effect
        """
        failed = {}
        for release in self.sorted(lambda release: (release.date_from, release.id)):
            try:
                with self.env.cr.savepoint():
                    release._put_in_force()
            except (UserError, ValidationError) as error:
                failed[release] = str(error)
        return failed

    def _put_in_force(self):
        self.ensure_one()
        if self.state != "released":
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Release %(release)s cannot take effect: its status is %(state)s.",
                    release=self.name,
                    state=states[self.state],
                )
            )
        release = self.with_company(self.company_id)
        release.card_ids.filtered(lambda card: card.state == "released")._take_effect()
        release._set_state("in_force")
