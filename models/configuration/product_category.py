# The policy that the products of a category follow, company by company.
# Configuration; a category without a policy is native Odoo, untouched.

from odoo import fields, models


class ProductCategory(models.Model):
    _inherit = "product.category"

    backflush_policy_id = fields.Many2one(
        "backflush.policy",
        "Backflush Policy",
        company_dependent=True,
        check_company=True,
        tracking=True,
        help="How the cost of finished products of this category is recorded.",
    )

    def action_view_backflush_entries(self):
        self.ensure_one()
        return self.env["backflush.entry"]._get_action(
            [("product_id.categ_id", "child_of", self.id)]
        )
