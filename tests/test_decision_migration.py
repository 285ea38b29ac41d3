"""Decisions of earlier versions, columns of entries then, are records of their own."""

from datetime import datetime

from odoo.tools import SQL

from .common import BackflushCase
from .migrating import migrate

#: What entries had before decisions were records.
COLUMNS = {
    "decision": "varchar",
    "decision_reason": "varchar",
    "decision_user_id": "integer REFERENCES res_users ON DELETE SET NULL",
}
#: When the entry was last written then: on the decision.
DECIDED_ON = datetime(2026, 3, 2, 9, 30)


class TestDecisionMigration(BackflushCase):
    def setUp(self):
        super().setUp()
        self.decider = self.env.ref("base.user_admin")
        self.entries = (
            self.env["backflush.entry"]
            .union(*(self._produce(1).backflush_entry_ids for _number in range(4)))
            .sorted("id")
        )

    def test_kept_as_records(self):
        """Of four entries the first was posted again, the second stays out, the third
        was decided about by somebody who was deleted since, the fourth not at all:
        three records, with reason, user and time; a deleted user is the entry's own."""
        again, out, orphan, none = self.entries
        self._add_columns()
        self._decide(again, "again", "Reversed by mistake", self.decider.id)
        self._decide(out, "out", None, self.decider.id)
        self._decide(orphan, "out", "Sample", None)
        self._migrate()
        self.assertEqual(
            [
                (
                    entry.decision,
                    entry.decision_reason,
                    entry.decision_user_id,
                    entry.decision_ids.create_date,
                )
                for entry in (again, out, orphan)
            ],
            [
                ("again", "Reversed by mistake", self.decider, DECIDED_ON),
                ("out", False, self.decider, DECIDED_ON),
                ("out", "Sample", self.env.user, DECIDED_ON),
            ],
        )
        self.assertEqual(set(self.entries.decision_ids.company_id), {self.company})
        self.assertFalse(none.decision_ids)

    def test_twice(self):
        """Once more: the same record, nothing written to it, none beside it."""
        self._add_columns()
        self._decide(self.entries[0], "again", "Reversed by mistake", self.decider.id)
        self._migrate()
        kept = self._read_decisions()
        self.assertEqual(len(kept), 1)
        self._decide(self.entries[0], "out", "Of another mind", self.env.uid)
        self._migrate()
        self.assertEqual(self._read_decisions(), kept)

    def test_without_columns(self):
        """A ledger that began with records has none of the columns and one decision:
        it is left alone."""
        self.env["backflush.entry.decision"].create(
            {
                "entry_id": self.entries[0].id,
                "company_id": self.company.id,
                "decision": "out",
                "reason": "Sample",
            }
        )
        kept = self._read_decisions()
        self._migrate()
        self.assertEqual(self._read_decisions(), kept)

    def _add_columns(self):
        """Make the table of entries what it was before."""
        for name, kind in COLUMNS.items():
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE backflush_entry ADD COLUMN %s %s",
                    SQL.identifier(name),
                    SQL(kind),
                )
            )

    def _decide(self, entry, decision, reason, user):
        self.env.cr.execute(
            SQL(
                "UPDATE backflush_entry SET decision = %s, decision_reason = %s, "
                "decision_user_id = %s, write_date = %s WHERE id = %s",
                *(decision, reason, user, DECIDED_ON, entry.id),
            )
        )

    def _read_decisions(self):
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                "SELECT * FROM backflush_entry_decision WHERE company_id = %s",
                self.company.id,
            )
        )

    def _migrate(self):
        self.env.flush_all()
        script = "19.0.1.0.1/post-keep_decisions.py"
        migrate(self.env.cr, script, "19.0.1.0.0")
        self.env.invalidate_all()
