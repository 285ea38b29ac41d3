"""Sequential costing: the same documents in a company without a policy, as Odoo has it.

The baseline that the books compare backflush costing with. Called by ``play``;
``accounts`` asks it for the roles of the company's accounts.
"""

from decimal import Decimal

from . import company, documents
from .accounts import get_account, get_account_name
from .units import HOURS, MINUTES, get_batch, get_material_price

ROLES = {
    "RM": "asset_current",
    "WIP": "asset_current",
    "FG": "asset_current",
    "COGS": "expense_direct_cost",
    "CC_CONTROL": "expense_direct_cost",
    "CC_APPLIED": "expense_direct_cost",
}
CLOSING = "Closing of conversion cost"


def get_roles(env, case):
    """Return {account: role in the book} of the company."""
    roles = {get_account(env, role, kind): role for role, kind in ROLES.items()}
    booked = {role for lines in case.book.values() for role in lines}
    names = {get_account_name(role): role for role in booked}
    for account in env["account.account"].search(
        [("company_ids", "in", env.company.ids), ("name", "in", list(names))]
    ):
        roles.setdefault(account, names[account.name])
    income = env["account.account"].search(
        [("company_ids", "in", env.company.ids), ("account_type", "=", "income")]
    )
    return roles | dict.fromkeys(income, "SALES")


def play(env, case):
    """Play the documents of a case, and close conversion cost by hand."""
    accounts = {role: account for account, role in get_roles(env, case).items()}
    component, product = set_up(env, case, accounts)
    vendor, customer = env["res.partner"].create(
        [{"name": "Material vendor"}, {"name": "Customer"}]
    )
    quantity = case.purchased / get_material_price(env, case)
    documents.buy(
        env, vendor, component, float(quantity), float(case.billed / quantity)
    )
    for role, amount in case.spent:
        documents.book(
            env,
            "Conversion cost",
            {
                accounts["CC_CONTROL"]: float(amount),
                get_account(env, role): -float(amount),
            },
        )
    documents.produce(env, product, float(case.completed))
    if case.sold:
        cost = float(case.total / case.completed)
        documents.sell(env, customer, product, float(case.sold), cost * 1.5)
    if case.is_closed:
        close(env, accounts)


def set_up(env, case, accounts):
    """Return (component, product) of perpetual categories at standard cost, made in a
    work centre whose cost is applied through the production location."""
    parent = company.get_category(env, "Textbook")
    materials = company.get_category(env, "Raw Materials", parent)
    goods = company.get_category(env, "Stocked Goods", parent)
    for category, role in ((materials, "RM"), (goods, "FG")):
        category.write(
            {
                "property_cost_method": "standard",
                "property_valuation": "real_time",
                "property_stock_valuation_account_id": accounts[role].id,
                "property_account_expense_categ_id": accounts["COGS"].id,
            }
        )
    price = get_material_price(env, case)
    made, quantity = get_batch(case, price)
    component = company.create_product(env, "Direct material", materials, float(price))
    cost = float(case.total / case.completed)
    product = company.create_product(env, "Finished unit", goods, cost)
    product.property_stock_production.valuation_account_id = accounts["WIP"]
    rate = sum(case.conversion.values()) / case.completed / Decimal(float(HOURS))
    workcenter = company.create_workcenter(env, "Cell", float(round(rate, 6)))
    workcenter.expense_account_id = accounts["CC_APPLIED"]
    operations = [("Make", workcenter, MINUTES * made)]
    company.create_bom(env, product, {component: float(quantity)}, operations, made)
    return component, product


def close(env, accounts):
    """Close what was applied against what was spent, to cost of goods sold."""
    found = dict(
        env["account.move.line"]._read_group(
            [
                ("company_id", "=", env.company.id),
                ("parent_state", "=", "posted"),
            ],
            ["account_id"],
            ["balance:sum"],
        )
    )
    sides = {
        accounts[role]: -found.get(accounts[role], 0.0)
        for role in ("CC_CONTROL", "CC_APPLIED")
    }
    sides[accounts["COGS"]] = -sum(sides.values())
    documents.book(env, CLOSING, sides)


def get_step(move, roles):
    """Return the step of the book in which a journal entry belongs."""
    mine = {roles.get(account) for account in move.line_ids.account_id}
    if move.ref == CLOSING:
        return "D2"
    if move.is_sale_document():
        return "D1"
    if "WIP" in mine:
        return "C1" if "FG" in mine else "B1"
    if move.line_ids.purchase_line_id:
        return "A1"
    return "A2" if "CC_CONTROL" in mine else "other"
