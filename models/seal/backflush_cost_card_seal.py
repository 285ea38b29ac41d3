# The hash of a cost card: set when it takes effect, part of every entry that it values.
# After backflush_cost_card_effect; the sealed entries name it, verifications check it.

from odoo import api, fields, models
from odoo.tools import SQL

from .seal_content import CARDS


class BackflushCostCard(models.Model):
    _inherit = "backflush.cost.card"

    hash = fields.Char(
        readonly=True,
        copy=False,
        help="SHA-256 of the card with its lines and elements, since it took effect.",
    )
    sealed_content = fields.Text(
        readonly=True,
        copy=False,
        prefetch=False,
        help="The card in canonical form, as it took effect.",
    )

    def _supersede(self):
        """Seal the cards that take effect."""
        result = super()._supersede()
        self.env.flush_all()
        self._set_hashes()
        return result

    def _set_hashes(self):
        """Keep the canonical form of cards in force, and its hash."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE backflush_cost_card card
                   SET hash = encode(sha256(convert_to(made.content, 'UTF8')), 'hex'),
                       sealed_content = made.content
                  FROM (%s) made
                 WHERE made.id = card.id AND card.hash IS NULL
                """,
                SQL(CARDS, ids=self.ids),
            )
        )
        self.invalidate_recordset(["hash", "sealed_content"])

    @api.model
    @api.private
    def _set_missing_hashes(self, company):
        """Seal cards that took effect before cards were sealed."""
        self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("in_force", "superseded")),
                ("hash", "=", False),
            ]
        )._set_hashes_of_old()

    def _set_hashes_of_old(self):
        if self:
            self._set_hashes()
