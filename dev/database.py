"""Databases: templates that are built once, and copies of them.

``base``: the modules that ours depends on. ``module``: base with our module.
``companions``: base with Odoo's optional modules. ``tested``: companions with our
module, for its tests. ``demo``: base with our module and its demo data, kept over the
runs.
A database carries its key as a comment, set when it is complete; another key, or
none, means that it must be built again.
"""

import ast
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from .console import say, step
from .odoo_runner import Runner, get_last_error
from .places import MODULE
from .problem import Problem

# Odoo's optional modules that ours works with: its tests run beside them.
COMPANIONS = (
    *("mrp_subcontracting_account", "mrp_subcontracting_dropshipping"),
    *("mrp_landed_costs", "purchase_mrp", "sale_mrp"),
)
SUFFIXES = (".py", ".xml", ".csv", ".po", ".sql")
# Parts of the checkout that installing the module does not read.
NOT_INSTALLED = {"tests", "dev", "benchmarks", "readme", "static", "node_modules"}


def get_dependencies(checkout: Path) -> list[str]:
    """The modules that ours depends on, as its manifest says."""
    file = checkout / "__manifest__.py"
    try:
        return ast.literal_eval(file.read_text(encoding="utf-8"))["depends"]
    except FileNotFoundError as error:
        raise Problem(f"{file} is missing: this checkout has no module.") from error
    except (SyntaxError, ValueError, KeyError) as error:
        raise Problem(f"{file} cannot be read: {error!r}") from error


def find_sources(checkout: Path, demo: bool) -> Iterator[Path]:
    """Files that decide what an installed module looks like in the database."""
    left_out = NOT_INSTALLED if demo else NOT_INSTALLED | {"demo"}
    for folder, names, files in os.walk(checkout):
        names[:] = sorted(
            name for name in names if name not in left_out and name[0] not in "._"
        )
        for name in sorted(files):
            if name.endswith(SUFFIXES):
                yield Path(folder, name)


def hash_sources(checkout: Path, demo: bool = False) -> str:
    """Changes when the module must be installed anew."""
    digest = hashlib.sha256()
    for file in find_sources(checkout, demo):
        digest.update(os.fsencode(file.relative_to(checkout)) + b"\0")
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


class Databases:
    """Our databases on one PostgreSQL server."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.postgres = runner.postgres
        self.places = runner.places

    # -- one database ---------------------------------------------------------

    def get_key(self, database: str) -> str:
        """Key of a complete database; empty for a missing or incomplete one."""
        return self.postgres.query(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
            f" WHERE datname = '{self.postgres.name(database)}'"
        )

    def set_key(self, database: str, key: str) -> None:
        name = self.postgres.name(database)
        self.postgres.query(f"COMMENT ON DATABASE \"{name}\" IS '{key}'")

    def drop(self, database: str) -> None:
        """Delete a database with its files, whoever is connected to it."""
        name = self.postgres.name(database)
        self.postgres.run("dropdb", "--if-exists", "--force", name)
        shutil.rmtree(self.places.filestore(name), ignore_errors=True)

    def clone(self, source: str, target: str) -> None:
        """Make ``target`` anew as a copy of ``source``, with its files."""
        self.drop(target)
        old, new = self.postgres.name(source), self.postgres.name(target)
        self.postgres.run("createdb", "-T", old, new)
        if self.places.filestore(old).exists():
            # Odoo never changes a stored file, so both may share it.
            shutil.copytree(
                self.places.filestore(old),
                self.places.filestore(new),
                copy_function=os.link,
            )

    def install(self, database: str, modules: list[str], what: str) -> None:
        """Install modules; raise Problem unless all are installed afterwards."""
        self.runner.change_modules("install", database, modules, what)
        missing = set(modules) - set(self._get_installed(database))
        if missing:
            raise Problem(
                f"Odoo did not install {', '.join(sorted(missing))}.\n"
                f"Its log: {self.runner.get_log('install', database)}"
            )

    def _get_installed(self, database: str) -> list[str]:
        return self.run_sql(
            database, "SELECT name FROM ir_module_module WHERE state = 'installed'"
        ).split()

    def run_sql(self, database: str, sql: str) -> str:
        """Result of a statement in one of our databases, as plain text."""
        name = self.postgres.name(database)
        return self.postgres.run("psql", "-XAtq", "-d", name, "-c", sql)

    # -- our databases --------------------------------------------------------

    @property
    def base_key(self) -> str:
        text = repr(
            (self.runner.odoo.identity, sorted(get_dependencies(self.places.checkout)))
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def ensure_base(self) -> None:
        """The template with the modules that ours depends on, without demo data."""
        if self.get_key("base") == self.base_key:
            return
        modules = get_dependencies(self.places.checkout)
        step("Installing Odoo's own modules (once; about a minute)")
        self.drop("base")
        self.install("base", modules, "Odoo's own modules")
        self.set_key("base", self.base_key)

    def ensure_companions(self) -> None:
        """The template with Odoo's optional modules, too."""
        self.ensure_base()
        key = f"{self.base_key} {' '.join(COMPANIONS)}"
        if self.get_key("companions") == key:
            return
        step("Installing Odoo's optional modules (once)")
        self.clone("base", "companions")
        self.install("companions", [*COMPANIONS], "Odoo's optional modules")
        self.set_key("companions", key)

    def ensure_module(self) -> None:
        """The template with our module."""
        self.ensure_base()
        self._add_module("base", "module")

    def ensure_tested(self) -> None:
        """The template with our module beside Odoo's optional ones."""
        self.ensure_companions()
        self._add_module("companions", "tested")

    def _add_module(self, source: str, target: str) -> None:
        """Make ``target`` the template ``source`` with our module as it is now."""
        key = f"{self.get_key(source)} {hash_sources(self.places.checkout)}"
        if self.get_key(target) == key:
            return
        step(f"Installing {MODULE}")
        self.clone(source, target)
        self.install(target, [MODULE], MODULE)
        self.set_key(target, key)

    def ensure_demo(self) -> None:
        """The demo database: kept, updated after a change, rebuilt if that fails."""
        key = f"{self.base_key} {hash_sources(self.places.checkout, demo=True)}"
        found = self.get_key("demo")
        if found == key:
            return
        if found.startswith(self.base_key):
            step(f"Updating {MODULE} in the demo database")
            try:
                self.runner.change_modules("update", "demo", [MODULE], MODULE)
                self.set_key("demo", key)
                return
            except Problem as problem:
                say(f"    {problem}\n    Building the demo database anew instead.")
        self.ensure_base()
        step(f"Installing {MODULE} with its demo factory")
        self.clone("base", "demo")
        # Odoo loads a module's demo data if those it depends on have theirs. Ours
        # needs none of them, so spare the minutes and the clutter.
        self.run_sql("demo", "UPDATE ir_module_module SET demo = (state = 'installed')")
        self.install("demo", [MODULE], MODULE)
        self._check_demo_loaded()
        self.set_key("demo", key)

    def _check_demo_loaded(self) -> None:
        sql = f"SELECT demo FROM ir_module_module WHERE name = '{MODULE}'"
        if self.run_sql("demo", sql).strip() == "t":
            return
        log = self.runner.get_log("install", "demo")
        text = log.read_text(encoding="utf-8", errors="replace")
        reason = get_last_error(text, "demo data failed to install")
        raise Problem(f"The demo data cannot be loaded:\n{reason}\nOdoo's log: {log}")
