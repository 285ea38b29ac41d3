"""``./run shell``: Odoo's shell in the demo database."""

import signal
from collections.abc import Sequence

from . import process
from .places import Places
from .session import open_session


def shell(places: Places, arguments: Sequence[str]) -> int:
    """Open the shell; nothing is committed unless ``env.cr.commit()`` is typed."""
    with open_session(places) as (runner, databases):
        if not databases.get_key("demo"):
            databases.ensure_demo()
        # Ctrl-C belongs to the shell, which does not end by it.
        signal.signal(signal.SIGINT, lambda _signal, _frame: None)
        name = runner.postgres.name("demo")
        command = ["-m", "odoo", "shell", "-d", name, "--no-http", *arguments]
        return process.show([runner.python, *command], env=runner.env)
