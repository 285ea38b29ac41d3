"""What was tampered with holds anything: no number, no JSON, no hash. It is named like
any other change, by Odoo and by the auditor's program; nothing stops a verification."""

from ..costing import chain as chains
from .test_verifier_program import ProgramCase


class TestTamperedTexts(ProgramCase):
    def assertNamedTwice(self, kind, entry, *told):
        found = self.assertFails(kind, entry)
        number = found.seal_number
        self.assertNamed(f"Seal {number}" if entry is not None else "", *told)
        return found

    def test_amount_emptied(self):
        """A line of 32.50 without an amount."""
        line = self.entry.line_ids.filtered(lambda line: line.amount == 32.5)
        self._update("backflush_entry_line", line.id, amount=None)
        self.assertNamedTwice("entry", self.entry, "amount: 32.5, now –")

    def test_account_emptied(self):
        line = self.entry.line_ids.filtered(lambda line: line.amount == 32.5)
        with self._tampering("backflush_entry_line"):
            self.env.cr.execute(
                "ALTER TABLE backflush_entry_line ALTER account_id DROP NOT NULL"
            )
        self._update("backflush_entry_line", line.id, account_id=None)
        self.assertNamedTwice("entry", self.entry, "account: ")

    def test_hash(self):
        """A hash that is no hexadecimal number, and would end its line."""
        self._update("backflush_seal", self.entry.seal_ids.id, hash='no "hash"\n')
        self.assertNamedTwice("hash", self.entry)

    def test_content_emptied(self):
        """The entry is another, and what it was is gone: its hash tells."""
        self._update("backflush_entry", self.entry.id, quantity=2)
        for content in (None, "x", "[1]", '"x"'):
            self._update("backflush_seal", self.entry.seal_ids.id, content=content)
            self.assertNamedTwice("hash", self.entry, "not that of its content")

    def test_names(self):
        key = self.entry.seal_ids.names_id
        for names in ("x", "[1]", '"x"', '{"accounts":7}'):
            self._update("backflush_seal_names", key, names=names)
            self.assertNamedTwice("hash", self.entries[0])

    def test_nothing_sealed(self):
        """An entry is deleted, and its seal given the hash of none."""
        self._forge(None)
        self.assertNamedTwice("missing", None)

    def test_card(self):
        """The price of a card in force, and what it was is gone."""
        line = self.card.line_ids.filtered(lambda line: line.price == 10)
        self._update("backflush_cost_card_line", line.id, price=12)
        for content in (None, "x", "[1]"):
            self._update("backflush_cost_card", self.card.id, sealed_content=content)
            self.assertFails("card", None, self.card.name)
            self.assertNamed(f"Cost card {self.card.id}")

    def _forge(self, content):
        """Delete the last entry; give its seal the hash that ``content`` has."""
        entry = self.entries[2]
        [record] = self.chain._get_records(entry.ids)
        head = chains.hash_record({**record, "entry": content})
        key = entry.seal_ids.id
        with self._tampering("backflush_entry", "backflush_entry_line"):
            self.env.cr.execute(
                "ALTER TABLE backflush_seal DROP CONSTRAINT "
                "backflush_seal_entry_id_fkey"
            )
            self.env.cr.execute(
                "UPDATE stock_move SET backflush_entry_id = NULL "
                "WHERE backflush_entry_id = %s",
                [entry.id],
            )
            self.env.cr.execute("DELETE FROM backflush_entry WHERE id = %s", [entry.id])
        self._update("backflush_seal", key, hash=head)
        self._update("backflush_chain", self.chain.id, head=head)
