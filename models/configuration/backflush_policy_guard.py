# Rules that goods on hand stand by are changed by the cut-over assistant alone: changed
# by hand, nothing would be posted for the goods.
# Configuration; guards the fields that decide where unsold goods stand in the books.

from odoo import models
from odoo.exceptions import UserError

from ...costing import terms

#: Context key: rules are changed by the assistant, which posts what that takes.
CUTOVER = "backflush_cutover"


class BackflushPolicy(models.Model):
    _inherit = "backflush.policy"

    def write(self, vals):
        if "flush_point" in vals and not self.env.context.get(CUTOVER):
            self.filtered(
                lambda policy: policy.flush_point != vals["flush_point"]
            )._check_no_goods()
        return super().write(vals)

    def _check_no_goods(self):
        """Raise when goods of active policies among these are on hand."""
        for policy in self.filtered(lambda policy: policy.state == "active"):
            if goods := policy._get_goods():
                raise UserError(
                    self.env._(
                        "Policy %(policy)s is active and goods are on hand "
                        "(%(products)s): they stand in the books by its rules. Change "
                        "it with the cut-over assistant, which posts what they need "
                        "(Backflush Costing > Configuration > Cut-over).",
                        policy=policy.name,
                        products=goods._get_short_names(),
                    )
                )

    def _get_goods(self):
        """Return the products of these policies that are on hand."""
        products = self.env["product.product"]
        for policy in self:
            mine = policy.with_company(policy.company_id)._get_products()
            products |= mine._filter_on_hand()
        return products

    def _stands_elsewhere(self):
        """Answer whether unsold goods of this policy are on hand that do not stand in
        finished goods, as they do without it."""
        self.ensure_one()
        return self.flush_point == terms.SALE and bool(self._get_goods())

    def action_cutover(self, kind=None):
        """Open the cut-over assistant for this policy."""
        self.ensure_one()
        kinds = {"draft": "start", "active": "switch", "ended": "move"}
        cutover = self.env["backflush.cutover"].create(
            {
                "company_id": self.company_id.id,
                "kind": kind or self.env.context.get("cutover") or kinds[self.state],
                "policy_id": self.id,
            }
        )
        return cutover._get_action()


class ProductCategory(models.Model):
    _inherit = "product.category"

    def write(self, vals):
        if not self.env.context.get(CUTOVER):
            if "backflush_policy_id" in vals:
                self._check_may_move(vals["backflush_policy_id"])
            if "property_valuation" in vals:
                self.filtered(
                    lambda category: category.property_valuation
                    != vals["property_valuation"]
                )._check_may_change_valuation()
        return super().write(vals)

    def _check_may_move(self, policy_id):
        """Raise when goods of these categories are on hand and a policy in force gains
        or loses them."""
        target = self.env["backflush.policy"].browse(policy_id or ())
        for category in self:
            policies = category.backflush_policy_id | target
            moves = category.backflush_policy_id != target
            if moves and "active" in policies.mapped("state"):
                category._refuse_by_hand(category._get_goods())

    def _check_may_change_valuation(self):
        """Raise when components of these categories are on hand, also in unsold goods,
        that a policy in force uses."""
        company = self.env.company
        for category in self:
            products = category._get_storable_products()
            if not products._filter_backflush_components(company):
                continue
            at_sale = self.env["backflush.policy"].search(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "active"),
                    ("flush_point", "=", terms.SALE),
                ]
            )
            category._refuse_by_hand(category._get_goods() | at_sale._get_goods())

    def _get_storable_products(self):
        return self.env["product.product"].search(
            [("categ_id", "in", self.ids), ("is_storable", "=", True)]
        )

    def _get_goods(self):
        """Return the products of these categories that are on hand."""
        return self._get_storable_products()._filter_on_hand()

    def _refuse_by_hand(self, goods):
        if goods:
            raise UserError(
                self.env._(
                    "Category %(category)s: goods are on hand (%(products)s) that "
                    "stand in the books by the rules of a backflush policy. Change "
                    "this with the cut-over assistant, which posts what they need "
                    "(Backflush Costing > Configuration > Cut-over).",
                    category=self.display_name,
                    products=goods._get_short_names(),
                )
            )
