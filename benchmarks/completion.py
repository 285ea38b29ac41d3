"""Compare the completion of manufacturing orders: no costing, native, ours.

``./run bench completion [--orders 100] [--single 20] [--rounds 5] [--quick]``. The
contenders take turns, so that whatever else the machine does falls on all of them; what
counts are the medians and their ratios.
"""

# What a command prints is its result, not its log.
# pylint: disable=print-used

import argparse

from . import factory, meter, session, table

BATCHES = (10, 50, 100)


def main(arguments):
    options = parse(arguments)
    with session.open_env() as env:
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


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="./run bench completion", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--orders", type=int, default=100, help="orders in one call")
    parser.add_argument("--single", type=int, default=20, help="orders one by one")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each contender")
    parser.add_argument("--quick", action="store_true", help="fewer of all these")
    if "--quick" in arguments:
        parser.set_defaults(orders=20, single=4, rounds=3)
    return parser.parse_args(arguments)


def prepare(env, options):
    """Create companies and orders, and complete some to warm up."""
    session.say("Setting up three companies")
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
        session.say(f"Round {turn + 1} of {options.rounds}")
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
    session.say("Counting queries")
    batches = [size for size in BATCHES if size <= options.orders] or [options.orders]
    return {
        size: {
            contender.key: meter.tally(contender, env, contender.ready[:size])
            for contender in contenders
        }
        for size in batches
    }
