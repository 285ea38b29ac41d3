"""Changes after the fact: nothing is rewritten, a dated correction holds the difference
and points to the original."""

from odoo import fields
from odoo.tests import Form

from .common import BackflushCase


class TestCorrections(BackflushCase):
    def _get_correction(self, document):
        correction = document.backflush_entry_ids.filtered(
            lambda entry: entry.event == "correction"
        )
        self.assertEqual(len(correction), 1)
        self.assertEqual(correction.date, fields.Date.today())
        return correction

    def test_component_quantity_edited(self):
        """2 tables took 4 plates; corrected to 5: RIP -10.00, usage 10.00. The first
        entry stays as it is."""
        order = self._produce(2)
        original = order.backflush_entry_ids
        lines = original.line_ids.mapped("amount")
        order.move_raw_ids.filtered(lambda m: m.product_id == self.plate).quantity = 5
        correction = self._get_correction(order)
        self.assertEqual(correction.corrected_entry_id, original)
        self.assertEntry(
            correction, {("stock", "RIP"): -10.0, ("usage", "Variances"): 10.0}
        )
        self.assertEqual(original.line_ids.mapped("amount"), lines)
        self.assertLedger()

    def test_quantity_made_edited(self):
        """2 tables, in truth 3: FG 32.50 more, 10.00 more applied, and the material of
        the third was not taken: usage -22.50."""
        order = self._produce(2)
        order.move_finished_ids.quantity = 3
        self.assertEntry(
            self._get_correction(order),
            {
                ("finished_goods", "FG"): 32.5,
                ("usage", "Variances"): -22.5,
                ("applied", "Applied"): -10.0,
            },
        )

    def test_component_added_to_a_done_order(self):
        """1 steel at 13.00 added afterwards: substitution 13.00."""
        steel = self._create_product("Steel", self.category_components, 13.0)
        order = self._produce(1)
        order.action_toggle_is_locked()
        with Form(order) as form, form.move_raw_ids.new() as line:
            line.product_id = steel
            line.quantity = 1
        move = order.move_raw_ids.filtered(lambda m: m.product_id == steel)
        self.assertEqual(move.state, "done")
        correction = self._get_correction(order)
        self.assertEntry(
            correction,
            {("stock", "RIP"): -13.0, ("substitution", "Variances"): 13.0},
        )
        self.assertEqual(move.backflush_entry_id, correction)

    def test_corrected_back(self):
        """Corrected and corrected back: two corrections, nothing left of them."""
        order = self._produce(2)
        move = order.move_raw_ids.filtered(lambda m: m.product_id == self.plate)
        before = {
            a: self._balance(a) for a in (self.account_rip, self.account_variance)
        }
        move.quantity = 5
        move.quantity = 4
        self.assertEqual(len(order.backflush_entry_ids), 3)
        self.assertBalances(before)

    def test_after_a_new_standard(self):
        """A plate more is corrected when plates are worth 12.00: it leaves RIP with
        12.00; 10.00 of it is usage at the card of the order, 2.00 revaluation."""
        self.books_open = "a new standard is not posted to the goods on hand yet"
        order = self._produce(2)
        self.plate.standard_price = 12.0
        order.move_raw_ids.filtered(lambda m: m.product_id == self.plate).quantity = 5
        lines = self._get_correction(order).line_ids
        by_kind = {line.variance_kind or line.role: line.amount for line in lines}
        self.assertEqual(by_kind["stock"], -12.0)
        self.assertEqual(sum(lines.filtered("variance_kind").mapped("amount")), 12.0)

    def test_delivered_quantity_edited(self):
        """2 delivered, in truth 3: COGS 32.50 more from FG."""
        self._produce(3)
        sale = self._deliver(2)
        sale.picking_ids.is_locked = False
        sale.picking_ids.move_ids.quantity = 3
        self.assertEntry(
            self._get_correction(sale.picking_ids),
            {("cost_of_sales", "COGS"): 32.5, ("finished_goods", "FG"): -32.5},
        )

    def test_unbuild_after_a_correction(self):
        """Unbuilding all takes the correction back too."""
        order = self._produce(2)
        order.move_raw_ids.filtered(lambda m: m.product_id == self.plate).quantity = 5
        self._unbuild(2, order)
        self.assertBalances(
            {
                self.account_rip: 0.0,
                self.account_fg: 0.0,
                self.account_variance: 0.0,
                self.account_applied: 0.0,
            }
        )

    def test_unbuild_waits_for_a_correction(self):
        """2 tables took 4 plates, in truth 5: the correction waits for its journal.
        The journal is there again when both tables are unbuilt: that waits, too, and
        takes the correction back. Nothing is left, and no revaluation."""
        self.policy.on_error = "queue"
        order = self._produce(2)
        self.journal.active = False
        order.move_raw_ids.filtered(lambda m: m.product_id == self.plate).quantity = 5
        self.journal.active = True
        unbuild = self._unbuild(2, order)
        self.assertIn("posted first", unbuild.backflush_entry_ids.error)
        self._run_post_pending()
        self.assertEqual(unbuild.backflush_entry_ids.state, "posted")
        self.assertBalances(
            {
                self.account_rip: 0.0,
                self.account_variance: 0.0,
                self.account_revaluation: 0.0,
            }
        )


class TestTimeCorrections(BackflushCase):
    conversion_basis = "time"

    def test_time_added_after_completion(self):
        """1 table planned and worked 15 min; 15 min are added later: applied 10.00
        more, efficiency 10.00."""
        order = self._order(1)
        self._set_produced(order, 1)
        order.workorder_ids.duration = 15
        order.button_mark_done()
        order.workorder_ids.duration = 30
        correction = order.backflush_entry_ids.filtered(
            lambda entry: entry.event == "correction"
        )
        self.assertEntry(
            correction,
            {
                ("applied", "Applied"): -10.0,
                ("efficiency", "Conversion variances"): 10.0,
            },
        )

    def test_noise_of_hours(self):
        """30 min are recorded, then 26 and 37 more: 93 / 60 h in three parts, which is
        no exact float. Three entries; captured once more, there is no fourth."""
        order = self._order(1)
        self._set_produced(order, 1)
        order.workorder_ids.duration = 30
        order.button_mark_done()
        for minutes in (56, 93):
            order.workorder_ids.duration = minutes
        workorder = order.workorder_ids
        workorder.backflush_hours = 93 / 60 + 2.3e-16
        order._capture_correction()
        self.assertEqual(len(order.backflush_entry_ids), 3)
        self.assertBalances({self.account_applied: -62.0})
