# Odoo's price history: how many units the books held at a standard when it changed.
# Standard cost; read by the account statement.

from collections import defaultdict

from odoo import api, fields, models

from .backflush_cost_card import SYSTEM, TAKES_EFFECT

#: Context key: `Standards` before they changed.
BEFORE = "backflush_standards_before"


class Standards(dict):
    """{product id: its standard}; no context that comes by RPC has one."""


class ProductValue(models.Model):
    _inherit = "product.value"

    #: {"step": change of the standard, not rounded, "left": units that the books hold
    #: at the one before, as nothing revalues them}; None when this was not kept yet.
    #: The moment does not tell: goods move twice in its second, and bills have days.
    backflush_facts = fields.Json(readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        """State what the books hold at the standards that change."""
        for vals in vals_list:
            vals.pop("backflush_facts", None)
        by_company = defaultdict(list)
        for vals in vals_list:
            if vals.get("product_id") in self._get_before():
                by_company[vals["company_id"]].append(vals)
        for company, ours in by_company.items():
            self._state_left(self.env["res.company"].browse(company), ours)
        return super().create(vals_list)

    def write(self, vals):
        vals.pop("backflush_facts", None)
        return super().write(vals)

    @api.model
    def _get_before(self):
        """Return {product id: its standard before it changed}."""
        before = self.env.context.get(BEFORE)
        return before if isinstance(before, Standards) else {}

    def _state_left(self, company, vals_list):
        """Add the facts to the values of changes in ``company``."""
        before = self._get_before()
        left = self._get_left([vals["product_id"] for vals in vals_list], company)
        for vals in vals_list:
            product = vals["product_id"]
            if product in left:
                step = vals["value"] - before[product]
                vals["backflush_facts"] = {"step": step, "left": left[product]}

    def _get_left(self, products, company):
        """Return {product id: units that are in the books of ``company`` at their
        standard and that nothing revalues when it changes}, of storable products at
        standard cost."""
        if self.env.context.get(TAKES_EFFECT) is SYSTEM:
            return dict.fromkeys(products, 0.0)  # Their cards revalue them.
        products = self.env["product.product"].sudo().browse(products)
        standard = products.with_company(company).filtered(
            lambda product: product.is_storable and product.cost_method == "standard"
        )
        if not standard:
            return {}
        standing = self.env["backflush.standing"].sudo()
        day = company._get_backflush_day()
        ahead = standing._get_left_to_invoices(standard, company, day)
        on_hand = standing._get_on_hand(standard, company)
        return {
            product.id: float(on_hand[product] + ahead.get(product, 0))
            for product in standard
        }
