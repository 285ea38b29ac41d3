"""Kits: sold in parts, used in parts; what is under a policy in them is flushed."""

from odoo import Command

from .common import BackflushCase


class KitCase(BackflushCase):
    @classmethod
    def setUpClass(cls):
        """A kit is a table (32.50) and a lamp (12.00) that Odoo costs itself."""
        super().setUpClass()
        cls.account_lamps = cls._create_account("110730", "Lamps", "asset_current")
        cls.account_lamp_cost = cls._create_account(
            "510790", "Cost of lamps", "expense_direct_cost"
        )
        cls.category_lamps = cls._create_category(
            "Lamps",
            property_cost_method="standard",
            property_valuation="real_time",
            property_stock_valuation_account_id=cls.account_lamps.id,
            property_account_expense_categ_id=cls.account_lamp_cost.id,
        )
        cls.lamp = cls._create_product("Lamp", cls.category_lamps, 12.0)
        cls.kit = cls._create_product("Office", cls.category_lamps)
        cls.kit_bom = cls._create_kit(cls.kit, {cls.table: 1, cls.lamp: 1})

    @classmethod
    def _create_kit(cls, product, components):
        bom = cls._create_bom(product, components)
        bom.type = "phantom"
        return bom

    def _deliver_kit(self, quantity):
        """Deliver all components of ``quantity`` kits; return the sales order."""
        sale = self._sell(quantity, self.kit)
        picking = sale.picking_ids
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
            move.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        return sale


class TestKits(KitCase):
    def test_kit_of_a_table(self):
        """A kit of tables alone: its delivery flushes 2 tables, 65.00 to COGS; its
        invoice makes no cost of sales."""
        self.kit_bom.bom_line_ids.filtered(
            lambda line: line.product_id == self.lamp
        ).unlink()
        self._produce(2)
        sale = self._deliver_kit(2)
        self.assertEntry(
            sale.picking_ids.backflush_entry_ids,
            {("cost_of_sales", "COGS"): 65.0, ("finished_goods", "FG"): -65.0},
        )
        invoice = sale._create_invoices()
        invoice.action_post()
        self.assertFalse(
            invoice.line_ids.filtered(lambda line: line.display_type == "cogs")
        )
        self.assertBalances({self.account_cogs: 65.0, self.account_fg: 0.0})
        self.assertNothingToClose()
        self.assertLedger()

    def test_kit_as_component(self):
        """A kit of 2 plates in the bill of a desk: its card and its order have plates:
        20.00 and 10.00 of work."""
        base = self._create_product("Base", self.category_components)
        self._create_kit(base, {self.plate: 2})
        desk = self._create_product("Desk", self.category_finished)
        self._create_bom(desk, {base: 1}, {"Assemble": 15})
        card = self._create_card(desk)
        self.assertEqual(card.line_ids.product_id, self.plate)
        order = self._produce(1, product=desk)
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 30.0,
                ("stock", "RIP"): -20.0,
                ("applied", "Applied"): -10.0,
            },
        )

    def test_kit_with_operations_as_component(self):
        """The kit's own operation of 3 minutes is part of the order, and of the card:
        20.00 + 10.00 + 2.00."""
        base = self._create_product("Base", self.category_components)
        kit = self._create_kit(base, {self.plate: 1})
        kit.operation_ids = [
            Command.create(
                {
                    "name": "Prepare",
                    "workcenter_id": self.workcenter.id,
                    "time_mode": "manual",
                    "time_cycle_manual": 3,
                }
            )
        ]
        desk = self._create_product("Desk", self.category_finished)
        self._create_bom(desk, {base: 2}, {"Assemble": 15})
        card = self._create_card(desk)
        order = self._order(1, product=desk)
        planned = sum(order.workorder_ids.mapped("duration_expected"))
        hours = sum(line.quantity for line in card.line_ids if line.operation_id)
        self.assertAlmostEqual(hours, planned / 60)
        self.assertEqual(card.total_cost, 32.0)


class TestMixedKits(KitCase):
    """The lamp of a kit is native: the invoice posts its cost, and only its."""

    def test_kit_of_table_and_lamp(self):
        """2 kits: 65.00 of tables at the delivery, in COGS; at the invoice 24.00 of
        lamps, in the kit's expense account, as Odoo does."""
        self._produce(2)
        sale = self._deliver_kit(2)
        self.assertBalances({self.account_cogs: 65.0, self.account_lamp_cost: 0.0})
        invoice = sale._create_invoices()
        invoice.action_post()
        self.assertBalances({self.account_cogs: 65.0, self.account_lamp_cost: 24.0})
        self.assertNothingToClose()
        self.assertLedger()

    def test_credit_note(self):
        """The credit note takes the 24.00 back, and nothing else."""
        self._produce(2)
        invoice = self._deliver_kit(2)._create_invoices()
        invoice.action_post()
        refund = invoice._reverse_moves()
        refund.action_post()
        self.assertBalances({self.account_cogs: 65.0, self.account_lamp_cost: 0.0})
