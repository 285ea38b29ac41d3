"""The companies that are compared: the same factory, its cost recorded in three ways.

Each has 5 components in stock, products made of all of them in one operation, and an
operator without accounting rights. Only ``_configure_*`` differs:

* ``none``: periodic valuation, nothing is posted;
* ``native``: perpetual valuation and a production location with a valuation account, so
  that Odoo posts a stock entry for what is used, one for what is made, and labour;
* ``ours``: the configuration of ``native``, and a policy with flush at completion that
  posts one journal entry for each order.
"""

from dataclasses import dataclass, field
from itertools import cycle, islice

from odoo import Command

COMPONENTS = 5
#: Finished products, each with its bill; orders take them in turn.
PRODUCTS = 25
ENOUGH = 1_000_000


@dataclass
class Contender:
    """One company of the comparison.

    :param key: ``none``, ``native`` or ``ours``
    :param label: what the tables call it
    :param company_id, user_id: where and by whom orders are made
    :param bom_ids: bills of materials, one a product
    :param ready: orders that only need to be completed
    :param lines: sets of components; products are made of them in turn, so that orders
        of different lines do not share a stock
    """

    key: str
    label: str
    company_id: int = 0
    user_id: int = 0
    bom_ids: list = field(default_factory=list)
    ready: list = field(default_factory=list)
    lines: int = 1

    def get_env(self, env):
        """Return ``env`` for a request of this company's operator."""
        user = env["res.users"].browse(self.user_id)
        context = {
            "lang": user.lang,
            "tz": user.tz,
            "uid": user.id,
            "allowed_company_ids": [self.company_id],
        }
        return env(user=self.user_id, context=context, su=False)


def build(env):
    """Create the contenders' companies in the database of ``env``; return them."""
    contenders = [
        Contender("none", "no costing (periodic)"),
        Contender("native", "native perpetual costing"),
        Contender("ours", "backflush policy"),
    ]
    for contender in contenders:
        Builder(env, contender).build()
    return contenders


def make_orders(env, contender, number):
    """Return the ids of ``number`` orders of one unit that only need to be completed.

    They are confirmed, their components reserved and their quantities entered.
    """
    env = contender.get_env(env)
    bills = env["mrp.bom"].browse(islice(cycle(contender.bom_ids), number))
    orders = env["mrp.production"].create(
        [
            {
                "product_id": bill.product_id.id,
                "bom_id": bill.id,
                "product_qty": 1,
                "company_id": contender.company_id,
            }
            for bill in bills
        ]
    )
    orders.action_confirm()
    for order in orders:
        order.qty_producing = order.product_qty
        order.set_qty_producing()
    env.cr.flush()
    return orders.ids


