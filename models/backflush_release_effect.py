from odoo import models
from odoo.exceptions import UserError, ValidationError


class BackflushRelease(models.Model):
    _inherit = "backflush.release"

    def _take_effect(self):
        errors = {}
        for release in self.sorted(lambda r: (r.date_from, r.id)):
            try:
                with self.env.cr.savepoint():
                    cards = release.card_ids.sudo()
                    cards.write({"state": "draft"})
                    cards.action_put_in_force()
                    release._set_state("in_force")
            except (UserError, ValidationError) as error:
                errors[release] = str(error)
        return errors
