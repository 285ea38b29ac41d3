# Capture: bill lines that debit components to stock at another price than standard.
# First step; what a bill debits for a line is its own balance and its share of the
# journal items that have no account of their own, as non-deductible tax.

from odoo import models

#: Context key: ids of bill lines whose price difference is ours, not core's.
CAPTURED_LINES = "backflush_captured_lines"


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _eligible_for_stock_account(self):
        """Keep core's price difference away from lines that we capture."""
        captured = self.env.context.get(CAPTURED_LINES, ())
        return self.id not in captured and super()._eligible_for_stock_account()

    def _is_backflush_purchase(self):
        """Answer whether this bill line debits a component at standard cost to its
        stock account. Does not check whether a policy's orders use the component."""
        self.ensure_one()
        product = self.product_id.with_company(self.company_id)
        return (
            self.display_type == "product"
            and not (self.is_downpayment or self.purchase_line_id.is_downpayment)
            and product._is_purchase_recorded(self.company_id)
            and product.cost_method == "standard"
            and self.account_id == product._get_backflush_stock_account(self.company_id)
        )

    def _get_backflush_purchase_fact(self, value):
        """Return [product, quantity, standard price, value, exchange part of it];
        quantity and amounts are negative on refunds."""
        product = self.product_id.with_company(self.company_id)
        quantity = self.product_uom_id._compute_quantity(
            self.quantity, product.uom_id, round=False
        )
        if self.move_id.move_type == "in_refund":
            quantity = -quantity
        exchange = self._get_exchange_part(value)
        return [product.id, quantity, product.standard_price, value, exchange]

    def _get_exchange_part(self, value):
        """Return the part of ``value`` that the rate of the bill adds to the rate of
        its purchase order; zero without an order in the same foreign currency."""
        order = self.purchase_line_id.order_id
        if (
            self.currency_id == self.company_currency_id
            or order.currency_id != self.currency_id
            or not self.balance
            or not order.currency_rate
        ):
            return 0.0
        rate = self.amount_currency / self.balance
        return self.company_currency_id.round(value * (1 - rate / order.currency_rate))

    def _get_billed_values(self):
        """Return {line: value} that a bill debits to stock for each of these lines of
        it, company currency; negative on refunds."""
        values = {line: line.balance for line in self}
        bill_lines = self.move_id.line_ids
        for account in self.account_id:
            on_account = bill_lines.filtered(lambda ln, a=account: ln.account_id == a)
            base = on_account.filtered(lambda line: line.display_type == "product")
            for item in on_account - base:
                for line, amount in item._get_shares(base).items():
                    if line in values:
                        values[line] += amount
        currency = self.company_currency_id
        return {line: currency.round(value) for line, value in values.items()}

    def _get_shares(self, base):
        """Return {base line: its share of this journal item}, company currency. The
        last line with a share takes the rounding difference."""
        weights = {
            line: weight for line in base if (weight := self._get_share_weight(line))
        }
        total = sum(weights.values())
        if not total:
            return {}
        currency, rest, shares = self.company_currency_id, self.balance, {}
        for line, weight in weights.items():
            shares[line] = currency.round(self.balance * weight / total)
            rest -= shares[line]
        shares[line] += rest
        return shares

    def _get_share_weight(self, line):
        """Return how much of this journal item is due to ``line`` of the same bill:
        tax without account of its own, private part, core's price difference."""
        if self.display_type == "cogs":
            alike = self.move_id.invoice_line_ids.filtered(
                lambda other: other.product_id == self.product_id
                and other.account_id == self.account_id
            )
            return float(line == alike[:1])
        if self.display_type == "non_deductible_product":
            return line.balance * (100 - line.deductible_amount)
        if self.tax_repartition_line_id:
            return line._get_tax_weight(self.tax_repartition_line_id)
        return 0.0

    def _get_tax_weight(self, repartition):
        """Return the tax of one repartition line on this bill line, unrounded currency
        of the bill."""
        computed = self.tax_ids.with_context(round=False).compute_all(
            self.price_unit * (1 - (self.discount or 0.0) / 100),
            currency=self.currency_id,
            quantity=self.quantity,
            product=self.product_id,
            partner=self.partner_id,
            is_refund=self.move_id.move_type == "in_refund",
        )
        return sum(
            tax["amount"]
            for tax in computed["taxes"]
            if tax["tax_repartition_line_id"] == repartition.id
        )
