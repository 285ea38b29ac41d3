"""What is sealed, in force or closed stays as it is: for the ORM as superuser, for
imports and calls from outside, and for SQL."""

from psycopg2.errors import RestrictViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import new_test_user
from odoo.tools import SQL, mute_logger

from .close_common import CloseCase
from .seal_common import SealCase


class TestOrm(SealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.env.ref("base.user_admin")

    def setUp(self):
        super().setUp()
        self.entry = self._produce(1).backflush_entry_ids
        self._seal()

    def test_superuser(self):
        """Entries and lines, whatever the column."""
        entry = self.entry.sudo()
        for vals in ({"origin": "x"}, {"amount": 1.0}, {"state": "pending"}):
            with self.assertRaisesRegex(UserError, "sealed"):
                entry.write(vals)
        with self.assertRaisesRegex(UserError, "sealed"):
            entry.line_ids[0].amount = 1.0
        with self.assertRaisesRegex(UserError, "sealed"):
            entry.line_ids[0].copy({"entry_id": entry.id})
        for records in (entry, entry.line_ids):
            with self.assertRaises(UserError):
                records.unlink()

    def test_administrator(self):
        """Administrators write and delete nothing of it, nor create it."""
        for records in (self.entry, self.entry.line_ids, self.entry.seal_ids):
            mine = records.with_user(self.admin)
            with self.assertRaises(AccessError):
                mine.write({"company_id": self.company.id})
            with self.assertRaises(UserError):
                mine.unlink()

    def test_calls_from_outside(self):
        """No client can call what creates entries, seals or checkpoints."""
        for model, name in (
            ("backflush.entry", "create"),
            ("backflush.entry.line", "create"),
            ("backflush.entry.decision", "create"),
            ("backflush.seal", "create"),
            ("backflush.checkpoint", "create"),
            ("backflush.verification", "create"),
            ("backflush.chain", "_seal"),
            ("backflush.chain", "_get"),
            ("backflush.checkpoint", "_prove_inclusion"),
        ):
            with self.assertRaises(AccessError, msg=f"{model}.{name}"):
                get_public_method(self.env[model], name)

    def test_import(self):
        """An import of a changed line is refused with a message."""
        line = self.entry.line_ids[0]
        key = line.export_data(["id"])["datas"][0][0]
        result = self.env["backflush.entry.line"].load(
            ["id", "amount"], [[key, "1.00"]]
        )
        self.assertFalse(result["ids"])
        self.assertIn("sealed", result["messages"][0]["message"])

    def test_evidence(self):
        """Seals, checkpoints and verifications: nobody, not the superuser."""
        checkpoint = self.chain._make_checkpoint("request")
        verification = self.chain._verify()
        for record in (self.entry.seal_ids, checkpoint, verification, self.chain):
            with self.assertRaisesRegex(AccessError, "evidence"):
                record.sudo().write({"company_id": self.company.id})
            with self.assertRaisesRegex(AccessError, "evidence"):
                record.sudo().unlink()

    def test_journal_entry(self):
        """Number, date, account and amount of a sealed journal entry; what the seal
        does not cover may change."""
        move = self.entry.move_id
        with self.assertRaisesRegex(UserError, "sealed"):
            move.name = "BFL/9999"
        with self.assertRaisesRegex(UserError, "sealed"):
            move.line_ids[0].account_id = self.account_cogs
        with self.assertRaises(UserError):
            move.button_draft()
        with self.assertRaises(UserError):
            move.button_cancel()
        move.line_ids[0].name = "another label"

    def test_what_journal_items_repeat(self):
        """Date and state of the items are written by their journal entry alone; items
        that add up to nothing are not added either."""
        item = self.entry.move_id.line_ids[0]
        for vals in (
            {"parent_state": "draft"},
            {"date": "2020-01-01"},
            {"amount_currency": 1.0},
        ):
            with self.assertRaisesRegex(UserError, "sealed", msg=f"{vals}"):
                item.write(vals)
        vals = {"move_id": item.move_id.id, "account_id": self.account_cogs.id}
        with self.assertRaisesRegex(UserError, "sealed"):
            item.create([{**vals, "balance": 5}, {**vals, "balance": -5}])

    def test_reversal_makes_an_entry(self):
        """A reversed journal entry leads to a reversing entry with a number of its own,
        never to a hole; the decision is kept beside the sealed entry."""
        self.books_open = "an entry stays out of the books"
        reversal = self.entry.move_id._reverse_moves()
        reversal.action_post()
        seals = self._seal()
        self.assertTrue(self.entry.is_reversed)
        self.assertEqual(self.entry.change_ids.seal_number, len(seals))
        self.entry._decide("out", "booked twice")
        self.assertEqual(self.entry.decision, "out")
        found = self.env["backflush.entry"].search(
            [("is_reversed", "=", True), ("decision", "=", "out")]
        )
        self.assertIn(self.entry, found)
        self.assertHolds()
        with self.assertRaises(AccessError):
            self.entry.decision_ids.sudo().reason = "another"


class SqlCase:
    def assertSqlRefused(self, code, *args):
        with (
            self.assertRaises(RestrictViolation, msg=code),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(SQL(code, *args))


class TestSql(SqlCase, SealCase):
    def setUp(self):
        super().setUp()
        self.entry = self._produce(1).backflush_entry_ids
        self._seal()

    def test_entry(self):
        key = self.entry.id
        update = "UPDATE backflush_entry SET quantity = 7 WHERE id = %s"
        self.assertSqlRefused(update, key)
        self.assertSqlRefused("DELETE FROM backflush_entry WHERE id = %s", key)
        self.assertSqlRefused("TRUNCATE backflush_entry CASCADE")

    def test_every_column(self):
        """Each column of the entry that the module has, and when it was recorded."""
        for name, field in self.entry._fields.items():
            if not (field.store and field.column_type) or name in (
                *("id", "write_date", "write_uid", "create_uid"),
            ):
                continue
            column = SQL.identifier(name)
            value = {
                "integer": SQL("99999"),
                "many2one": SQL("COALESCE(%s, 0) + 1", column),
                "json": SQL("'{}'::jsonb"),
                "date": SQL("DATE '2000-01-01'"),
                "datetime": SQL("TIMESTAMP '2000-01-01'"),
                "boolean": SQL("NOT COALESCE(%s, FALSE)", column),
            }.get(field.type, SQL("'7'"))
            with self.subTest(name):
                self.assertSqlRefused(
                    "UPDATE backflush_entry SET %s = %s WHERE id = %s",
                    *(column, value, self.entry.id),
                )

    def test_line(self):
        line = self.entry.line_ids[0]
        self.assertSqlRefused(
            "UPDATE backflush_entry_line SET amount = 7 WHERE id = %s", line.id
        )
        self.assertSqlRefused("DELETE FROM backflush_entry_line WHERE id = %s", line.id)
        self.assertSqlRefused(
            """
            INSERT INTO backflush_entry_line
                   (entry_id, company_id, role, account_id, amount)
            SELECT entry_id, company_id, role, account_id, amount
              FROM backflush_entry_line
             WHERE id = %s
            """,
            line.id,
        )
        self.assertSqlRefused("TRUNCATE backflush_entry_line")

    def test_seal(self):
        key = self.entry.seal_ids.id
        self.assertSqlRefused("UPDATE backflush_seal SET hash = '' WHERE id = %s", key)
        self.assertSqlRefused("DELETE FROM backflush_seal WHERE id = %s", key)
        self.assertSqlRefused("TRUNCATE backflush_seal")

    def test_chain(self):
        """It grows, and does not end earlier or elsewhere."""
        for code in (
            "UPDATE backflush_chain SET number = number - 1 WHERE id = %s",
            "UPDATE backflush_chain SET head = 'x' WHERE id = %s",
            "DELETE FROM backflush_chain WHERE id = %s",
        ):
            self.assertSqlRefused(code, self.chain.id)

    def test_checkpoint_and_verification(self):
        checkpoint = self.chain._make_checkpoint("request")
        verification = self.chain._verify()
        for record, column in ((checkpoint, "root"), (verification, "result")):
            self.assertSqlRefused(
                "UPDATE %s SET %s = 'x' WHERE id = %s",
                *(SQL.identifier(record._table), SQL.identifier(column), record.id),
            )
            self.assertSqlRefused(
                "DELETE FROM %s WHERE id = %s",
                *(SQL.identifier(record._table), record.id),
            )

    def test_card_in_force(self):
        """A draft may change; a card in force may be superseded, and nothing else."""
        for code in (
            "UPDATE backflush_cost_card SET total_cost = 7 WHERE id = %s",
            "UPDATE backflush_cost_card SET state = 'draft' WHERE id = %s",
            "UPDATE backflush_cost_card SET hash = 'x' WHERE id = %s",
            "DELETE FROM backflush_cost_card WHERE id = %s",
            "UPDATE backflush_cost_card_line SET price = 7 WHERE card_id = %s",
            "DELETE FROM backflush_cost_card_line WHERE card_id = %s",
            "UPDATE backflush_cost_card_element SET amount = 7 WHERE card_id = %s",
        ):
            self.assertSqlRefused(code, self.card.id)
        draft = self.env["backflush.cost.card"]._build(self.table, self.company)
        draft.line_ids[0].price = 11.0
        self.env.flush_all()
        draft.action_put_in_force()
        self.env.flush_all()
        self.assertEqual(self.card.state, "superseded")
        self.assertSqlRefused(
            "UPDATE backflush_cost_card SET state = 'in_force' WHERE id = %s",
            self.card.id,
        )

    def test_not_sealed_yet(self):
        """What is not sealed can be changed by who owns the database: the seal is what
        protects, within a minute."""
        entry = self._produce(1).backflush_entry_ids
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE backflush_entry SET quantity = 1 WHERE id = %s", entry.id)
        )


class TestClosedPeriod(SqlCase, CloseCase):
    def test_closed(self):
        """A closed period changes by being reopened, and in no other way."""
        self._make_and_sell()
        count = Command.create({"product_id": self.table.id, "quantity": 1})
        period = self._post_period(count_ids=[count])
        period.action_close()
        self.env.flush_all()
        for code in (
            "UPDATE backflush_period_count SET quantity = 2 WHERE period_id = %s",
            "DELETE FROM backflush_period_count WHERE period_id = %s",
            "UPDATE backflush_period SET date_to = date_to + 1 WHERE id = %s",
            "DELETE FROM backflush_period WHERE id = %s",
            "DELETE FROM backflush_period_line WHERE period_id = %s",
            "INSERT INTO backflush_period_count (period_id, holder) VALUES (%s, 'fg')",
        ):
            self.assertSqlRefused(code, period.id)
        manager = new_test_user(
            self.env,
            "controller_closed",
            "base.group_user,mrp_account_backflush.group_backflush_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        mine = period.with_user(manager)
        with self.assertRaisesRegex(AccessError, "by its steps"):
            mine.name = "another name"
        with self.assertRaisesRegex(UserError, "is Closed"):
            mine.disposition_ids.create({"period_id": period.id, "kind": "price"})
        period._reopen("a bill came late")
        self.env.flush_all()
        self.assertEqual(period.state, "open")
