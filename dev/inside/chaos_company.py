"""Runs in Odoo's Python: the company of a chaos run, see ``dev/chaos``.

Arguments: the database, and a file to write to what the clients need (as JSON). Half of
the products are posted with their documents, the others once a day.
"""

import json
import logging
import sys
from pathlib import Path

import odoo.api
import odoo.modules.registry
import odoo.tools
from odoo import Command

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

PASSWORD = "chaos-factory"
LINES = 6
READY = 120  # orders that only need to be completed


def build(env) -> dict:
    """Make the company; return what the clients need to know of it."""
    from benchmarks import factory

    contender = factory.Contender("ours", "chaos", lines=LINES)
    builder = factory.Builder(env, contender)
    builder.build()
    env = builder.env
    post_daily(env, builder)
    warehouse = env["stock.warehouse"].search(
        [("company_id", "=", builder.company.id)], limit=1
    )
    keep_own_jobs(env)
    people = make_people(env, builder, contender)
    bills = env["mrp.bom"].browse(contender.bom_ids)
    ready = env["mrp.production"].browse(factory.make_orders(env, contender, READY))
    return {
        "company": contender.company_id,
        "bills": [[bill.product_id.id, bill.id] for bill in bills],
        "ready": [[order.id, order.product_id.id] for order in ready],
        "people": people,
        "delivery": get_delivery(env, warehouse),
    }


def post_daily(env, builder) -> None:
    """Put every other product under a policy that posts once a day."""
    category = builder.category.copy({"name": "Finished, posted daily"})
    builder.products[1::2].categ_id = category
    policy = env["backflush.policy"].search([("company_id", "=", builder.company.id)])
    daily = policy.copy(
        {
            "name": "Flush at completion, posted daily",
            "posting": "day",
            "category_ids": [Command.set(category.ids)],
        }
    )
    daily.action_activate()


def make_people(env, builder, contender) -> dict:
    """Return {role: [user id, log-in, password]}."""
    operator = env["res.users"].browse(contender.user_id)
    operator.group_ids += env.ref("stock.group_stock_user")
    accountant = operator.copy({"name": "Cost accountant", "login": "accountant"})
    accountant.group_ids = env.ref("base.group_user") | env.ref(
        "mrp_account_backflush.group_backflush_user"
    )
    (operator | accountant).password = PASSWORD
    return {
        role: [user.id, user.login, PASSWORD]
        for role, user in (("operator", operator), ("accountant", accountant))
    }


def get_delivery(env, warehouse) -> dict:
    """Return the values of a delivery and of its move."""
    where = {
        "location_id": warehouse.lot_stock_id.id,
        "location_dest_id": env.ref("stock.stock_location_customers").id,
    }
    transfer = {**where, "picking_type_id": warehouse.out_type_id.id}
    return {"move": where, "transfer": transfer}


def keep_own_jobs(env) -> None:
    """Leave only the module's scheduled jobs active."""
    jobs = env["ir.cron"].search([])
    names = jobs.get_external_id()
    others = jobs.filtered(
        lambda job: not names[job.id].startswith("mrp_account_backflush.")
    )
    others.active = False


def main(database: str, target: str) -> None:
    odoo.tools.config.parse_config(["-d", database, "--log-level=warn"])
    logging.getLogger("odoo").setLevel(logging.ERROR)
    with odoo.modules.registry.Registry(database).cursor() as cr:
        job = build(odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {}))
        cr.commit()  # pylint: disable=invalid-commit
    Path(target).write_text(json.dumps(job), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
