"""A PostgreSQL of the run's own, that can be crashed and whose disk can be filled."""

import shutil
import time
from collections import Counter
from pathlib import Path

from .. import postgres
from ..conflicts import count_conflicts
from ..places import Places
from ..postgres import Cluster, Postgres
from ..process import Failed
from . import place

NAME = "chaos"
#: What is committed must outlive a crash of the server, so it waits for its log, and
#: everything is in the log: with less a sequence made just before goes back in a crash.
#: Only the machine does not crash here: the kernel keeps what was written.
SETTINGS = (
    postgres.SETTINGS
    + """
wal_level = replica
synchronous_commit = on
full_page_writes = on
max_wal_size = 128MB
shared_buffers = 128MB
"""
)
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND xact_start IS NOT NULL
       AND pid <> pg_backend_pid()
"""
RECOVERY = 90  # seconds that a server may take to come back


class Database(Cluster):
    """The cluster with the one database of the run."""

    conf = SETTINGS
    megabytes = place.MEGABYTES // 2

    def __init__(self, places: Places, programs: Path) -> None:
        super().__init__(places, programs)
        self.client = Postgres(programs, settings=self.settings)

    def restore(self, dump: Path) -> None:
        """Make the database from the dump of another one."""
        self.client.run("createdb", NAME)
        self.client.run("pg_restore", "-d", NAME, "--no-owner", str(dump))
        self.query("ANALYZE")

    def query(self, sql: str) -> str:
        """What the statements return, as plain text; raise Failed."""
        command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", NAME, "-c", sql]
        return self.client.run(*command).strip()

    # -- faults ---------------------------------------------------------------

    def crash(self) -> None:
        """End the server at once, without writing anything: an immediate shutdown."""
        self._run_as_owner("pg_ctl", "-w", "-m", "immediate", "-D", self.data, "stop")

    def cut_connections(self, share: float) -> int:
        """End the sessions of some clients; return how many."""
        ended = self.query(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            f" WHERE datname = '{NAME}' AND pid <> pg_backend_pid()"
            f" AND random() < {share}"
        )
        return int(ended)

    def ensure_up(self) -> None:
        """Return when the server answers; start it if it does not run."""
        end = time.monotonic() + RECOVERY
        while not self.is_up():
            if not self._is_running():
                self._start()
            elif time.monotonic() > end:
                raise Failed(1, "The database does not come back.")
            time.sleep(0.2)

    def wait_until_idle(self) -> None:
        """Return when no client is in a transaction, or when it takes too long."""
        end = time.monotonic() + RECOVERY
        while int(self.query(OTHERS)) and time.monotonic() < end:
            time.sleep(0.2)

    def _is_running(self) -> bool:
        try:
            self._run_as_owner("pg_ctl", "-D", self.data, "status")
        except Failed:
            return False
        return True

    # -- what happened --------------------------------------------------------

    def get_conflicts(self) -> Counter[str]:
        """How often transactions were in each other's way, by statement."""
        log = (self.data / "server.log").read_text(errors="replace")
        return count_conflicts(log)

    def keep_log(self, target: Path) -> None:
        """Copy the server's log to where it outlives the run."""
        if (self.data / "server.log").exists():
            shutil.copyfile(self.data / "server.log", target)
