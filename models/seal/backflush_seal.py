# Seals: the numbered, chained hashes of posted entries, and what each was taken from.
# Last step of the flow; made by backflush_chain_seal, never changed, checked by
# verifications.

from odoo import api, fields, models


class BackflushSeal(models.Model):
    _name = "backflush.seal"
    _description = "Seal"
    _inherit = ["backflush.evidence"]
    _order = "company_id, number desc"
    _rec_name = "number"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    number = fields.Integer(
        required=True,
        readonly=True,
        aggregator=None,
        help="Consecutive in the company, without gaps.",
    )
    entry_id = fields.Many2one(
        "backflush.entry", required=True, readonly=True, ondelete="restrict"
    )
    sealed_at = fields.Datetime("Sealed On", required=True, readonly=True)
    previous_hash = fields.Char(
        "Hash Before", required=True, readonly=True, help="Of the seal before this one."
    )
    hash = fields.Char(
        required=True,
        readonly=True,
        help="SHA-256 of number, time, the hash before, and digests of the content and "
        "the names.",
    )
    journal_hash = fields.Char(
        "Hash of the Journal Entry",
        readonly=True,
        help="Odoo's own, if the journal entry was secured when this was sealed.",
    )
    content = fields.Text(
        readonly=True,
        prefetch=False,
        help="The entry in canonical form, with lines, cards and journal items.",
    )
    #: No foreign key: one more to check for each seal takes a tenth of its time, and
    #: names are never deleted, see `seal_guard`.
    names_id = fields.Integer(
        "Key of the Names", required=True, readonly=True, aggregator=None
    )
    names = fields.Text(
        compute="_compute_names",
        compute_sudo=True,
        help="What ids in the content were called on that day.",
    )
    origin = fields.Char(related="entry_id.origin")
    event = fields.Selection(related="entry_id.event")
    date = fields.Date(related="entry_id.date")
    amount = fields.Monetary(related="entry_id.amount")

    _number_unique = models.UniqueIndex(
        "(company_id, number)", "The number of a seal is given once in a company."
    )
    _entry_unique = models.UniqueIndex("(entry_id)", "An entry is sealed once.")

    @api.depends("number")
    def _compute_display_name(self):
        for seal in self:
            seal.display_name = self.env._("Seal %(number)s", number=seal.number)

    @api.depends("names_id")
    def _compute_names(self):
        kept = self.env["backflush.seal.names"].browse(set(self.mapped("names_id")))
        names = {found.id: found.names for found in kept.exists()}
        for seal in self:
            seal.names = names.get(seal.names_id)

    def action_view_entry(self):
        """Open the entry that is sealed."""
        self.ensure_one()
        return self.entry_id.get_formview_action()


class BackflushSealNames(models.Model):
    """The names in seals, kept once for all seals with the same ones."""

    _name = "backflush.seal.names"
    _description = "Names in Seals"
    _inherit = ["backflush.evidence"]
    _rec_name = "digest"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True, help="SHA-256 of the names.")
    names = fields.Text(
        required=True,
        readonly=True,
        help="What accounts, products and others were called when entries were sealed.",
    )

    _digest_unique = models.UniqueIndex("(company_id, digest)")


class BackflushSealDue(models.Model):
    """The posted entries that wait for their seal: a short list by a long ledger."""

    _name = "backflush.seal.due"
    _description = "Entry to be Sealed"
    _inherit = ["backflush.evidence"]
    _rec_name = "entry_id"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    entry_id = fields.Many2one(
        "backflush.entry", required=True, readonly=True, ondelete="restrict"
    )
    since = fields.Datetime(required=True, readonly=True)

    _entry_unique = models.UniqueIndex("(company_id, entry_id)")
