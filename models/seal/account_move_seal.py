# Journal entries of sealed entries: what the seal covers of them is not changed either.
# After the seal; changes by other ways than Odoo are found by verifications.

from odoo import api, models
from odoo.exceptions import UserError

#: What a seal covers, of a journal entry and of its items. Items repeat some of it:
#: reports find them by that.
SEALED_OF_MOVE = {"name", "date", "journal_id", "state"}
SEALED_OF_ITEM = {
    *("account_id", "move_id", "balance", "debit", "credit", "amount_currency"),
    *("company_id", "date", "journal_id", "parent_state"),
}


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        if changed := SEALED_OF_MOVE & vals.keys():
            self.filtered(
                lambda move: any(
                    self._field_will_change(move, vals, name) for name in changed
                )
            )._check_not_sealed()
        return super().write(vals)

    def _check_not_sealed(self):
        """Raise `UserError` for posted journal entries that the sealed ledger names."""
        # Whoever changes journal entries needs no right to see the ledger.
        posted = self.sudo().filtered(lambda move: move.state == "posted")
        for move in posted.filtered("backflush_entry_ids.seal_ids"):
            raise UserError(
                self.env._(
                    "Journal entry %(move)s is part of the sealed backflush ledger "
                    "(%(documents)s): its number, date, accounts and amounts cannot be "
                    "changed. Reverse it; the ledger then makes a reversing entry.",
                    move=move.name,
                    documents=", ".join(move.backflush_entry_ids.mapped("origin")),
                )
            )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse further items in a sealed journal entry."""
        keys = [vals.get("move_id") for vals in vals_list]
        # What is no key of a journal entry is refused by the ORM.
        moves = {key for key in keys if isinstance(key, int) and key}
        self.env["account.move"].browse(moves)._check_not_sealed()
        return super().create(vals_list)

    def write(self, vals):
        if changed := SEALED_OF_ITEM & vals.keys():
            self.filtered(
                lambda line: any(
                    self.env["account.move"]._field_will_change(line, vals, name)
                    for name in changed
                )
            ).move_id._check_not_sealed()
        return super().write(vals)
