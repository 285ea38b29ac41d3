# Roll-up: what to roll up, from which day, at which prices; makes a proposal.
# Standard cost; before the release, which keeps the answers and can roll up again.

from odoo import api, fields, models


class BackflushRollup(models.TransientModel):
    _name = "backflush.rollup"
    _description = "Roll Up Standard Costs"
    _inherit = ["backflush.rollup.scope"]
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    scope = fields.Selection(required=True, default="all")
    date_from = fields.Date(
        "Valid From",
        required=True,
        default=lambda self: self.env.company._get_backflush_day(),
        help="The day on which the new cards take effect, today or later. Prices of "
        "vendors and subcontractors are those of this day.",
    )
    description = fields.Char(help="What this roll-up is for.")

    @api.model
    def default_get(self, fields):
        """Roll up what is chosen in a list of products or categories."""
        values = super().default_get(fields)
        model = self.env.context.get("active_model")
        chosen = self.env.context.get("active_ids") or []
        if model == "product.category":
            values |= {"scope": "categories", "category_ids": chosen}
        elif model in ("product.product", "product.template"):
            products = self.env[model].browse(chosen)
            if model == "product.template":
                products = products.product_variant_ids
            values |= {"scope": "products", "product_ids": products.ids}
        return values

    def action_propose(self):
        """Roll up, keep the result as a proposal, and open it."""
        self.ensure_one()
        release = self.env["backflush.release"].create(self._prepare_release_vals())
        release._propose()
        return release._get_action()

    def _prepare_release_vals(self):
        by_product, by_category = self.scope == "products", self.scope == "categories"
        return {
            "company_id": self.company_id.id,
            "date_from": self.date_from,
            "description": self.description,
            "scope": self.scope,
            "product_ids": self.product_ids.ids if by_product else [],
            "category_ids": self.category_ids.ids if by_category else [],
            "deep": self.deep,
            "price_source": self.price_source,
            "purchase_count": self.purchase_count,
        }
