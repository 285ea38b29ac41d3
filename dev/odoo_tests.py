"""``./run odoo-tests``: Odoo's own tests, with our module installed beside theirs."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

from . import browser, locks, process
from .console import say, step
from .database import Databases, hash_sources
from .odoo_runner import Runner
from .places import MODULE, Places
from .problem import Problem
from .session import open_session
from .testing import VALUE_OPTIONS, get_plugin_env

DEFAULT_MODULES = (
    *("mrp", "mrp_account", "stock_account", "purchase_stock", "purchase_mrp"),
    *("sale_stock", "sale_mrp", "mrp_subcontracting_account"),
    *("stock_landed_costs", "mrp_landed_costs"),
)


def odoo_tests(places: Places, arguments: Sequence[str]) -> int:
    """Run the tests of these modules; other arguments are pytest's. 1 if any fail."""
    modules, options = split(arguments)
    places.prepare()
    with locks.hold(places.state / "odoo-tests.lock", "running Odoo's tests"):
        with open_session(places) as (runner, databases):
            check_modules(runner, modules)
            browser.ensure_tools(places)
            ensure_database(databases, modules)
            databases.clone("odoo-module", "odoo-tests")
            step(f"Running Odoo's tests of {', '.join(modules)}")
            return run_tests(runner, modules, options)


def split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names of modules (the default ones if there are none), and pytest's options."""
    modules: list[str] = []
    options: list[str] = []
    previous = ""
    for text in arguments:
        is_name = re.fullmatch(r"\w+", text) and previous not in VALUE_OPTIONS
        (modules if is_name else options).append(text)
        previous = text
    return modules or list(DEFAULT_MODULES), options


def check_modules(runner: Runner, modules: Sequence[str]) -> None:
    """Raise Problem for a module that this Odoo does not have."""
    for name in modules:
        if not (runner.odoo.addons / name / "__manifest__.py").exists():
            raise Problem(f"This Odoo has no module {name}.")


def ensure_database(databases: Databases, modules: Sequence[str]) -> None:
    """The template with these modules and ours."""
    sources = hash_sources(databases.places.checkout)
    key = f"{databases.base_key} {sources} {' '.join(modules)}"
    if databases.get_key("odoo-module") == key:
        return
    databases.ensure_base()
    step(f"Installing {', '.join(modules)} and {MODULE}")
    databases.clone("base", "odoo-module")
    databases.install("odoo-module", [*modules, MODULE], "Odoo's modules and ours")
    databases.set_key("odoo-module", key)


def run_tests(runner: Runner, modules: Sequence[str], options: Sequence[str]) -> int:
    """Run pytest, which loads all modules before any test; print the totals."""
    addons = runner.odoo.addons
    report = runner.places.state / "logs" / "odoo-tests.xml"
    report.unlink(missing_ok=True)
    process.show(
        [
            *(runner.python, "-m", "pytest", "-c", "/dev/null", f"--rootdir={addons}"),
            *("-p", "no:cacheprovider", "-p", "backflush_machine", "-q", "--tb=short"),
            *(f"--odoo-config={runner.places.conf}", "--odoo-http"),
            f"--odoo-database={runner.postgres.name('odoo-tests')}",
            *("-n", "2", "--dist", "loadscope", f"--junitxml={report}"),
            *("-W", "ignore", "--odoo-log-level=warn"),
            *(f"--deselect={name}" for name in get_left_out(runner.places)),
            *options,
            *(addons / name / "tests" for name in modules),
        ],
        env=get_plugin_env(runner),
        cwd=runner.places.state,
    )
    return summarize(report)


def get_left_out(places: Places) -> list[str]:
    """Tests of Odoo that fail without our module, too (see the file)."""
    file = places.checkout / "dev" / "odoo_tests_left_out.txt"
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def summarize(report: Path) -> int:
    """Print 'N passed, N failed' from pytest's report; 1 unless all passed."""
    if not report.exists():
        raise Problem("pytest ended without a report; see above.")
    suite = ElementTree.parse(report).getroot().find("testsuite")
    counts = {name: int(suite.get(name, 0)) for name in ("errors", "failures")}
    skipped, failed = int(suite.get("skipped", 0)), sum(counts.values())
    passed = int(suite.get("tests", 0)) - skipped - failed
    say(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if passed and not failed else 1
