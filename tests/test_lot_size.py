"""Lot size: set-up spread over another quantity than the card's; the basis is time.

A set-up of an hour for a lot of 4 tables is a quarter of an hour a table, beside a
quarter of an hour of run, at 40.00: 20.00 a table and 22.50 of material, card 42.50.
"""

from odoo import Command

from .common import BackflushCase


class LotSizeCase(BackflushCase):
    conversion_basis = "time"

    @classmethod
    def _create_products(cls):
        result = super()._create_products()
        cls.workcenter.time_start = 60
        return result

    @classmethod
    def _create_card(cls, product):
        card = cls.env["backflush.cost.card"]._build(product, cls.company)
        card.write({"lot_size": 4, "date_from": "2020-01-01"})
        card.action_compute()
        card.action_put_in_force()
        return card

    def _work(self, quantity, minutes, setups=None):
        """Complete an order of tables that took ``minutes``."""
        order = self._order(quantity)
        self._set_produced(order, quantity)
        order.workorder_ids.duration = minutes
        if setups is not None:
            order.workorder_ids.backflush_setups = setups
        order.with_context(skip_backorder=True).button_mark_done()
        return order

    def _get_kinds(self, entries):
        found = {}
        for line in entries.line_ids.filtered("variance_kind"):
            found[line.variance_kind] = found.get(line.variance_kind, 0) + line.amount
        return {kind: round(amount, 2) for kind, amount in found.items() if amount}


class TestLotSize(LotSizeCase):
    def test_small_lot(self):
        """2 tables in a lot of their own: 1 h of set-up where 2 x 0.25 h are charged,
        lot size 0.5 x 40.00 = 20.00. 2 h are recorded where 1 + 2 x 0.25 h are planned:
        efficiency 20.00. Applied 80.00 = standard 40.00 + 40.00."""
        entry = self._work(2, 120).backflush_entry_ids
        self.assertEntry(
            entry,
            {
                ("finished_goods", "FG"): 85.0,
                ("stock", "RIP"): -45.0,
                ("applied", "Applied"): -80.0,
                ("lot_size", "Conversion variances"): 20.0,
                ("efficiency", "Conversion variances"): 20.0,
            },
        )
        lines = {line.variance_kind: line for line in entry.line_ids}
        for kind, standard, actual in (
            ("lot_size", 0.5, 1.0),
            ("efficiency", 1.5, 2.0),
        ):
            line = lines[kind]
            self.assertEqual(line.operation_id, self.bom.operation_ids)
            self.assertEqual(line.workcenter_id, self.workcenter)
            self.assertEqual(line.element_id, self.labour)
            self.assertEqual(
                (line.standard_quantity, line.actual_quantity), (standard, actual)
            )
        self.assertEqual(entry.action_view_document()["res_id"], entry.production_id.id)

    def test_lot_of_the_card(self):
        """4 tables, one set-up, 2 h: as planned, no variance. 8 tables with one set-up
        in 3 h: an hour of set-up less than charged, lot size -40.00."""
        self.assertEqual(self._get_kinds(self._work(4, 120).backflush_entry_ids), {})
        self.assertEqual(
            self._get_kinds(self._work(8, 180).backflush_entry_ids),
            {"lot_size": -40.0},
        )

    def test_set_up_twice(self):
        """8 tables with two set-ups are two lots of the card: in 4 h no variance."""
        self.assertEqual(self._get_kinds(self._work(8, 240, 2).backflush_entry_ids), {})

    def test_backorder(self):
        """8 tables, 4 of them first. The other 4 go on from the same set-up, as their
        work order says, and take an hour: lot size -40.00. Without that it would be
        efficiency, for each order is planned with a set-up of its own."""
        order = self._order(8)
        self._set_produced(order, 4)
        order.workorder_ids.duration = 120
        backorder = order._split_productions({order: [4, 4]})[1]
        order.with_context(skip_backorder=True).button_mark_done()
        self.assertEqual(self._get_kinds(order.backflush_entry_ids), {})
        self.assertEqual(backorder.workorder_ids.backflush_setups, 1)
        backorder.workorder_ids.backflush_setups = 0
        self._set_produced(backorder, 4)
        backorder.workorder_ids.duration = 60
        backorder.with_context(skip_backorder=True).button_mark_done()
        self.assertEqual(
            self._get_kinds(backorder.backflush_entry_ids), {"lot_size": -40.0}
        )

    def test_elements_of_the_rate(self):
        """Of 40.00 an hour 30.00 are labour and 10.00 machine: a lot of 2 costs 0.5 h
        of set-up of each, 15.00 and 5.00, and time is as planned."""
        machine = self.labour.copy(
            {"name": "Machine", "code": "MCH", "kind": "machine"}
        )
        self.workcenter.backflush_rate_ids = [
            Command.create({"element_id": self.labour.id, "rate": 30.0}),
            Command.create({"element_id": machine.id, "rate": 10.0}),
        ]
        card = self.env["backflush.cost.card"]._build(self.table, self.company)
        card.lot_size = 4
        card.action_compute()
        card.action_put_in_force()
        entry = self._work(2, 90).backflush_entry_ids
        lines = entry.line_ids.filtered("variance_kind")
        self.assertEqual(
            {(line.variance_kind, line.element_id): line.amount for line in lines},
            {("lot_size", self.labour): 15.0, ("lot_size", machine): 5.0},
        )


