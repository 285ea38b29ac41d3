"""Disposition: variances to cost of sales, prorated, or carried forward."""

from freezegun import freeze_time

from .close_common import OCTOBER, CloseCase


class TestProration(CloseCase):
    def _disposed(self, period, *names):
        return self._figures(period.disposition_line_ids, *names)

    def test_conversion(self):
        """60.00 under-applied by the labour still held: FG 1 x 12.00, COGS 99 x 12.00 =
        1,188.00: 0.60 and 59.40. On 1 November the 0.60 come back to the variance."""
        self._rule("rate", "prorated")
        self._make_and_sell()
        period = self._post_period()
        self.assertEqual(
            self._disposed(
                period,
                "held_rip",
                "held_fg",
                "held_cogs",
                "all_cogs",
                "prorated_fg",
                "prorated_cogs",
            ),
            {("LAB", "rate"): (0.0, 12.0, 1188.0, 60.0, 0.6, 59.4)},
        )
        accounts = (
            self.account_conversion_variance,
            self.account_adj_fg,
            self.account_cogs,
            self.account_fg,
        )
        self.assertEqual(
            self._balances_on("2026-10-31", *accounts), [0, 0.6, 3128.4, 31]
        )
        self.assertEqual(
            self._balances_on("2026-11-01", *accounts), [0.6, 0, 3128.4, 31]
        )

    def test_next_close_prorates_the_rest(self):
        """November sells the last unit and spends nothing: the 0.60 that October left
        go to COGS, 99 x 31.00 + 59.40 + 31.00 + 0.60 = 3,160.00. What November applies
        is nothing, so only October's rest is disposed of."""
        self._rule("rate", "prorated")
        self._make_and_sell()
        self._post_period()
        self._make_and_sell(0, 1, 0, "2026-11-10 12:00:00")
        november = self._post_period("2026-11-01")
        self.assertEqual(
            self._disposed(november, "amount", "posted_cogs"),
            {("LAB", "rate"): (0.6, 0.6)},
        )
        self.assertEqual(
            self._balances_on(
                "2026-11-30",
                self.account_conversion_variance,
                self.account_adj_fg,
                self.account_cogs,
            ),
            [0, 0, 3160],
        )

    def test_both_results(self):
        """Side by side, whatever is chosen: all to COGS 3,069 + 60 = 3,129.00 with FG
        31.00; prorated COGS 3,128.40 with FG 31.60."""
        self._make_and_sell()
        period = self._period()
        period.action_preview()
        found = {
            line.balance: (
                line.before,
                line.after_cogs,
                line.after_prorated,
                line.after_chosen,
            )
            for line in period.result_line_ids
        }
        self.assertEqual(found["cogs"], (3069.0, 3129.0, 3128.4, 3129.0))
        self.assertEqual(found["fg"], (31.0, 31.0, 31.6, 31.0))
        self.assertFalse(period.entry_ids)

    def test_material(self):
        """120 bought at 20.00 for 19.00: price 120.00. 100 made of 105, 99 sold: usage
        95.00. Material held: RIP 15 x 19 = 285, FG 19, COGS 99 x 19 = 1,881, together
        2,185. Price: 120 x 285/2185 = 15.65, 120 x 19/2185 = 1.04, 103.31. Usage is of
        goods made only: 95 x 19/1900 = 0.95 and 94.05."""
        for kind in ("price", "usage"):
            self._rule(kind, "prorated")
        with freeze_time(OCTOBER):
            self._buy(self.metal, 120, 20.0)
            self._produce(100, {self.metal: 105})
            self._deliver(99)
            self._spend(1200.0)
        period = self._post_period()
        self.assertEqual(
            self._disposed(
                period, "amount", "posted_rip", "posted_fg", "posted_cogs", "carried"
            ),
            {
                ("MAT", "price"): (120.0, 15.65, 1.04, 103.31, 0.0),
                ("MAT", "usage"): (95.0, 0.0, 0.95, 94.05, 0.0),
            },
        )
        self.assertEqual(
            self._balances_on(
                "2026-10-31",
                self.account_variance,
                self.account_adj_rip,
                self.account_adj_fg,
                self.account_rip,
                self.account_cogs,
            ),
            [0, 15.65, 1.99, 285, 3069 + 103.31 + 94.05],
        )
        self.assertEqual(
            self._balances_on(
                "2026-11-01", self.account_variance, self.account_adj_rip
            ),
            [15.65 + 1.04 + 0.95, 0],
        )

    def test_thirds(self):
        """0.01 under-applied cannot be split: all of it goes to the heaviest, COGS."""
        self._rule("rate", "prorated")
        self._make_and_sell(spent=1200.01)
        period = self._post_period()
        self.assertEqual(
            self._disposed(period, "posted_fg", "posted_cogs"),
            {("LAB", "rate"): (0.0, 0.01)},
        )

    def test_accounts_are_asked_for(self):
        """Without an account for finished goods' share the close says which, and
        posts nothing."""
        self._rule("rate", "prorated")
        self.company.backflush_adjustment_fg_account_id = False
        self._make_and_sell()
        period = self._period()
        with self.assertRefused("FG Adjustment"):
            period.action_post()
        self.assertFalse(period.entry_ids)

    def test_nothing_sold(self):
        """Nothing was sold: 60.00 go to the expense account of the products, or to the
        one that the company names for closes."""
        self._make_and_sell(sold=0)
        period = self._post_period()
        self.assertEqual(self._balances_on("2026-10-31", self.account_cogs), [60])
        period._reopen("Another account")
        self.company.backflush_close_cogs_account_id = self.account_clearing
        period.action_post()
        self.assertEqual(
            self._balances_on("2026-10-31", self.account_cogs, self.account_clearing),
            [0, 60],
        )

    def test_choice_of_one_close(self):
        """The company's rule is a proposal: until it is posted a close may differ."""
        self._make_and_sell()
        period = self._period()
        period.action_preview()
        self.assertEqual(period.disposition_ids.mapped("method"), ["cost_of_sales"])
        period.disposition_ids.method = "prorated"
        period.action_post()
        self.assertEqual(self._balances_on("2026-10-31", self.account_adj_fg), [0.6])


