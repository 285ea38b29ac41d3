"""``./run chaos``: kill and cut what works, and see that the books are right.

Eight clients complete orders, deliver, take back, post and seal over JSON-RPC, on two
Odoo servers and a PostgreSQL of the run's own, while servers are killed, the database
is stopped at once, connections are cut, transactions conflict and the disk is full.
After each fault and at the end the ledger is checked; exit code 1 if something does not
hold.
"""

import json
import random
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from .. import locks
from ..console import say, step
from ..odoo_runner import Runner
from ..places import Places
from ..problem import Problem
from ..process import Failed
from ..session import open_session
from .database import NAME, Database
from .faults import KINDS, plan
from .place import SmallDisk, Stage, make_folder
from .report import print_report
from .rpc import Lost, Refused
from .servers import Server
from .shaker import Shaker, make_job

SERVERS = 2


def chaos(places: Places, minutes: float, seed: int | None) -> int:
    """Shake a company for so many minutes; return the exit code."""
    places.prepare()
    seed = random.randrange(10**6) if seed is None else seed
    with locks.hold(places.state / "chaos.lock", "shaking this checkout"):
        with make_folder() as folder, ExitStack() as stack:
            runner = dump_module(places, folder / "dump")
            shaker = open_stage(stack, places, runner, folder, seed)
            step(f"Shaking for {minutes:g} minutes, seed {seed}")
            try:
                shake(shaker, minutes * 60, seed)
            except (Failed, Lost, Refused) as error:
                words = error.tail() if isinstance(error, Failed) else error
                raise Problem(f"The company does not recover: {words}") from error
            print_report(shaker)
            return 1 if shaker.violations else 0


def dump_module(places: Places, dump: Path) -> Runner:
    """Write the database with the module to a file."""
    with open_session(places) as (runner, databases):
        databases.ensure_module()
        step("Making a company on a database server of its own")
        name = runner.postgres.name("module")
        runner.postgres.run("pg_dump", "-Fc", "-Z0", "-f", str(dump), name)
        return runner


def open_stage(
    stack: ExitStack, places: Places, runner: Runner, folder: Path, seed: int
) -> Shaker:
    """Set up the company, its database, its disk and its servers."""
    disk = SmallDisk(folder / "disk")
    is_small = stack.enter_context(disk.mounted())
    database = Database(
        Stage(places.checkout, places.cache, disk.folder), runner.postgres.programs
    )
    stack.enter_context(database.use())
    stack.callback(database.keep_log, places.log("chaos-database"))
    database.restore(folder / "dump")
    (folder / "dump").unlink()
    stage = Stage(places.checkout, places.cache, folder / "odoo")
    stage.prepare()
    runner = replace(runner, places=stage, postgres=database.client)
    runner.configure()
    servers = [Server(runner, number) for number in range(SERVERS)]
    job = make_job(make_company(runner, folder), servers, folder, seed)
    shaker = Shaker(database, disk if is_small else None, servers, job)
    stack.callback(shaker.stop)
    return shaker


def make_company(runner: Runner, folder: Path) -> dict:
    """Make the company in the new database; return what clients need to know."""
    file = folder / "company.json"
    if runner.run_inside("chaos_company", NAME, str(file)):
        raise Problem("The company cannot be made.")
    return json.loads(file.read_text(encoding="utf-8"))


def shake(shaker: Shaker, seconds: float, seed: int) -> None:
    """Let faults happen for so many seconds, then check everything."""
    kinds = [kind for kind in KINDS if shaker.disk or kind != "fill_disk"]
    if not shaker.disk:
        say("    The disk never gets full: this machine allows no disk in memory.")
    shaker.start()
    end = time.monotonic() + seconds
    for fault in plan(seed, kinds):
        if time.monotonic() + fault.pause > end:
            break
        say(f"    {KINDS[fault.kind]}")
        shaker.suffer(fault)
    shaker.finish()
