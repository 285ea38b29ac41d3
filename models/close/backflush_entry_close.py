# Entries of a period close: what the close computed is their facts, row by row.
# First and second step; the period (backflush_period.py) states the rows, post follows.

from odoo import api, models

from ...costing import closing
from ...costing.money import exact

#: The columns of a row of facts: what it is about, then its numbers.
ROW_KEYS = ("role", "kind", "account", "element", "product")
ROW_NUMBERS = ("quantity", "amount")


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    @api.model
    @api.private
    def _capture_close(self, vals_list):
        """Record what a period close states, and post it at once.

        :raises UserError: what keeps one of the entries from being posted
        :return: the entries
        """
        # A controller closes a period without rights to write the ledger by hand.
        entries = self.sudo().create(vals_list)
        entries._post()
        return entries

    def _get_journal(self):
        """Return the journal that this entry is posted in."""
        journal = self.policy_id.journal_id
        if self.period_id:
            return self.company_id.backflush_close_journal_id or journal
        return journal

    @api.model
    def _prepare_row(self, posting):
        """Return a row of facts of ``posting``, a posting with an account."""
        return [
            posting.role,
            posting.kind,
            posting.account,
            posting.element,
            posting.product,
            float(posting.actual_quantity),
            float(posting.amount),
        ]

    def _get_stated_postings(self):
        """Return the postings of the rows of facts, for `costing`."""
        return [
            closing.stated_posting(
                *(key or None for key in row[: len(ROW_KEYS)]),
                *(exact(number) for number in row[len(ROW_KEYS) :]),
            )
            for row in self.facts["rows"]
        ]

    def _flush_close(self, _card, _rules):
        """Return the postings that close conversion accounts of a period."""
        return self._get_stated_postings()

    def _flush_disposition(self, _card, _rules):
        """Return the postings that dispose of variances, or take that back."""
        return self._get_stated_postings()

    def _flush_bridge(self, _card, _rules):
        """Return the postings of the GAAP bridge, or of its reversal."""
        return self._get_stated_postings()
