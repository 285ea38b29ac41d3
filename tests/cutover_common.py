"""Cut-overs through the assistant: what it shows is what is posted, once."""

from .test_sales_cogs import SalesCase


class CutoverCase(SalesCase):
    """A table costs 20.00 + 2.50 of material and 10.00 of labour: 32.50 a unit."""

    # Set-up --------------------------------------------------------------------------

    def _make_native(self, price=32.5):
        """Let the policy be a draft, and tables cost ``price`` in native Odoo."""
        self.policy.action_draft()
        self.table.standard_price = price

    def _close(self):
        """Post core's stock closing, if it has anything to say."""
        if self.company._action_close_stock_valuation():
            self.company.action_close_stock_valuation(auto_post=True)

    def _stock_natively(self, quantity, price=32.5):
        """Put tables on the shelf of native Odoo and in its books."""
        self._make_native(price)
        self._stock(self.table, quantity)
        self._close()

    # The assistant -------------------------------------------------------------------

    def _preview(self, kind, **values):
        cutover = self.env["backflush.cutover"].create(
            {
                "company_id": self.company.id,
                "kind": kind,
                "policy_id": self.policy.id
                if kind in ("start", "switch", "end")
                else False,
                **values,
            }
        )
        before = self._get_everything()
        cutover.action_preview()
        self.env.invalidate_all()
        self.assertEqual(self._get_everything(), before, "a preview changes nothing")
        return cutover

    def _cut_over(self, kind, **values):
        """Preview, confirm, confirm again; return the posted cut-over."""
        cutover = self._preview(kind, **values)
        self.assertFalse(cutover.problems)
        shown = self._get_shown(cutover)
        cutover.action_confirm()
        self.assertEqual(cutover.state, "posted")
        entries = self._get_entries(cutover)
        self.assertEqual(set(entries.mapped("state")) - {"posted"}, set())
        posted = {}
        for item in entries.move_id.line_ids:
            posted[item.account_id] = posted.get(item.account_id, 0) + item.balance
        posted = {a: round(b, 6) for a, b in posted.items() if round(b, 6)}
        self.assertEqual(posted, shown, "what was shown is what is posted")
        count = self.env["backflush.entry"].search_count([])
        cutover.action_confirm()
        self.assertEqual(self.env["backflush.entry"].search_count([]), count)
        self.assertLedger()
        self.assertNothingLeft()
        return cutover

    def _get_entries(self, cutover):
        return self.env["backflush.entry"].search(
            [("source_key", "=like", f"backflush.cutover/{cutover.id}/%")]
        )

    def _get_shown(self, cutover):
        """Return {account: balance} of the table of accounts."""
        shown = {}
        for row in cutover.account_ids:
            balance = shown.get(row.account_id, 0) + row.debit - row.credit
            shown[row.account_id] = round(balance, 6)
        return {account: balance for account, balance in shown.items() if balance}

    def _get_everything(self):
        """Return what a preview must leave alone."""
        return (
            self.env["backflush.entry"].search_count([]),
            self.env["account.move"].search_count([]),
            self.policy.read(["state", "flush_point", "date_start", "date_end"]),
            self.category_finished.read(["backflush_policy_id", "property_valuation"]),
            self.category_components.read(["property_valuation"]),
            self.table.standard_price,
        )

    # Checks --------------------------------------------------------------------------

    def assertShown(self, cutover, expected):
        """Compare the table of accounts, {account: balance}."""
        self.assertEqual(
            {account.name: balance for account, balance in expected.items()},
            {a.name: b for a, b in self._get_shown(cutover).items()},
        )

    def assertNothingLeft(self):
        """Core's closing proposes nothing for managed accounts, but for units whose
        invoice comes before or after their delivery; of periodic components, what is
        on hand."""
        products = self.table | self.plate | self.screw
        left = self.env["backflush.standing"]._get_left_to_invoices(
            products, self.company, self.company._get_backflush_day()
        )
        if any(left.values()):
            return
        on_hand = 0.0
        if self.category_components.property_valuation == "periodic":
            on_hand = sum((self.plate | self.screw).mapped("total_value"))
            on_hand -= self._balance(self.account_rip)
        proposed = dict.fromkeys((self.account_rip, self.account_fg), 0.0)
        for vals in self.company._action_close_stock_valuation():
            for account in proposed:
                if vals["account_id"] == account.id:
                    proposed[account] += vals["debit"] - vals["credit"]
        self.assertAlmostEqual(proposed[self.account_rip], on_hand, 6)
        self.assertAlmostEqual(proposed[self.account_fg], 0.0, 6)
