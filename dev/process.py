"""Run other programs so that none outlives its ``./run``, however that ends."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from .console import say
from .problem import Problem

Command = Sequence["str | os.PathLike[str]"]
HEARTBEAT = 20  # seconds between "still working" lines
GRACE = 15  # seconds that an interrupted child has to finish

NO_NETWORK = (
    "no network, or the package mirror cannot be reached. Check the connection (and "
    "proxy settings), then run the same command again; it goes on where it stopped."
)

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Failed(Exception):
    """A program ended with an error; ``output`` is what it wrote."""

    def __init__(self, code: int, output: str) -> None:
        super().__init__(f"exit code {code}")
        self.code = code
        self.output = output

    def tail(self, lines: int = 15) -> str:
        return "\n".join(self.output.rstrip().splitlines()[-lines:])


def _die_with_parent() -> None:
    # Even if ./run is killed, the kernel then interrupts the child.
    if _libc:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


class Child(subprocess.Popen):
    """A program that is interrupted when this process ends, however it ends.

    ``apart``: it does not share the terminal. Then Ctrl-C does not reach it by
    itself, and it is interrupted together with the programs that it has started.
    """

    def __init__(self, command: Command, *, apart: bool, **options) -> None:
        self.apart = apart
        super().__init__(
            [os.fspath(part) for part in command],
            preexec_fn=_die_with_parent,  # noqa: PLW1509 (no threads here)
            start_new_session=apart,
            **options,
        )

    def _signal_all(self, number: int) -> None:
        if self.apart:
            os.killpg(self.pid, number)
        else:
            self.send_signal(number)

    def finish(self, typed: bool) -> None:
        """End it if it still runs: interrupt, and kill it after a time of grace.

        ``typed``: the interrupt was typed, so that a child on the terminal has got
        it already. A second one would make it drop everything, so wait before.
        """
        for grace, number in (
            (GRACE if typed and not self.apart else 0, signal.SIGINT),
            (GRACE, signal.SIGKILL),
        ):
            try:
                self.wait(grace)
                return
            except subprocess.TimeoutExpired:
                self._signal_all(number)
        self.wait()

    def wait_for(self, doing: str = "") -> int:
        """Its exit code; say now and then that it still works on ``doing``."""
        began = time.monotonic()
        try:
            while True:
                try:
                    return self.wait(HEARTBEAT if doing else None)
                except subprocess.TimeoutExpired:
                    seconds = round(time.monotonic() - began)
                    say(f"    {doing}: still working ({seconds} s)")
        except BaseException as error:
            self.finish(typed=isinstance(error, KeyboardInterrupt))
            raise


def run(
    command: Command,
    *,
    log: Path,
    doing: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Run a program with its output in ``log``; return the output or raise Failed."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as file:
        child = Child(
            command,
            apart=True,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        code = child.wait_for(doing)
    output = log.read_text(encoding="utf-8", errors="replace")
    if code:
        raise Failed(code, output)
    return output


def show(
    command: Command,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> int:
    """Run a program on this terminal; return its exit code."""
    return Child(command, apart=False, env=env, cwd=cwd).wait_for()


def ask(command: Command, *, env: Mapping[str, str] | None = None) -> str:
    """Run a short program and return what it prints, or raise Failed."""
    result = subprocess.run(
        [os.fspath(part) for part in command],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if result.returncode:
        raise Failed(result.returncode, result.stdout + result.stderr)
    return result.stdout


def explain(failed: Failed, what: str, advice: str = "") -> Problem:
    """The Problem to show for a failed program: a known cause, or its last words."""
    for words, message in _KNOWN_CAUSES:
        if any(word in failed.output for word in words):
            return Problem(f"{what}: {message}")
    return Problem("\n".join(filter(None, [f"{what}:", failed.tail(), advice])))


_KNOWN_CAUSES = (
    (
        ("Release file for",),
        "the mirror's package lists are out of date, so apt refuses them. Choose "
        "another mirror in apt's settings (or set this machine's clock).",
    ),
    (
        ("No space left on device", "Disk quota exceeded"),
        "the disk is full. Free some space and run the same command again; "
        "it goes on where it stopped.",
    ),
    (
        (
            "Temporary failure in name resolution",
            "Temporary failure resolving",
            "Name or service not known",
            "Could not resolve",
            "Network is unreachable",
            "Connection refused",
            "Connection timed out",
            "Could not connect",
            "Cannot connect to proxy",
            "Tunnel connection failed",
            "connection timed out",
            "NewConnectionError",
            "ConnectTimeoutError",
            "ReadTimeoutError",
            "Failed to establish a new connection",
            "ENOTFOUND",
            "EAI_AGAIN",
            "ECONNREFUSED",
            "ETIMEDOUT",
        ),
        NO_NETWORK,
    ),
)
