"""What the machine must offer: disk space and a free port."""

import shutil
import socket
from pathlib import Path

from .problem import Problem

MB = 10**6
LOOPBACK = "127.0.0.1"


def check_space(folder: Path, megabytes: int, what: str) -> None:
    """Raise Problem unless ``folder``'s disk has room for ``what``."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free // MB
    if free < megabytes:
        raise Problem(
            f"Not enough disk space for {what}: {folder} has {free} MB free, "
            f"{megabytes} MB are needed.\n"
            "Free some space, or select another disk: XDG_CACHE_HOME for downloads, "
            "another folder of the checkout for databases."
        )


def is_free(port: int) -> bool:
    """Whether a server can listen on this loopback port."""
    with socket.socket() as probe:
        # As servers do: a port is free although old connections still linger.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError):
            return False
    return True


def choose_port(wanted: int | None, default: int) -> int:
    """The wanted port, which must be free; else the first free one from default."""
    if wanted is not None:
        if is_free(wanted):
            return wanted
        raise Problem(
            f"Port {wanted} is taken or not allowed. Choose another one: "
            f"./run demo --port {wanted + 1}, or leave --port out."
        )
    for port in range(default, default + 20):
        if is_free(port):
            return port
    raise Problem(
        f"The ports {default} to {default + 19} are all taken. "
        "Choose a free one: ./run demo --port NUMBER"
    )
