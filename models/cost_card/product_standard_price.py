# Odoo's own cost of products: it follows the cost card in force, and only that.
# Standard cost; written when cards take effect, refused from anywhere else.

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from .backflush_cost_card import SYSTEM, TAKES_EFFECT
from .product_value import BEFORE, Standards

#: Context key: Odoo's price history is written, values of past receipts stay.
KEEP_RECEIPTS = "backflush_keep_receipts"
#: Unit costs are kept to the millionth of the currency unit, as on cards.
DIGITS = 6


def is_same(price, other):
    return float_compare(price, other, precision_digits=DIGITS) == 0


class ProductProduct(models.Model):
    _inherit = "product.product"

    def write(self, vals):
        if "standard_price" in vals:
            self._check_follows_card(vals["standard_price"])
        return super().write(vals)

    def _check_follows_card(self, price):
        """Raise when ``price`` is not the one on the binding card of a product.

        Whoever writes it, and however; the card's own figure, and what is there
        already, pass.
        """
        if self.env.context.get(TAKES_EFFECT) is SYSTEM:
            return
        price = price or 0.0
        changed = self.filtered(lambda p: not is_same(p.standard_price, price))
        changed._refuse_other_price(price)

    def _refuse_other_price(self, price):
        cards = [
            card
            for card in self._get_binding_cards(self.env.company).values()
            if not is_same(card.total_cost, price)
        ]
        if not cards:
            return
        names = ", ".join(card.name for card in cards[:5])
        raise UserError(
            self.env._(
                "The cost of these products follows their cost cards in force in "
                "%(company)s and is not changed by hand: %(cards)s. Roll up a new "
                "standard cost, or build a new card, and release it (Backflush Costing "
                "> Standard Cost); when it takes effect, Odoo's cost follows and goods "
                "on hand are revalued in the books.",
                company=self.env.company.name,
                cards=f"{names}…" if len(cards) > 5 else names,
            )
        )

    def _get_binding_cards(self, company):
        """Return {product: card in force that its cost must follow}.

        A card binds while the policy of the product's category runs; that of a bought
        product without policy, while the company has an active policy. Products at
        average cost or FIFO have their cost from Odoo.
        """
        standard = self.with_company(company).filtered(
            lambda product: product.cost_method == "standard"
        )
        if not standard:
            return {}
        # Who edits products need not see cost cards.
        cards = self.env["backflush.cost.card"].sudo()._get_in_force(standard, company)
        return {
            product: card
            for product, card in cards.items()
            if product._is_bound(card, company)
        }

    def _is_bound(self, card, company):
        """Answer whether a policy makes the cost of this product follow ``card``."""
        if policy := self._get_backflush_policy(company):
            # A date that the user forces is about his documents.
            today = company.with_context(force_period_date=False)._get_backflush_day()
            return policy._is_running(today)
        return card.basis == "bought" and bool(
            self.env["backflush.policy"].search_count(
                [("company_id", "=", company.id), ("state", "=", "active")], limit=1
            )
        )

    # When cards take effect ----------------------------------------------------------

    @api.model
    def _set_standard_prices(self, prices, company):
        """Write the cost of products and of their lots, with Odoo's price history.

        :param prices: {product: company currency per unit}
        """
        # Who may put cards in force need not have a right to edit products.
        products = self.union(*prices).sudo().with_company(company)
        products = products.with_context(
            **{TAKES_EFFECT: SYSTEM, KEEP_RECEIPTS: True},
            disable_auto_revaluation=True,
            tracking_disable=True,
        )
        before = {product: product.standard_price for product in products}
        changed = products.filtered(lambda p: p.standard_price != prices[p])
        for price, mine in changed.grouped(lambda p: prices[p]).items():
            mine.standard_price = price
        changed._change_standard_price(before)
        products.filtered("lot_valuated")._set_lot_prices(prices)

    def _set_lot_prices(self, prices):
        lots = self.env["stock.lot"].search([("product_id", "in", self.ids)])
        for product, mine in lots.grouped("product_id").items():
            mine.standard_price = prices[product]
        # Odoo keeps their value for a while, whatever their cost.
        lots.invalidate_recordset(["total_value"])
        self.invalidate_recordset(["total_value"])

    def _change_standard_price(self, old_price):
        """Let the price history know the standards before."""
        before = Standards({p.id: old_price.get(p, 0.0) for p in self})
        known = self.with_context(**{BEFORE: before})
        return super(ProductProduct, known)._change_standard_price(old_price)

    def _get_remaining_moves(self):
        """Let the values of past receipts be when cards take effect: at standard cost
        they mean nothing for what is on hand, and core reads them product by product.
        """
        if self.env.context.get(KEEP_RECEIPTS):
            return {}
        return super()._get_remaining_moves()


class StockLot(models.Model):
    _inherit = "stock.lot"

    def write(self, vals):
        if (
            "standard_price" in vals
            and self.env.context.get(TAKES_EFFECT) is not SYSTEM
        ):
            price = vals["standard_price"] or 0.0
            changed = self.filtered(
                lambda lot: lot.lot_valuated and not is_same(lot.standard_price, price)
            )
            changed.product_id._refuse_other_price(price)
        return super().write(vals)
