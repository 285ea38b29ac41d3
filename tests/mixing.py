"""Paint of a mix group, for tests of mix and yield.

One bucket: 6 kg of resin at 5.00 and 4000 g of oil at 0.003, in the mix group Base, and
a tin at 2.00: 30.00 + 12.00 + 2.00 = 44.00. Oil is measured in grams, of which 1000 are
a kilogram.
"""

from odoo import Command

from .common import BackflushCase


class MixCase(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kilogram = cls.env.ref("uom.product_uom_kgm")
        gram = cls.env.ref("uom.product_uom_gram")
        components = cls.category_components
        cls.resin = cls._create_product("Resin", components, 5.0, uom_id=kilogram.id)
        cls.oil = cls._create_product("Oil", components, 0.003, uom_id=gram.id)
        cls.wax = cls._create_product("Wax", components, 4.0, uom_id=kilogram.id)
        cls.tin = cls._create_product("Tin", components, 2.0)
        cls.paint = cls._create_product("Paint", cls.category_finished)
        cls.bom_paint = cls._create_bom(
            cls.paint, {cls.resin: 6, cls.oil: 4000, cls.tin: 1}
        )
        lines = cls.bom_paint.bom_line_ids
        lines.filtered(
            lambda line: line.product_id in cls.resin | cls.oil
        ).backflush_mix_group = "Base"
        cls.card_paint = cls._create_card(cls.paint)

    @classmethod
    def _allow_wax(cls, **values):
        """Add wax to the bill, in the group and not planned."""
        cls.bom_paint.bom_line_ids = [
            Command.create(
                {
                    "product_id": cls.wax.id,
                    "product_qty": 0,
                    "backflush_mix_group": "Base",
                    **values,
                }
            )
        ]

    def _mix(self, quantity, used):
        """Complete an order of paint that used {component: quantity}; what the order
        does not plan is added by hand."""
        order = self._order(quantity, self.paint)
        for product in used:
            if product not in order.move_raw_ids.product_id:
                self._add_component(order, product, used[product])
        self._set_produced(order, quantity, used)
        order.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(order.state, "done")
        return order

    def _get_variances(self, entries):
        """Return {(kind, component): amount} of ledger entries, without zeros."""
        found = {}
        for line in entries.line_ids.filtered("variance_kind"):
            key = (line.variance_kind, line.product_id)
            found[key] = round(found.get(key, 0) + line.amount, 2)
        return {key: amount for key, amount in found.items() if amount}
