# Decisions about reversed entries: kept beside the sealed entry, never on it.
# After backflush_entry_reversal, which asks for them; one an entry, unchangeable.

from odoo import fields, models

DECISIONS = [("again", "Posted again"), ("out", "Stays out of the books")]


class BackflushEntryDecision(models.Model):
    _name = "backflush.entry.decision"
    _description = "Decision about a Reversed Entry"
    _inherit = ["backflush.evidence"]
    _order = "id desc"
    _rec_name = "entry_id"
    _check_company_auto = True

    entry_id = fields.Many2one(
        "backflush.entry", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    decision = fields.Selection(DECISIONS, required=True, readonly=True)
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Decided By",
        required=True,
        readonly=True,
        default=lambda self: self.env.uid,
    )

    _entry_unique = models.UniqueIndex("(entry_id)", "An entry is decided about once.")
