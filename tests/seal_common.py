"""Base of tests of the sealed ledger: seal, verify, and tamper as the owner of the
database can, who switches its triggers off."""

from contextlib import contextmanager

from odoo.tools import SQL

from ..costing import chain as chains
from ..models.seal import seal_guard
from .common import BackflushCase


class SealCase(BackflushCase):
    #: Whether tests leave rows behind that they changed by SQL.
    tampers = False

    def tearDown(self):
        if self.tampers:
            return super(BackflushCase, self).tearDown()
        return super().tearDown()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chain = cls.env["backflush.chain"]._get(cls.company)

    def _get_seals(self):
        return self.env["backflush.seal"].search(
            [("company_id", "=", self.company.id)], order="number"
        )

    def _seal(self):
        """Seal what is posted; return the seals of the company."""
        self.chain._seal()
        return self._get_seals()

    @contextmanager
    def _tampering(self, *tables):
        """Switch the triggers of ``tables`` off, as their owner can."""
        self.env.flush_all()
        with seal_guard.suspended(self.env.cr, *tables):
            yield
        self.env.invalidate_all()

    def _update(self, table, key, **values):
        """Change a row by SQL, its triggers off."""
        with self._tampering(table):
            for column, value in values.items():
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE id = %s",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        value,
                        key,
                    )
                )

    def _delete(self, table, key):
        with self._tampering(table):
            self.env.cr.execute(
                SQL("DELETE FROM %s WHERE id = %s", SQL.identifier(table), key)
            )

    def _rewrite(self, entry, **values):
        """Change a sealed entry and compute the whole chain anew, as somebody would who
        knows how it is made."""
        self._update("backflush_entry", entry.id, **values)
        head = chains.GENESIS
        for seal in self._get_seals():
            [record] = self.chain._get_records(seal.entry_id.ids)
            record["previous"] = head
            head = chains.hash_record(record)
            content = chains.canonical(record["entry"])
            self._update(
                "backflush_seal",
                seal.id,
                previous_hash=record["previous"],
                hash=head,
                content=content,
            )
        self._update("backflush_chain", self.chain.id, head=head)

    def assertHolds(self):
        """The chain is verified and holds."""
        verification = self.chain._verify()
        self.assertEqual(verification.result, "holds", verification.problems)

    def assertFails(self, kind, entry, *told):
        """The chain is verified and does not hold, first of all for ``entry``."""
        verification = self.chain._verify()
        self.assertEqual(verification.result, "fails")
        self.assertEqual(verification.kind, kind, verification.problems)
        if entry is not None:
            self.assertEqual(verification.entry_id, entry, verification.problems)
        for text in told:
            self.assertIn(text, verification.problems)
        return verification
