# What explains the balance of an inventory account: stock moves whose entry waits, that
# nothing posted, that Odoo posted otherwise or before the policy. Read only.

from odoo import models


class BackflushStatement(models.TransientModel):
    _inherit = "backflush.statement"

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

    # Moves without a journal entry ---------------------------------------------------

    def _get_move_rows(self, contents):
        """Goods that came and went, and whose entry waits or was never made."""
        rows = []
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
        early = self._get_early_products(contents)
        values = self._get_values_of_then(moves)
        for move in moves:
            about = self._prepare_document_vals(move)
            sign = -1 if move.is_in else 1
            if move.backflush_entry_id:
                quantity = sign * move._get_valued_qty()
                rows += self._prepare_rows(
                    "pending", contents, move.product_id, quantity, **about
                )
            elif move.product_id not in early:
                # What changed since was posted for all that is there.
                amount = sign * values[move]
                rows.append(self._prepare_value_row("unposted", move, amount, about))
        return rows

    def _prepare_document_vals(self, move):
        """Return what a row says about the document of ``move``."""
        document = move.backflush_entry_id or move.picking_id or move
        return {
            "name": document.display_name or move.reference,
            "res_model": document._name,
            "res_id": document.id,
            "user_id": move.create_uid.id,
        }

    def _get_values_of_then(self, moves):
        """Return {move: its value when it was done}; with a standard that is changed by
        hand, Odoo gives what came in at standard another one."""
        history = self._get_price_history(moves.product_id)
        values = {}
        for move in moves:
            product = move.product_id.with_company(self.company_id)
            known = history[product]
            values[move] = move.value
            if (
                move.is_in
                and product.cost_method == "standard"
                and not product.lot_valuated
                and not move.production_id
                and not move.origin_returned_move_id
                and known
                and known[-1][0] > move.date
            ):
                price = self._get_price_on(move.date, product, history)
                values[move] = move._get_valued_qty() * price
        return values

    def _prepare_value_row(self, kind, move, amount, about):
        """Return the row of a move that is Odoo's own, in its product's account."""
        product, sign = move.product_id, -1 if amount < 0 else 1
        quantity = sign * move._get_valued_qty()
        return {
            "account_id": self._get_account(product).id,
            "kind": kind,
            "product_id": product.id,
            "quantity": quantity,
            "price": amount / quantity if quantity else 0.0,
            "amount": amount,
            **about,
        }

    # Moves that Odoo posted and that changed afterwards ------------------------------

    def _get_changed_rows(self, contents):
        """Goods that Odoo posted as they went out, and whose quantity was corrected
        since: Odoo's entry stays as it was."""
        products = self.env["product.product"].union(*contents)
        posted = self._get_values_of_moves(products)
        rows = []
        items = self.env["account.move.line"]._read_group(
            [
                *self._get_item_domain(),
                ("move_id", "in", [entry.id for entry, _product in posted]),
                ("product_id", "in", products.ids),
                ("balance", "<", 0),
            ],
            ["account_id", "move_id", "product_id"],
            ["balance:sum"],
        )
        for account, entry, product, balance in items:
            amount = posted.get((entry, product), 0.0) + balance
            if not self.currency_id.is_zero(amount):
                rows.append(
                    {
                        "account_id": account.id,
                        "kind": "changed",
                        "product_id": product.id,
                        "amount": amount,
                        "name": entry.name,
                        "user_id": entry.create_uid.id,
                        "res_model": entry._name,
                        "res_id": entry.id,
                    }
                )
        return rows

    def _get_values_of_moves(self, products):
        """Return {(journal entry, product): value} of what went out and Odoo posted."""
        found = self.env["stock.move"]._read_group(
            self._get_move_domain(
                products, [("account_move_id", "!=", False), ("is_out", "=", True)]
            ),
            ["account_move_id", "product_id"],
            ["value:sum"],
        )
        return {(entry, product): value for entry, product, value in found}

    # Goods flushed at sale from before their policy -----------------------------------

    def _get_early_rows(self, contents):
        """Goods flushed at sale that moved before their policy started, when no
        cut-over took over what was on hand: the shelf counts their material, the books
        have what Odoo posted for the goods."""
        rows, products = [], self._get_early_products(contents)
        for move in self.env["stock.move"].search(
            self._get_move_domain(
                products,
                [("backflush_entry_id", "=", False), ("purchase_line_id", "=", False)],
            )
        ):
            about = self._prepare_document_vals(move)
            sign = 1 if move.is_in else -1
            quantity = sign * move._get_valued_qty()
            rows += self._prepare_rows(
                "early", contents, move.product_id, -quantity, **about
            )
            if move.sale_line_id or move.account_move_id:
                amount = sign * move.value
                rows.append(self._prepare_value_row("early", move, amount, about))
        return rows

    def _get_early_products(self, contents):
        """Return the goods flushed at sale that no cut-over has taken over."""
        products = self.env["product.product"].union(*contents)
        products -= self._get_products_of_own(contents)
        return products - self._get_cutovers(products).product_id

    def _get_cutovers(self, products):
        """Return the cut-overs of ``products`` until the day of the statement."""
        return self.env["backflush.entry"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("event", "=", "cutover"),
                ("product_id", "in", products.ids),
                ("date", "<=", self.date),
            ]
        )
