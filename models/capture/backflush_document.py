# What every document with ledger entries has: their number, and the way to them.
# Used by capture.

from odoo import fields, models

from ..roles import AUDITOR


class BackflushDocument(models.AbstractModel):
    _name = "backflush.document"
    _inherit = ["backflush.reading"]
    _description = "Document with Backflush Entries"
    #: The field of an entry that points to this document.
    _backflush_link = None

    backflush_entry_count = fields.Integer(
        compute="_compute_backflush_entry_count", groups=AUDITOR
    )

    def _compute_backflush_entry_count(self):
        counts = dict(
            self.env["backflush.entry"]._read_group(
                [(self._backflush_link, "in", self.ids)],
                [self._backflush_link],
                ["__count"],
            )
        )
        for document in self:
            document.backflush_entry_count = counts.get(document, 0)

    def action_view_backflush_entries(self):
        """Open the ledger entries of these documents."""
        return self.env["backflush.entry"]._get_action(
            [(self._backflush_link, "in", self.ids)]
        )
