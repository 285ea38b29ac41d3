# Cards take effect through a release: what decides whether a card stands is written by
# the code alone, and a card by itself passes the same guards and the same approval.
# Standard cost; between the building of cards and their taking effect.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..cost_card.backflush_cost_card import SYSTEM, TAKES_EFFECT
from .backflush_cost_card_compare import COMPARED
from .backflush_release_guard import CONTROLLER

#: Written by the code alone: computed from the lines, or changed by buttons.
PROTECTED = {
    "name",
    "state",
    "version",
    "material_cost",
    "conversion_cost",
    "total_cost",
    "guard",
    "guard_key",
    "guard_message",
    "guard_confirmed_key",
    *COMPARED,
}


class BackflushCostCard(models.Model):
    _name = "backflush.cost.card"
    _inherit = ["backflush.cost.card", "backflush.guarded"]
    _guarded_fields = PROTECTED

    approval_needed = fields.Boolean(related="company_id.backflush_approval")

    # Written by the code alone -------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_protected(vals)
        cards = super().create(vals_list)
        cards.release_id._check_draft()
        return cards

    def write(self, vals):
        self._check_protected(vals)
        if "release_id" in vals:
            self._check_not_frozen()
            release = self.env["backflush.release"].browse(vals["release_id"] or ())
            (self.release_id | release)._check_draft()
        return super().write(vals)

    @api.model
    def _check_protected(self, vals):
        """Raise unless the code writes what users do not write by hand: as superuser,
        or while cards take effect.

        :raises AccessError: names the fields
        """
        if self.env.su or self.env.context.get(TAKES_EFFECT) is SYSTEM:
            return
        if names := vals.keys() & PROTECTED:
            labels = self.fields_get(sorted(names), ["string"])
            raise AccessError(
                self.env._(
                    "%(fields)s of a cost card: computed from its lines, or changed by "
                    "its buttons and its release, not entered or imported.",
                    fields=", ".join(label["string"] for label in labels.values()),
                )
            )

    def _check_not_frozen(self):
        """Cards that wait for approval are frozen as well: what is approved is what
        was asked for."""
        result = super()._check_not_frozen()
        for release in self.release_id.filtered(lambda r: r.state == "to_approve"):
            raise UserError(
                self.env._(
                    "Release %(release)s waits for approval, and its cards cannot be "
                    "changed: take it back to a proposal first.",
                    release=release.name,
                )
            )
        return result

    # A release of chosen cards -------------------------------------------------------

    def action_release(self):
        """Propose the chosen draft cards as one release, and open it."""
        self._check_not_frozen()
        if taken := self.release_id:
            raise UserError(
                self.env._(
                    "%(card)s is in release %(release)s already: release it there, or "
                    "remove it there first.",
                    card=self.filtered("release_id")[0].name,
                    release=taken[0].name,
                )
            )
        releases = self.env["backflush.release"]
        for (company, date), cards in self.grouped(
            lambda card: (card.company_id, card.date_from)
        ).items():
            release = releases.create({"company_id": company.id, "date_from": date})
            release._add(cards)
            releases |= release
        return releases._get_action()

    def action_leave_release(self):
        """Take cards out of their proposal; the roll-up leaves their products out from
        now on. Cards that it made are deleted, others stay as drafts."""
        for release, cards in self.grouped("release_id").items():
            release._check_draft()
            if release.scope:
                release.excluded_product_ids |= cards.product_id
                cards.unlink()
            else:
                cards._leave()
                cards.release_id = False

    @api.ondelete(at_uninstall=False)
    def _unlink_leave_release(self):
        """The release of a deleted card knows that others were built on it."""
        self._leave()

    def _leave(self):
        """Note on the releases of these cards that others in them are built on them."""
        lines = self.env["backflush.cost.card.line"].search(
            [
                ("component_card_id", "in", self.filtered("release_id").ids),
                ("card_id", "not in", self.ids),
            ]
        )
        releases = lines.card_id.release_id & self.release_id
        # Noted for the check of the release, not by the user.
        releases.sudo().is_outdated = True

    # A card by itself ----------------------------------------------------------------

    def action_put_in_force(self):
        """Put cards in force at once, as long as no guard and no approval asks for a
        release."""
        self._check_without_release()
        self._check_can_go_alone()
        self._mend_elements()
        return super().action_put_in_force()

    def _check_can_go_alone(self):
        """Raise when a release is the only way for one of these cards.

        Limits of the category hold for every card. Approval by another person holds for
        every card but a product's first that a controller puts in force, as set-up and
        cut-over do: there is no standard yet that it would change.
        """
        problems = [
            *self._get_incoherences(),
            *self._get_lone_guard_problems(),
            *self._get_approval_problems(),
        ]
        if problems:
            raise UserError("\n".join(problems))

    def _get_lone_guard_problems(self):
        """Report guards that these cards do not keep."""
        return [
            self.env._(
                "%(card)s: %(guards)s Release it with the button on the card: there a "
                "controller can confirm it.",
                card=card.name,
                guards=guards,
            )
            for card, guards in self._find_broken_guards().items()
        ]

    def _get_approval_problems(self):
        """Report cards that somebody else has to approve."""
        asking = self.filtered("approval_needed")
        if self.env.user.has_group(CONTROLLER):
            asking = asking._filter_with_forerunner()
        return [
            self.env._(
                "%(card)s has to be approved by another person. Release it with the "
                "button on the card. (%(company)s asks for that in Settings > "
                "Backflush Costing > Standard Costs.)",
                card=card.name,
                company=card.company_id.display_name,
            )
            for card in asking
        ]

    def _filter_with_forerunner(self):
        """Return those of these cards whose product had a card in force before."""
        found = self._read_group(
            [
                ("product_id", "in", self.product_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("version", ">", 0),
            ],
            ["product_id", "company_id"],
        )
        return self.filtered(lambda card: (card.product_id, card.company_id) in found)
