# Sealed entries: their number, and that nothing about them can be changed any more.
# Last step of the flow; the sealer is backflush_chain_seal, the database's own refusal
# seal_guard.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    seal_ids = fields.One2many("backflush.seal", "entry_id", "Seals", readonly=True)
    due_ids = fields.One2many(
        "backflush.seal.due", "entry_id", "Waits for Its Seal", readonly=True
    )
    seal_number = fields.Integer(
        related="seal_ids.number",
        string="Seal",
        aggregator=None,
        help="Consecutive number of the entry in the company's sealed ledger; none "
        "until it is sealed, which is within a minute of its posting.",
    )
    seal_hash = fields.Char(related="seal_ids.hash", string="Hash")
    seal_previous_hash = fields.Char(
        related="seal_ids.previous_hash", string="Hash Before"
    )
    sealed_at = fields.Datetime(related="seal_ids.sealed_at", string="Sealed On")

    @api.private
    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries.filtered(lambda entry: entry.state == "posted")._wait_for_seal()
        return entries

    def write(self, vals):
        self._check_not_sealed()
        result = super().write(vals)
        if vals.get("state") == "posted":
            self._wait_for_seal()
        return result

    def _wait_for_seal(self):
        """Put posted entries on the list of what is to be sealed."""
        if not self:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO backflush_seal_due (company_id, entry_id, since)
                     SELECT company_id, id, now() AT TIME ZONE 'UTC'
                       FROM backflush_entry
                      WHERE id = ANY(%s)
                ON CONFLICT DO NOTHING
                """,
                self.ids,
            )
        )

    def _check_not_sealed(self):
        """Raise `UserError` for entries that are sealed, whoever asks."""
        posted = self.filtered(lambda entry: entry.state == "posted")
        if sealed := posted.sudo().filtered("seal_ids")[:1]:
            raise UserError(
                self.env._(
                    "Entry %(entry)s of the backflush ledger is sealed (number "
                    "%(number)s) and cannot be changed. Reverse its journal entry; the "
                    "ledger then makes a reversing entry.",
                    entry=sealed.display_name,
                    number=sealed.seal_number,
                )
            )


class BackflushEntryLine(models.Model):
    _inherit = "backflush.entry.line"

    @api.private
    @api.model_create_multi
    def create(self, vals_list):
        entries = self.env["backflush.entry"].browse(
            {vals["entry_id"] for vals in vals_list if vals.get("entry_id")}
        )
        entries._check_not_sealed()
        return super().create(vals_list)

    def write(self, vals):
        self.entry_id._check_not_sealed()
        return super().write(vals)
