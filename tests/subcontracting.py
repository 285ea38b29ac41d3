"""A factory that gives part of its work to a subcontractor, for tests.

A chair takes 2 plates at 10.00 and 5 screws at 0.50, and a welder asks 12.00 to make it
of them: 20.00 + 2.50 + 12.00 = 34.50 a unit.
"""

from odoo import Command, fields

from .common import BackflushCase
from .companions import require


class SubcontractingCase(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        require(cls, "mrp_subcontracting_account")
        cls.welder = cls.env["res.partner"].create({"name": "Welder"})
        cls.there = cls.welder.with_company(cls.company).property_stock_subcontractor
        cls._create_subcontracting_element()
        cls.chair = cls._create_product("Chair", cls.category_finished)
        cls.chair_bom = cls._create_subcontracting_bom(
            cls.chair, {cls.plate: 2, cls.screw: 5}
        )
        cls._create_price(12.0)
        cls.chair_card = cls._create_card(cls.chair)

    @classmethod
    def _create_subcontracting_element(cls):
        cost = "expense_direct_cost"
        cls.account_work = cls._create_account("510810", "Work applied", cost)
        cls.account_billed = cls._create_account("510820", "Work control", cost)
        cls.subcontracting = cls.env["backflush.cost.element"].create(
            {
                "name": "Subcontracting",
                "code": "SUB",
                "kind": "subcontracting",
                "company_id": cls.company.id,
                "applied_account_id": cls.account_work.id,
                "control_account_id": cls.account_billed.id,
                "variance_account_id": cls.account_conversion_variance.id,
            }
        )
        cls.policy.subcontracting_element_id = cls.subcontracting

    @classmethod
    def _create_subcontracting_bom(cls, product, components):
        bom = cls._create_bom(product, components)
        bom.write(
            {"type": "subcontract", "subcontractor_ids": [Command.set(cls.welder.ids)]}
        )
        return bom

    @classmethod
    def _create_price(cls, price, **values):
        return cls.env["product.supplierinfo"].create(
            {
                "partner_id": cls.welder.id,
                "product_tmpl_id": cls.chair.product_tmpl_id.id,
                "price": price,
                "company_id": cls.company.id,
                "currency_id": cls.company.currency_id.id,
                **values,
            }
        )

    @classmethod
    def _supply(cls, components):
        """Count {component: quantity} at the welder's."""
        for component, quantity in components.items():
            cls.env["stock.quant"].with_context(inventory_mode=True).create(
                {
                    "product_id": component.id,
                    "location_id": cls.there.id,
                    "inventory_quantity": quantity,
                }
            ).action_apply_inventory()

    # Documents -----------------------------------------------------------------------

    def _subcontract(self, quantity, price=12.0, product=None, **values):
        """Return a confirmed purchase order with the welder."""
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.welder.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or self.chair).id,
                            "product_qty": quantity,
                            "price_unit": price,
                        }
                    )
                ],
                **values,
            }
        )
        order.button_confirm()
        return order

    def _receive(self, order, quantity):
        """Validate the open receipt for ``quantity``; the rest is a backorder. Return
        the completed subcontracting order."""
        receipt = order.picking_ids.filtered(lambda p: p.state == "assigned")
        receipt.move_ids.write({"quantity": quantity, "picked": True})
        receipt.with_context(skip_backorder=True).button_validate()
        self.assertEqual(receipt.state, "done")
        return receipt._get_subcontract_production()

    def _bill(self, order, price=None):
        """Bill what is due on the order, at ``price`` if it is another; post it."""
        order.action_create_invoice()
        bill = order.invoice_ids.filtered(lambda move: move.state == "draft")
        bill.invoice_date = fields.Date.today()
        if price is not None:
            bill.invoice_line_ids.price_unit = price
        bill.action_post()
        return bill

    def _send_back(self, receipt, quantity, destination=None):
        """Return goods to the welder; return the transfer."""
        wizard = self.env["stock.return.picking"].create({"picking_id": receipt.id})
        wizard.product_return_moves.quantity = quantity
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        if destination:
            back.location_dest_id = back.move_ids.location_dest_id = destination
        back.move_ids.write({"quantity": quantity, "picked": True})
        back.button_validate()
        self.assertEqual(back.state, "done")
        return back

    def _write_bill(self, price, quantity=1, move_type="in_invoice", **values):
        """Post a bill, or credit note, of the welder without purchase order."""
        line = {
            "product_id": self.chair.id,
            "quantity": quantity,
            "price_unit": price,
            "tax_ids": False,
        }
        bill = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.welder.id,
                "company_id": self.company.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [Command.create(line)],
                **values,
            }
        )
        bill.action_post()
        return bill

    def assertChairs(self, quantity, billed):
        """``quantity`` chairs stand in finished goods at 34.50 each, with 22.50 of
        material out of RIP and 12.00 of work applied; ``billed`` is in control. Core
        has nothing to close."""
        self.assertBalances(
            {
                self.account_fg: quantity * 34.5,
                self.account_rip: quantity * -22.5,
                self.account_work: quantity * -12.0,
                self.account_billed: billed,
                self.account_variance: 0.0,
            }
        )
        self.assertSound()

    def assertSound(self):
        self.assertNothingToClose()
        self.assertLedger()
