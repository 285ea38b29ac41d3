"""Companies with products, bills and a policy: what documents are made in.

Used by the textbook's cases and by the demo factory. ``env`` is always that of the
company: its current and only company.
"""

from odoo import Command


def create_company(env, name, currency_name="USD"):
    """Return the environment of a new company with the generic chart of accounts.

    :param currency_name: ISO code; a currency that Odoo does not know is created
    """
    company = env["res.company"].create({"name": name})
    env["account.chart.template"]._load("generic_coa", company, install_demo=False)
    currency = env["res.currency"].with_context(active_test=False)
    found = currency.search([("name", "=", currency_name)])
    if not found:
        found = currency.create({"name": currency_name, "symbol": currency_name})
    found.active = True
    company.currency_id = found
    (env.user | env.ref("base.user_admin")).company_ids += company
    env = get_company_env(company)
    if not get_warehouse(env):
        env["stock.warehouse"].create({"company_id": company.id, "code": "WH"})
    return env


def get_warehouse(env):
    """Return the company's warehouse; Odoo makes one itself only in tests."""
    return env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)


def get_company_env(company):
    """Return the environment of documents of ``company``."""
    context = {"allowed_company_ids": company.ids, "tracking_disable": True}
    return company.with_context(**context).env


def get_category(env, name, parent=None):
    """Return the product category of this name, created if there is none yet.

    Categories are shared: each company has its own accounts and policy on them.
    """
    vals = {"name": name, "parent_id": parent.id if parent else False}
    domain = [(field, "=", value) for field, value in vals.items()]
    categories = env["product.category"]
    return categories.search(domain, limit=1) or categories.create(vals)


def create_product(env, name, category, cost=0.0, **values):
    """Return a storable product without taxes, its cost in the company's currency."""
    return env["product.product"].create(
        {
            "name": name,
            "is_storable": True,
            "categ_id": category.id,
            "company_id": env.company.id,
            "standard_price": cost,
            "taxes_id": False,
            "supplier_taxes_id": False,
            **values,
        }
    )


def create_bom(env, product, components, operations=(), made=1):
    """Return the bill of materials of ``made`` units.

    :param components: {component: quantity}
    :param operations: [(name, work centre, minutes)]
    """
    return env["mrp.bom"].create(
        {
            "product_tmpl_id": product.product_tmpl_id.id,
            "product_id": product.id,
            "product_qty": made,
            "company_id": env.company.id,
            "bom_line_ids": [
                Command.create({"product_id": component.id, "product_qty": quantity})
                for component, quantity in components.items()
            ],
            "operation_ids": [
                Command.create(
                    {
                        "name": name,
                        "workcenter_id": workcenter.id,
                        "time_mode": "manual",
                        "time_cycle_manual": minutes,
                    }
                )
                for name, workcenter, minutes in operations
            ],
        }
    )


def create_workcenter(env, name, rate):
    """Return a work centre at ``rate`` per hour, without set-up times."""
    return env["mrp.workcenter"].create(
        {
            "name": name,
            "costs_hour": rate,
            "time_start": 0,
            "time_stop": 0,
            "company_id": env.company.id,
        }
    )


def split_rate(workcenter, rates):
    """Split the hourly rate of a work centre: {cost element: rate}."""
    workcenter.write(
        {
            "costs_hour": sum(rates.values()),
            "backflush_rate_ids": [
                Command.create({"element_id": element.id, "rate": rate})
                for element, rate in rates.items()
            ],
        }
    )


def set_up_policy(env, category, flush_point, is_recorded, **values):
    """Set up ``category`` with the wizard; return its policy.

    :param is_recorded: whether purchases of its components are recorded (point A)
    :param values: other answers to the wizard
    :raises UserError: what keeps the policy from being activated
    """
    wizard = env["backflush.setup"].create(
        {
            "company_id": env.company.id,
            "name": category.name,
            "category_ids": [Command.set(category.ids)],
            "flush_point": flush_point,
            "purchases": "real_time" if is_recorded else "periodic",
            **values,
        }
    )
    wizard.action_set_up()
    policy = category.with_env(env).backflush_policy_id
    if wizard.activate and policy.state == "draft":
        policy.action_activate()
    return policy
