# Cut-over assistant: figures of the run, and the open documents in plain words.
# Read only.

from odoo import api, models

from ..costing import terms
from ..models.ledger.backflush_entry_cutover import KEYS
from ..models.number_words import number_in_words


class BackflushCutover(models.TransientModel):
    _inherit = "backflush.cutover"

    def _get_product_rows(self, units, before, after):
        """Return the values of the table of products, in the order of their names."""
        rows = []
        for product in self._get_concerned(units, before, after):
            now, then = before[product][1], after[product][1]
            value_now, value_then = self._get_value(now), self._get_value(then)
            rows.append(
                {
                    "product_id": product.id,
                    "quantity": float(units[product][0]),
                    "left": float(units[product][1]),
                    "accounts_before": self._get_account_names(now),
                    "value_before": value_now,
                    "accounts_after": self._get_account_names(then),
                    "value_after": value_then,
                    "revaluation": self.currency_id.round(value_then - value_now),
                }
            )
        return rows

    def _get_concerned(self, units, before, after):
        """Return the products that the cut-over is about, and those of other policies
        that it moves, in the order of their names."""
        chosen = self._get_chosen_products()
        concerned = [
            product
            for product in units
            if product in before
            and product in after
            and (product in chosen or before[product][1] != after[product][1])
        ]
        return sorted(concerned, key=lambda product: product.display_name)

    def _get_value(self, rows):
        return self.currency_id.round(sum(row[-1] for row in rows))

    def _get_account_names(self, rows):
        """Return the name of the account of rows of facts; of several the codes."""
        column = KEYS.index("account")
        accounts = self.env["account.account"].browse(
            dict.fromkeys(row[column] for row in rows if row[column])
        )
        name = "display_name" if len(accounts) == 1 else "code"
        return ", ".join(accounts.with_company(self.company_id).mapped(name))

    def _get_account_rows(self, entries):
        """Return the values of the table of accounts: what the journal entry says."""
        amounts = {}
        for line in entries.line_ids:
            key = (line.account_id, line.variance_kind or line.role)
            amounts[key] = amounts.get(key, 0.0) + line.amount
        labels = self._get_line_labels()
        rows = [
            {
                "account_id": account.id,
                "label": labels[role],
                "debit": max(self.currency_id.round(amount), 0.0),
                "credit": max(self.currency_id.round(-amount), 0.0),
            }
            for (account, role), amount in amounts.items()
            if not self.currency_id.is_zero(amount)
        ]
        return sorted(rows, key=lambda row: (not row["debit"], row["account_id"]))

    def _get_line_labels(self):
        fields_ = self.env["backflush.entry.line"]._fields
        return {
            key: label
            for name in ("role", "variance_kind")
            for key, label in fields_[name]._description_selection(self.env)
        }

    # Open documents ------------------------------------------------------------------

    def _get_documents(self):
        """Return the values of the table of open documents."""
        products = self._get_chosen_products()
        return [
            *self._get_order_rows(products),
            *self._get_sale_rows(products),
            *self._get_pending_rows(),
        ]

    def _get_order_rows(self, products):
        """Return the manufacturing orders in progress, those of components' users when
        the purchases of components change."""
        domain = [
            ("company_id", "=", self.company_id.id),
            ("state", "in", ["confirmed", "progress", "to_close"]),
        ]
        if self.kind == "purchases":
            domain.append(("move_raw_ids.product_id", "in", products.ids))
        else:
            domain.append(("product_id", "in", products.ids))
        orders = self.env["mrp.production"].search(domain)
        return [
            self._prepare_document(
                "order",
                order,
                order.product_id,
                order.product_uom_qty - order.qty_produced,
                self._get_order_note(order),
            )
            for order in orders
        ]

    def _get_order_note(self, order):
        """Return what happens when ``order`` is completed after the cut-over."""
        note = {
            "native": self.env._(
                "Completed later, it is left to Odoo's own valuation."
            ),
            terms.COMPLETION: self.env._(
                "Completed later, it is flushed at completion."
            ),
            terms.SALE: self.env._(
                "Completed later, it posts material variances; its delivery flushes it."
            ),
            "purchases": self.env._(
                "Completed later, it credits the account that its components stand in "
                "by then."
            ),
        }[self._get_rule_afterwards()]
        if order.qty_produced:
            note = self.env._(
                "%(quantity)s %(unit)s made already keep what was posted. %(note)s",
                quantity=number_in_words(self.env, order.qty_produced),
                unit=order.product_uom_id.name,
                note=note,
            )
        return note

    def _get_rule_afterwards(self):
        """Return the flush point after the cut-over, ``native`` or ``purchases``."""
        if self.kind == "purchases":
            return "purchases"
        policy = self.target_policy_id if self.kind == "move" else self.policy_id
        if self.kind == "end" or not policy:
            return "native"
        return self.flush_point if self.kind == "switch" else policy.flush_point

    def _get_sale_rows(self, products):
        """Return the sales order lines whose invoices and deliveries differ."""
        if self.kind == "purchases":
            return []
        rows = []
        for line in self.env["backflush.standing"]._find_lines(
            "sale.order.line", products, self.company_id
        ):
            product = line.product_id
            delivered = line.product_uom_id._compute_quantity(
                line.qty_delivered, product.uom_id, round=False
            )
            ahead = round(delivered - line._get_invoiced_quantity(), 9)
            if ahead:
                kind = "delivered" if ahead > 0 else "invoiced"
                rows.append(
                    self._prepare_document(
                        kind,
                        line.order_id,
                        product,
                        abs(ahead),
                        self._get_sale_note(kind, line),
                    )
                )
        return rows

    def _get_sale_note(self, kind, line):
        """Return how the cost of these units reaches cost of sales, once."""
        left = line._get_ahead_of_invoices()
        if kind == "delivered":
            return (
                self.env._("Their invoice takes them to cost of sales, as before.")
                if left > 0
                else self.env._(
                    "In cost of sales since their delivery; the invoice adds nothing."
                )
            )
        if left < 0:
            return self.env._(
                "In cost of sales since their invoice; the delivery adds nothing."
            )
        return self.env._("Their delivery takes them to cost of sales.")

    def _get_pending_rows(self):
        pending = self.env["backflush.entry"].search(
            [
                ("state", "=", "pending"),
                ("policy_id", "in", self._get_policies().ids),
            ]
        )
        return [
            self._prepare_document(
                "pending",
                entry,
                entry.product_id,
                entry.quantity,
                self.env._("To be posted before the cut-over."),
            )
            for entry in pending
        ]

    @staticmethod
    def _prepare_document(kind, record, product, quantity, note):
        return {
            "kind": kind,
            "name": record.display_name,
            "res_model": record._name,
            "res_id": record.id,
            "product_id": product.id,
            "quantity": quantity,
            "note": note,
        }

    # In words ------------------------------------------------------------------------

    @api.depends("kind", "policy_id", "category_ids", "target_policy_id", "purchases")
    def _compute_explanation(self):
        for wizard in self:
            about = wizard.policy_id
            if wizard.kind in ("move", "purchases"):
                about = wizard.category_ids or wizard.kind == "purchases"
            wizard.explanation = (
                wizard._get_explanation()
                if about
                else self.env._(
                    "Choose what changes. The next step shows what is posted for goods "
                    "on hand and what becomes of open documents; nothing is posted "
                    "before you confirm."
                )
            )

    def _get_explanation(self):
        """Return what this change means, in plain words."""
        if self.kind == "purchases":
            return (
                self.env._(
                    "From now on vendor bills debit these components to inventory, and "
                    "a flush credits it. What is on hand, and what is in unsold goods "
                    "flushed at sale, moves there from the expense account."
                )
                if self.purchases == "real_time"
                else self.env._(
                    "From now on vendor bills debit these components to the expense "
                    "account, and a flush credits it. What is on hand, and what is in "
                    "unsold goods flushed at sale, moves there from inventory. Odoo's "
                    "stock closing capitalises what is on hand at the period's end."
                )
            )
        return {
            "native": self.env._(
                "From now on Odoo's own valuation records these goods: they stand in "
                "finished goods at standard cost, and invoices take them to cost of "
                "sales. Goods that the policy has invoiced and not delivered are still "
                "flushed at their delivery, and what it has delivered goes back as it "
                "came. If you then set the categories to another costing method or to "
                "periodic valuation, Odoo's next stock closing posts the difference."
            ),
            terms.COMPLETION: self.env._(
                "From now on completing an order flushes its standard cost to finished "
                "goods. Goods on hand stand in finished goods at their cost card."
            ),
            terms.SALE: self.env._(
                "From now on the delivery flushes the standard cost. Until then the "
                "material of goods on hand stands where its purchase was debited, and "
                "their conversion is not applied: the cut-over takes back what was "
                "applied for them, because each later sale applies it."
            ),
        }[self._get_rule_afterwards()]
