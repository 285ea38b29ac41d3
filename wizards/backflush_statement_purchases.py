# What explains the balance of an inventory account: purchases. Receipts and bills that
# differ, bills at another price, bills whose ledger entry waits. Read only.

from collections import defaultdict

from odoo import models


class BackflushStatement(models.TransientModel):
    _inherit = "backflush.statement"

    # Purchases -----------------------------------------------------------------------

    def _get_purchase_rows(self, contents):
        """What was received and not billed is on the shelf and not in the books; what
        was billed and not received is in the books only."""
        rows = []
        products = self.env["product.product"].union(*contents)
        for (document, product), quantity in self._get_ahead(products).items():
            order = document.order_id if "order_id" in document else document
            rows += self._prepare_rows(
                "receipt" if quantity > 0 else "bill",
                contents,
                product,
                -quantity,
                name=order.display_name,
                res_model=order._name,
                res_id=order.id,
            )
        return rows

    def _get_ahead(self, products, day=None):
        """Return {(purchase line or bill, product): units received and not billed},
        negative the other way, until the end of ``day``, that of the statement."""
        ahead = defaultdict(float)
        conditions = [("purchase_line_id", "!=", False)]
        if day:
            conditions.append(("date", "<=", self._get_end(day)))
        for move in self.env["stock.move"].search(
            self._get_move_domain(products, conditions)
        ):
            sign = 1 if move.is_in else -1
            key = (move.purchase_line_id, move.product_id)
            ahead[key] += sign * move._get_valued_qty()
        for item in self._get_billed_items(products):
            if not day or item.date <= day:
                key = (item.purchase_line_id or item.move_id, item.product_id)
                ahead[key] -= self._get_billed_quantity(item)
        return {
            key: round(quantity, 9)
            for key, quantity in ahead.items()
            if round(quantity, 9) and not self._pays_for_work(*key)
        }

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

    # Bills whose entry waits ---------------------------------------------------------

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
