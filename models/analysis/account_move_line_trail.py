# The way from journal items and accounts down to the ledger.
# After post; entry lines lead on to entry, document and card.

from odoo import fields, models

from ..roles import AUDITOR


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    backflush_line_ids = fields.One2many(
        "backflush.entry.line",
        "move_line_id",
        "Backflush Entry Lines",
        groups=AUDITOR,
    )

    def action_view_backflush_lines(self):
        """Open the entry lines that these journal items were made of."""
        return self.env["backflush.entry.line"]._get_action(
            [("move_line_id", "in", self.ids)]
        )


class AccountAccount(models.Model):
    _inherit = "account.account"

    def action_view_backflush_lines(self):
        """Open the entry lines on these accounts, in the companies that are chosen."""
        return self.env["backflush.entry.line"]._get_action(
            [
                ("account_id", "in", self.ids),
                ("company_id", "in", self.env.companies.ids),
            ]
        )


class BackflushEntryLine(models.Model):
    _inherit = "backflush.entry.line"

    def _get_action(self, domain):
        """Return the window action of the entry lines in ``domain``."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mrp_account_backflush.backflush_entry_line_action"
        )
        return {**action, "domain": domain, "context": {}}

    def action_view_journal_item(self):
        """Open the journal entry that this line is part of."""
        self.ensure_one()
        return (
            self.move_line_id.move_id or self.entry_id.move_id
        ).get_formview_action()
