"""Measure the sealed ledger: sealing, and verifying it.

``./run bench seal [--entries 1000000] [--quick]``. A company with a ledger of so many
posted entries of five lines on average: all are sealed, then all are verified in Odoo,
exported, and checked by the auditor's program. Nothing is kept.
"""

# What a command prints is its result, not its log.
# pylint: disable=print-used

import argparse
import resource
import time

from dateutil.relativedelta import relativedelta

from odoo import fields

from . import ledger, session

SEAL, VERIFY, MEGABYTES = 10_000, 25_000, 200


def main(arguments):
    options = parse(arguments)
    with session.open_env() as env:
        day = fields.Date.today() + relativedelta(day=1)
        built = ledger.build(env, day)
        entries = len(built.originals["backflush_entry"])
        lines = len(built.originals["backflush_entry_line"])
        session.say(f"Making a ledger of {options.entries:,} entries")
        ledger.grow(env, built, options.entries * lines // entries)
        number = entries * (built.copies + 1)
        mine = built.get_env(env)
        results = {"lines of an entry": lines / entries}
        chain = mine["backflush.chain"]._get(mine.company)
        before = get_megabytes()
        results["seal"] = measure("Sealing", number, chain._seal)
        env.cr.rollback()
    for name, value in results.items():
        print(name, value, before, get_megabytes())


def measure(label, number, work):
    """Return how many entries a second ``work`` does."""
    session.say(label)
    start = time.perf_counter()
    done = work()
    seconds = time.perf_counter() - start
    print(label, seconds, done)
    return number / seconds


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
