"""Corrections, returns and reversals of orders with mix groups.

Mix and yield do not add up over parts of an order: the mix of a difference is not the
difference of the mixes. A correction therefore computes the whole order anew and posts
what differs from what stands.
"""

from odoo.tests import Form

from .mixing import MixCase


class TestMixCorrections(MixCase):
    def _mix_first(self):
        return self._mix(10, {self.resin: 66, self.oil: 39000})

    def _correct(self, order, product, quantity):
        order.move_raw_ids.filtered(
            lambda move: move.product_id == product
        ).quantity = quantity

    def test_as_if_right_from_the_start(self):
        """Resin was 60 kg, not 66: 1 kg too little with 39 kg of oil. Resin: yield -1 x
        0.6 x 5.00 = -3.00, mix 3.00; oil: yield -1.20, mix -3.00 + 1.20 = -1.80. The
        correction posts the difference to what stood: resin mix 3.00 - 15.00, yield
        -3.00 - 15.00; oil mix -1.80 + 9.00, yield -1.20 - 6.00."""
        order = self._mix_first()
        self._correct(order, self.resin, 60)
        correction = order.backflush_entry_ids.filtered(
            lambda entry: entry.event == "correction"
        )
        self.assertEqual(
            self._get_variances(correction),
            {
                ("mix", self.resin): -12.0,
                ("yield", self.resin): -18.0,
                ("mix", self.oil): 7.2,
                ("yield", self.oil): -7.2,
            },
        )
        right = self._mix(10, {self.resin: 60, self.oil: 39000})
        self.assertEqual(
            self._get_variances(order.backflush_entry_ids),
            self._get_variances(right.backflush_entry_ids),
        )

    def test_substitute_added_afterwards(self):
        """2 kg of wax, which the bill allows, are added to the finished order: as if
        they had been used from the start."""
        self._allow_wax()
        order = self._mix(10, {})
        order.action_toggle_is_locked()
        with Form(order) as form, form.move_raw_ids.new() as line:
            line.product_id = self.wax
            line.quantity = 2
        right = self._mix(10, {self.wax: 2})
        self.assertEqual(
            self._get_variances(order.backflush_entry_ids),
            self._get_variances(right.backflush_entry_ids),
        )

    def test_corrected_back(self):
        """Corrected and corrected back: every kind and component as before."""
        order = self._mix_first()
        before = self._get_variances(order.backflush_entry_ids)
        self._correct(order, self.oil, 45000)
        self._correct(order, self.oil, 39000)
        self.assertEqual(len(order.backflush_entry_ids), 3)
        self.assertEqual(self._get_variances(order.backflush_entry_ids), before)

    def test_unbuilt_after_a_correction(self):
        """Unbuilt entirely: nothing is left of any kind, nor in any account."""
        order = self._mix_first()
        self._correct(order, self.oil, 45000)
        self._unbuild(10, order)
        self.assertEqual(self._get_variances(order.backflush_entry_ids), {})
        self.assertBalances(
            {self.account_rip: 0.0, self.account_fg: 0.0, self.account_variance: 0.0}
        )

    def test_half_unbuilt(self):
        """5 of 10 buckets are taken apart: half of mix and yield are taken back."""
        order = self._mix_first()
        self._unbuild(5, order)
        self.assertEqual(
            self._get_variances(order.backflush_entry_ids),
            {
                ("mix", self.resin): 7.5,
                ("yield", self.resin): 7.5,
                ("mix", self.oil): -4.5,
                ("yield", self.oil): 3.0,
            },
        )

    def test_reversed_and_posted_again(self):
        """The journal entry is reversed: nothing is left; posted again: all is back.
        A later correction counts it once."""
        order = self._mix_first()
        entry = order.backflush_entry_ids
        before = self._get_variances(entry)
        entry.move_id._reverse_moves(cancel=True)
        self.assertEqual(self._get_variances(order.backflush_entry_ids), {})
        entry._decide("again", "Reversed by mistake")
        self.assertEqual(self._get_variances(order.backflush_entry_ids), before)
        self._correct(order, self.resin, 60)
        right = self._mix(10, {self.resin: 60, self.oil: 39000})
        self.assertEqual(
            self._get_variances(order.backflush_entry_ids),
            self._get_variances(right.backflush_entry_ids),
        )
