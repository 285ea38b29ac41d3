"""Entries of earlier versions, posted before there were seals, get theirs."""

from .migrating import migrate
from .seal_common import SealCase


class TestSealMigration(SealCase):
    def test_posted_entries_wait(self):
        """Three entries, none on the list as after an upgrade, and one that is pending:
        the script lists the posted ones, which are sealed in their order."""
        self._buy(self.plate, 2, 12.0)
        self._produce(1)
        self._deliver(1)
        entries = self._get_entries()
        self.assertEqual(len(entries), 3)
        self._forget_due()
        self.assertEqual(self.chain.unsealed_count, 0)
        self._migrate()
        self.assertEqual(self.chain.unsealed_count, 3)
        self.assertEqual(self.chain.oldest_unsealed, min(entries.mapped("create_date")))
        self.assertEqual(self._seal().entry_id.ids, entries.ids)
        self.assertHolds()

    def test_only_what_is_not_sealed(self):
        """One entry is sealed, one waits: the script changes nothing, however often it
        runs."""
        self._produce(1)
        self._seal()
        entry = self._produce(1).backflush_entry_ids
        before = self._get_due().mapped(lambda due: (due.entry_id, due.since))
        self._migrate()
        self._migrate()
        due = self._get_due()
        self.assertEqual(due.entry_id, entry)
        self.assertEqual(due.mapped(lambda due: (due.entry_id, due.since)), before)

    def test_pending_entries_do_not_wait(self):
        """What is not posted has no seal yet."""
        self.books_open = "an entry waits to be posted"
        self.policy.on_error = "queue"
        self.journal.active = False
        entry = self._produce(1).backflush_entry_ids
        self.assertEqual(entry.state, "pending")
        self._migrate()
        self.assertFalse(self._get_due())

    def _get_entries(self):
        return self.env["backflush.entry"].search(
            [("company_id", "=", self.company.id)], order="id"
        )

    def _get_due(self):
        return self.env["backflush.seal.due"].search(
            [("company_id", "=", self.company.id)]
        )

    def _forget_due(self):
        """Empty the list, as it is when it was not there at posting."""
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM backflush_seal_due WHERE company_id = %s", [self.company.id]
        )
        self.env.invalidate_all()

    def _migrate(self):
        self.env.flush_all()
        script = "19.0.1.0.1/post-wait_for_seals.py"
        migrate(self.env.cr, script, "19.0.1.0.0")
        self.env.invalidate_all()
