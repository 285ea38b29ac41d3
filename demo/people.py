"""The people of the demo companies and their log-ins."""

from odoo import Command

FULL_ACCOUNTING = ("account.group_account_manager", "account.group_account_user")

#: (label, login, groups); the password is the login.
PEOPLE = [
    (
        "Controller",
        "controller",
        (
            "mrp_account_backflush.group_backflush_manager",
            *FULL_ACCOUNTING,
            "mrp.group_mrp_manager",
            "stock.group_stock_manager",
            "purchase.group_purchase_manager",
            "sales_team.group_sale_manager",
            "product.group_product_manager",
        ),
    ),
    ("Approver", "approver", ("mrp_account_backflush.group_backflush_approver",)),
    ("Production worker", "worker", ("mrp.group_mrp_user", "stock.group_stock_user")),
    (
        "Auditor",
        "auditor",
        (
            "mrp_account_backflush.group_backflush_auditor",
            "account.group_account_readonly",
        ),
    ),
]


def get_people(env, company):
    """Return the demo users, created if need be, with access to ``company``.

    Those created have it as their own company.
    """
    users = env["res.users"].with_context(no_reset_password=True, active_test=False)
    people = users.browse()
    for label, login, groups in PEOPLE:
        user = users.search([("login", "=", login)]) or users.create(
            {
                "name": label,
                "login": login,
                "password": login,
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                "group_ids": [
                    Command.link(env.ref(group).id)
                    for group in ("base.group_user", *groups)
                ],
            }
        )
        people |= user
    people.company_ids += company
    # Work orders are a setting; without it the operations of bills are hidden.
    env.ref("base.group_user").implied_ids += env.ref("mrp.group_mrp_routings")
    return people


def get_person(env, login):
    """Return the demo user of this log-in."""
    return env["res.users"].search([("login", "=", login)])
