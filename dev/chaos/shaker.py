"""Shake a working company: faults at planned moments, checks after each."""

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from .. import process
from ..process import Failed
from . import checks
from .database import Database
from .faults import Fault
from .place import SmallDisk
from .rpc import SECONDS, Person
from .servers import Server

LIMIT = 4 * SECONDS  # that clients may take to end
CHECKOUT = Path(__file__).resolve().parents[2]
#: Errors that a client gets by the faults, or because another one was faster.
EXPECTED = (
    "psycopg2.",
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
)
#: Changes rows that clients work with, without waiting for one that is locked. Who has
#: read them before, and changes them after, conflicts with it.
CONFLICT = """
    UPDATE {table} SET write_date = now()
     WHERE id IN (SELECT id FROM {table} FOR UPDATE SKIP LOCKED)
"""
CONTESTED = ("stock_quant", "mrp_production", "mrp_workcenter", "backflush_policy")


class Shaker:
    """The company at work, and what happened to it.

    :param job: what clients need to know, see ``dev/inside/chaos_company.py``
    """

    def __init__(
        self,
        database: Database,
        disk: SmallDisk | None,
        servers: list[Server],
        job: dict,
    ) -> None:
        self.database = database
        self.disk = disk
        self.servers = servers
        self.job = job
        self.counts: Counter[str] = Counter()
        self.violations: dict[str, None] = {}
        self.surprises: list[str] = []
        self.clients: process.Child | None = None

    # -- work -----------------------------------------------------------------

    def start(self) -> None:
        """Start servers and clients."""
        for server in self.servers:
            server.start()
        self._wait()
        file = Path(self.job["diary"]).with_name("job.json")
        file.write_text(json.dumps(self.job), encoding="utf-8")
        self.clients = process.Child(
            [sys.executable, "-m", "dev.chaos", file], apart=True, cwd=CHECKOUT
        )

    def stop(self) -> None:
        """End clients and servers."""
        if self.clients:
            self.clients.finish(typed=False)
        for server in self.servers:
            server.stop()

    def stop_clients(self) -> None:
        """Let the clients end what they are doing; note what they counted."""
        if not self.clients:
            return
        self.clients.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.clients.wait(LIMIT)
        clients, self.clients = self.clients, None
        clients.finish(typed=False)
        self.database.wait_until_idle()
        file = Path(self.job["counts"])
        if not file.exists():
            self.violations["the clients did not end"] = None
            return
        found = json.loads(file.read_text(encoding="utf-8"))
        self.counts.update(found["counts"])
        self.surprises = found["surprises"]

    def _wait(self) -> None:
        for server in self.servers:
            server.wait(self.job["people"]["operator"], self.job["company"])

    # -- faults ---------------------------------------------------------------

    def suffer(self, fault: Fault) -> None:
        """Let a fault happen, mend it, check."""
        time.sleep(fault.pause)
        getattr(self, fault.kind)(fault)
        self.counts[f"fault: {fault.kind}"] += 1
        self.database.ensure_up()
        # Before the servers are back nothing changes: what is committed is final.
        self.check()
        for server in self.servers:
            if not server.is_running():
                server.start()
                self.counts["server starts"] += 1
        self._wait()

    def kill_server(self, fault: Fault) -> None:
        self.servers[fault.server].kill()
        self.counts["processes killed"] += 1

    def kill_servers(self, _fault: Fault) -> None:
        for server in self.servers:
            server.kill()
            self.counts["processes killed"] += 1

    def stop_database(self, fault: Fault) -> None:
        self.database.crash()
        time.sleep(fault.length)
        self.database.ensure_up()
        self.counts["database starts"] += 1

    def stop_all(self, fault: Fault) -> None:
        self.database.crash()
        self.kill_servers(fault)
        self.counts["database starts"] += 1

    def cut_connections(self, fault: Fault) -> None:
        cut = self.database.cut_connections(fault.share)
        self.counts["connections cut"] += cut

    def force_conflicts(self, fault: Fault) -> None:
        """Change rows that the clients work with, again and again."""
        end = time.monotonic() + fault.length
        while time.monotonic() < end:
            with contextlib.suppress(Failed):
                for table in CONTESTED:
                    self.database.query(CONFLICT.format(table=table))
                    self.counts["conflicting transactions"] += 1

    def fill_disk(self, fault: Fault) -> None:
        """Leave no space for a while; the database may stop by itself."""
        self.disk.fill()
        time.sleep(fault.length)
        self.disk.free()
        if not self.database.is_up():
            self.counts["database starts"] += 1

    # -- checks ---------------------------------------------------------------

    def check(self, at_the_end: bool = False) -> None:
        """Note everything that does not hold."""
        diary = Path(self.job["diary"])
        for line in checks.find_violations(self.database, diary, at_the_end):
            self.violations[line] = None
        self.counts["checks"] += checks.get_number(at_the_end)

    def finish(self) -> None:
        """End the work, post and seal what is left, and check everything."""
        self.stop_clients()
        port = self.servers[0].port
        accountant = Person(
            port, *self.job["people"]["accountant"], self.job["company"]
        )
        pending = accountant.call(
            "backflush.entry", "search", [["state", "=", "pending"]]
        )
        accountant.call("backflush.entry", "action_post", pending)
        chain = accountant.call("backflush.chain", "action_open")["res_id"]
        accountant.call("backflush.chain", "action_seal", [chain])
        self.check(at_the_end=True)
        self._verify(accountant, chain)

    def _verify(self, accountant: Person, chain: int) -> None:
        """Let Odoo verify the chain."""
        action = accountant.call("backflush.chain", "action_verify", [chain])
        fields = ["result", "problems", "last_number"]
        [found] = accountant.call(
            "backflush.verification", "read", [action["res_id"]], fields
        )
        self.counts["seals verified"] += found["last_number"]
        self.counts["checks"] += 1
        if found["result"] != "holds":
            self.violations[f"the chain does not verify: {found['problems']}"] = None
        self._verify_outside(accountant, chain)

    def _verify_outside(self, accountant: Person, chain: int) -> None:
        """Let the auditor's program verify an export, without Odoo."""
        export = Path(self.job["diary"]).with_name("ledger.jsonl")
        accountant.download(f"/backflush/ledger/{chain}", export)
        program = CHECKOUT / "verifier" / "backflush_verify.py"
        self.counts["checks"] += 1
        try:
            process.ask([sys.executable, "-I", program, export])
        except Failed as failed:
            found = f"the auditor's program finds: {failed.output}"
            self.violations[found] = None


def make_job(job: dict, servers: list[Server], folder: Path, seed: int) -> dict:
    """Complete what clients need to know."""
    diary = folder / "diary.jsonl"
    diary.touch()
    return {
        **job,
        "ports": [server.port for server in servers],
        "seed": seed,
        "diary": str(diary),
        "counts": str(folder / "counts.json"),
        "expected": EXPECTED,
    }
