# What explains the balance of an inventory account: quantities at standard, and each
# thing that the books have and the shelf has not, or the other way round. Read only.

from collections import defaultdict

from odoo import models


class BackflushStatement(models.TransientModel):
    _inherit = "backflush.statement"

    def _get_rows(self):
        """Return the values of all lines but those that are not explained."""
        return [
            *self._get_standard_rows(),
            *self._get_purchase_rows(),
            *self._get_price_rows(),
            *self._get_invoice_rows(),
            *self._get_move_rows(),
            *self._get_pending_bill_rows(),
            *self._get_rounding_rows(),
            *self._get_period_rows(),
            *self._get_item_rows(),
        ]

    # Quantity x standard -------------------------------------------------------------

    def _get_standard_rows(self):
        contents, rows = self._get_contents(), []
        products = self.env["product.product"].union(*contents)
        if not products:
            return rows
        # Core finds this context for one product; it is the same for all at one method.
        quantities = {}
        for same in (
            products.with_company(self.company_id).grouped("cost_method").values()
        ):
            context = same[0]._with_valuation_context().env.context
            valued = same.with_context(
                **{
                    **context,
                    "allowed_company_ids": self.company_id.ids,
                    "to_date": self._get_end(),
                }
            )
            quantities |= dict(zip(same, valued.mapped("qty_available"), strict=True))
        for product in products:
            quantity = quantities[product]
            own = any(part == product for part, _account, _cost in contents[product])
            kind = "standard" if own else "unsold"
            rows += self._prepare_rows(
                kind, contents, product, quantity, name=product.display_name
            )
        return rows

    # Stock moves ---------------------------------------------------------------------

    def _get_move_domain(self, products, conditions):
        """Return the domain of stock moves that changed what is on hand."""
        return [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "done"),
            ("product_id", "in", products.ids),
            ("date", "<=", self._get_end()),
            "|",
            ("is_in", "=", True),
            ("is_out", "=", True),
            *conditions,
        ]

    # Sales that are left to invoices -------------------------------------------------

    def _get_invoice_rows(self):
        """Units that Odoo's own invoices cost are in the books until then."""
        contents, rows = self._get_contents(), []
        standing = self.env["backflush.standing"]
        for line in standing._find_lines(
            "sale.order.line", self._get_goods(), self.company_id
        ):
            rows += self._prepare_rows(
                "invoice",
                contents,
                line.product_id,
                line._get_ahead_of_invoices(),
                name=line.order_id.name,
                res_model="sale.order",
                res_id=line.order_id.id,
            )
        return rows

    # Moves without a journal entry ---------------------------------------------------

    def _get_move_rows(self):
        """Goods that came and went, and whose entry waits or was never made."""
        contents, rows = self._get_contents(), []
        products = self.env["product.product"].union(*contents)
        moves = self.env["stock.move"].search(
            self._get_move_domain(
                products,
                [
                    ("account_move_id", "=", False),
                    ("purchase_line_id", "=", False),
                    "|",
                    ("backflush_entry_id.state", "=", "pending"),
                    "&",
                    ("backflush_entry_id", "=", False),
                    ("sale_line_id", "=", False),
                ],
            )
        )
        for move in moves:
            entry = move.backflush_entry_id
            document = entry or move.picking_id or move
            rows += self._prepare_rows(
                "pending" if entry else "unposted",
                contents,
                move.product_id,
                (-1 if move.is_in else 1) * move._get_valued_qty(),
                name=document.display_name or move.reference,
                res_model=document._name,
                res_id=document.id,
                user_id=move.create_uid.id,
            )
        return rows

    def _get_rounding_rows(self):
        """What posted amounts left out because they are rounded to coins."""
        found = self.env["backflush.entry.line"]._read_group(
            [
                ("company_id", "=", self.company_id.id),
                ("account_id", "in", self._get_accounts().ids),
                ("remainder_product_id", "!=", False),
                ("accounting_date", "<=", self.date),
            ],
            ["account_id", "remainder_product_id"],
            ["remainder:sum"],
        )
        return [
            {
                "account_id": account.id,
                "kind": "rounding",
                "product_id": product.id,
                "amount": -remainder,
            }
            for account, product, remainder in found
            if round(remainder, 9)
        ]

    def _get_period_rows(self):
        """What closes put beside the stock accounts, close by close."""
        sums = defaultdict(float)
        for account, entry, amount in self.env["backflush.entry.line"]._read_group(
            [
                ("company_id", "=", self.company_id.id),
                ("account_id", "in", self._get_accounts().ids),
                ("entry_id.period_id", "!=", False),
                ("accounting_date", "<=", self.date),
            ],
            ["account_id", "entry_id"],
            ["amount:sum"],
        ):
            kind = "bridge" if entry.event == "bridge" else "prorated"
            sums[account, kind, entry.period_id] += amount
        return [
            {
                "account_id": account.id,
                "kind": kind,
                "amount": self.currency_id.round(amount),
                "name": period.name,
                "res_model": period._name,
                "res_id": period.id,
            }
            for (account, kind, period), amount in sums.items()
            if not self.currency_id.is_zero(amount)
        ]

    # Journal items of other origin ---------------------------------------------------

    def _get_item_rows(self):
        """Journal items that no document of stock made: by Odoo's closing, by hand."""
        closings = self.company_id._get_stock_closings()
        items = self.env["account.move.line"].search(
            [
                *self._get_item_domain(),
                ("move_id.backflush_entry_ids", "=", False),
                "|",
                ("move_type", "=", "entry"),
                "&",
                ("product_id", "=", False),
                ("display_type", "=", "product"),
            ]
        )
        return [
            {
                "account_id": item.account_id.id,
                "kind": "closing" if item.move_id in closings else "manual",
                "product_id": item.product_id.id,
                "amount": item.balance,
                "name": item.move_id.display_name,
                "user_id": item.move_id.create_uid.id,
                "res_model": "account.move",
                "res_id": item.move_id.id,
            }
            for item in items - self._get_items_of_moves(items)
        ]

    def _get_items_of_moves(self, items):
        """Return those of ``items`` that Odoo itself posted for stock moves and landed
        costs: they come with their quantities and values."""
        moves = self.env["stock.move"].search(
            [("account_move_id", "in", items.move_id.ids)]
        )
        native = moves.account_move_id
        if "stock.landed.cost" in self.env:
            costs = self.env["stock.landed.cost"].search(
                [("account_move_id", "in", items.move_id.ids)]
            )
            native |= costs.account_move_id
        return items.filtered(lambda item: item.move_id in native)
