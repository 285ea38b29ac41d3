"""Measure reports: rows a second of the audit ledger as a sheet, and its memory.

``./run bench reports [--lines 1000000] [--quick]``. A company with a ledger of so many
entry lines; the sheet has all of them, with names, totals and filters. The database is
rolled back, the file is deleted.
"""

# What a command prints is its result, not its log.
# pylint: disable=print-used

import argparse
import resource
import tempfile
import time
from pathlib import Path

from dateutil.relativedelta import relativedelta

from odoo import fields

from . import ledger, session

ROWS_A_SECOND, MEGABYTES = 20_000, 300


def main(arguments):
    options = parse(arguments)
    with session.open_env() as env:
        day = fields.Date.today() + relativedelta(day=1)
        built = ledger.build(env, day)
        session.say(f"Making a ledger of {options.lines:,} lines")
        ledger.grow(env, built, options.lines)
        results = {}
        for output in ("xlsx", "csv"):
            session.say(f"Writing it as {output}")
            results[output] = measure(env, built, output)
        env.cr.rollback()
    print_result(results)


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="./run bench reports", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--lines", type=int, default=1_000_000, help="entry lines")
    parser.add_argument("--quick", action="store_true", help="50,000 lines")
    if "--quick" in arguments:
        parser.set_defaults(lines=50_000)
    return parser.parse_args(arguments)


def measure(env, built, output):
    """Return (rows, seconds, seconds of this process, MB needed, MB of the file)."""
    mine = built.get_env(env)
    report = mine["backflush.report"].create(
        {
            "kind": "ledger",
            "output": output,
            "company_id": built.company_id,
            "date_from": built.day,
            "date_to": built.day + relativedelta(day=31),
        }
    )
    mine.flush_all()
    mine.invalidate_all()
    before = get_memory()
    started, busy = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report"
        dataset = report._get_dataset()
        rows = report._render(path, dataset)
        report._keep(path, dataset, rows)
        size = path.stat().st_size / 1e6
    taken, worked = time.perf_counter() - started, time.process_time() - busy
    if len(dataset.sections[0]) != built.lines:
        raise RuntimeError(f"Not all lines were written: {len(dataset.sections[0])}")
    return built.lines, taken, worked, get_memory() - before, size


def get_memory():
    """Return the most memory that this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def print_result(results):
    print(
        f"\nAudit ledger\n  {'':8}{'rows':>12}{'seconds':>10}{'cpu s':>10}"
        f"{'rows/s':>10}{'MB more':>10}{'MB file':>10}"
    )
    for output, (rows, taken, worked, memory, size) in results.items():
        print(
            f"  {output:8}{rows:12,}{taken:10.1f}{worked:10.1f}{rows / taken:10,.0f}"
            f"{memory:10.0f}{size:10.1f}"
        )
    rows, taken, _worked, memory, _size = results["xlsx"]
    speed = rows / taken
    verdict = "met" if speed >= ROWS_A_SECOND else "MISSED"
    print(f"  sheet: {speed:,.0f} rows/s (target ≥ {ROWS_A_SECOND:,}): {verdict}")
    verdict = "met" if memory <= MEGABYTES else "MISSED"
    print(f"  sheet: {memory:.0f} MB (target ≤ {MEGABYTES}): {verdict}")
