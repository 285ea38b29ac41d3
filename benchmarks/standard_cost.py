"""Measure the roll-up of standard costs, against core's ``action_bom_cost``.

``./run bench standard-cost [--products 10000] [--sample 500] [--quick]``. Rolls up all
products of a generated structure of 8 levels and creates their draft cards; then half
of such a structure, and core over the same products. Core computes a product by
recursion, again for every product that it is in, so a sample of products, as many on
each level, stands for all: ``--sample 0`` measures all.
"""

# What a command prints is its result, not its log.
# pylint: disable=print-used

import argparse
import resource

from odoo import fields

from . import meter, session, structure

LEVELS, COMPONENTS = 8, 10
FASTER, SECONDS, MEGABYTES, GROWTH = 20, 30, 1024, 2.2


def main(arguments):
    options = parse(arguments)
    with session.open_env() as env:
        session.say(f"Creating {options.products:,} products")
        whole = structure.build(env, options.products, LEVELS, COMPONENTS)
        print_head(whole)
        ours = measure_roll_up(env, whole)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print_costs(ours)
        half = structure.build(env, options.products // 2, LEVELS, COMPONENTS)
        ours_half = measure_roll_up(env, half)
        print_costs(ours_half, "half of it: ")
        core, number = measure_core(env, whole, options.sample)
        print_costs({f"core's action_bom_cost, {number:,} products": core})
        env.cr.rollback()
    factor = options.products / number
    print_verdicts(sum_up(ours), sum_up(ours_half), core.busy * factor, memory)


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="./run bench standard-cost", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--products", type=int, default=10_000, help="products made")
    parser.add_argument(
        "--sample", type=int, default=500, help="products that core computes; 0: all"
    )
    parser.add_argument("--quick", action="store_true", help="800 products")
    if "--quick" in arguments:
        parser.set_defaults(products=800, sample=80)
    return parser.parse_args(arguments)


def measure_roll_up(env, built):
    """Return {step: `meter.Cost`}; the cards are rolled back."""
    env = built.get_env(env)
    products = env["product.product"].browse(built.product_ids)
    company = env["res.company"].browse(built.company_id)
    cards, today = env["backflush.cost.card"], fields.Date.today()
    env.flush_all()
    env.invalidate_all()
    with env.cr.savepoint() as savepoint:
        rolling, found = meter.measure(
            env, lambda: cards._roll_up(products, company, today)
        )
        if found.problems or len(found.cards) != len(products):
            raise RuntimeError("Not all products were rolled up.")
        creating, _drafts = meter.measure(
            env, lambda: cards._create_from(found, company, today)
        )
        savepoint.rollback()
    built.costs = {product: float(card.total) for product, card in found.cards.items()}
    return {"roll-up": rolling, "draft cards": creating}


def measure_core(env, built, sample):
    """Return (`meter.Cost` of core's computation, number of products computed).

    What ``action_bom_cost`` does: it looks for the bills of all products, then computes
    one product after the other; here those of the sample.
    """
    env = built.get_env(env)
    every = env["product.product"].browse(built.product_ids)
    step = max(len(every) // sample, 1) if sample else 1
    chosen = every[::step]
    env.flush_all()
    env.invalidate_all()

    def compute():
        boms = env["mrp.bom"].search([("product_id", "in", every.ids)])
        for product in chosen:
            product._set_price_from_bom(boms)

    with env.cr.savepoint() as savepoint:
        cost, _nothing = meter.measure(env, compute)
        for product in chosen:
            off = abs(product.standard_price - built.costs[product.id])
            if off > 0.0001 * product.standard_price:
                raise RuntimeError(f"{product.display_name} differs by {off}.")
        savepoint.rollback()
    return cost, len(chosen)


def print_head(built):
    print(
        f"\nStandard cost of {len(built.product_ids):,} products, {LEVELS} levels, "
        f"{built.lines:,} component lines, {structure.OPERATIONS} operations each"
    )
    print(f"  {'':42}{'seconds':>10}{'cpu s':>10}{'queries':>10}", flush=True)


def print_costs(costs, prefix=""):
    for label, cost in costs.items():
        print(
            f"  {prefix + label:42}{cost.seconds:10.1f}{cost.busy:10.1f}"
            f"{cost.queries:10}",
            flush=True,
        )


def print_verdicts(ours, half, core, memory):
    """Compare with the targets.

    :param ours, half: `meter.Cost` of all products, and of half as many
    :param core: seconds of processor time of core for all products
    """
    print_verdict("roll-up with draft cards, seconds", ours.seconds, SECONDS)
    print_verdict("peak memory of the process, MiB", memory, MEGABYTES)
    print_verdict("twice the lines, times the cpu time", ours.busy / half.busy, GROWTH)
    print_verdict(
        "times as fast as core for all, cpu time", core / ours.busy, FASTER, True
    )


def sum_up(costs):
    """Return the `meter.Cost` of all steps."""
    return meter.Cost(
        sum(cost.seconds for cost in costs.values()),
        sum(cost.busy for cost in costs.values()),
        sum(cost.queries for cost in costs.values()),
    )


def print_verdict(label, value, target, at_least=False):
    met = value >= target if at_least else value <= target
    sign = "≥" if at_least else "≤"
    print(
        f"  {label:50}{value:10.1f} (target {sign} {target}): "
        f"{'met' if met else 'MISSED'}"
    )
