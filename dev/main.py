"""The commands of ``./run``: arguments in, exit code out."""

import argparse
import shutil
import signal
import sys
from collections.abc import Sequence

from . import demo, locks, postgres
from .console import complain, say
from .places import Places, get_places
from .problem import Problem

INTERRUPTED = 130


def get_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run",
        description="Developer commands of Backflush Costing for Odoo 19. They bring "
        "what they need (Odoo, its Python packages, PostgreSQL) into "
        "~/.cache/mrp_account_backflush; databases and logs are in .odoo/.",
        epilog="environment: ODOO_HOME selects an existing Odoo 19; PGHOST, PGPORT, "
        "PGUSER, PGPASSWORD a PostgreSQL server; XDG_CACHE_HOME the cache.",
    )
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    add = commands.add_parser
    command = add("demo", help="start Odoo with the demo factory; compare the textbook")
    command.add_argument(
        "--no-serve", action="store_true", help="print the textbook table and end"
    )
    command.add_argument("--port", type=int, help="port of the web client")
    add("test", help="run the tests [--histories N] [pytest arguments]")
    command = add("lint", help="run the checks of OCA's 19.0 branches")
    command.add_argument(
        "--fix", action="store_true", help="first correct what the tools can correct"
    )
    add("shell", help="a Python shell in the demo database [odoo shell arguments]")
    add("odoo-tests", help="run Odoo's own tests beside the module [MODULE ...]")
    add("bench", help="measure the speed [arguments of benchmarks]")
    add("terms", help="export the terms of i18n/, bring translations up to them")
    command = add("chaos", help="kill and cut what works; check that the books hold")
    command.add_argument(
        "--minutes", type=float, default=3, help="how long (default: %(default)s)"
    )
    command.add_argument("--seed", type=int, help="make the same plan of faults again")
    add("stop", help="end the demo server and PostgreSQL of this checkout")
    command = add("clean", help="delete the databases of this checkout")
    command.add_argument(
        "--all", action="store_true", help="also downloads and environments"
    )
    return parser


# Commands that pass everything after their name on to another program.
PASSING = ("test", "shell", "odoo-tests", "bench")


def parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """The command with its own options, and the arguments to pass on."""
    passing = bool(arguments) and arguments[0] in PASSING
    own, rest = (arguments[:1], arguments[1:]) if passing else (arguments, [])
    return get_parser().parse_args(own), list(rest)


def dispatch(places: Places, options: argparse.Namespace, rest: list[str]) -> int:
    """Carry out the command; its exit code."""
    # Imported when needed: a quick command stays quick.
    from . import bench, chaos, lint, odoo_tests, shell, terms, testing

    match options.command:
        case "demo":
            return demo.demo(places, not options.no_serve, options.port)
        case "test":
            return testing.test(places, rest)
        case "lint":
            return lint.lint(places, options.fix)
        case "shell":
            return shell.shell(places, rest)
        case "odoo-tests":
            return odoo_tests.odoo_tests(places, rest)
        case "bench":
            return bench.bench(places, rest)
        case "terms":
            return terms.terms(places)
        case "chaos":
            return chaos.chaos(places, options.minutes, options.seed)
        case "stop":
            return stop(places)
        case "clean":
            return clean(places, options.all)
    raise AssertionError(options.command)


def stop(places: Places) -> int:
    """End the demo and PostgreSQL of this checkout."""
    served = demo.stop(places)
    say("The demo has ended." if served else "No demo was running.")
    stop_cluster(places)
    return 0


def stop_cluster(places: Places) -> None:
    """Stop the checkout's PostgreSQL, if a killed run left it behind."""
    environments = sorted((places.cache / "env").glob("odoo-*/ready"))
    if (places.state / "pg" / "postmaster.pid").exists() and environments:
        programs = postgres.get_programs(environments[-1].parent)
        postgres.Cluster(places, programs).stop()


def clean(places: Places, everything: bool) -> int:
    """Delete what the commands made."""
    demo.stop(places)
    if locks.get_holder(places.state / "test.lock"):
        raise Problem("Tests of this checkout are running; wait for them or end them.")
    stop_cluster(places)
    for folder in (places.state, *([places.cache] if everything else [])):
        if folder.exists():
            shutil.rmtree(folder)
            say(f"Deleted {folder}")
    return 0


def _terminate(_signal, _frame) -> None:
    # Unlike KeyboardInterrupt, nobody but this process knows of it.
    raise SystemExit(INTERRUPTED)


def main(arguments: Sequence[str]) -> int:
    """Run a command; show a Problem as one message."""
    # Set anew: a shell's background job starts with Ctrl-C ignored, for children too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _terminate)
    signal.signal(signal.SIGHUP, _terminate)
    try:
        options, rest = parse(arguments)
        return dispatch(get_places(), options, rest)
    except Problem as problem:
        complain(f"\nerror: {problem}")
        return 1
    except KeyboardInterrupt:
        complain("\nInterrupted. The same command goes on where it stopped.")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:
        complain(f"\nerror: {error.strerror}: {error.filename or ''}".rstrip(": "))
        return 1
