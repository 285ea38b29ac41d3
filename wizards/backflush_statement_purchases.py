# What explains the balance of an inventory account: purchases. Receipts and bills that
# differ, bills at another price, bills whose ledger entry waits. Read only.

from collections import defaultdict

from odoo import models


class BackflushStatement(models.TransientModel):
    _inherit = "backflush.statement"

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
            key = (item.purchase_line_id or item.move_id, item.product_id)
            ahead[key] -= self._get_billed_quantity(item)
        rows = []
        for (document, product), quantity in ahead.items():
            if self._pays_for_work(document, product):
                continue
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

    def _pays_for_work(self, document, product):
        """Answer whether a purchase line, or a bill without one, pays a subcontractor
        under a policy: his goods are in the books by their order."""
        return (
            document._name == "purchase.order.line"
            and product in self._get_goods()
            and bool(document._get_subcontracting_policy(self.date))
        )

    def _get_billed_items(self, products):
        """Return the bill lines of ``products`` that debit their stock accounts."""
        return self.env["account.move.line"].search(
            [
                *self._get_item_domain(),
                ("product_id", "in", products.ids),
                ("display_type", "=", "product"),
                ("move_type", "in", ("in_invoice", "in_refund", "in_receipt")),
            ]
        )

    def _get_billed_quantity(self, item):
        """Return the units of a bill line, negative on a refund."""
        sign = -1 if item.move_type == "in_refund" else 1
        return sign * item._get_product_quantity()

    # Bills at another price ----------------------------------------------------------

    def _get_price_rows(self):
        """Bills that the ledger did not compare with standard, as those before a policy
        started, left their own price in the stock account."""
        products = self.env["product.product"].union(*self._get_contents())
        standard = products.with_company(self.company_id).filtered(
            lambda product: product.cost_method == "standard"
        )
        items = self._get_billed_items(standard)
        items -= items.filtered(
            lambda item: any(
                item.product_id.id == fact[0]
                for entry in item.move_id.backflush_bill_entry_ids
                for fact in entry.facts.get("purchases", ())
            )
        )
        history = self._get_price_history(items.product_id)
        rows = []
        for bill, lines in items.grouped("move_id").items():
            for line, value in lines._get_billed_values().items():
                moment = self._get_end(bill.date)
                price = self._get_price_on(moment, line.product_id, history)
                amount = value - self._get_billed_quantity(line) * price
                if not self.currency_id.is_zero(amount):
                    rows.append(self._prepare_price_row(line, amount))
        return rows

    def _prepare_price_row(self, line, amount):
        return {
            "account_id": line.account_id.id,
            "kind": "price",
            "product_id": line.product_id.id,
            "amount": amount,
            "name": line.move_id.name,
            "user_id": line.move_id.create_uid.id,
            "res_model": "account.move",
            "res_id": line.move_id.id,
        }

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
