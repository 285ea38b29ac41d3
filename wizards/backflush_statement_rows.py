# What explains the balance of an inventory account: quantities at standard, and each
# thing that the books have and the shelf has not, or the other way round. Read only.

from collections import defaultdict

from odoo import models

from ..models.ledger.backflush_entry_cutover import KEYS


class BackflushStatement(models.TransientModel):
    _inherit = "backflush.statement"

    def _get_rows(self):
        """Return the values of all lines but those that are not explained."""
        contents = self._get_contents()
        return [
            *self._get_standard_rows(contents),
            *self._get_purchase_rows(contents),
            *self._get_price_rows(contents),
            *self._get_repriced_rows(contents),
            *self._get_invoice_rows(contents),
            *self._get_move_rows(contents),
            *self._get_changed_rows(contents),
            *self._get_early_rows(contents),
            *self._get_pending_bill_rows(),
            *self._get_reversed_rows(),
            *self._get_rounding_rows(),
            *self._get_taken_over_rows(),
            *self._get_period_rows(),
            *self._get_item_rows(),
        ]

    # Quantity x standard -------------------------------------------------------------

    def _get_standard_rows(self, contents):
        products, rows = self.env["product.product"].union(*contents), []
        quantities = self._get_quantities(products, self._get_end())
        own, native = self._get_products_of_own(contents), self._get_native()
        for product in products:
            kind = "standard" if product in own else "unsold"
            rows += self._prepare_rows(
                "native" if product in native else kind,
                contents,
                product,
                quantities[product],
                name=product.display_name,
            )
        return rows

    def _get_quantities(self, products, moment):
        """Return {product: units that core's stock value counts at ``moment``}."""
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
                    "to_date": moment,
                }
            )
            quantities |= dict(zip(same, valued.mapped("qty_available"), strict=True))
        return quantities

    # Sales that are left to invoices -------------------------------------------------

    def _get_invoice_rows(self, contents):
        """Units that Odoo's own invoices cost are in the books until then, as goods:
        also those flushed at sale, whose material left with their delivery."""
        rows = []
        products = self.env["product.product"].union(*contents)
        lines = self.env["backflush.standing"]._find_lines(
            "sale.order.line", products, self.company_id
        )
        goods = self._get_own_contents(lines.product_id)
        for line in lines:
            rows += self._prepare_rows(
                "invoice",
                goods,
                line.product_id,
                line._get_ahead_of_invoices(),
                name=line.order_id.name,
                res_model="sale.order",
                res_id=line.order_id.id,
            )
        return rows

    # What the ledger posted beside quantities ---------------------------------------

    def _get_reversed_rows(self):
        """Entries whose journal entry was reversed and which were not posted again: the
        shelf has what the books have not. Those of bills are rows of purchases."""
        found = self.env["backflush.entry.line"]._read_group(
            [
                ("company_id", "=", self.company_id.id),
                ("account_id", "in", self._get_accounts().ids),
                ("accounting_date", "<=", self.date),
                ("entry_id.event", "=", "reversal"),
                ("entry_id.corrected_entry_id.event", "!=", "purchase"),
                "!",
                ("entry_id.corrected_entry_id.decision_ids.decision", "=", "again"),
            ],
            ["account_id", "entry_id"],
            ["amount:sum"],
        )
        return [
            {
                "account_id": account.id,
                "kind": "reversed",
                "product_id": entry.product_id.id,
                "amount": amount,
                "name": entry.corrected_entry_id.display_name,
                "res_model": entry._name,
                "res_id": entry.corrected_entry_id.id,
                "user_id": entry.user_id.id,
            }
            for account, entry, amount in found
        ]

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

    def _get_taken_over_rows(self):
        """What Odoo's stock closing had put into the stock accounts of components when
        their purchases came to be recorded: the ledger counts it as theirs since."""
        rows = []
        for entry in self._get_cutovers(self._get_stored_components()):
            account = self._get_account(entry.product_id).id
            column = KEYS.index("account")
            if any(row[column] != account for row in entry.facts.get("after", ())):
                continue
            taken = [
                row[-1]
                for row in entry.facts.get("before", ())
                if row[column] == account
            ]
            if taken:
                rows.append(
                    {
                        "account_id": account,
                        "kind": "closing",
                        "product_id": entry.product_id.id,
                        "amount": -sum(taken),
                        "name": entry.display_name,
                        "res_model": entry._name,
                        "res_id": entry.id,
                    }
                )
        return rows

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
