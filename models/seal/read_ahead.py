# Reading a long ledger: sessions of the database that see the same moment of it read
# what comes next, while what came before is checked.

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from odoo.tools import SQL

#: Sessions that read beside the one of the environment.
SESSIONS = 2
#: Compiling takes longer than a batch.
READING = "SET LOCAL jit = off"


@contextmanager
def own_session(env):
    """Give the environment that a long ledger is read in: one with a session of its
    own, whatever savepoints the one of ``env`` has. The database shows to others what a
    session sees outside of savepoints alone, and does not say whether there are any.

    What this transaction has written no other sees: if it has written anything, it is
    ``env`` itself.
    """
    env.flush_all()
    if _has_written(env):
        yield env
    else:
        with env.registry.cursor() as cursor:
            yield env(cr=cursor)


def read_ahead(env, queries):
    """Yield the rows of each of ``queries``, in order.

    Other sessions cannot see what this transaction has written: if it has written
    anything, it reads alone.

    :param env: of `own_session`, or of a session without savepoints
    :param queries: iterable of `odoo.tools.SQL`; taken as they can be read
    """
    env.flush_all()
    if _has_written(env):
        for query in queries:
            yield env.execute_query(query)
        return
    with ExitStack() as stack:
        [(snapshot,)] = env.execute_query(SQL("SELECT pg_export_snapshot()"))
        readers = [
            (
                stack.enter_context(_open_session(env, snapshot)),
                stack.enter_context(ThreadPoolExecutor(max_workers=1)),
            )
            for _number in range(SESSIONS)
        ]
        waiting = deque()
        for number, query in enumerate(queries):
            cursor, thread = readers[number % SESSIONS]
            waiting.append(thread.submit(_read, cursor, query))
            if len(waiting) > SESSIONS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _has_written(env):
    [(written,)] = env.execute_query(
        SQL("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
    )
    return written


@contextmanager
def _open_session(env, snapshot):
    """Give the cursor of a session that sees what ``snapshot`` shows."""
    with env.registry.cursor() as cursor:
        cursor.execute(SQL("SET TRANSACTION SNAPSHOT %s", snapshot))
        cursor.execute(READING)
        yield cursor


def _read(cursor, query):
    cursor.execute(query)
    return cursor.fetchall()
