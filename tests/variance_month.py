"""The documents of a month with every kind of variance, for test_variance_month.

A table is one metal at 19.00 and 12 minutes of work, at 40.00 an hour of labour and
20.00 of fixed overhead: 19.00 + 8.00 + 4.00 = 31.00. Conversion follows actual time.
"""

from freezegun import freeze_time

from odoo import Command, fields

from .close_common import CloseCase

OCTOBER = ("2026-10-01", "2026-10-31")


class MonthCase(CloseCase):
    conversion_basis = "time"
    books_open = "an order took material and made nothing"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steel = cls._create_product("Steel", cls.category_components, 25.0)
        cls.washers = cls._create_product("Washer", cls.category_components, 0.01)
        cls.washers |= cls._create_product("Ring", cls.category_components, 0.01)
        cls.clip = cls._create_product("Clip", cls.category_finished)
        cls._create_bom(cls.clip, dict.fromkeys(cls.washers, 0.5))
        cls._create_card(cls.clip)
        cls._create_ingot()
        cls._create_bracket()
        cls.foreign = cls.env["res.currency"].create(
            {"name": "XFB", "symbol": "x", "rounding": 0.01}
        )
        cls.env["res.currency.rate"].create(
            [
                {
                    "name": day,
                    "rate": rate,
                    "currency_id": cls.foreign.id,
                    "company_id": cls.company.id,
                }
                for day, rate in (("2026-01-01", 2.0), ("2026-10-12", 1.6))
            ]
        )
        rules = cls.env["backflush.disposition.rule"]
        for kind in dict(rules._fields["kind"].selection):
            cls._rule(kind, "carried")

    @classmethod
    def _create_ingot(cls):
        """An ingot is a mixture of 15 iron at 7.00 and 5 carbon at 8.00: 145.00."""
        cls.iron = cls._create_product("Iron", cls.category_components, 7.0)
        cls.carbon = cls._create_product("Carbon", cls.category_components, 8.0)
        cls.ingot = cls._create_product("Ingot", cls.category_finished)
        bom = cls._create_bom(cls.ingot, {cls.iron: 15, cls.carbon: 5})
        bom.bom_line_ids.backflush_mix_group = "Steel"
        cls._create_card(cls.ingot)

    @classmethod
    def _create_bracket(cls):
        """A bracket is an iron at 7.00 and, at 40.00 an hour, 15 minutes of pressing
        and as much of the set-up, an hour for a lot of 4: 27.00."""
        press = cls.env["mrp.workcenter"].create(
            {
                "name": "Press",
                "costs_hour": 40.0,
                "time_start": 60,
                "time_stop": 0,
                "company_id": cls.company.id,
                "backflush_rate_ids": [
                    Command.create({"element_id": cls.labour.id, "rate": 40.0})
                ],
            }
        )
        cls.bracket = cls._create_product("Bracket", cls.category_finished)
        bom = cls._create_bom(cls.bracket, {cls.iron: 1}, {"Press": 15})
        bom.operation_ids.workcenter_id = press
        card = cls.env["backflush.cost.card"]._build(cls.bracket, cls.company)
        card.write({"lot_size": 4, "date_from": "2020-01-01"})
        card.action_compute()
        card.action_put_in_force()

    @classmethod
    def _create_elements(cls):
        result = super()._create_elements()
        cost = "expense_direct_cost"
        cls.account_overhead_applied = cls._create_account("510731", "FOH appl", cost)
        cls.account_overhead_control = cls._create_account("510741", "FOH ctrl", cost)
        cls.account_overhead_variance = cls._create_account("510781", "FOH var", cost)
        cls.account_exchange = cls._create_account("510782", "Exchange", cost)
        cls.account_scrap = cls._create_account("510783", "Scrap", cost)
        cls.overhead = cls.env["backflush.cost.element"].create(
            {
                "name": "Fixed overhead",
                "code": "FOH",
                "kind": "fixed_overhead",
                "company_id": cls.company.id,
                "applied_account_id": cls.account_overhead_applied.id,
                "control_account_id": cls.account_overhead_control.id,
                "variance_account_id": cls.account_overhead_variance.id,
            }
        )
        cls.material.variance_account_ids = [
            Command.create({"kind": kind, "account_id": account.id})
            for kind, account in (
                ("exchange", cls.account_exchange),
                ("scrap", cls.account_scrap),
            )
        ]
        return result

    @classmethod
    def _create_products(cls):
        result = super()._create_products()
        cls.workcenter.backflush_rate_ids = [
            Command.create({"element_id": cls.labour.id, "rate": 40.0}),
            Command.create({"element_id": cls.overhead.id, "rate": 20.0}),
        ]
        return result

    # The documents of the month ------------------------------------------------------

    def _make_month(self):
        with freeze_time("2026-10-05 12:00:00"):
            self._buy_metal()
        with freeze_time("2026-10-15 12:00:00"):
            self._bill_in_foreign_currency()
            orders = self._make_tables() | self._make_of_steel() | self._make_nothing()
            orders |= self._make_clips() | self._make_ingot() | self._make_brackets()
            self._scrap(self.metal, 1)
        self._spend(190.0)
        self._spend(70.0, self.account_overhead_control)
        with freeze_time("2026-10-30 12:00:00"):
            # 33 bought; 11, 1 and 1 used, spoiled and scrapped: 20 x -0.50 = -10.00.
            self._put_price(self.metal, 19.5)
        self._close()
        return orders

    def _buy_metal(self):
        """10 metal are billed at 20.00: price 10 x 1.00 = 10.00; 13 at standard. 10
        more are ordered at 40.00 foreign, 2.00 of which are 1.00."""
        self._buy(self.metal, 10, 20.0)
        self.purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "currency_id": self.foreign.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.metal.id,
                            "product_qty": 10,
                            "price_unit": 40.0,
                        }
                    )
                ],
            }
        )
        self.purchase.button_confirm()
        self.purchase.picking_ids.move_ids.write({"quantity": 10, "picked": True})
        self.purchase.picking_ids.button_validate()
        self._buy(self.metal, 13, 19.0)

    def _bill_in_foreign_currency(self):
        """10 at 40.00 foreign are 200.00 at the rate of the order, 250.00 at that of
        the bill: price 200.00 - 190.00 = 10.00, exchange 50.00."""
        self.purchase.action_create_invoice()
        self.purchase.invoice_ids.invoice_date = fields.Date.today()
        self.purchase.invoice_ids.action_post()

    def _make_tables(self):
        """10 tables of 11 metal in 2.5 h instead of 2 h: usage 19.00, efficiency 0.5 x
        40.00 = 20.00 of labour and 0.5 x 20.00 = 10.00 of overhead."""
        order = self._order(10)
        self._set_produced(order, 10, {self.metal: 11})
        return self._finish(order, 150)

    def _make_of_steel(self):
        """A table of steel at 25.00 instead of metal at 19.00: substitution 6.00."""
        order = self._order(1)
        self._add_component(order, self.steel, 1)
        self._set_produced(order, 1, {self.steel: 1, self.metal: 0})
        return self._finish(order, 12)

    def _make_nothing(self):
        """A metal is spoiled and no table comes of it: yield 19.00, and the 12 minutes
        that the order plans are all too much: efficiency 8.00 + 4.00 = 12.00."""
        order = self._order(1)
        order.move_raw_ids.write({"quantity": 1, "picked": True})
        order.with_context(skip_consumption=True)._post_inventory()
        return order

    def _make_clips(self):
        """A clip of half a washer and half a ring at 0.01 stands at 0.01; each half, of
        0.005, stays in its stock account until it is a coin: rounding -0.01."""
        return self._produce(1, product=self.clip)

    def _make_ingot(self):
        """An ingot of 16 iron and 6 carbon, 2 too many, in the planned mix 1.5 and 0.5:
        yield 10.50 + 4.00 = 14.50. Iron is 0.5 less than its part of 22, carbon as much
        more: mix -3.50 + 4.00 = 0.50."""
        order = self._order(1, self.ingot)
        self._set_produced(order, 1, {self.iron: 16, self.carbon: 6})
        return self._finish(order)

    def _make_brackets(self):
        """A lot of 2 brackets takes an hour of set-up, half an hour of which they are
        charged with, and half an hour of pressing, as planned: lot size 20.00."""
        order = self._order(2, self.bracket)
        self._set_produced(order, 2)
        return self._finish(order, 90)

    def _finish(self, order, minutes=0):
        order.workorder_ids.duration = minutes
        order.with_context(
            skip_consumption=True, skip_backorder=True
        ).button_mark_done()
        self.assertEqual(order.state, "done")
        return order

    def _close(self):
        """Labour: 190.00 spent, (2.5 + 2 x 0.2 + 1.5) h x 40.00 = 176.00 applied: rate
        14.00. Overhead, which the press has none of: 70.00 spent, 60.00 budgeted:
        spending 10.00; 2.9 h x 20.00 = 58.00 applied: 2.00 of the capacity idle."""
        self.env["backflush.budget"].create(
            {
                "company_id": self.company.id,
                "element_id": self.overhead.id,
                "date_from": OCTOBER[0],
                "date_to": OCTOBER[1],
                "hours": 3,
                "amount": 60.0,
            }
        )
        self._post_period()
