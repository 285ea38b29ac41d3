# Effective date of a document changed after the fact: its entry moves to that day.
# Capture and flush of that event; nothing is rewritten, two entries make the move.

from odoo import models

from ...costing import redating

#: The two steps of a move, as the facts of its entries name them.
AWAY, HERE = "away", "here"
#: Events whose documents have an effective date of their own.
DATED_EVENTS = ("completion", "delivery", "return", "adjustment")


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    def _capture_redating(self):
        """State that the documents of these entries are of another day now."""
        facts = []
        for entry in self:
            standing = entry._get_dated()
            day = standing and entry._get_document_day()
            if day and day != standing.date:
                facts += standing._prepare_redating_vals(day)
        self._capture(facts)

    def _get_dated(self):
        """Return the entry that holds the event on its present day; none when it is out
        of the books."""
        self.ensure_one()
        entry = self
        while after := entry.change_ids.filtered(lambda e: e._stands_anew()):
            entry = after[-1:]
        dated = entry.event in (*DATED_EVENTS, "redating")
        return entry if dated and not entry.is_reversed else self.browse()

    def _stands_anew(self):
        """Answer whether this entry states what the one that it changes did: on another
        day, or once more after a reversal."""
        if self.event == "redating":
            return self.facts["step"] == HERE
        return self._is_repetition()

    def _get_document_day(self):
        """Return the day of the document now, as capture found it first."""
        moves = self.stock_move_ids.filtered(lambda move: move.state == "done")
        if self.production_id and self.event == "completion":
            finished = moves.filtered(lambda move: move.production_id)
            main = finished.filtered(lambda move: move.product_id == self.product_id)
            moves = main or moves - finished or finished
        return moves and moves._get_backflush_date()

    def _prepare_redating_vals(self, day):
        """Return the entries that take this one off its day and put it on ``day``."""
        common = {**self._prepare_copy_vals(), "event": "redating", "card_id": False}
        steps = (
            (AWAY, self.date, -self.quantity, self._get_reversed_facts()),
            (HERE, day, self.quantity, self.facts),
        )
        return [
            {
                **common,
                "source_key": f"{self.source_key}/{step}",
                "date": date,
                "quantity": quantity,
                "facts": {**stated, "step": step},
            }
            for step, date, quantity, stated in steps
        ]

    def _flush_redating(self, card, rules):
        """Return the postings of an entry taken off its day, or put on another.

        No goods move: stock takes back on the one day what it gives on the other. Where
        another card is in force on the new day, the difference is a revaluation.
        """
        before = self.corrected_entry_id
        posted = [line._to_posting_again() for line in before.line_ids]
        if self.facts["step"] == AWAY:
            once_more = before.event == "redating" and before.facts["step"] == AWAY
            return posted if once_more else redating.opposite(posted)
        event = self._get_redated().event
        if event not in ("completion", "delivery"):
            return posted
        target = getattr(self, f"_flush_{event}")(card, rules)
        return posted + redating.at_other_card(posted, target, rules)

    def _get_redated(self):
        """Return the entry of the event that was moved to another day."""
        entry = self
        while entry.event == "redating":
            entry = entry.corrected_entry_id
        return entry
