"""A factory whose periods are closed: 19.00 of material and 12.00 of labour a unit.

Metal at 19.00, and 12 minutes of machining at 60.00 an hour: 19.00 + 12.00 = 31.00.
October 2026: 100 made, 99 sold, 1,260.00 spent on conversion.
"""

from contextlib import contextmanager

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError

from .common import BackflushCase

OCTOBER = "2026-10-15 12:00:00"


class CloseCase(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = cls.company.partner_id.tz = "UTC"
        asset = "asset_current"
        cls.account_adj_rip = cls._create_account("110730", "RIP adjustment", asset)
        cls.account_adj_fg = cls._create_account("110740", "FG adjustment", asset)
        cls.account_wages = cls._create_account(
            "210710", "Wages payable", "liability_current"
        )
        cls.company.write(
            {
                "backflush_adjustment_rip_account_id": cls.account_adj_rip.id,
                "backflush_adjustment_fg_account_id": cls.account_adj_fg.id,
            }
        )

    @classmethod
    def _create_products(cls):
        result = super()._create_products()
        cls.bom.active = False
        cls.metal = cls._create_product("Metal", cls.category_components, 19.0)
        cls.workcenter.costs_hour = 60.0
        cls.bom = cls._create_bom(cls.table, {cls.metal: 1}, {"Machine": 12})
        return result

    def _spend(self, amount, account=None, day="2026-10-20"):
        """Post what was really spent on conversion: Dr control, Cr wages payable."""
        self.env["account.move"].create(
            {
                "move_type": "entry",
                "company_id": self.company.id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": (account or self.account_control).id,
                            "balance": amount,
                        }
                    ),
                    Command.create(
                        {"account_id": self.account_wages.id, "balance": -amount}
                    ),
                ],
            }
        ).action_post()

    def _make_and_sell(self, made=100, sold=99, spent=1260.0, moment=OCTOBER):
        """A month: ``made`` units, ``sold`` of them delivered, ``spent`` on work."""
        with freeze_time(moment):
            if made:
                self._produce(made)
            if sold:
                self._deliver(sold)
            if spent:
                self._spend(spent, day=moment[:10])

    @classmethod
    def _rule(cls, kind, method, year_end="cost_of_sales"):
        return cls.env["backflush.disposition.rule"].create(
            {
                "company_id": cls.company.id,
                "kind": kind,
                "method": method,
                "year_end_method": year_end,
            }
        )

    @contextmanager
    def assertRefused(self, pattern):
        """The block raises an error that says ``pattern``, and leaves nothing."""
        with self.assertRaises(UserError) as caught:
            yield
        self.assertRegex(str(caught.exception), pattern)

    def _period(self, date_from="2026-10-01", kind="month", **values):
        return self.env["backflush.period"].create(
            {
                "company_id": self.company.id,
                "kind": kind,
                "date_from": date_from,
                **values,
            }
        )

    def _post_period(self, date_from="2026-10-01", kind="month", **values):
        period = self._period(date_from, kind, **values)
        period.action_post()
        self.assertEqual(period.state, "posted")
        return period

    def _balances_on(self, day, *accounts):
        """Return the balances of ``accounts`` at the end of ``day``."""
        found = dict(
            self.env["account.move.line"]._read_group(
                [
                    ("account_id", "in", [account.id for account in accounts]),
                    ("company_id", "=", self.company.id),
                    ("parent_state", "=", "posted"),
                    ("date", "<=", day),
                ],
                ["account_id"],
                ["balance:sum"],
            )
        )
        return [round(found.get(account, 0.0), 6) for account in accounts]

    def _figures(self, lines, *names):
        """Return {(element code, kind): the figures ``names``} of preview lines."""
        return {
            (line.element_id.code, line.kind): tuple(
                round(line[name], 6) for name in names
            )
            for line in lines
        }
