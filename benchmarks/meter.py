"""Measure what work costs: wall time, processor time, and SQL queries.

Of orders, ``button_mark_done`` is measured and the flush of its transaction, with
everything that a commit would run. The transaction is then rolled back, so that every
round completes the very same orders on the same tables.
"""

import gc
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import Cursor

WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Cost:
    """What one order, or another piece of work, took.

    :param seconds: wall time
    :param busy: seconds of processor time, of Odoo and of its database session; they
        depend less on what else the machine does
    :param queries: number of SQL statements
    """

    seconds: float
    busy: float
    queries: float


def complete(contender, env, order_ids, keep=False):
    """Complete orders in one call, as a request with a cache of its own would.

    :param keep: commit, for a warm-up
    :return: `Cost` of one order, on average
    """
    env.cr.rollback()
    orders = contender.get_env(env)["mrp.production"].browse(order_ids)
    with _no_collection():
        cost = _complete(contender, orders)
    if keep:
        env.cr.commit()
    else:
        env.cr.rollback()
    number = len(order_ids)
    return Cost(cost.seconds / number, cost.busy / number, cost.queries / number)


def complete_each(contenders, env, number):
    """Complete orders one by one, the contenders in turn, each in an environment that
    stays the same; return {contender: [Cost]}."""
    costs = {contender.key: [] for contender in contenders}
    with ExitStack() as stack:
        orders = {}
        for contender in contenders:
            # Transactions of their own, that are rolled back.
            cr = stack.enter_context(closing(env.registry.cursor()))
            mine = contender.get_env(env(cr=cr))["mrp.production"]
            orders[contender.key] = mine.browse(contender.ready[:number])
        stack.enter_context(_no_collection())
        for index in range(number):
            for contender in contenders:
                cost = _complete(contender, orders[contender.key][index])
                costs[contender.key].append(cost)
    return costs


def _complete(contender, orders):
    cr = orders.env.cr
    session = _get_session(cr)
    queries, busy = cr.sql_log_count, _get_busy(session)
    start = time.perf_counter()
    orders.button_mark_done()
    cr.flush()
    cost = Cost(
        time.perf_counter() - start,
        _get_busy(session) - busy,
        cr.sql_log_count - queries,
    )
    if any(order.state != "done" for order in orders):
        raise RuntimeError(f"{contender.label}: the orders were not completed")
    return cost


def measure(env, work):
    """Return (`Cost` of ``work()``, what it returns), the garbage collector at work as
    in a request."""
    session = _get_session(env.cr)
    queries, busy = env.cr.sql_log_count, _get_busy(session)
    start = time.perf_counter()
    result = work()
    env.cr.flush()
    return Cost(
        time.perf_counter() - start,
        _get_busy(session) - busy,
        env.cr.sql_log_count - queries,
    ), result


def _get_session(cr):
    """Return the statistics file of the database session's process, or None when the
    server is not on this machine."""
    cr.execute("SELECT pg_backend_pid()")
    process = Path("/proc") / str(cr.fetchone()[0])
    try:
        found = "postgres" in (process / "comm").read_text()
    except OSError:
        return None
    return process / "schedstat" if found else None


def _get_busy(session):
    """Return the processor time that Odoo and its database session have used."""
    nanoseconds = int(session.read_text().split()[0]) if session else 0
    return time.process_time() + nanoseconds / 1e9


@contextmanager
def _no_collection():
    """Keep Python's garbage collector from falling on one of the contenders."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


# Whose queries ------------------------------------------------------------------------


@dataclass
class Tally:
    """SQL statements of one request, those inside core's journal entries apart.

    :param reads, writes: statements elsewhere; writes are INSERT, UPDATE and DELETE
    :param entries: statements inside ``account.move`` ``create`` and ``_post``
    """

    reads: int = 0
    writes: int = 0
    entries: int = 0
    depth: int = field(default=0, repr=False)

    def count(self, query):
        code = getattr(query, "code", query)
        if self.depth:
            self.entries += 1
        elif code.lstrip().upper().startswith(WRITES):
            self.writes += 1
        else:
            self.reads += 1


def tally(contender, env, order_ids):
    """Complete orders as `complete` does; return the `Tally` of their queries."""
    result = Tally()
    with counting(result), _entries_apart(result, env), _clock_stopped():
        complete(contender, env, order_ids)
    return result


def _clock_stopped():
    """Keep Odoo's time, without which core sends some queries or not as a second ends
    in the middle of an order."""
    now = fields.Datetime.now()
    return patch.object(fields.Datetime, "now", lambda *_args: now)


@contextmanager
def counting(result):
    """Show every statement of any cursor to ``result``."""
    execute = Cursor.execute

    def counted(self, query, *args, **kwargs):
        result.count(query)
        return execute(self, query, *args, **kwargs)

    Cursor.execute = counted
    try:
        yield
    finally:
        Cursor.execute = execute


@contextmanager
def _entries_apart(result, env):
    """Mark the time that core spends in journal entries, between two flushes.

    The flushes keep what others left to write from being counted as the entry's, and
    what the entry left to write from being counted as theirs.
    """
    Move = env.registry["account.move"]
    create, post = Move.create, Move._post

    def apart(method):
        def marked(self, *args, **kwargs):
            if result.depth:
                return method(self, *args, **kwargs)
            self.env.flush_all()
            result.depth += 1
            try:
                answer = method(self, *args, **kwargs)
                self.env.flush_all()
            finally:
                result.depth -= 1
            return answer

        return marked

    Move.create, Move._post = apart(create), apart(post)
    try:
        yield
    finally:
        del Move.create, Move._post
