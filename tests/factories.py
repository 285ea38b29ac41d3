"""More factories beside the one of `BackflushCase`: other companies and currencies."""

from odoo import Command

from .common import BackflushCase


def make_factory(case, name, currency=None, parent=None, **settings):
    """Return a second factory, with the documents and checks of `BackflushCase`.

    :param currency: code of its company's currency
    :param parent: company of which this one is a branch; it shares the accounts
    :param settings: class attributes, as in ``flush_point="sale"``
    """
    kind = type(name.replace(" ", ""), (BackflushCase,), settings)
    kind.company = _make_company(case.env, name, currency, parent)
    kind.env = case.env(
        context={**case.env.context, "allowed_company_ids": kind.company.ids}
    )
    kind.company = kind.company.with_env(kind.env)
    kind.warehouse = kind.env["stock.warehouse"].search(
        [("company_id", "=", kind.company.id)], limit=1
    )
    kind.vendor, kind.customer = case.vendor, case.customer
    if parent:
        _share_accounts(kind, case)
    else:
        kind._create_accounts()
    kind._create_elements()
    kind._create_products()
    return kind()


def _make_company(env, name, currency, parent):
    company = env["res.company"].create(
        {"name": name, "parent_id": parent and parent.id}
    )
    env.user.company_ids = [Command.link(company.id)]
    if not parent:
        env["account.chart.template"]._load("generic_coa", company, install_demo=False)
    if currency:
        money = env.ref(f"base.{currency}")
        money.active = True
        company.currency_id = money
    return company


def _share_accounts(kind, case):
    for key in dir(case):
        if key.startswith("account_"):
            setattr(kind, key, getattr(case, key))
    kind.journal = case.journal
