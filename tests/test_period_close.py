"""Close of conversion: control against applied, and what the difference is."""

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

from .close_common import OCTOBER, CloseCase


class TestCloseAtCompletion(CloseCase):
    def test_under_applied(self):
        """100 x 12.00 = 1,200.00 applied, 1,260.00 spent: 60.00 under-applied. The work
        took the hours of the card (20 h), so all of it is rate. Both accounts are
        closed; COGS = 99 x 31.00 + 60.00 = 3,129.00."""
        self._make_and_sell()
        period = self._period()
        period.action_preview()
        self.assertFalse(period.entry_ids)
        self.assertEqual(
            self._figures(
                period.conversion_line_ids, "control", "applied", "hours", "amount"
            ),
            {
                ("LAB", "rate"): (1260.0, 1200.0, 20.0, 60.0),
                ("LAB", "efficiency"): (0.0, 0.0, 0.0, 0.0),
            },
        )
        period.action_post()
        self.assertEqual(
            self._balances_on(
                "2026-10-31",
                self.account_applied,
                self.account_control,
                self.account_conversion_variance,
                self.account_cogs,
                self.account_fg,
            ),
            [0, 0, 0, 3129, 31],
        )
        self.assertEqual(set(period.entry_ids.mapped("state")), {"posted"})
        self.assertEqual(set(period.entry_ids.move_id.mapped("date")), {date(2026, 10, 31)})

    def test_posting_twice(self):
        """The second call finds the close posted and adds nothing."""
        self._make_and_sell()
        period = self._post_period()
        entries = period.entry_ids
        period.action_post()
        self.assertEqual(period.entry_ids, entries)
