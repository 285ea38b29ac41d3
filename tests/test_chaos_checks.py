"""The checks of ``./run chaos``: each finds what it is there for, and nothing else."""

from ..dev.chaos import checks
from .seal_common import SealCase

#: What is done to the database, by SQL with its triggers off, so that a check fails.
DAMAGES = {
    "a completed order has one entry": (
        "backflush_entry",
        "UPDATE backflush_entry SET production_id = NULL WHERE event = 'completion'",
    ),
    "a delivery or return has one entry": (
        "stock_move",
        "UPDATE stock_move SET backflush_entry_id = NULL WHERE picking_id IS NOT NULL",
    ),
    "an entry has its document": (
        "mrp_production",
        "UPDATE mrp_production SET state = 'progress'",
    ),
    "nothing else was recorded": (
        "backflush_entry",
        "UPDATE backflush_entry SET event = 'redating'",
    ),
    "a posted entry is in the journal, a pending one is not": (
        "backflush_entry",
        "UPDATE backflush_entry SET state = 'pending'",
    ),
    "journal entries balance": (
        "account_move_line",
        "UPDATE account_move_line SET balance = balance + 0.01 WHERE id = "
        "(SELECT max(move_line_id) FROM backflush_entry_line)",
    ),
    "journal entries belong to the ledger": (
        "backflush_entry",
        "UPDATE backflush_entry SET move_id = NULL",
    ),
    "entry lines are the journal, by entry and account": (
        "backflush_entry_line",
        "UPDATE backflush_entry_line SET amount = amount + 0.01 WHERE id = "
        "(SELECT max(id) FROM backflush_entry_line)",
    ),
    "no number of a journal entry is missing": (
        "account_move",
        "UPDATE account_move SET sequence_number = sequence_number + 1 WHERE id = "
        "(SELECT max(move_id) FROM backflush_entry)",
    ),
    "no seal is missing, none is double": (
        "backflush_seal",
        "DELETE FROM backflush_seal WHERE number = 1",
    ),
    "each seal continues the one before": (
        "backflush_seal",
        "UPDATE backflush_seal SET previous_hash = hash WHERE number = 2",
    ),
    "a posted entry is sealed or waits for it": (
        "backflush_seal_due",
        "INSERT INTO backflush_seal_due (company_id, entry_id, since) "
        "SELECT company_id, entry_id, now() FROM backflush_seal WHERE number = 1",
    ),
}


class TestChaosChecks(SealCase):
    tampers = True

    def setUp(self):
        """Two tables are made, both delivered, one comes back: three entries."""
        super().setUp()
        self._produce(2)
        self._return(self._deliver(2), 1)
        self.assertEqual(len(self._seal()), 3)
        self.env.flush_all()

    def _find(self, query):
        self.env.cr.execute(query)
        return self.env.cr.fetchall()

    def test_nothing_to_find(self):
        for name, query in {**checks.ALWAYS, **checks.AT_THE_END}.items():
            with self.subTest(name):
                self.assertEqual(self._find(query), [])

    def test_every_check_can_fail(self):
        self.assertEqual(DAMAGES.keys(), checks.ALWAYS.keys())
        for name, (table, damage) in DAMAGES.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                with self._tampering(table):
                    self.env.cr.execute(damage)
                self.assertTrue(self._find(checks.ALWAYS[name]))
                savepoint.rollback()
