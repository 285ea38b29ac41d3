# The cards that a release proposes: rolled up, rolled up again, or chosen by hand.
# Standard cost; after the roll-up, before comparison and checks.

from odoo import fields, models


class BackflushRelease(models.Model):
    _inherit = "backflush.release"

    excluded_product_ids = fields.Many2many(
        "product.product",
        "backflush_release_excluded_rel",
        string="Left Out",
        check_company=True,
        help="Products whose cards were removed. They are not rolled up again, and "
        "count at their standard cost of today in the cards of others.",
    )

    is_outdated = fields.Boolean(
        readonly=True,
        copy=False,
        help="Cards were removed that others of this release are built on.",
    )

    def _propose(self):
        """Roll up and keep the result: draft cards, and the problems of products that
        cannot be rolled up."""
        self.ensure_one()
        self._check_draft()
        Card = self.env["backflush.cost.card"].with_context(tracking_disable=True)
        self.with_context(tracking_disable=True).card_ids.unlink()
        rolled_up = self._roll_up_scope(self.date_from, self.excluded_product_ids)
        Card._create_from(rolled_up, self.company_id, self.date_from, release=self)
        # Problems are the code's own: deleted by hand, they would no longer stop it.
        problems = self.env["backflush.release.problem"].sudo()
        problems.search([("release_id", "=", self.id)]).unlink()
        problems.create(
            [
                {**vals, "release_id": self.id}
                for vals in Card._describe_problems(rolled_up)
            ]
        )
        self.invalidate_recordset(["card_ids", "problem_ids"])
        # Noted by the code when a card leaves; see `_leave` of the card.
        self.sudo().is_outdated = False
        self._refresh()

    def _refresh(self):
        """Compare the cards with those in force once more, and with the guards."""
        self.card_ids._refresh_comparison()
        # Says when figures were taken; nobody writes it.
        self.sudo().compared_on = fields.Datetime.now()

    def _add(self, cards):
        """Take draft ``cards`` in, which become valid with this release."""
        self.ensure_one()
        cards.write({"release_id": self.id, "date_from": self.date_from})
        self._refresh()

    # Buttons -------------------------------------------------------------------------

    def action_roll_up(self):
        """Roll up again what this release was made of, from today's data."""
        for release in self:
            release._propose()

    def action_refresh(self):
        """Take quantities, volumes and cards in force anew."""
        for release in self:
            release._check_draft()
            release._refresh()
