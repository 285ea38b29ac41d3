"""Plays a case of a book through real documents, in a company of its own.

Second step, after ``case``; ``comparison`` reads what was posted. Amounts come from the
case's fields alone, so any case that `book.read` accepts can be played.
"""

from decimal import Decimal
from fractions import Fraction

from dateutil.relativedelta import relativedelta

from odoo import Command, fields

from . import closing, company, documents, native
from .accounts import get_account, get_roles
from .units import HOURS, MINUTES, get_batch, get_material_price

OPENING = "Opening balances"
SALES_MARGIN = Decimal("1.5")

#: Words in the name of a cost element that tell its kind; the last is for all others.
ELEMENT_KINDS = {
    "labour": "labour",
    "labor": "labour",
    "wage": "labour",
    "machine": "machine",
    "fixed": "fixed_overhead",
    "subcontract": "subcontracting",
    "": "variable_overhead",
}
TIMED_KINDS = ("labour", "machine")


def play(env, case, name, bridged=False):
    """Play ``case`` in a new company; return the company's environment.

    :param bridged: post the GAAP bridge with the close though the book has none
    """
    env = company.create_company(env, name, case.currency)
    if case.is_native:
        native.play(env, case)
        return env
    component, product, policy = set_up(env, case)
    vendor, landlord, customer = env["res.partner"].create(
        [
            {"name": label, "company_id": env.company.id}
            for label in ("Material vendor", "Conversion vendor", "Customer")
        ]
    )
    price = Decimal(str(component.standard_price))
    open_books(env, case, component, product)
    policy.action_activate()
    closing.set_up(env, case, policy)
    if case.opening_content:
        closing.open_content(env, case)
    if case.purchased:
        quantity = case.purchased / price
        rate = float(case.billed / quantity)
        documents.buy(env, vendor, component, float(quantity), rate)
    spend(env, case, landlord)
    used = {component: float((case.material + case.usage) / price)}
    documents.produce(env, product, float(case.completed), used if case.usage else None)
    if case.sold:
        rate = float(get_sales_price(case))
        documents.sell(env, customer, product, float(case.sold), rate)
    if case.count is not None:
        closing.count_stock(env, case)
    closing.close_month(env, case, bridged)
    return env


# Set-up -------------------------------------------------------------------------------


def set_up(env, case):
    """Set up products, bill, cost card and policy, which is not active yet.

    :return: (component, product, policy)
    """
    parent = company.get_category(env, "Textbook")
    materials = company.get_category(env, "Materials", parent)
    materials.property_cost_method = "standard"
    goods = company.get_category(env, "Finished Goods", parent)
    price = get_material_price(env, case)
    component = company.create_product(env, "Direct material", materials, float(price))
    product = company.create_product(env, "Finished unit", goods)
    workcenter = company.create_workcenter(env, "Cell", get_rate(case.conversion, case))
    made, quantity = get_batch(case, price)
    company.create_bom(
        env,
        product,
        {component: float(quantity)} if quantity else {},
        [("Make", workcenter, MINUTES * made)] if workcenter.costs_hour else (),
        made,
    )
    answers = (env, goods, case.flush_point, case.is_recorded)
    choices = {"activate": False}
    if len(case.conversion) > 1:
        choices["conversion"] = "split"
        policy = company.set_up_policy(*answers, **choices, put_in_force=False)
        split_conversion(policy, workcenter, case)
    return component, product, company.set_up_policy(*answers, **choices)


def get_rate(elements, case):
    """Return the hourly rate that charges ``elements`` to each unit."""
    total = sum((case.conversion[name] for name in elements), Decimal(0))
    return float(round(Fraction(total) / Fraction(case.completed) / HOURS, 6))


def split_conversion(policy, workcenter, case):
    """Charge labour and machine by the hour, overheads by the unit."""
    rates = {}
    for name in case.conversion:
        element = get_element(policy, name, taken=rates)
        rates[element] = get_rate([name], case)
    timed = {e: rate for e, rate in rates.items() if e.kind in TIMED_KINDS}
    company.split_rate(workcenter, timed)
    policy.overhead_rate_ids = [
        Command.create(
            {
                "element_id": element.id,
                "method": "quantity",
                "rate": round(rate * float(HOURS), 6),
            }
        )
        for element, rate in rates.items()
        if element not in timed
    ]
    for operation in workcenter.routing_line_ids:
        if not timed:
            operation.unlink()


def get_element(policy, name, taken):
    """Return the cost element for a part of conversion cost that the book calls
    ``name``; the set-up's overhead is copied where it has none of that kind."""
    kind = get_kind(name)
    elements = policy.env["backflush.cost.element"].search(
        [("company_id", "=", policy.company_id.id), ("is_conversion", "=", True)]
    )
    free = elements.filtered(lambda element: element not in taken)
    found = free.filtered(lambda element: element.kind == kind)[:1]
    label = name.replace("_", " ").capitalize()
    vals = {"name": label, "code": f"E{len(elements)}", "kind": kind}
    return found or elements[-1:].copy(vals)


def get_kind(name):
    """Return the kind of a cost element from its name in a book."""
    return next(kind for word, kind in ELEMENT_KINDS.items() if word in name.lower())


# Documents ----------------------------------------------------------------------------


def open_books(env, case, component, product):
    """Count the opening stock and post the opening balances, before the policy runs:
    stock found later is a variance."""
    if not case.opening:
        return
    unit_costs = {"FG": (product, case.total / case.completed)}
    if case.is_recorded:
        unit_costs["RIP"] = (component, Decimal(str(component.standard_price)))
    for role, (item, cost) in unit_costs.items():
        if case.opening.get(role):
            documents.count(env, item, float(case.get_opening_cost(role) / cost))
    # The first account of a role is where goods stand; others only adjust it.
    roles = reversed(get_roles(env, case).items())
    accounts = {role: account for account, role in roles}
    balances = {
        accounts.get(role) or get_account(env, role): float(case.get_opening_cost(role))
        for role in case.opening
    }
    equity = get_account(env, "OPENING", "equity")
    day = fields.Date.context_today(env.user).replace(day=1)
    if case.opening_content:
        # The close of last month, which bridges it, finds the rest in the books.
        day -= relativedelta(days=1)
    documents.book(env, OPENING, {**balances, equity: -sum(balances.values())}, day)


def spend(env, case, vendor):
    """Bill or book the conversion cost incurred, each part to its element."""
    for role, amount in case.spent:
        control = get_control_account(env, role)
        if role == "AP":
            documents.bill_cost(env, vendor, control, float(amount), "Conversion cost")
        elif amount:
            documents.book(
                env,
                f"Conversion cost: {role.lower()}",
                {control: float(amount), get_account(env, role): -float(amount)},
            )


def get_control_account(env, role):
    """Return the control account that a part of the cost incurred is debited to:
    wages are labour, the rest is overhead where the policy splits conversion."""
    policy = env["backflush.policy"].search([("company_id", "=", env.company.id)])
    elements = policy._get_elements().filtered("is_conversion")
    kind = "labour" if get_kind(role) == "labour" else "overhead"
    fitting = elements.filtered(lambda element: kind in element.kind)
    return (fitting or elements)[:1].control_account_id


def get_sales_price(case):
    """Return the book's sales price, else cost and half of it."""
    sales = -case.book.get("D1", {}).get("SALES", Decimal(0))
    return sales / case.sold or case.total / case.completed * SALES_MARGIN
