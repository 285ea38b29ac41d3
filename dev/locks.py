"""File locks: two runs never do the same work at once; the kernel frees a lock."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from .console import say


def open_lock(path: Path) -> TextIO:
    """Open the lock file (made if it is missing) without locking it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("a+", encoding="utf-8")


def try_lock(file: TextIO) -> bool:
    """Lock for this process alone, if nobody holds it; note the process id."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return True


def get_holder(path: Path) -> int | None:
    """Process id of the run that holds the lock now, or None."""
    if not path.exists():
        return None
    with open_lock(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            return int(file.read() or 0) or None
    return None


@contextmanager
def hold(path: Path, doing: str) -> Iterator[None]:
    """Hold the lock; if another run has it, say so once and wait for it."""
    with open_lock(path) as file:
        if not try_lock(file):
            say(f"Another run is {doing}; waiting for it (Ctrl-C to give up).")
            fcntl.flock(file, fcntl.LOCK_EX)
            try_lock(file)
        yield
