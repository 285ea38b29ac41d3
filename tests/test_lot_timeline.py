"""The trail: from an account down to the fact, and the story of one lot."""

from odoo.exceptions import AccessError
from odoo.fields import Command

from .report_common import ReportCase


class TestLotTimeline(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table.tracking = cls.plate.tracking = "lot"
        cls.heavy, cls.light, cls.batch = cls.env["stock.lot"].create(
            [
                {"name": name, "product_id": product.id, "company_id": cls.company.id}
                for name, product in (
                    ("HEAVY", cls.plate),
                    ("LIGHT", cls.plate),
                    ("BATCH-7", cls.table),
                )
            ]
        )

    def _receive(self, lot, quantity, price):
        """Buy ``lot``; return its bill."""
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": lot.product_id.id,
                            "product_qty": quantity,
                            "price_unit": price,
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        picking = purchase.picking_ids
        picking.move_ids.move_line_ids.write(
            {"lot_id": lot.id, "quantity": quantity, "picked": True}
        )
        picking.button_validate()
        purchase.action_create_invoice()
        bill = purchase.invoice_ids
        bill.invoice_date = bill.date = "2026-01-31"
        bill.action_post()
        return bill

    def _make_batch(self, quantity):
        """Make ``quantity`` tables of the batch from heavy plates."""
        order = self._order(quantity)
        order.lot_producing_ids = self.batch
        order.qty_producing = quantity
        order._set_qty_producing()
        plates = order.move_raw_ids.filtered(lambda m: m.product_id == self.plate)
        plates.move_line_ids.unlink()
        plates.move_line_ids = [
            Command.create(
                {
                    "product_id": self.plate.id,
                    "lot_id": self.heavy.id,
                    "quantity": 2 * quantity,
                    "location_id": plates.location_id.id,
                    "location_dest_id": plates.location_dest_id.id,
                }
            )
        ]
        order.move_raw_ids.picked = True
        order.with_context(
            skip_consumption=True, skip_backorder=True
        ).button_mark_done()
        self.assertEqual(order.state, "done")
        return order

    def _sell_batch(self, quantity):
        sale = self._sell(quantity)
        move = sale.picking_ids.move_ids
        move.move_line_ids.unlink()
        move.move_line_ids = [
            Command.create(
                {
                    "product_id": self.table.id,
                    "lot_id": self.batch.id,
                    "quantity": quantity,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                }
            )
        ]
        move.picked = True
        sale.picking_ids.button_validate()
        return sale

    def test_from_bill_to_cogs(self):
        """30 heavy plates at 10.40 and 30 light ones; 10 tables of the heavy ones for
        325.00; 4 sold for 130.00, 1 of them comes back."""
        heavy, light = (
            self._receive(self.heavy, 30, 10.4),
            self._receive(self.light, 30, 10),
        )
        self._make_batch(10)
        sale = self._sell_batch(4)
        self._return(sale, 1)
        action = (
            self.batch.with_user(self.auditor)
            .with_context(allowed_company_ids=self.company.ids)
            .action_view_backflush_timeline()
        )
        lines = self.env["backflush.lot.timeline.line"].search(action["domain"])
        self.assertEqual(
            lines.mapped("kind"), ["bill", "completion", "delivery", "return"]
        )
        self.assertEqual(lines[0].name, heavy.name)
        self.assertNotIn(light.name, lines.mapped("name"))
        self.assertEqual(lines.mapped("amount"), [312.0, 325.0, 130.0, 32.5])
        self.assertEqual(lines.mapped("quantity"), [30.0, 10.0, 4.0, -1.0])
        self.assertIn("COGS", lines[2].note)
        opened = lines[2].with_user(self.auditor).action_open()
        self.assertEqual(opened["res_model"], "backflush.entry")

    def test_worker_sees_no_cost(self):
        worker = self._create_reader("timeline_worker", "stock.group_stock_manager")
        with self.assertRaises(AccessError):
            self.batch.with_user(worker).action_view_backflush_timeline()
        with self.assertRaises(AccessError):
            self.env["backflush.lot.timeline.line"].with_user(worker).search([])

    def test_trail_down_and_up(self):
        """Account and journal item lead to the entry lines, these to entry, journal
        entry, document and card."""
        self.table.tracking = self.plate.tracking = "none"
        order = self._produce(10)
        entry = order.backflush_entry_ids
        account = self.account_fg.with_user(self.auditor).with_context(
            allowed_company_ids=self.company.ids
        )
        Line = self.env["backflush.entry.line"].with_user(self.auditor)
        [line] = Line.search(account.action_view_backflush_lines()["domain"])
        self.assertEqual(line.entry_id, entry)
        item = line.move_line_id
        found = Line.search(item.action_view_backflush_lines()["domain"])
        self.assertEqual(found, line)
        self.assertEqual(sum(found.mapped("amount")), item.balance)
        self.assertEqual(line.action_view_journal_item()["res_id"], entry.move_id.id)
        self.assertEqual(line.action_view_entry()["res_id"], entry.id)
        self.assertEqual(entry.action_view_document()["res_id"], order.id)
        self.assertEqual(entry.action_view_card()["res_id"], self.card.id)
        moves = self.env["stock.move.line"].search(
            entry.action_view_stock_moves()["domain"]
        )
        self.assertEqual(moves.product_id, self.table | self.plate | self.screw)

    def test_release_of_a_card(self):
        release = self.env["backflush.release"].create({"company_id": self.company.id})
        card = self.env["backflush.cost.card"]._build(self.table, self.company)
        card.release_id = release
        self.assertEqual(card.action_view_release()["res_id"], release.id)
