# Capture: a vendor bill is posted (trigger point A); the way from journal entries to
# the ledger. First step of the flow.

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..roles import AUDITOR
from .account_move_line_purchase import CAPTURED_LINES


class AccountMove(models.Model):
    _inherit = "account.move"

    backflush_entry_ids = fields.One2many(
        "backflush.entry",
        "move_id",
        "Backflush Entries",
        groups=AUDITOR,
    )
    backflush_bill_entry_ids = fields.One2many(
        "backflush.entry",
        "bill_id",
        "Purchase Price Entries",
        groups=AUDITOR,
    )
    backflush_entry_count = fields.Integer(
        compute="_compute_backflush_entry_count",
        groups=AUDITOR,
    )

    def _compute_backflush_entry_count(self):
        for move in self:
            move.backflush_entry_count = len(
                move.backflush_entry_ids | move.backflush_bill_entry_ids
            )

    def action_view_backflush_entries(self):
        self.ensure_one()
        return self.env["backflush.entry"]._get_action(
            ["|", ("move_id", "=", self.id), ("bill_id", "=", self.id)]
        )

    # Journal entries of the ledger ---------------------------------------------------

    def _check_not_in_backflush_ledger(self):
        """Raise for journal entries of the ledger: they are reversed, not undone."""
        for move in self.sudo().filtered("backflush_entry_ids"):
            raise UserError(
                self.env._(
                    "Journal entry %(move)s belongs to the backflush ledger "
                    "(%(documents)s) and cannot be taken back to draft, cancelled or "
                    "deleted. Reverse it; the ledger then asks what is to be.",
                    move=move.name,
                    documents=", ".join(move.backflush_entry_ids.mapped("origin")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_backflush_ledger(self):
        self._check_not_in_backflush_ledger()

    # Purchases -----------------------------------------------------------------------

    def _post(self, soft=True):
        """Capture purchase prices of components that a policy's orders use."""
        posted = super()._post(soft)
        posted.filtered(lambda move: move._is_bill())._capture_purchase()
        for move in posted.sudo().filtered("reversed_entry_id.backflush_entry_ids"):
            move.reversed_entry_id.backflush_entry_ids._follow_reversal(move)
        return posted

    def button_draft(self):
        """Capture that a bill no longer stands, with the reverse of its entry."""
        self._check_not_in_backflush_ledger()
        result = super().button_draft()
        self._capture_purchase_undone()
        return result

    def _stock_account_prepare_anglo_saxon_in_lines_vals(self):
        """Leave lines whose variance we capture out of core's price difference."""
        captured = [
            line.id
            for move in self.filtered(lambda move: move._is_bill())
            for line in move._get_backflush_purchase_lines()
        ]
        moves = self.with_context(**{CAPTURED_LINES: frozenset(captured)})
        return super(
            AccountMove, moves
        )._stock_account_prepare_anglo_saxon_in_lines_vals()

    def _stock_account_prepare_realtime_out_lines_vals(self):
        """Leave what deliveries flushed of a kit's components out of its cost of
        sales."""
        vals_list = super()._stock_account_prepare_realtime_out_lines_vals()
        Line = self.env["account.move.line"]
        lines = Line.browse({vals["cogs_origin_id"] for vals in vals_list})
        shares = {line.id: line._get_native_share_of_kit() for line in lines}
        return [
            {
                **vals,
                "price_unit": vals["price_unit"] * share,
                "amount_currency": vals["amount_currency"] * share,
            }
            for vals in vals_list
            if (share := shares[vals["cogs_origin_id"]])
        ]

    def _is_bill(self):
        """Answer whether this is a vendor bill, refund or receipt."""
        return self.is_purchase_document(include_receipts=True)

    def _capture_purchase(self):
        """State the facts of bill lines that debit components to stock."""
        facts = []
        for move in self:
            if lines := move._get_backflush_purchase_lines():
                facts.append(move._prepare_purchase_vals(lines))
        self.env["backflush.entry"]._capture(facts)

    def _capture_purchase_undone(self):
        """State the facts of the last purchase entries with the opposite sign."""
        facts = []
        for move in self.filtered(lambda move: move._is_bill()):
            last = move.sudo().backflush_bill_entry_ids.sorted("id")[-1:]
            if last.event == "purchase" and (
                not last.corrected_entry_id or last._is_repetition()
            ):
                facts.append(move._prepare_purchase_undone_vals(last))
        self.env["backflush.entry"]._capture(facts)

    def _get_backflush_purchase_lines(self):
        """Return the lines whose price is compared with standard, see
        `account.move.line._is_backflush_purchase`."""
        self.ensure_one()
        lines = self.invoice_line_ids.filtered(
            lambda line: line._is_backflush_purchase()
        )
        components = lines.product_id._filter_backflush_components(
            self.company_id, self.date or fields.Date.context_today(self)
        )
        return lines.filtered(lambda line: line.product_id in components)

    def _prepare_purchase_vals(self, lines):
        """Return the ledger entry of one vendor bill."""
        policy = self.env["backflush.policy"]._get_for_components(
            lines.product_id, self.company_id
        )
        values = lines._get_billed_values()
        return self._prepare_bill_vals(
            policy,
            [line._get_backflush_purchase_fact(values[line]) for line in lines],
        )

    def _prepare_purchase_undone_vals(self, entry):
        """Return the ledger entry that takes ``entry`` of this bill back, from stock at
        the standard that its components have by now."""
        purchases = [
            [product, -quantity, price, -value, -exchange]
            for product, quantity, price, value, exchange in entry.facts["purchases"]
        ]
        vals = self._prepare_bill_vals(entry.policy_id, purchases)
        products = self.env["product.product"].with_company(self.company_id)
        vals["facts"]["standards"] = {
            str(product): standard
            for product, _quantity, price, _value, _exchange in purchases
            if (standard := products.browse(product).standard_price) != price
        }
        return {**vals, "corrected_entry_id": entry.id}

    def _prepare_bill_vals(self, policy, purchases):
        times = len(self.sudo().backflush_bill_entry_ids)
        return {
            "event": "purchase",
            "source_key": f"account.move/{self.id}/{times}",
            "origin": self.name,
            "company_id": self.company_id.id,
            "policy_id": policy.id,
            "date": self.date,
            "bill_id": self.id,
            "facts": {"purchases": purchases},
        }
