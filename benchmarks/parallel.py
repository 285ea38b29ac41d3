"""Complete manufacturing orders in several processes at once, sealed or not meanwhile.

``./run bench parallel [--processes 4] [--orders 20] [--rounds 4] [--quick]``. Processes
complete orders of their own, one a request and committed, each with stocks of its own,
as Odoo's workers do; in every other turn a sealer works beside them. What counts is the
ratio turn by turn, and where transactions are in each other's way.
"""

# What a command prints is its result, not its log.
# pylint: disable=print-used

import argparse
from collections import Counter
from statistics import median

from . import factory, meter, session, team

TARGET = 1.05
MODES = {False: "nobody seals", True: "a sealer at work"}


def main(arguments):
    options = parse(arguments)
    with session.open_env() as env:
        session.say("Setting up a company")
        contender = factory.Contender("ours", "parallel", lines=options.processes)
        factory.Builder(env, contender).build()
        turns = prepare(env, contender, options)
        warm_up = factory.make_orders(env, contender, 4)
        env.cr.commit()
        # What is cached now is cached in all processes.
        meter.complete(contender, env, warm_up, keep=True)
        registry = env.registry
    results = {sealing: [] for sealing in MODES}
    for number, (sealing, shares) in enumerate(turns):
        session.say(f"Turn {number + 1} of {len(turns)}: {MODES[sealing]}")
        results[sealing].append(team.work(registry, contender, shares, sealing))
    print_results(results, options)


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="./run bench parallel", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--orders", type=int, default=20, help="orders of a process")
    parser.add_argument("--rounds", type=int, default=4, help="turns of both kinds")
    parser.add_argument("--quick", action="store_true", help="fewer of all these")
    if "--quick" in arguments:
        parser.set_defaults(orders=8, rounds=2)
    return parser.parse_args(arguments)


def prepare(env, contender, options):
    """Return [(with a sealer, [ids of the orders of a process])] of all turns."""
    count = options.orders * options.rounds * len(MODES)
    shares = []
    for line in range(options.processes):
        mine = factory.Contender(
            **{**vars(contender), "bom_ids": contender.bom_ids[line :: contender.lines]}
        )
        shares.append(factory.make_orders(env, mine, count))
    turns = []
    for turn in range(options.rounds * len(MODES)):
        first = turn * options.orders
        # Without and with, with and without: what drifts falls on both.
        sealing = turn % 4 in (1, 2)
        turns.append((sealing, [ids[first : first + options.orders] for ids in shares]))
    return turns


def print_results(results, options):
    print(
        f"\nCompleting {options.orders} orders in each of {options.processes} "
        f"processes at once, medians of {options.rounds} turns"
    )
    print(
        f"  {'':20}{'orders/s':>10}{'ms/order':>10}{'cpu ms':>8}{'sealed':>8}"
        f"{'conflicts':>11}"
    )
    for sealing, turns in results.items():
        orders = options.orders * options.processes
        print(
            f"  {MODES[sealing]:20}"
            f"{orders / median(turn.seconds for turn in turns):10.1f}"
            f"{get_median(turns, 'seconds') * 1000:10.1f}"
            f"{get_median(turns, 'busy') * 1000:8.1f}"
            f"{sum(turn.sealed for turn in turns):8}"
            f"{sum(turn.conflicts.total() for turn in turns):11}"
        )
    ratio = median(
        sealed.seconds / alone.seconds
        for alone, sealed in zip(results[False], results[True], strict=True)
    )
    busy = get_median(results[True], "busy") / get_median(results[False], "busy")
    verdict = "met" if ratio <= TARGET else "MISSED"
    print(f"  with / without a sealer = {ratio:.2f} (target ≤ {TARGET}): {verdict}")
    print(f"  processor time of an order, with / without = {busy:.2f}")
    print_conflicts(
        sum((turn.conflicts for turn in sum(results.values(), [])), Counter())
    )


def get_median(turns, measure):
    """Return the median of what an order cost in these turns."""
    return median(getattr(cost, measure) for turn in turns for cost in turn.costs)


def print_conflicts(conflicts):
    """Print where transactions were in each other's way, and whether we were one."""
    print("\nFailed to serialize, and were tried again:")
    for where, number in conflicts.most_common():
        print(f"  {number:4} {where}")
    ours = sum(n for where, n in conflicts.items() if "backflush" in where)
    print(f"  {conflicts.total()} in all, {ours or 'none'} by this module")
