# Capture: what a delivery has from its sales order: the units whose cost is left to
# invoices, and the analytic distribution. First step.

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_analytic_fact(self):
        """Return the analytic distribution of the sales line as a fact, if it has one;
        its cost of sales is distributed alike."""
        distribution = self.sudo().sale_line_id.analytic_distribution
        return {"analytic_distribution": distribution} if distribution else {}

    def _ends_backflush(self):
        """Answer whether this customer move ends what a policy began that no longer
        runs: goods that it delivered come back, or goods whose invoice left their cost
        to the delivery are delivered."""
        if origin := self.origin_returned_move_id:
            return bool(origin.sudo().backflush_entry_id)
        return self._get_owed_quantity() > 0 and bool(self._get_delivery_policy())

    def _get_owed_quantity(self):
        """Return the units invoiced under a policy, not delivered and not costed yet;
        native invoices of perpetual goods cost all their units."""
        line = self.sudo().sale_line_id
        product = self.product_id.with_company(self.company_id)
        invoices = line.invoice_lines.filtered(lambda ln: ln.parent_state == "posted")
        if (
            not invoices
            or line.product_id != self.product_id
            or product.valuation != "real_time"
            or self.location_id.usage == "customer"
        ):
            return 0
        return (
            line._get_invoiced_quantity()
            - line._get_invoice_costed_quantity()
            - line._get_flushed_quantity()
        )

    def _get_delivery_policy(self):
        """Return the policy that records the cost of this delivery or return: that of
        the product, also when it has ended, or the last that did."""
        policy = self.product_id._get_backflush_policy(self.company_id)
        today = self.company_id._get_backflush_day()
        if policy and policy.state != "draft" and policy.date_start <= today:
            return policy
        origin = self.sudo().origin_returned_move_id.backflush_entry_id
        return (
            origin.policy_id
            or self.env["backflush.entry"]
            .sudo()
            .search(
                [
                    ("product_id", "=", self.product_id.id),
                    ("company_id", "=", self.company_id.id),
                ],
                order="id desc",
                limit=1,
            )
            .policy_id
        )

    def _get_left_out_quantity(self):
        """Return the units, negative when returned, whose cost is left to invoices."""
        entry = self.backflush_entry_id
        if entry:
            return entry.facts.get("invoiced", 0)
        return (-1 if self.is_in else 1) * self._get_valued_qty()

    def _get_left_to_invoices(self):
        """Return {move: units of it whose cost is left to invoices}, negative when they
        return.

        Delivered: units that an invoice has costed already, before the policy started.
        Returned: units that such an invoice costs; those that a credit note has taken
        back first, the others after the units that were flushed.
        """
        ahead, owed, left_out = {}, {}, {}
        for move in self.sudo():
            line = move.sale_line_id
            if not line or line.product_id != move.product_id:
                continue
            if line not in ahead:
                costed = line._get_invoice_costed_quantity()
                left = line._get_left_to_invoices_quantity(besides=self)
                ahead[line] = costed - left
            if move.is_in:
                mine = -move._get_returned_to_invoices(-ahead[line])
            elif move.product_id._is_backflush(move.company_id):
                mine = min(max(ahead[line], 0), move._get_valued_qty())
            else:
                if line not in owed:
                    owed[line] = max(move._get_owed_quantity(), 0)
                mine = max(move._get_valued_qty() - owed[line], 0)
                owed[line] -= move._get_valued_qty() - mine
            ahead[line] -= mine
            left_out[move.with_env(self.env)] = mine
        return left_out

    def _get_returned_to_invoices(self, credited):
        """Return how many of the units of this return have their cost left to invoices.

        :param credited: units left to invoices that no invoice costs any more
        """
        quantity = self._get_valued_qty()
        origin = self.origin_returned_move_id
        if not origin:
            return 0
        if not origin.backflush_entry_id:
            return quantity
        standing = origin.backflush_entry_id._with_changes()
        invoiced = sum(entry.facts.get("invoiced", 0) for entry in standing)
        flushed = sum(standing.mapped("quantity")) - invoiced
        first = min(quantity, max(credited, 0), invoiced)
        return min(first + max(quantity - first - flushed, 0), invoiced)
