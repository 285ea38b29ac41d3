"""Processes that complete orders at the same time, and a sealer beside them.

Each forks from this process, as Odoo's workers do, and opens connections of its own.
"""

import multiprocessing
import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from psycopg2 import OperationalError

import odoo
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY, retrying
from odoo.sql_db import Cursor, close_all

from dev.conflicts import name_statement

from . import meter

#: Seconds between two runs of the sealer; the scheduled job has a minute.
PAUSE = 1.0
LIMIT = 900  # that anything may take


@dataclass
class Turn:
    """What one turn took.

    :param seconds: from the start until the last process was done
    :param costs: [`Cost`] of the requests, an order each
    :param sealed: how many entries were sealed meanwhile
    :param conflicts: {where: number} of transactions that had to be tried again
    """

    seconds: float = 0
    costs: list = field(default_factory=list)
    sealed: int = 0
    conflicts: Counter = field(default_factory=Counter)


def work(registry, contender, shares, sealing):
    """Complete the orders of ``shares``, a process for each share; return the `Turn`.

    What was posted before is sealed before the clock starts.
    """
    before = _seal(registry, contender)
    close_all()
    fork = multiprocessing.get_context("fork")
    start, end, answers = fork.Barrier(len(shares) + 1), fork.Event(), fork.Queue()
    jobs = [(_complete, (ids, start)) for ids in shares]
    jobs += [(_seal_on, (end,))] if sealing else []
    team = [
        fork.Process(target=_answer, args=(answers, job, registry, contender, *rest))
        for job, rest in jobs
    ]
    for process in team:
        process.start()
    start.wait(LIMIT)
    began = time.perf_counter()
    found = [answers.get(timeout=LIMIT) for _share in shares]
    seconds = time.perf_counter() - began
    end.set()
    found += [answers.get(timeout=LIMIT)] if sealing else []
    for process in team:
        process.join(LIMIT)
    return Turn(
        seconds,
        [cost for costs, _sealed, _conflicts in found for cost in costs],
        max(0, *(sealed - before for _costs, sealed, _conflicts in found)),
        sum((conflicts for _costs, _sealed, conflicts in found), Counter()),
    )


def _answer(answers, job, registry, contender, *rest):
    """Run in a process of its own: do a job and send what it returns."""
    with _conflicts() as conflicts:
        costs, sealed = job(registry, contender, *rest)
    answers.put((costs, sealed, conflicts))


def _complete(registry, contender, ids, start):
    """Complete orders, each in a request of its own; return their costs."""
    costs = []
    start.wait(LIMIT)
    for key in ids:
        with registry.cursor() as cr:
            env = contender.get_env(odoo.api.Environment(cr, odoo.SUPERUSER_ID, {}))
            order = env["mrp.production"].browse(key)
            request = partial(retrying, order.button_mark_done, env)
            costs.append(meter.measure(env, request)[0])
    return costs, 0


def _seal_on(registry, contender, end):
    """Seal again and again; return the number of the last seal."""
    number = 0
    while not end.wait(PAUSE):
        number = _seal(registry, contender)
    return [], number


def _seal(registry, contender):
    """Seal as the scheduled job does; return the number of the last seal."""
    with registry.cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        env["backflush.chain"]._cron_seal()
        company = env["res.company"].browse(contender.company_id)
        return env["backflush.chain"]._get(company).number


# Conflicts ----------------------------------------------------------------------------


@contextmanager
def _conflicts():
    """Give a counter of the transactions of this process that fail to serialize, by
    statement and by the add-on that sends it."""
    execute, found = Cursor.execute, Counter()

    def watched(self, query, *args, **kwargs):
        try:
            return execute(self, query, *args, **kwargs)
        except OperationalError as error:
            if error.pgcode in PG_CONCURRENCY_ERRORS_TO_RETRY:
                statement = name_statement(str(getattr(query, "code", query)))
                found[f"{statement}, in {_find_sender()}"] += 1
            raise

    Cursor.execute = watched
    try:
        yield found
    finally:
        Cursor.execute = execute


def _find_sender():
    """Return the add-on and the function that the failing statement comes from."""
    frame = sys._getframe(2)
    while frame:
        name = frame.f_globals.get("__name__", "")
        if name.startswith("odoo.addons."):
            return f"{name.split('.')[2]}: {frame.f_code.co_name}"
        frame = frame.f_back
    return "the commit"
