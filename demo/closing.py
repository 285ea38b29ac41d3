"""The period end of a case: stock count, physical count, period close, GAAP bridge.

Part of the second step, called by ``play``. The close is that of the company's current
month until today, so that a case can be played on any day.
"""

from dateutil.relativedelta import relativedelta

from odoo import Command, fields

from ..costing import proration
from . import documents
from .accounts import get_accounts_of_close, get_component, get_policy

#: Kinds of variance that a flush or a bill finds in material, by the book's role.
MATERIAL_KINDS = {
    "price": "price_role",
    "exchange": "price_role",
    "usage": "usage_role",
    "mix": "usage_role",
    "yield": "usage_role",
    "substitution": "usage_role",
    "scrap": "usage_role",
}
#: Kinds that no book has; they stay where they are.
OTHER_KINDS = ("revaluation", "rounding")


def set_up(env, case, policy):
    """Set the accounts that closes of ``policy``'s company post to, and what becomes of
    its variances: as the book does with each."""
    env.company.write(
        {
            name: account.id
            for name, account in get_accounts_of_close(env, policy).items()
        }
    )
    env["backflush.disposition.rule"].create(
        [
            {"company_id": env.company.id, "kind": kind, "method": method}
            for kind, method in get_methods(env, case).items()
        ]
    )


def get_methods(env, case):
    """Return {kind of variance: method}: conversion goes to cost of goods sold, or is
    prorated where the book shares it; what the book leaves is carried forward."""
    closed = case.book.get("D2", {})
    method = proration.PRORATED if case.is_prorated else proration.TO_COST_OF_SALES
    found = {}
    for kind, _label in env["backflush.disposition.rule"]._fields["kind"].selection:
        role = MATERIAL_KINDS.get(kind)
        if kind in OTHER_KINDS or (role and getattr(case, role) not in closed):
            found[kind] = proration.CARRIED
        else:
            found[kind] = method
    return found


# Documents ----------------------------------------------------------------------------


def open_content(env, case):
    """Bridge the conversion in the opening balances, as the close of last month did;
    it is taken back on the first day of this month."""
    first = fields.Date.context_today(env.user).replace(day=1)
    counted = {
        role: (case.opening.get(role, 0) - content, content)
        for role, content in case.opening_content.items()
    }
    period = create_period(env, first - relativedelta(months=1), kind="month")
    close(env, case, period, counted, "count")


def count_stock(env, case):
    """Count the component in store: what is missing was used beyond standard.

    Where cost is flushed at sale, the count of the one inventory account is that of the
    material of unsold goods, too.
    """
    component = get_component(get_policy(env))
    price = component.standard_price
    left = case.count
    if case.flush_point == "sale":
        unsold = (case.completed - case.sold) / case.completed
        left -= unsold * case.material
    documents.count(env, component, float(left) / price)


def close_month(env, case, bridged=False):
    """Post the close of this month until today; return it.

    :param bridged: post the GAAP bridge though the book has none
    """
    today = fields.Date.context_today(env.user)
    period = create_period(env, today.replace(day=1), kind="interim", date_to=today)
    source = case.bridge_source or ("ledger" if bridged else None)
    if case.is_closed:
        close(env, case, period, case.counted, source)
    else:
        # The book stops before the closing: the figures are compared, nothing posted.
        period.action_preview()
    return period


def create_period(env, first, **values):
    return env["backflush.period"].create(
        {"company_id": env.company.id, "date_from": first, **values}
    )


def close(env, case, period, counted, source):
    """Post a close with the count of {role: (material, conversion)}, and its bridge
    when there is a ``source`` for one."""
    policy = get_policy(env)
    items = {"FG": policy._get_products(), "RIP": get_component(policy)}
    period.write(
        {
            "bridge_source": source or "ledger",
            "bridge_choice": "always" if source else "never",
            "count_ids": [
                Command.create(
                    {
                        "name": role,
                        "holder": "fg" if role == "FG" else "rip",
                        "product_id": items.get(role, items["RIP"]).id,
                        "material_amount": float(material),
                        "conversion_amount": float(conversion),
                    }
                )
                for role, (material, conversion) in counted.items()
            ],
        }
    )
    period.action_post()
