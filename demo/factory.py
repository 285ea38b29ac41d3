"""Builds the demo factory: its set-up, a month of documents, and a sealed ledger.

Called once when the module is installed with demo data (``backflush_demo``); the data
stands in ``factory_data``.
"""

from odoo import Command

from . import audit, company, documents
from . import factory_data as data
from .accounts import get_account
from .people import get_people


def load(env):
    """Create the demo factory unless it is there; return its company."""
    found = env["res.company"].search([("name", "=", data.COMPANY)], limit=1)
    if found:
        return found
    env = company.create_company(env, data.COMPANY)
    get_people(env, env.company)
    Factory(env).build()
    audit.note(env)
    audit.verify(env)
    return env.company


class Factory:
    """The factory while it is being built: its records by name."""

    def __init__(self, env):
        self.env = env
        self.partners = {}
        self.products = {}
        self.workcenters = {}
        self.categories = {}

    def build(self):
        self.create_components()
        self.create_products()
        for name in data.POLICIES:
            self.set_up_policy(name)
        self.make_documents()
        self.review_variances()

    # Set-up --------------------------------------------------------------------------

    def get_category(self, name):
        if name not in self.categories:
            parent = company.get_category(self.env, data.PARENT)
            category = company.get_category(self.env, name, parent)
            category.property_cost_method = "standard"
            category.property_valuation = "real_time"
            self.categories[name] = category
        return self.categories[name]

    def create_components(self):
        for name, components in data.COMPONENTS.items():
            category = self.get_category(name)
            for component, (cost, unit) in components.items():
                self.products[component] = company.create_product(
                    self.env,
                    component,
                    category,
                    cost,
                    uom_id=self.env.ref(f"uom.product_uom_{unit}").id,
                    sale_ok=False,
                )

    def create_products(self):
        for name, rates in data.WORKCENTERS.items():
            self.workcenters[name] = company.create_workcenter(
                self.env, name, sum(rates.values())
            )
        for name, products in data.PRODUCTS.items():
            category = self.get_category(name)
            for product, (components, operations) in products.items():
                self.products[product] = company.create_product(
                    self.env,
                    product,
                    category,
                    purchase_ok=False,
                    list_price=data.LIST_PRICES[product],
                )
                company.create_bom(
                    self.env,
                    self.products[product],
                    self.with_products(components),
                    [
                        (label, self.workcenters[workcenter], minutes)
                        for label, workcenter, minutes in operations
                    ],
                )

    def with_products(self, quantities):
        """Return {product: quantity} for {name: quantity}."""
        return {self.products[name]: amount for name, amount in quantities.items()}

    def set_up_policy(self, name):
        """Set up a family with the wizard, its rates before its cost cards."""
        flush_point, is_recorded, overheads = data.POLICIES[name]
        answers = (self.env, self.categories[name], flush_point, is_recorded)
        policy = company.set_up_policy(
            *answers, conversion="split", put_in_force=False, activate=False
        )
        elements = self.get_elements()
        for label, rates in data.WORKCENTERS.items():
            if not self.workcenters[label].backflush_rate_ids:
                company.split_rate(
                    self.workcenters[label],
                    {elements[code]: rate for code, rate in rates.items()},
                )
        policy.overhead_rate_ids = [
            Command.create(
                {
                    "element_id": elements[code].id,
                    "method": method,
                    "rate": rate,
                    "base_element_id": elements[base].id if base else False,
                }
            )
            for code, method, rate, base in overheads
        ]
        company.set_up_policy(*answers, conversion="split")

    def get_elements(self):
        """Return {code: cost element} of the company."""
        elements = self.env["backflush.cost.element"].search(
            [("company_id", "=", self.env.company.id)]
        )
        return {element.code: element for element in elements}

    # Documents -----------------------------------------------------------------------

    def get_partner(self, name):
        if name not in self.partners:
            self.partners[name] = self.env["res.partner"].create(
                {"name": name, "is_company": True, "company_id": self.env.company.id}
            )
        return self.partners[name]

    def make_documents(self):
        for vendor, component, quantity, price in data.PURCHASES:
            documents.buy(
                self.env,
                self.get_partner(vendor),
                self.products[component],
                quantity,
                price,
            )
        self.spend()
        for product, quantity, used in data.ORDERS:
            documents.produce(
                self.env,
                self.products[product],
                quantity,
                self.with_products(used),
            )
        for customer, product, quantity, price in data.SALES:
            documents.sell(
                self.env,
                self.get_partner(customer),
                self.products[product],
                quantity,
                price,
            )

    def review_variances(self):
        """Look for orders beyond a tolerance of 1 % and 10.00."""
        policies = self.env["backflush.policy"].search(
            [("company_id", "=", self.env.company.id)]
        )
        policies.write({"tolerance_percent": 1, "tolerance_amount": 10})
        self.env["backflush.variance.review"].action_refresh()

    def spend(self):
        """Book the payroll and bill other conversion cost, to the control accounts."""
        elements = self.get_elements()
        wages = get_account(self.env, "WAGES")
        control = elements["LAB"].control_account_id
        documents.book(
            self.env, "Payroll", {control: data.PAYROLL, wages: -data.PAYROLL}
        )
        for label, vendor, code, amount in data.BILLS:
            documents.bill_cost(
                self.env,
                self.get_partner(vendor),
                elements[code].control_account_id,
                amount,
                label,
            )
