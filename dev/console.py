"""Plain lines on the terminal."""

import sys


def say(text: str = "") -> None:
    """Write one line (or a block of lines) at once, also into a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def step(text: str) -> None:
    """Announce what happens now."""
    say(f"==> {text}")


def complain(text: str) -> None:
    """Write an error message."""
    sys.stdout.flush()
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
