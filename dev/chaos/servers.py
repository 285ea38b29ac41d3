"""Odoo servers on one database; each can be killed and started again."""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections import Counter

from .. import machine, process
from ..demo import wait_until_up
from ..odoo_runner import Runner
from ..problem import Problem
from .database import NAME
from .rpc import Lost, Person, Refused

PORT = 18069
SECONDS = 120  # that a server may take until it answers from the database
# Conflicts are counted; that JSON-RPC will end with Odoo 20 is known.
LOGGERS = (
    *("--log-handler", "odoo.service.model:INFO"),
    *("--log-handler", "odoo.addons.rpc.controllers.jsonrpc:ERROR"),
)
RETRY = re.compile(r"odoo\.service\.model: (\w+), \d tries left")
GIVEN_UP = re.compile(r"odoo\.service\.model: (\w+), maximum number of tries reached")


class Server:
    """One Odoo with its web server and its scheduled jobs."""

    def __init__(self, runner: Runner, number: int) -> None:
        self.runner = runner
        self.port = machine.choose_port(None, PORT + 100 * number)
        self.log = runner.places.log(f"server-{number + 1}")
        self.log.unlink(missing_ok=True)
        self.child: process.Child | None = None

    def is_running(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def start(self) -> None:
        """Start it; its log goes on."""
        with self.log.open("a", encoding="utf-8") as log:
            self.child = process.Child(
                self.runner.command(
                    *("-d", NAME, "--db-filter", f"^{NAME}$"),
                    *("--http-port", str(self.port), "--max-cron-threads", "1"),
                    *(
                        "--log-level",
                        "warn",
                        "--log-handler",
                        "odoo.service.model:INFO",
                    ),
                ),
                apart=True,
                env=self.runner.env,
                cwd=self.runner.places.state,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait(self, person: list, company: int) -> None:
        """Return when it answers from the database; raise Problem if it does not."""
        wait_until_up(self.child, self.port, self.log)
        end = time.monotonic() + SECONDS
        while True:
            try:
                Person(self.port, *person, company).call("res.users", "context_get")
                return
            except (Lost, Refused) as error:
                if time.monotonic() > end or not self.is_running():
                    raise Problem(
                        f"The server does not answer: {error}\nIts log: {self.log}"
                    ) from error
                time.sleep(0.3)

    def kill(self) -> None:
        """End it at once, with all that it has started."""
        if self.child:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()

    def stop(self) -> None:
        """End it in peace."""
        if self.child:
            self.child.finish(typed=False)

    def get_retries(self) -> Counter:
        """How often requests were tried again, and given up, by error."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        found = Counter(f"retry after {name}" for name in RETRY.findall(text))
        return found + Counter(f"given up: {name}" for name in GIVEN_UP.findall(text))
