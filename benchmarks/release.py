"""Measure what a release of new standard costs takes: its cards take effect, and the
goods on hand of each product are revalued.

``./run bench release [--products 10000] [--quick]``. The products of a generated
structure of 8 levels have first cards, and two units each on hand; then an hour costs
more, all are rolled up again, and the release of all new cards is measured. The same
with half as many products.
"""

# What a command prints is its result, not its log.
# pylint: disable=print-used

import argparse

from odoo import fields
from odoo.tools import SQL

from . import meter, session, structure
from .standard_cost import COMPONENTS, LEVELS, print_verdict

#: Units on hand of each product.
ON_HAND = 2
#: Odoo's own reads go in batches of a thousand records.
SECONDS, READS, BATCH = 90, 12, 1000


def main(arguments):
    options = parse(arguments)
    with session.open_env() as env:
        results = []
        for number in (options.products, options.products // 2):
            session.say(f"Creating {number:,} products")
            built = structure.build(env, number, LEVELS, COMPONENTS)
            session.say("Releasing them")
            results.append((number, *measure_release(env, built)))
        env.cr.rollback()
    print_result(results)


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="./run bench release", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--products", type=int, default=10_000, help="products made")
    parser.add_argument("--quick", action="store_true", help="800 products")
    if "--quick" in arguments:
        parser.set_defaults(products=800)
    return parser.parse_args(arguments)


def print_result(results):
    print("\nRelease of standard costs, with the revaluation of goods on hand")
    print(f"  {'':42}{'seconds':>10}{'cpu s':>10}{'reads':>10}{'writes':>10}")
    for number, cost, tally in results:
        print(
            f"  {f'{number:,} products':42}{cost.seconds:10.1f}{cost.busy:10.1f}"
            f"{tally.reads:10}{tally.writes:10}"
        )
    (number, cost, tally), (half, _cost, tally_half) = results
    print_verdict("release and revaluation, seconds", cost.seconds, SECONDS)
    batches = max((number - half) / BATCH, 1)
    more = (tally.reads - tally_half.reads) / batches
    print_verdict("reads for a thousand more products", more, READS)


def measure_release(env, built):
    """Return (`meter.Cost`, `meter.Tally`) of a release of all products of ``built``;
    all that it wrote is rolled back."""
    env = built.get_env(env)
    with env.cr.savepoint() as savepoint:
        _roll_up(env, built, None)._take_effect()
        env["backflush.policy"].browse(built.policy_id).state = "active"
        _put_on_hand(env, built)
        for workcenter in env["mrp.workcenter"].search([]):
            workcenter.costs_hour *= 1.1
        release = env["backflush.release"].create({"name": "Benchmark"})
        cards = _roll_up(env, built, release)
        cards.state = release.state = "released"
        env.flush_all()
        env.invalidate_all()
        tally = meter.Tally()
        with meter.counting(tally):
            cost, failed = meter.measure(env, release._take_effect)
        if failed or len(release.entry_ids) != len(built.product_ids):
            raise RuntimeError(f"The release did not take effect: {failed}")
        if len(release.entry_ids.move_id) != 1:
            raise RuntimeError("A release posts one journal entry.")
        savepoint.rollback()
    return cost, tally


def _roll_up(env, built, release):
    products = env["product.product"].browse(built.product_ids)
    company = env["res.company"].browse(built.company_id)
    cards, today = env["backflush.cost.card"], fields.Date.today()
    found = cards._roll_up(products, company, today)
    return cards._create_from(found, company, today, release)


def _put_on_hand(env, built):
    """Put goods on hand as rows of stock alone: what they are worth in the books does
    not matter here."""
    warehouse = env["stock.warehouse"].create(
        {"name": "Factory", "code": "WH", "company_id": built.company_id}
    )
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            INSERT INTO stock_quant
                   (product_id, company_id, location_id, quantity, reserved_quantity,
                    in_date)
            SELECT product, %s, %s, %s, 0, now() FROM unnest(%s::int[]) AS product
            """,
            built.company_id,
            warehouse.lot_stock_id.id,
            ON_HAND,
            built.product_ids,
        )
    )
    env.cr.execute("ANALYZE stock_quant")
    env.invalidate_all()