class Builder:
    """Sets up the company of one contender."""

    def __init__(self, env, contender):
        self.contender = contender
        self.company = env["res.company"].create({"name": self._free_name(env)})
        env["account.chart.template"]._load(
            "generic_coa", self.company, install_demo=False
        )
        self.env = env(context={**env.context, "allowed_company_ids": self.company.ids})
        self.company = self.company.with_env(self.env)

    def _free_name(self, env):
        """Return a company name that earlier runs on this database did not use."""
        name = f"Benchmark: {self.contender.label}"
        before = env["res.company"].search_count([("name", "=like", f"{name}%")])
        return f"{name} {before + 1}" if before else name

    def build(self):
        self._create_products()
        self._create_bills()
        self._fill_stock()
        getattr(self, f"_configure_{self.contender.key}")()
        contender = self.contender
        contender.company_id = self.company.id
        contender.user_id = self._create_operator().id
        contender.bom_ids = self.bills.ids

    def _create_products(self):
        self.raw_category, self.category = self.env["product.category"].create(
            [{"name": "Components"}, {"name": "Finished"}]
        )
        (self.raw_category | self.category).property_cost_method = "standard"
        self.components = self.env["product.product"].create(
            [
                self._prepare_product(f"Component {number}", self.raw_category, number)
                for number in range(1, COMPONENTS + 1)
            ]
            * self.contender.lines
        )
        # Components cost 1 + 2 + 3 + 4 + 5 = 15.00, the operation 10.00.
        self.products = self.env["product.product"].create(
            [
                self._prepare_product(f"Product {number}", self.category, 25.0)
                for number in range(1, PRODUCTS + 1)
            ]
        )

    def _prepare_product(self, name, category, cost):
        return {
            "name": name,
            "is_storable": True,
            "categ_id": category.id,
            "company_id": self.company.id,
            "standard_price": cost,
        }

    def _create_bills(self):
        workcenter = self.env["mrp.workcenter"].create(
            {
                "name": "Assembly",
                "costs_hour": 40.0,
                "time_start": 0,
                "time_stop": 0,
                "company_id": self.company.id,
            }
        )
        self.bills = self.env["mrp.bom"].create(
            [
                self._prepare_bill(product, workcenter, number % self.contender.lines)
                for number, product in enumerate(self.products)
            ]
        )

    def _prepare_bill(self, product, workcenter, line):
        components = self.components[COMPONENTS * line : COMPONENTS * (line + 1)]
        operation = {
            "name": "Assemble",
            "workcenter_id": workcenter.id,
            "time_mode": "manual",
            "time_cycle_manual": 15,
        }
        return {
            "product_tmpl_id": product.product_tmpl_id.id,
            "product_id": product.id,
            "company_id": self.company.id,
            "bom_line_ids": [
                Command.create({"product_id": component.id, "product_qty": 1})
                for component in components
            ],
            "operation_ids": [Command.create(operation)],
        }

    def _fill_stock(self):
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Factory", "code": "WH", "company_id": self.company.id}
        )
        for component in self.components:
            self.env["stock.quant"]._update_available_quantity(
                component, warehouse.lot_stock_id, ENOUGH
            )

    def _create_operator(self):
        login = f"benchmark-{self.company.id}"
        groups = self.env.ref("mrp.group_mrp_user") | self.env.ref("base.group_user")
        return self.env["res.users"].create(
            {
                "name": "Operator",
                "login": login,
                "email": f"{login}@example.com",
                "tz": "UTC",
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set(groups.ids)],
            }
        )

    # What differs --------------------------------------------------------------------

    def _configure_none(self):
        (self.raw_category | self.category).property_valuation = "periodic"

    def _configure_native(self):
        (self.raw_category | self.category).property_valuation = "real_time"
        stock = {"account_type": "asset_current"}
        self.raw_category.property_stock_valuation_account_id = self._create_account(
            "110910", "Raw and in-process inventory", **stock
        )
        self.category.property_stock_valuation_account_id = self._create_account(
            "110920", "Finished goods", **stock
        )
        self.category.property_account_expense_categ_id = self._create_account(
            "510910", "Cost of goods sold"
        )
        production = self.products.property_stock_production
        production.valuation_account_id = self._create_account("510920", "Production")

    def _configure_ours(self):
        self._configure_native()
        policy = self._create_policy()
        cards = self.env["backflush.cost.card"]._build(self.products, self.company)
        cards.date_from = "2020-01-01"
        cards.action_put_in_force()
        policy.action_activate()

    def _create_policy(self):
        material, labour = self._create_elements()
        return self.env["backflush.policy"].create(
            {
                "name": "Flush at completion",
                "company_id": self.company.id,
                "flush_point": "completion",
                "posting": "document",
                "date_start": "2020-01-01",
                "journal_id": self._create_journal().id,
                "material_element_id": material.id,
                "conversion_element_id": labour.id,
                "rounding_account_id": self._create_account("510970", "Rounding").id,
                "revaluation_account_id": self._create_account(
                    "510980", "Revaluation"
                ).id,
                "category_ids": [Command.set(self.category.ids)],
            }
        )

    def _create_elements(self):
        variance = self._create_account("510930", "Material variances")
        labour_variance = self._create_account("510940", "Labour variances")
        applied = self._create_account("510950", "Labour applied")
        control = self._create_account("510960", "Labour control")
        return self.env["backflush.cost.element"].create(
            [
                {
                    "name": "Material",
                    "code": "MAT",
                    "kind": "material",
                    "company_id": self.company.id,
                    "variance_account_id": variance.id,
                },
                {
                    "name": "Labour",
                    "code": "LAB",
                    "kind": "labour",
                    "company_id": self.company.id,
                    "applied_account_id": applied.id,
                    "control_account_id": control.id,
                    "variance_account_id": labour_variance.id,
                },
            ]
        )

    def _create_journal(self):
        return self.env["account.journal"].create(
            {
                "name": "Backflush",
                "code": "BFL",
                "type": "general",
                "company_id": self.company.id,
            }
        )

    def _create_account(self, code, name, account_type="expense_direct_cost"):
        return self.env["account.account"].create(
            {
                "code": code,
                "name": name,
                "account_type": account_type,
                "company_ids": [Command.set(self.company.ids)],
            }
        )
