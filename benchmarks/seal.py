"""Measure the sealed ledger: sealing, verifying, exporting.

``./run bench seal [--entries 1000000] [--quick]``. A company with a ledger of so many
posted entries of about five lines: all are sealed, verified in Odoo, exported, and the
export is checked by the auditor's program. What is verified was committed before, as a
scheduled job finds it; the next run begins with an empty database.
"""

# What a command prints is its result, not its log.
# pylint: disable=print-used

import argparse
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dateutil.relativedelta import relativedelta

from odoo import fields

from . import ledger, meter, session

SEAL, VERIFY, MEGABYTES = 10_000, 25_000, 200
#: Runs a program; says on stderr what memory it took.
MEASURED = """
import runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    sys.stderr.write(open("/proc/self/status").read())
"""
PROGRAM = Path(__file__).resolve().parents[1] / "verifier" / "backflush_verify.py"


def main(arguments):
    options = parse(arguments)
    with session.open_env() as env, tempfile.TemporaryDirectory() as folder:
        built = ledger.build(env, fields.Date.today() + relativedelta(day=1))
        entries = len(built.originals["backflush_entry"])
        lines = len(built.originals["backflush_entry_line"])
        session.say(f"Making a ledger of {options.entries:,} entries")
        ledger.grow(env, built, options.entries * lines // entries)
        mine = built.get_env(env)
        chain = mine["backflush.chain"]._get(mine.company)
        before = get_megabytes()
        costs = {}
        session.say("Sealing")
        costs["seal"], number = meter.measure(mine, chain._seal)
        env.cr.execute("ANALYZE backflush_seal")
        # As a scheduled verification finds it: other sessions see it, too.
        env.cr.commit()
        session.say("Verifying")
        costs["verify"], found = meter.measure(mine, chain._verify)
        if number != entries * (built.copies + 1) or found.result != "holds":
            raise RuntimeError(f"{number} entries sealed; {found.problems}")
        memory = get_megabytes() - before
        session.say("Exporting")
        file = Path(folder) / "ledger.jsonl"
        costs["export"], _nothing = meter.measure(mine, lambda: export(chain, file))
        session.say("Checking the export")
        outside = check(file)
        env.cr.rollback()
    print_result(number, lines / entries, costs, memory, outside)


def export(chain, file):
    with file.open("w", encoding="utf-8") as output:
        for text in chain._export():
            output.write(text)


def check(file):
    """Run the auditor's program; return seconds and megabytes."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-I", "-c", MEASURED, str(PROGRAM), str(file)],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - start
    # Of the program alone, not of the process that it was started from.
    used = re.search(r"VmHWM:\s+(\d+) kB", done.stderr)
    return seconds, int(used[1]) / 1024 if used else 0


def get_megabytes():
    """Return the most memory that this process has used."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="./run bench seal", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="20,000 entries")
    if "--quick" in arguments:
        parser.set_defaults(entries=20_000)
    return parser.parse_args(arguments)


def print_result(number, lines, costs, memory, outside):
    print(f"\nSealed ledger of {number:,} entries, {lines:.1f} lines each")
    print(f"  {'':24}{'seconds':>10}{'cpu s':>10}{'entries/s':>12}{'/cpu s':>12}")
    for label, cost in costs.items():
        speeds = number / cost.seconds, number / cost.busy
        print(
            f"  {label:24}{cost.seconds:10.1f}{cost.busy:10.1f}"
            f"{speeds[0]:12,.0f}{speeds[1]:12,.0f}"
        )
    seconds, megabytes = outside
    print(
        f"  {'auditor program':24}{seconds:10.1f}{'':10}{number / seconds:12,.0f}"
        f"{'':12}{megabytes:8.0f} MB"
    )
    for label, found, limit in (
        ("seal, entries/s", number / costs["seal"].seconds, SEAL),
        ("verify, entries/s", number / costs["verify"].seconds, VERIFY),
    ):
        state = "" if found >= limit else "   MISSED"
        print(f"  {label:42}{found:12,.0f}   at least {limit:,}{state}")
    state = "" if memory <= MEGABYTES else "   MISSED"
    print(f"  {'memory of both, MB':42}{memory:12,.0f}   at most {MEGABYTES}{state}")
