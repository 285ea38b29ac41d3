"""``./run test``: pytest on the module, on its pure part and on ``dev``."""

import os
from collections.abc import Sequence
from pathlib import Path

from . import browser, locks, process
from .console import step
from .odoo_runner import Runner
from .places import Places
from .session import open_session

# Without paths of the caller's, these of the module are run.
DEFAULT_PATHS = ("tests", "costing", "dev/tests")
# Options of pytest whose value is the next argument, never a path to run.
VALUE_OPTIONS = {
    *("-k", "-m", "-n", "-p", "-c", "-o", "-W", "-r"),
    *("--tb", "--dist", "--maxfail", "--durations", "--histories", "--junitxml"),
    *("--ignore", "--deselect", "--confcutdir", "--numprocesses", "--log-level"),
}
# Options for which tests must run in this process.
ALONE_OPTIONS = {"--pdb", "--trace", "-s", "--collect-only", "--co", "--fixtures"}


def map_paths(
    arguments: Sequence[str], checkout: Path, module: Path
) -> tuple[list[str], bool]:
    """Turn paths of the checkout into paths below the module's link.

    Returns the arguments, and whether they name any path. A path may be relative
    to the current folder or to the checkout, and may select a test (``::``).
    """
    mapped, named, previous = [], False, ""
    for argument in arguments:
        inside = None
        if not argument.startswith("-") and previous not in VALUE_OPTIONS:
            inside = find_inside(argument, checkout)
        named |= inside is not None
        mapped.append(argument if inside is None else str(module / inside))
        previous = argument
    return mapped, named


def find_inside(argument: str, checkout: Path) -> str | None:
    """An existing file or folder as its path in the checkout, or None."""
    path, mark, test = argument.partition("::")
    for start in (Path.cwd(), checkout):
        full = Path(os.path.normpath(start / path))
        if full.exists() and full.is_relative_to(checkout):
            return f"{full.relative_to(checkout)}{mark}{test}"
    return None


def get_spread(arguments: Sequence[str]) -> list[str]:
    """Options that spread the tests over two processes, where that makes sense."""
    chosen = {argument.partition("=")[0] for argument in arguments}
    if chosen & (ALONE_OPTIONS | {"-n", "--numprocesses"}):
        return []
    if any(argument.startswith("-n") for argument in arguments):
        return []
    if (os.cpu_count() or 1) < 2 or any("::" in argument for argument in arguments):
        return []
    # Classes stay together: making their companies is the slow part.
    return ["-n", "2", "--dist", "loadscope"]


def get_command(runner: Runner, arguments: Sequence[str], database: str) -> list[str]:
    """The pytest command for the caller's arguments."""
    module = runner.places.module
    mapped, named = map_paths(arguments, runner.places.checkout, module)
    if not named:
        paths = (module / path for path in DEFAULT_PATHS)
        mapped += [str(path) for path in paths if path.exists()]
    return [
        *(str(runner.python), "-m", "pytest"),
        *("-c", str(module / "pyproject.toml"), f"--rootdir={runner.places.addons}"),
        *("-p", "backflush_machine", "--doctest-modules"),
        *(f"--odoo-config={runner.places.conf}", f"--odoo-database={database}"),
        *("--odoo-http", "--odoo-log-level=warn"),
        *get_spread(arguments),
        *mapped,
    ]


def test(places: Places, arguments: Sequence[str]) -> int:
    """Run the tests; pytest's exit code (no test at all is a failure, too)."""
    places.prepare()
    with locks.hold(places.state / "test.lock", "testing this checkout"):
        with open_session(places) as (runner, databases):
            browser.ensure_tools(places)
            databases.ensure_tested()
            databases.clone("tested", "test")
            step("Running the tests")
            command = get_command(runner, arguments, runner.postgres.name("test"))
            return process.show(command, env=get_plugin_env(runner), cwd=places.addons)


def get_plugin_env(runner: Runner) -> dict[str, str]:
    """Environment in which pytest finds the plugin of ``dev/inside``."""
    env = runner.env
    env["PYTHONPATH"] += f"{os.pathsep}{runner.places.checkout / 'dev' / 'inside'}"
    return env
