"""Compare the completion of manufacturing orders: no costing, native, ours.

``./run bench [--orders 100] [--single 20] [--rounds 5] [--quick]``. Works in the
database named by BENCH_DB, which must have the module installed, with the configuration
file named by ODOO_RC. The contenders take turns, so that whatever else the machine does
falls on all of them; what counts are the medians and their ratios.
"""

# What a command prints is its result, not its log.
# pylint: disable=print-used

import argparse
import logging
import os
import sys
from pathlib import Path

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import factory, meter, table

BATCHES = (10, 50, 100)


def main():
    options = parse()
    config.parse_config(["--database", options.database], setup_logging=False)
    logging.getLogger("odoo").setLevel(logging.ERROR)
    with Registry(options.database).cursor() as cr:
        env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
        contenders = prepare(env, options)
        results = measure(env, contenders, options)
        tallies = count(env, contenders, options)
    print(
        f"\nCompletion of manufacturing orders, {factory.COMPONENTS} components and "
        f"1 operation each, {factory.PRODUCTS} products,\n"
        f"medians of {options.rounds} rounds in turn"
    )
    table.print_times(contenders, results, options.orders)
    table.print_growth(tallies)


def parse():
    parser = argparse.ArgumentParser(
        prog="./run bench", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--orders", type=int, default=100, help="orders in one call")
    parser.add_argument("--single", type=int, default=20, help="orders one by one")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each contender")
    parser.add_argument("--quick", action="store_true", help="fewer of all these")
    parser.add_argument("--database", default=os.environ.get("BENCH_DB"))
    if "--quick" in sys.argv:
        parser.set_defaults(orders=20, single=4, rounds=3)
    options = parser.parse_args()
    if not options.database:
        parser.error("no database: set BENCH_DB or --database")
    return options


def prepare(env, options):
    """Create companies and orders, and complete some to warm up."""
    say("Setting up three companies")
    contenders = factory.build(env)
    number = max(options.orders, options.single)
    for contender in contenders:
        contender.ready = factory.make_orders(env, contender, number)
        warm_up = factory.make_orders(env, contender, 3)
        env.cr.commit()
        meter.complete(contender, env, warm_up[:2], keep=True)
        meter.complete(contender, env, warm_up[2:], keep=True)
    return contenders


def measure(env, contenders, options):
    """Let the contenders take turns; return {way: {contender: [Cost]}}."""
    results = {way: {c.key: [] for c in contenders} for way in table.WAYS}
    for turn in range(options.rounds):
        say(f"Round {turn + 1} of {options.rounds}")
        for contender in contenders:
            batch = meter.complete(contender, env, contender.ready[: options.orders])
            results["batch"][contender.key].append(batch)
        env.cr.rollback()
        for key, costs in meter.complete_each(contenders, env, options.single).items():
            results["each"][key] += costs
        for order in range(options.single // 4 or 1):
            for contender in contenders:
                alone = meter.complete(
                    contender, env, contender.ready[order : order + 1]
                )
                results["alone"][contender.key].append(alone)
    return results


def count(env, contenders, options):
    """Return {batch: {contender: Tally}} for growing batches."""
    say("Counting queries")
    batches = [size for size in BATCHES if size <= options.orders] or [options.orders]
    return {
        size: {
            contender.key: meter.tally(contender, env, contender.ready[:size])
            for contender in contenders
        }
        for size in batches
    }


def say(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
