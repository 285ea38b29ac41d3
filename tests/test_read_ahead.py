"""Several sessions that read one moment of the database."""

from contextlib import closing

from odoo.api import SUPERUSER_ID, Environment
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL

from ..costing.chain import GENESIS
from ..models.seal.read_ahead import SESSIONS, own_session, read_ahead

BACKEND = SQL("SELECT pg_backend_pid()")


@tagged("post_install", "-at_install")
class TestReadAhead(BaseCase):
    def setUp(self):
        super().setUp()
        cursor = self.enterContext(closing(db_connect(get_db_name()).cursor()))
        self.env = Environment(cursor, SUPERUSER_ID, {})

    def _write(self, cursor):
        cursor.execute("UPDATE res_company SET write_date = write_date WHERE id = 1")

    def test_in_order(self):
        """Nine queries, of which the first are the slowest: rows in the order of the
        queries, from other sessions than ours, two at a time."""
        queries = (
            SQL(
                "SELECT %s, pg_backend_pid(), pg_sleep(%s)", number, 0.01 * (9 - number)
            )
            for number in range(9)
        )
        rows = [rows[0] for rows in read_ahead(self.env, queries)]
        self.assertEqual([row[0] for row in rows], [*range(9)])
        sessions = {row[1] for row in rows}
        self.assertEqual(len(sessions), SESSIONS)
        self.assertNotIn(self.env.execute_query(BACKEND)[0][0], sessions)

    def test_one_moment(self):
        """Somebody adds a row after the reading began: no session sees it."""
        count = SQL("SELECT count(*) FROM ir_logging")
        before = self.env.execute_query(count)
        with closing(db_connect(get_db_name()).cursor()) as other:
            other.execute(
                "INSERT INTO ir_logging (name, type, level, dbname, path, func, line, "
                "message) VALUES ('x', 'server', 'INFO', 'x', 'x', 'x', 'x', 'x') "
                "RETURNING id"
            )
            [key] = other.fetchone()
            other.commit()  # pylint: disable=invalid-commit
            try:
                self.assertEqual([*read_ahead(self.env, [count] * 3)], [before] * 3)
            finally:
                other.execute("DELETE FROM ir_logging WHERE id = %s", [key])
                other.commit()  # pylint: disable=invalid-commit

    def test_own_changes(self):
        """What others cannot see yet is read by the session that wrote it."""
        self._write(self.env.cr)
        mine = self.env.execute_query(BACKEND)
        self.assertEqual([*read_ahead(self.env, [BACKEND] * 3)], [mine] * 3)

    def test_left_early(self):
        """A reader that needs no more leaves; what fails is said."""
        reading = read_ahead(self.env, [BACKEND] * 9)
        self.assertTrue(next(reading))
        reading.close()
        with self.assertRaisesRegex(Exception, "division by zero"):
            list(read_ahead(self.env, [BACKEND, SQL("SELECT 1 / 0")]))

    def test_in_a_savepoint(self):
        """The database shows nobody what is seen in a savepoint; a session of its own
        has none, and so two others read beside it."""
        mine = self.env.execute_query(BACKEND)
        with self.env.cr.savepoint(), own_session(self.env) as env:
            leader = env.execute_query(BACKEND)
            found = [*read_ahead(env, [BACKEND] * 4)]
        self.assertNotIn(mine, [leader, *found])
        self.assertNotIn(leader, found)
        self.assertEqual(found[:SESSIONS] * 2, found)

    def test_own_changes_in_a_savepoint(self):
        """What was written is read by who wrote it, in a savepoint too."""
        mine = self.env.execute_query(BACKEND)
        with self.env.cr.savepoint():
            self._write(self.env.cr)
            with own_session(self.env) as env:
                self.assertIs(env, self.env)
                self.assertEqual([*read_ahead(env, [BACKEND] * 2)], [mine] * 2)

    def test_verified_in_a_savepoint(self):
        """A chain without seals, verified before its reader wrote anything: it holds,
        and the result can be kept in the same transaction."""
        chain, company = self._start_chain()
        with self.env.cr.savepoint():
            found = self.env["backflush.chain"].browse(chain)._verify()
        self.assertEqual(
            (found.result, found.company_id.id, found.last_number),
            ("holds", company, 0),
        )

    def _start_chain(self):
        """Return the keys of a chain without seals that all sessions see, and of its
        company; it is removed after the test."""
        with closing(db_connect(get_db_name()).cursor()) as other:
            other.execute(
                "INSERT INTO backflush_chain (company_id, number, head) "
                "SELECT id, 0, %s FROM res_company company WHERE NOT EXISTS "
                "(SELECT FROM backflush_chain WHERE company_id = company.id) LIMIT 1 "
                "RETURNING id, company_id",
                [GENESIS],
            )
            [found] = other.fetchall()
            other.commit()  # pylint: disable=invalid-commit
        self.addCleanup(self._remove_chain, found[0])
        return found

    def _remove_chain(self, key):
        with closing(db_connect(get_db_name()).cursor()) as other:
            other.execute("DELETE FROM backflush_chain WHERE id = %s", [key])
            other.commit()  # pylint: disable=invalid-commit