class TestProrationAtSale(CloseCase):
    flush_point = "sale"

    def test_material_of_unsold_goods(self):
        """Material of the unit not sold is in RIP still: usage 95.00 by 19.00 in RIP
        (not the 285.00 in store) and 1,881.00 in COGS: 0.95 and 94.05."""
        self._rule("usage", "prorated")
        with freeze_time(OCTOBER):
            self._buy(self.metal, 120, 19.0)
            self._produce(100, {self.metal: 105})
            self._deliver(99)
        period = self._post_period()
        line = period.disposition_line_ids.filtered(lambda ln: ln.kind == "usage")
        self.assertEqual(
            (line.held_rip, line.held_fg, line.held_cogs), (19.0, 0.0, 1881.0)
        )
        self.assertEqual(
            self._balances_on("2026-10-31", self.account_adj_rip, self.account_adj_fg),
            [0.95, 0],
        )


class TestYear(CloseCase):
    def test_carry_and_year_end(self):
        """October and November carry their 60.00 and 40.00; the year end prorates
        100.00 by labour of the year: FG 2 x 12 = 24, COGS 198 x 12 = 2,376: 1.00 and
        99.00. On 1 January the 1.00 goes to cost of sales of the new year."""
        self._rule("rate", "carried", "prorated")
        self._make_and_sell()
        self._make_and_sell(spent=1240.0, moment="2026-11-10 12:00:00")
        october = self._post_period()
        self.assertEqual(
            self._figures(october.disposition_line_ids, "carried", "posted_cogs"),
            {("LAB", "rate"): (60.0, 0.0)},
        )
        self._post_period("2026-11-01")
        variance, fg = self.account_conversion_variance, self.account_adj_fg
        self.assertEqual(self._balances_on("2026-11-30", variance), [100])
        self._post_period("2026-01-01", "year_end")
        self.assertEqual(
            self._balances_on("2026-12-31", variance, fg, self.account_cogs),
            [0, 1, 198 * 31 + 99],
        )
        self.assertEqual(
            self._balances_on("2027-01-01", variance, fg, self.account_cogs),
            [0, 0, 198 * 31 + 100],
        )

    def test_year_end_after_months_to_cogs(self):
        """October took its 60.00 to COGS. The year end prorates the whole year's 60.00
        by FG 12.00 and COGS 1,188.00: 0.60 go from COGS back to finished goods."""
        self._rule("rate", "cost_of_sales", "prorated")
        self._make_and_sell()
        self._post_period()
        year = self._post_period("2026-01-01", "year_end")
        self.assertEqual(
            self._figures(
                year.disposition_line_ids, "amount", "taken", "posted_fg", "posted_cogs"
            ),
            {("LAB", "rate"): (0.0, 60.0, 0.6, -0.6)},
        )
        self.assertEqual(
            self._balances_on("2026-12-31", self.account_adj_fg, self.account_cogs),
            [0.6, 3128.4],
        )

    def test_year_end_alone(self):
        """A year without months: its end closes conversion and disposes of it."""
        self._make_and_sell()
        self._post_period("2026-01-01", "year_end")
        self.assertEqual(
            self._balances_on("2026-12-31", self.account_control, self.account_cogs),
            [0, 3129],
        )

    def test_nothing_is_carried_into_another_year(self):
        """A year end has no such choice."""
        self._make_and_sell()
        year = self._period("2026-01-01", "year_end")
        year.action_preview()
        with self.assertRefused("cannot be carried forward"):
            year.disposition_ids.method = "carried"

    def test_next_year_starts_anew(self):
        """What is carried at the end of December is no variance of January: accounts of
        the result start from zero."""
        self._rule("rate", "carried")
        self._make_and_sell(moment="2026-12-10 12:00:00")
        self._post_period("2026-12-01")
        january = self._post_period("2027-01-01")
        self.assertFalse(january.disposition_line_ids)
