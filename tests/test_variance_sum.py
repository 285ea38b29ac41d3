"""One order with every kind of variance: their sum is actual minus standard.

One bucket of paint: 6 kg of resin at 5.00 and 4 kg of oil at 3.00 in the mix group
Base, a tin at 2.00 of which 10 % are scrapped, a label at 0.50, 0.5 kg of residue that
comes back at 1.00; 0.1 h of mixing at 40.00, an hour of set-up for 20 buckets, and
overhead of 10.00 for each of these hours. 30.00 + 12.00 + 2.00 + 0.20 + 0.50 - 0.50 +
4.00 + 2.00 + 1.50 = 51.70.
"""

from odoo import Command

from .mixing import MixCase


class TestVarianceSum(MixCase):
    conversion_basis = "time"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        components = cls.category_components
        kilogram = cls.resin.uom_id.id
        cls.label = cls._create_product("Label", components, 0.5)
        cls.sticker = cls._create_product("Sticker", components, 0.7)
        cls.residue = cls._create_product("Residue", components, 1.0, uom_id=kilogram)
        cls.workcenter.time_start = 60
        cls._extend_bill()
        cls.overhead = cls.labour.copy(
            {"name": "Overhead", "code": "OVH", "kind": "variable_overhead"}
        )
        cls.policy.overhead_rate_ids = [
            Command.create(
                {"element_id": cls.overhead.id, "method": "hour", "rate": 10.0}
            )
        ]
        card = cls.env["backflush.cost.card"]._build(cls.paint, cls.company)
        card.lot_size = 20
        card.action_compute()
        card.action_put_in_force()
        cls.card_paint = card

    @classmethod
    def _extend_bill(cls):
        cls.bom_paint.bom_line_ids[2].backflush_scrap = 10
        cls.bom_paint.write(
            {
                "bom_line_ids": [
                    Command.create({"product_id": cls.label.id, "product_qty": 1})
                ],
                "byproduct_ids": [
                    Command.create({"product_id": cls.residue.id, "product_qty": 0.5})
                ],
                "operation_ids": [
                    Command.create(
                        {
                            "name": "Mix",
                            "workcenter_id": cls.workcenter.id,
                            "time_mode": "manual",
                            "time_cycle_manual": 6,
                        }
                    )
                ],
            }
        )

    #: What 10 buckets used, {component: quantity}; planned are 60 kg, 40 kg, 10, 10.
    def _get_used(self):
        return {self.resin: 66, self.oil: 39000, self.tin: 11, self.label: 0}

    def _make_paint(self):
        """10 buckets: stickers instead of labels, 4 kg of residue instead of 5, 2 tins
        scrapped, 2.5 h of work where 1.5 h are charged; resin has become 5.10."""
        self.resin.standard_price = 5.1
        order = self._order(10, self.paint)
        self._add_component(order, self.sticker, 10)
        self.scrap = self._scrap(self.tin, 2, order)
        self._set_produced(order, 10, {**self._get_used(), self.sticker: 10})
        order.move_byproduct_ids.quantity = 4
        order.workorder_ids.duration = 150
        order.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(order.state, "done")
        return order

    def test_card(self):
        """The card of the docstring above."""
        self.assertEqual(self.card_paint.total_cost, 51.7)

    def test_each_names_its_cause(self):
        """Resin: price 66 x 0.10 = 6.60, yield 5 kg x 0.6 x 5.00 = 15.00, mix 30.00 -
        15.00; oil: yield 6.00, mix -3.00 - 6.00; tin: usage 2.00, planned scrap -2.00,
        scrapped 4.00; label left out -5.00, stickers 7.00; residue 1 kg less: yield
        1.00. Set-up of 1 h where 10 x 0.05 h are charged: lot size 20.00 of labour,
        5.00 of overhead; 0.5 h more than 1 h + 10 x 0.1 h: efficiency 20.00, 5.00."""
        entries = self._make_paint().backflush_entry_ids
        self.assertEqual(
            self._get_variances(
                entries.filtered(lambda entry: entry.event == "completion")
            ),
            {
                ("price", self.resin): 6.6,
                ("mix", self.resin): 15.0,
                ("yield", self.resin): 15.0,
                ("mix", self.oil): -9.0,
                ("yield", self.oil): 6.0,
                ("usage", self.tin): 2.0,
                ("scrap", self.tin): -2.0,
                ("substitution", self.label): -5.0,
                ("substitution", self.sticker): 7.0,
                ("yield", self.residue): 1.0,
                ("lot_size", self.env["product.product"]): 25.0,
                ("efficiency", self.env["product.product"]): 25.0,
            },
        )
        scrapped = entries.filtered(lambda entry: entry.event == "adjustment")
        self.assertEqual(self._get_variances(scrapped), {("scrap", self.tin): 4.0})

    def test_work_names_operation_and_element(self):
        """Labour names operation and work centre; overhead follows the hours of all
        operations and names its element."""
        lines = self._make_paint().backflush_entry_ids.line_ids
        for kind in ("lot_size", "efficiency"):
            mine = lines.filtered(lambda line, kind=kind: line.variance_kind == kind)
            amounts = {line.element_id: line.amount for line in mine}
            self.assertEqual(amounts, {self.labour: 20.0, self.overhead: 5.0})
            labour = mine.filtered(lambda line: line.element_id == self.labour)
            self.assertEqual(labour.operation_id, self.bom_paint.operation_ids)
            self.assertEqual(labour.workcenter_id, self.workcenter)

    def test_each_leads_to_its_document(self):
        """The order for what was found at completion, the scrap order for the scrap;
        both know their order."""
        order = self._make_paint()
        for entry in order.backflush_entry_ids:
            document = self.scrap if entry.event == "adjustment" else order
            action = entry.action_view_document()
            self.assertEqual(
                (action["res_model"], action["res_id"]), (document._name, document.id)
            )
            self.assertEqual(entry.origin, document.name)
            self.assertEqual(entry.line_ids.production_id, order)
        self.assertEqual(self.scrap.backflush_entry_count, 1)

    def test_sum(self):
        """Actual: resin 66 x 5.10 + oil 39 x 3.00 + 11 tins + 10 stickers - 4 kg of
        residue = 336.60 + 117.00 + 22.00 + 7.00 - 4.00 = 478.60, scrap 4.00, conversion
        applied 2.5 h x 50.00 = 125.00: 607.60. Standard 10 x 51.70 = 517.00. Variances
        90.60."""
        lines = self._make_paint().backflush_entry_ids.line_ids
        by_role = {}
        for line in lines:
            by_role[line.role] = round(by_role.get(line.role, 0) + line.amount, 2)
        self.assertEqual(
            by_role,
            {
                "finished_goods": 517.0,
                "stock": -(478.6 + 4.0),
                "applied": -125.0,
                "variance": 90.6,
            },
        )

    def test_taken_back(self):
        """All buckets are taken apart: what the order found is gone, by kind and
        component; the scrap remains, for it is a document of its own."""
        order = self._make_paint()
        self._unbuild(10, order)
        self.assertEqual(
            {
                key: amount
                for key, amount in self._get_variances(
                    order.backflush_entry_ids
                ).items()
                if key[0] != "revaluation"
            },
            {("scrap", self.tin): 4.0},
        )
