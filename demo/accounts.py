"""The accounts of a company played from a book, and the book's roles for them.

Used by ``play`` to post what the book credits, and by ``comparison`` to read back. How
roles meet accounts is told in tests/data/README.md.
"""

from odoo import Command

from . import families

#: Codes from which accounts that only the book has are numbered.
FIRST_CODES = {
    "liability_current": "211500",
    "equity": "300500",
    "asset_current": "110500",
    "expense_direct_cost": "501500",
}


def get_account(env, role, account_type="liability_current"):
    """Return the account of a role that the policy does not have, such as wages."""
    accounts = env["account.account"]
    name = get_account_name(role)
    domain = [("name", "=", name), ("company_ids", "in", env.company.ids)]
    return accounts.search(domain, limit=1) or accounts.create(
        {
            "name": name,
            "code": accounts._search_new_account_code(FIRST_CODES[account_type]),
            "account_type": account_type,
            "company_ids": [Command.set(env.company.ids)],
        }
    )


def get_account_name(role):
    """Return the account name of a role: FOH_APPLIED is "Foh applied"."""
    return role.replace("_", " ").capitalize()


def get_roles(env, case):
    """Return {account: role in the book} of the company, by its set-up.

    Materials clearing has the role AP: where purchases are not recorded, the book
    credits the vendor only at the flush.
    """
    policy = get_policy(env)
    product = policy._get_products()
    accounts = product.product_tmpl_id.get_product_accounts()
    material = policy.material_element_id
    elements = policy._get_elements().filtered("is_conversion")
    component = get_component(policy)
    stock = component._get_backflush_stock_account(env.company)
    other = component.categ_id.property_stock_valuation_account_id
    roles = {
        other: "RIP",
        stock: "RIP" if case.is_recorded else "AP",
        accounts["stock_valuation"]: "FG",
        accounts["expense"]: "COGS",
        accounts["income"]: "SALES",
        policy.rounding_account_id: "ROUNDING",
        policy.revaluation_account_id: "REVALUATION",
        material._get_variance_account("usage"): case.usage_role,
        material._get_variance_account("price"): case.price_role,
    }
    roles |= {element.variance_account_id: "CONVERSION_VAR" for element in elements}
    roles |= {element.control_account_id: "CC_CONTROL" for element in elements}
    roles |= {element.applied_account_id: case.applied_role for element in elements}
    if case.family in families.EXPENSED:
        roles |= {element.control_account_id: "COGS" for element in elements}
    if case.family == families.COGS_FIRST:
        roles |= {stock: "COGS"}
        roles |= {element.applied_account_id: "COGS" for element in elements}
    company = env.company
    roles |= {
        company.backflush_adjustment_rip_account_id: "RIP",
        company.backflush_adjustment_fg_account_id: "FG",
        company.backflush_bridge_account_id: case.get_bridge_role(False),
        company.backflush_bridge_result_account_id: "COGS",
    }
    book = {role for lines in case.book.values() for role in lines}
    names = {get_account_name(role): role for role in {"OPENING", *book}}
    for account in env["account.account"].search(
        [("company_ids", "in", env.company.ids), ("name", "in", list(names))]
    ):
        roles.setdefault(account, names[account.name])
    return roles


def get_accounts_of_close(env, policy):
    """Return {field of the company: account} that its period closes post to."""
    asset, cost = "asset_current", "expense_direct_cost"
    product = policy._get_products()
    accounts = product.product_tmpl_id.get_product_accounts()
    return {
        "backflush_close_cogs_account_id": accounts["expense"],
        "backflush_adjustment_rip_account_id": get_account(
            env, "Rip_adjustment", asset
        ),
        "backflush_adjustment_fg_account_id": get_account(env, "Fg_adjustment", asset),
        "backflush_bridge_account_id": get_account(env, "Gaap_bridge", asset),
        "backflush_bridge_result_account_id": get_account(
            env, "Gaap_bridge_result", cost
        ),
    }


def get_policy(env):
    """Return the only policy of the company."""
    return env["backflush.policy"].search([("company_id", "=", env.company.id)])


def get_component(policy):
    """Return the component of the company's only product."""
    cards = policy.env["backflush.cost.card"]._get_in_force(
        policy._get_products(), policy.company_id, policy.date_start
    )
    lines = [card.line_ids for card in cards.values()]
    return lines[0].product_id if lines else policy.env["product.product"]
