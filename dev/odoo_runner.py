"""Run Odoo: its configuration, its environment, installing and updating modules."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import process, python_env
from .odoo_source import Odoo
from .places import Places
from .postgres import Postgres
from .problem import Problem
from .process import Failed

LOG_START = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (\w+) ")
ERROR_LEVELS = ("ERROR", "CRITICAL")


@dataclass(frozen=True)
class Runner:
    """An Odoo with its Python, its database server and its configuration."""

    places: Places
    odoo: Odoo
    env_folder: Path
    postgres: Postgres

    @property
    def python(self) -> Path:
        return python_env.get_python(self.env_folder)

    @property
    def env(self) -> dict[str, str]:
        """Environment in which ``python`` imports Odoo and finds its database."""
        env = self.postgres.env
        for variable in ("PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV"):
            env.pop(variable, None)
        env["PYTHONPATH"] = str(self.odoo.home)
        env["ODOO_RC"] = str(self.places.conf)
        env["PATH"] = f"{self.env_folder / 'bin'}:{env['PATH']}"
        return env

    def configure(self) -> None:
        """Write odoo.conf: loopback only, no database manager, no cron."""
        options = {
            "addons_path": f"{self.odoo.addons},{self.places.addons}",
            "data_dir": self.places.data,
            "http_interface": "127.0.0.1",
            "list_db": False,
            "max_cron_threads": 0,
            "screenshots": self.places.state / "logs",
        }
        if self.postgres.settings:
            options["db_host"] = self.postgres.settings["PGHOST"]
            options["db_user"] = self.postgres.settings["PGUSER"]
        lines = [f"{key} = {value}" for key, value in options.items()]
        self.places.conf.write_text("\n".join(["[options]", *lines, ""]))

    def command(self, *arguments: str) -> list[str]:
        return [str(self.python), "-m", "odoo", *arguments]

    def get_log(self, verb: str, database: str) -> Path:
        """Where ``change_modules`` leaves Odoo's log."""
        return self.places.log(f"{verb}-{database}")

    def change_modules(
        self, verb: str, database: str, modules: Sequence[str], what: str
    ) -> None:
        """``install`` or ``update`` modules; raise Problem with Odoo's last error."""
        option = {"install": "--init", "update": "--update"}[verb]
        name = self.postgres.name(database)
        log = self.get_log(verb, database)
        try:
            process.run(
                self.command(
                    *("-d", name, option, ",".join(modules)),
                    *("--stop-after-init", "--no-http"),
                ),
                log=log,
                doing=f"{verb} of {what}",
                env=self.env,
                cwd=self.places.state,
            )
        except Failed as failed:
            raise Problem(
                f"The {verb} of {what} failed:\n{get_last_error(failed.output)}\n"
                f"Odoo's log: {log}"
            ) from failed

    def run_inside(self, script: str, *arguments: str) -> int:
        """Run a script of ``dev/inside`` in Odoo's Python; return its exit code."""
        file = self.places.checkout / "dev" / "inside" / f"{script}.py"
        return process.show(
            [self.python, file, *arguments], env=self.env, cwd=self.places.state
        )


def get_last_error(output: str, mark: str = "", lines: int = 12) -> str:
    """The last error of an Odoo log with its traceback, or just the log's end.

    With a ``mark``: the last message that contains it, whatever its level.
    """
    log = output.rstrip().splitlines()
    starts = [i for i, line in enumerate(log) if LOG_START.match(line)]
    found = [
        i
        for i in starts
        if (mark in log[i] if mark else LOG_START.match(log[i])[1] in ERROR_LEVELS)
    ]
    if not found:
        return "\n".join(log[-lines:])
    end = next((i for i in starts if i > found[-1]), len(log))
    message = [line for line in log[found[-1] : end] if line.strip(" ^~")]
    if len(message) > lines:
        message = [message[0], "...", *message[2 - lines :]]
    return "\n".join(message)
