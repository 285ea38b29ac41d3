"""Measure the period close: preview and posting over a long ledger.

``./run bench close [--lines 1000000] [--quick]``. A company with a ledger of so many
entry lines, all in the month that is closed: its preview, and its posting; and the same
over half of it. What is measured is rolled back.
"""

# What a command prints is its result, not its log.
# pylint: disable=print-used

import argparse
import resource

from dateutil.relativedelta import relativedelta

from odoo import Command, fields

from . import ledger, meter, session

PREVIEW, POST, MEGABYTES, GROWTH = 10, 20, 500, 2.2


def main(arguments):
    options = parse(arguments)
    with session.open_env() as env:
        day = fields.Date.today() + relativedelta(day=1)
        built = ledger.build(env, day)
        results = {}
        for lines in (options.lines // 2, options.lines):
            session.say(f"Making a ledger of {lines:,} lines")
            ledger.grow(env, built, lines)
            session.say("Sealing, as the scheduled job has done by then")
            mine = built.get_env(env)
            mine["backflush.chain"]._get(mine.company)._seal()
            session.say("Closing")
            results[built.lines] = measure(env, built)
        env.cr.rollback()
    print_result(results)


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="./run bench close", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--lines", type=int, default=1_000_000, help="entry lines")
    parser.add_argument("--quick", action="store_true", help="50,000 lines")
    if "--quick" in arguments:
        parser.set_defaults(lines=50_000)
    return parser.parse_args(arguments)


def measure(env, built):
    """Return ({step: `meter.Cost`}, megabytes that the steps needed at most)."""
    mine = built.get_env(env)
    with env.cr.savepoint() as savepoint:
        period = mine["backflush.period"].create(
            {"company_id": built.company_id, "kind": "month", "date_from": built.day}
        )
        _spend(mine, built, period)
        mine.flush_all()
        mine.invalidate_all()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        preview, _nothing = meter.measure(mine, period.action_preview)
        applied = sum(period.conversion_line_ids.mapped("applied"))
        if applied != ledger.ORDERS * ledger.CONVERSION * (built.copies + 1):
            raise RuntimeError(f"Not all of the ledger was closed: {applied}")
        mine.invalidate_all()
        post, _nothing = meter.measure(mine, period.action_post)
        if period.state != "posted" or not period.entry_ids:
            raise RuntimeError("The close was not posted.")
        savepoint.rollback()
    mine.invalidate_all()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"preview": preview, "post": post}, before / 1024, after / 1024


def _spend(env, built, period):
    """Post what conversion did cost in the month, a tenth more than was applied."""
    policy = env["backflush.policy"].search([("company_id", "=", built.company_id)])
    control = policy.conversion_element_id.control_account_id
    amount = round(float(sum(row.amount for row in period._get_applied())) * 1.1, 2)
    items = {control: amount, policy.revaluation_account_id: -amount}
    env["account.move"].create(
        {
            "move_type": "entry",
            "date": built.day,
            "line_ids": [
                Command.create({"account_id": account.id, "balance": balance})
                for account, balance in items.items()
            ],
        }
    ).action_post()


def print_result(results):
    print(f"\nPeriod close\n  {'':34}{'seconds':>10}{'cpu s':>10}{'queries':>10}")
    for lines, (costs, _before, _after) in results.items():
        for step, cost in costs.items():
            print(
                f"  {lines:>12,} entry lines: {step:8}{cost.seconds:10.1f}"
                f"{cost.busy:10.1f}{cost.queries:10}"
            )
    (half, *_), (whole, before, after) = results.values()
    sizes = list(results)
    verdicts = [
        ("preview, seconds", whole["preview"].seconds, PREVIEW),
        ("post, seconds", whole["post"].seconds, POST),
        ("peak memory of the process, MB", after, MEGABYTES),
    ]
    verdicts += [
        (
            f"{step}, {sizes[1] / sizes[0]:.1f} times the lines: times the time",
            whole[step].seconds / half[step].seconds,
            GROWTH,
        )
        for step in whole
    ]
    for label, found, limit in verdicts:
        state = "" if found <= limit else "   MISSED"
        print(f"  {label:50}{found:10.1f}   at most {limit}{state}")
    print(f"  of the memory, in use before the first step: {before:.0f} MB")
