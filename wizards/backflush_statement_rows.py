# What explains the balance of an inventory account: quantities at standard, and each
# thing that the books have and the shelf has not, or the other way round. Read only.

from collections import defaultdict
from datetime import datetime, time

import pytz

from odoo import fields, models


class BackflushStatement(models.TransientModel):
    _inherit = "backflush.statement"

    def _get_rows(self):
        """Return the values of all lines but those that are not explained."""
        return [
            *self._get_standard_rows(),
            *self._get_purchase_rows(),
            *self._get_invoice_rows(),
            *self._get_move_rows(),
            *self._get_pending_bill_rows(),
            *self._get_rounding_rows(),
            *self._get_item_rows(),
        ]

    # Products and accounts -----------------------------------------------------------

    def _as_period(self):
        """Return a close in memory, which knows goods and components of the company."""
        return self.env["backflush.period"].new({"company_id": self.company_id.id})

    def _get_goods(self):
        """Return the finished products of active policies."""
        return self._as_period()._get_policies_of_goods()._get_products()

    def _get_components(self):
        """Return the components whose purchases are recorded."""
        components = self._as_period()._get_components() - self._get_goods()
        return components.filtered(lambda p: p._is_purchase_recorded(self.company_id))

    def _get_accounts(self):
        period = self._as_period()
        categories = (self._get_goods() | self._get_components()).categ_id
        return period._get_stock_accounts(categories)

    def _get_account(self, product):
        return self._as_period()._get_stock_accounts(product.categ_id)

    def _get_end(self):
        """Return the moment (UTC) at which the day of the statement ends."""
        zone = pytz.timezone(self.company_id.partner_id.tz or self.env.user.tz or "UTC")
        local = zone.localize(datetime.combine(self.date, time.max))
        return local.astimezone(pytz.utc).replace(tzinfo=None, microsecond=0)

    def _get_contents(self):
        """Return {product: [(product, account, cost of one unit)]} of what a unit is in
        inventory accounts: itself, or, flushed at sale, the material in it."""
        goods, contents = self._get_goods(), {}
        at_sale = goods.filtered(
            lambda p: p._is_flushed_at_sale(self.company_id, self.date)
        )
        Card = self.env["backflush.cost.card"]
        cards = Card._get_in_force(at_sale, self.company_id, self.date)
        flushed = Card._get_flushed_at_sale(at_sale, self.company_id, self.date)
        for product in self._get_components() | goods:
            if product not in at_sale:
                price = self._get_price(product)
                contents[product] = [(product, self._get_account(product), price)]
                continue
            card = cards.get(product, Card)
            parts = card._get_perpetual_materials(flushed) if card else {}
            contents[product] = [
                (part, self._get_account(part), cost) for part, cost in parts.items()
            ]
        return contents

    def _get_price(self, product):
        """Return the standard of a product on the day, or its average cost."""
        own = product.with_company(self.company_id)
        if own.cost_method != "standard":
            return own.with_context(to_date=self._get_end()).avg_cost
        if self.date >= fields.Date.context_today(self):
            return own.standard_price
        return own._get_standard_price_at_date(self._get_end())

    def _prepare_rows(self, kind, contents, product, quantity, **about):
        """Return a row for each part of ``quantity`` of ``product``."""
        return [
            {
                "account_id": account.id,
                "kind": kind,
                "product_id": part.id,
                "quantity": quantity,
                "price": cost,
                "amount": quantity * cost,
                **about,
            }
            for part, account, cost in contents.get(product, ())
            if quantity and cost
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

    # Purchases -----------------------------------------------------------------------

    def _get_purchase_rows(self):
        """What was received and not billed is on the shelf and not in the books; what
        was billed and not received is in the books only."""
        contents = self._get_contents()
        products = self.env["product.product"].union(*contents)
        ahead = defaultdict(float)
        moves = self.env["stock.move"].search(
            self._get_move_domain(products, [("purchase_line_id", "!=", False)])
        )
        for move in moves:
            sign = 1 if move.is_in else -1
            ahead[move.purchase_line_id, move.product_id] += (
                sign * move._get_valued_qty()
            )
        for item in self._get_billed_items(products):
            sign = -1 if item.move_type == "in_refund" else 1
            key = (item.purchase_line_id or item.move_id, item.product_id)
            ahead[key] -= sign * item._get_product_quantity()
        rows = []
        for (document, product), quantity in ahead.items():
            order = document.order_id if "order_id" in document else document
            rows += self._prepare_rows(
                "receipt" if quantity > 0 else "bill",
                contents,
                product,
                -round(quantity, 9),
                name=order.display_name,
                res_model=order._name,
                res_id=order.id,
            )
        return rows

    def _get_billed_items(self, products):
        """Return the bill lines of ``products`` that debit their stock accounts."""
        return self.env["account.move.line"].search(
            [
                *self._get_item_domain(),
                ("product_id", "in", products.ids),
                ("display_type", "=", "product"),
                ("move_type", "in", ("in_invoice", "in_refund")),
            ]
        )

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
        lines = self.env["backflush.standing"]._find_lines(
            "sale.order.line", self._get_goods(), self.company_id
        )
        for line in lines:
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

    def _get_pending_bill_rows(self):
        """A bill whose entry waits has its price in the stock account."""
        rows = []
        for entry in self.env["backflush.entry"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "pending"),
                ("event", "=", "purchase"),
                ("date", "<=", self.date),
            ]
        ):
            for product, quantity, price, value, *_rest in entry.facts["purchases"]:
                component = self.env["product.product"].browse(product)
                rows.append(
                    {
                        "account_id": self._get_account(component).id,
                        "kind": "pending",
                        "product_id": product,
                        "amount": value - quantity * price,
                        "name": entry.display_name,
                        "res_model": entry._name,
                        "res_id": entry.id,
                    }
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
