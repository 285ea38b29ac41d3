"""A small factory under a backflush policy, for tests through real documents.

Company with the generic chart; one product of 2 plates at 10.00 and 5 screws at 0.50
and a quarter of an hour of assembly at 40.00: 20.00 + 2.50 + 10.00 = 32.50 a unit.
"""

from odoo import Command, fields
from odoo.tests import Form, TransactionCase, tagged


@tagged("post_install", "-at_install")
class BackflushCase(TransactionCase):
    flush_point = "completion"
    perpetual = True
    conversion_basis = "output"
    #: Why core's stock closing has something to propose after a test.
    books_open = None
    #: Why the account statement does not explain every balance after a test.
    unexplained = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.company = cls.env["res.company"].create({"name": "Backflush Factory"})
        cls.env["account.chart.template"]._load(
            "generic_coa", cls.company, install_demo=False
        )
        cls.env.user.write(
            {
                "company_ids": [Command.link(cls.company.id)],
                "company_id": cls.company.id,
            }
        )
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls.customer = cls.env["res.partner"].create({"name": "Customer"})
        cls._create_accounts()
        cls._create_elements()
        cls._create_products()
        cls._create_policy()

    def tearDown(self):
        """After every flow: the ledger and the books agree, core's stock closing
        proposes nothing, unless the test says why it leaves the books open, and the
        account statement explains every balance."""
        if self._outcome.success and not self.books_open:
            self.assertLedger()
            self.assertNothingToClose()
        if self._outcome.success and not self.unexplained:
            self.assertExplained()
        return super().tearDown()

    # Set-up --------------------------------------------------------------------------

    @classmethod
    def _create_account(cls, code, name, account_type, **values):
        return cls.env["account.account"].create(
            {
                "code": code,
                "name": name,
                "account_type": account_type,
                "company_ids": [Command.set(cls.company.ids)],
                **values,
            }
        )

    @classmethod
    def _create_accounts(cls):
        asset, cost = "asset_current", "expense_direct_cost"
        cls.account_rip = cls._create_account("110710", "RIP", asset)
        cls.account_fg = cls._create_account("110720", "FG", asset)
        cls.account_clearing = cls._create_account("510710", "Clearing", "expense")
        cls.account_cogs = cls._create_account("510720", "COGS", cost)
        cls.account_applied = cls._create_account("510730", "Applied", cost)
        cls.account_control = cls._create_account("510740", "Control", cost)
        cls.account_variance = cls._create_account("510750", "Variances", cost)
        cls.account_rounding = cls._create_account("510760", "Rounding", cost)
        cls.account_revaluation = cls._create_account("510770", "Revaluation", cost)
        cls.account_conversion_variance = cls._create_account(
            "510780", "Conversion variances", cost
        )
        cls.journal = cls.env["account.journal"].create(
            {
                "name": "Backflush",
                "code": "BFL",
                "type": "general",
                "company_id": cls.company.id,
            }
        )

    @classmethod
    def _create_elements(cls):
        Element = cls.env["backflush.cost.element"]
        cls.material = Element.create(
            {
                "name": "Material",
                "code": "MAT",
                "kind": "material",
                "company_id": cls.company.id,
                "variance_account_id": cls.account_variance.id,
            }
        )
        cls.labour = Element.create(
            {
                "name": "Labour",
                "code": "LAB",
                "kind": "labour",
                "company_id": cls.company.id,
                "applied_account_id": cls.account_applied.id,
                "control_account_id": cls.account_control.id,
                "variance_account_id": cls.account_conversion_variance.id,
            }
        )

    @classmethod
    def _create_category(cls, name, **values):
        return cls.env["product.category"].create({"name": name, **values})

    @classmethod
    def _create_product(cls, name, category, price=0.0, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "categ_id": category.id,
                "standard_price": price,
                "taxes_id": False,
                "supplier_taxes_id": False,
                **values,
            }
        )

    @classmethod
    def _create_products(cls):
        cls.category_components = cls._create_category(
            "Components",
            property_cost_method="standard",
            property_valuation="real_time" if cls.perpetual else "periodic",
            property_stock_valuation_account_id=cls.account_rip.id,
            property_account_expense_categ_id=cls.account_clearing.id,
        )
        cls.category_finished = cls._create_category(
            "Finished",
            property_cost_method="standard",
            property_valuation="real_time",
            property_stock_valuation_account_id=cls.account_fg.id,
            property_account_expense_categ_id=cls.account_cogs.id,
        )
        cls.plate = cls._create_product("Plate", cls.category_components, 10.0)
        cls.screw = cls._create_product("Screw", cls.category_components, 0.5)
        cls.table = cls._create_product("Table", cls.category_finished)
        cls.workcenter = cls.env["mrp.workcenter"].create(
            {
                "name": "Assembly",
                "costs_hour": 40.0,
                "time_start": 0,
                "time_stop": 0,
                "company_id": cls.company.id,
            }
        )
        cls.bom = cls._create_bom(
            cls.table, {cls.plate: 2, cls.screw: 5}, {"Assemble": 15}
        )

    @classmethod
    def _create_bom(cls, product, components, operations=()):
        """Return a bill for one unit: {component: quantity}, {operation: minutes}."""
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_id": product.id,
                "product_qty": 1,
                "company_id": cls.company.id,
                "bom_line_ids": [
                    Command.create(
                        {"product_id": component.id, "product_qty": quantity}
                    )
                    for component, quantity in components.items()
                ],
                "operation_ids": [
                    Command.create(
                        {
                            "name": name,
                            "workcenter_id": cls.workcenter.id,
                            "time_mode": "manual",
                            "time_cycle_manual": minutes,
                        }
                    )
                    for name, minutes in dict(operations).items()
                ],
            }
        )

    @classmethod
    def _prepare_policy_vals(cls, name, category):
        return {
            "name": name,
            "company_id": cls.company.id,
            "flush_point": cls.flush_point,
            "conversion_basis": cls.conversion_basis,
            "date_start": "2020-01-01",
            "journal_id": cls.journal.id,
            "material_element_id": cls.material.id,
            "conversion_element_id": cls.labour.id,
            "rounding_account_id": cls.account_rounding.id,
            "revaluation_account_id": cls.account_revaluation.id,
            "category_ids": [Command.set(category.ids)],
        }

    @classmethod
    def _create_policy(cls):
        cls.policy = cls.env["backflush.policy"].create(
            cls._prepare_policy_vals("Just in time", cls.category_finished)
        )
        cls.card = cls._create_card(cls.table)
        cls.policy.action_activate()

    @classmethod
    def _create_card(cls, product):
        return cls._renew_card(product, date_from="2020-01-01")

    @classmethod
    def _put_price(cls, product, price, **values):
        """Put a card of a bought ``product`` in force at ``price``, from today on."""
        card = cls.env["backflush.cost.card"].create(
            {
                "product_id": product.id,
                "company_id": cls.company.id,
                "basis": "bought",
                "line_ids": [
                    Command.create(
                        {
                            "kind": "purchase",
                            "element_id": cls.material.id,
                            "product_id": product.id,
                            "price": price,
                        }
                    )
                ],
                **values,
            }
        )
        card.action_put_in_force()
        return card

    @classmethod
    def _renew_card(cls, product, **values):
        """Put a new card of ``product``, from its bill, in force from today on."""
        card = cls.env["backflush.cost.card"]._build(product, cls.company)
        card.write(values)
        card.action_put_in_force()
        return card

    # Documents -----------------------------------------------------------------------

    @classmethod
    def _stock(cls, product, quantity):
        """Put ``quantity`` on the shelf through an inventory adjustment."""
        cls.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": product.id,
                "location_id": cls.warehouse.lot_stock_id.id,
                "inventory_quantity": quantity,
            }
        ).action_apply_inventory()

    def _order(self, quantity, product=None, **values):
        """Return a confirmed manufacturing order."""
        order = self.env["mrp.production"].create(
            {
                "product_id": (product or self.table).id,
                "product_qty": quantity,
                "company_id": self.company.id,
                **values,
            }
        )
        order.action_confirm()
        return order

    def _produce(self, quantity, used=None, **values):
        """Complete an order; ``used`` {component: quantity} differs from the plan."""
        order = self._order(quantity, **values)
        self._set_produced(order, quantity, used)
        order.with_context(
            skip_consumption=True, skip_backorder=True
        ).button_mark_done()
        self.assertEqual(order.state, "done")
        return order

    def _set_produced(self, order, quantity, used=None):
        with Form(order) as form:
            form.qty_producing = quantity
        for product, amount in (used or {}).items():
            moves = order.move_raw_ids.filtered(lambda m, p=product: m.product_id == p)
            moves.quantity = amount
            moves.picked = True

    def _add_component(self, order, product, quantity):
        """Add a component to an order by hand."""
        first = order.move_raw_ids[:1]
        order.move_raw_ids = [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "location_id": first.location_id.id,
                    "location_dest_id": first.location_dest_id.id,
                }
            )
        ]

    def _deliver(self, quantity, product=None):
        """Sell and deliver; return the sales order."""
        sale = self._sell(quantity, product)
        picking = sale.picking_ids
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        return sale

    def _sell(self, quantity, product=None):
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or self.table).id,
                            "product_uom_qty": quantity,
                            "price_unit": 100.0,
                        }
                    )
                ],
            }
        )
        sale.action_confirm()
        return sale

    def _return(self, sale, quantity):
        """Return part of the first delivery of a sales order; return the transfer."""
        picking = sale.picking_ids.sorted("id")[0]
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_ids=picking.ids,
                active_id=picking.id,
                active_model="stock.picking",
            )
        ).save()
        wizard.product_return_moves.quantity = quantity
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids.write({"quantity": quantity, "picked": True})
        back.button_validate()
        self.assertEqual(back.state, "done")
        return back

    def _unbuild(self, quantity, order=None):
        """Take products apart, those of an order or tables without one."""
        unbuild = self.env["mrp.unbuild"].create(
            {
                "product_id": (order.product_id if order else self.table).id,
                "bom_id": (order.bom_id if order else self.bom).id,
                "mo_id": order.id if order else False,
                "product_qty": quantity,
                "company_id": self.company.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
            }
        )
        unbuild.action_unbuild()
        return unbuild

    def _scrap(self, product, quantity, order=None):
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": product.id,
                "scrap_qty": quantity,
                "company_id": self.company.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "production_id": order.id if order else False,
            }
        )
        scrap.do_scrap()
        return scrap

    def _buy(self, product, quantity, price, bill=True):
        """Order, receive and bill a component; return the bill."""
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "price_unit": price,
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        purchase.picking_ids.move_ids.quantity = quantity
        purchase.picking_ids.move_ids.picked = True
        purchase.picking_ids.button_validate()
        if not bill:
            return purchase
        purchase.action_create_invoice()
        invoice = purchase.invoice_ids
        invoice.invoice_date = fields.Date.today()
        invoice.action_post()
        return invoice

    def _run_post_pending(self):
        """Run the scheduled job that posts what waits."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "mrp_account_backflush.ir_cron_post_pending"
            ).sudo().method_direct_trigger()
        self.env.invalidate_all()

    def _get_revaluations(self):
        """Return the ledger entries of new cards."""
        return self.env["backflush.entry"].search(
            [("company_id", "=", self.company.id), ("event", "=", "revaluation")]
        )

    # Checks --------------------------------------------------------------------------

    def _balance(self, account):
        return sum(
            self.env["account.move.line"]
            .search([("account_id", "=", account.id), ("parent_state", "=", "posted")])
            .mapped("balance")
        )

    def assertBalances(self, expected):
        """Compare posted balances, {account: balance}, in the company currency."""
        found = {account: self._balance(account) for account in expected}
        self.assertEqual(
            {a.name: round(b, 6) for a, b in found.items()},
            {a.name: round(float(b), 6) for a, b in expected.items()},
        )

    def assertEntry(self, entry, expected):
        """Compare the lines of a ledger entry, {(role or kind, account): amount}."""
        found = {}
        for line in entry.line_ids:
            key = (line.variance_kind or line.role, line.account_id.name)
            found[key] = round(found.get(key, 0) + line.amount, 6)
        self.assertEqual(found, expected)

    def assertLedger(self):
        """Entry lines and journal items agree, account by account (invariant 1)."""
        entries = self.env["backflush.entry"].search(
            [("company_id", "=", self.company.id), ("state", "=", "posted")]
        )
        ledger, books = {}, {}
        for line in entries.line_ids:
            ledger[line.account_id] = ledger.get(line.account_id, 0) + line.amount
        for line in entries.move_id.line_ids:
            books[line.account_id] = books.get(line.account_id, 0) + line.balance
        for account in ledger.keys() | books.keys():
            self.assertAlmostEqual(
                ledger.get(account, 0), books.get(account, 0), 6, account.name
            )

    def assertNothingToClose(self):
        """Core's stock closing proposes nothing for managed accounts (invariant 2)."""
        managed = self.account_rip | self.account_fg
        proposed = self.company._action_close_stock_valuation()
        self.assertFalse(
            [vals for vals in proposed if vals["account_id"] in managed.ids], proposed
        )

    def assertExplained(self):
        """The account statement of the last day explains each inventory account."""
        items = self.env["account.move.line"].search(
            [("company_id", "=", self.company.id)], order="date desc", limit=1
        )
        today = fields.Date.context_today(self.company)
        statement = self.env["backflush.statement"].create(
            {
                "company_id": self.company.id,
                "date": max(filter(None, [today, items.date])),
            }
        )
        statement._refresh()
        rows = [
            (
                line.account_id.display_name,
                line.kind,
                line.product_id.name,
                line.name,
                line.quantity,
                line.amount,
            )
            for line in statement.line_ids
        ]
        listing = "\n".join(map(str, rows))
        unexplained = [row for row in rows if row[1] == "unexplained"]
        self.assertFalse(unexplained, listing)