class TestLotSizeChanges(LotSizeCase):
    def _get_correction(self, order):
        correction = order.backflush_entry_ids.filtered(
            lambda entry: entry.event == "correction"
        )
        self.assertEqual(len(correction), 1)
        return correction

    def test_set_ups_corrected(self):
        """4 tables in 3 h with one set-up: efficiency 40.00. In truth it was set up
        twice: lot size 40.00, efficiency nothing; accounts stay as they were."""
        order = self._work(4, 180)
        self.assertEqual(
            self._get_kinds(order.backflush_entry_ids), {"efficiency": 40.0}
        )
        order.workorder_ids.backflush_setups = 2
        self.assertEqual(
            self._get_kinds(self._get_correction(order)),
            {"lot_size": 40.0, "efficiency": -40.0},
        )
        self.assertBalances({self.account_conversion_variance: 40.0})
        order.workorder_ids.backflush_setups = 1
        self.assertEqual(
            self._get_kinds(order.backflush_entry_ids), {"efficiency": 40.0}
        )

    def test_quantity_corrected(self):
        """2 tables, in truth 4 in the same lot and time: the lot is full, and 2 h are
        what is planned; the correction takes both variances back."""
        order = self._work(2, 120)
        order.move_finished_ids.quantity = 4
        self.assertEqual(self._get_kinds(order.backflush_entry_ids), {"usage": -45.0})

    def test_time_corrected(self):
        """Half an hour more: all of it is efficiency, the set-up is counted once."""
        order = self._work(2, 90)
        order.workorder_ids.duration = 120
        self.assertEqual(
            self._get_kinds(self._get_correction(order)), {"efficiency": 20.0}
        )
        self.assertEqual(self._get_correction(order).facts["setups"], [])

    def test_unbuilt(self):
        """Taken apart: nothing is left of any kind, nor in any account."""
        order = self._work(2, 120)
        self._unbuild(2, order)
        self.assertEqual(self._get_kinds(order.backflush_entry_ids), {})
        self.assertBalances(
            {
                self.account_applied: 0.0,
                self.account_fg: 0.0,
                self.account_conversion_variance: 0.0,
            }
        )

    def test_reversed_and_posted_again(self):
        """Reversed and posted again, then corrected: set-ups are counted once."""
        order = self._work(4, 180)
        entry = order.backflush_entry_ids
        entry.move_id._reverse_moves(cancel=True)
        entry._decide("again", "Reversed by mistake")
        order.workorder_ids.backflush_setups = 2
        self.assertEqual(self._get_kinds(order.backflush_entry_ids), {"lot_size": 40.0})


class TestStandardOutput(LotSizeCase):
    conversion_basis = "output"

    def test_no_lot_size(self):
        """For standard output conversion follows what was made: 2 tables apply 40.00,
        whatever was worked and set up. Nothing differs at completion."""
        order = self._work(2, 120)
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("finished_goods", "FG"): 85.0,
                ("stock", "RIP"): -45.0,
                ("applied", "Applied"): -40.0,
            },
        )
        order.workorder_ids.backflush_setups = 2
        self.assertEqual(len(order.backflush_entry_ids), 1)
