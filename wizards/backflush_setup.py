# Set-up wizard: what it asks, with defaults from the company's own data.
# Configuration; the next files find accounts, plan, and carry the plan out.

from odoo import api, fields, models

from ..costing import terms
from ..models.cost_card.mrp_bom import MAKING_TYPES

RECORDED, NOT_RECORDED = "real_time", "periodic"


class BackflushSetup(models.TransientModel):
    _name = "backflush.setup"
    _description = "Backflush Costing Set-up"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    name = fields.Char(
        "Policy Name",
        compute="_compute_name",
        precompute=True,
        store=True,
        readonly=False,
        required=True,
    )
    category_ids = fields.Many2many(
        "product.category",
        "backflush_setup_category_rel",
        string="Finished Products",
        default=lambda self: self._get_default_categories(),
        help="Categories of the products that will follow the policy.",
    )
    component_category_ids = fields.Many2many(
        "product.category",
        "backflush_setup_component_category_rel",
        string="Components",
        compute="_compute_component_category_ids",
        precompute=True,
        store=True,
        readonly=False,
        help="Categories of the components on their bills of materials.",
    )
    flush_point = fields.Selection(
        [
            (terms.COMPLETION, "When an order is completed"),
            (terms.SALE, "When goods are delivered"),
        ],
        "Flush Cost",
        default=terms.COMPLETION,
        required=True,
    )
    purchases = fields.Selection(
        [
            (RECORDED, "Recorded in inventory (perpetual)"),
            (NOT_RECORDED, "Expensed until flushed (periodic)"),
        ],
        "Purchases of Components",
        compute="_compute_purchases",
        precompute=True,
        store=True,
        readonly=False,
        required=True,
        help="Sets the inventory valuation of the components' categories.",
    )
    conversion = fields.Selection(
        [
            ("one", "One conversion element"),
            ("split", "Labour, machine and overhead apart"),
        ],
        "Conversion Cost",
        default="one",
        required=True,
        help="Apart, work centers whose rate is not split count as labour.",
    )
    date_start = fields.Date(
        "Start Date", required=True, default=fields.Date.context_today
    )
    posting = fields.Selection(
        lambda self: self._get_policy_choices("posting"),
        default="document",
        required=True,
    )
    on_error = fields.Selection(
        lambda self: self._get_policy_choices("on_error"),
        "If It Cannot Be Posted",
        default="block",
        required=True,
    )
    secure = fields.Boolean(
        "Secure Journal Entries",
        help="Odoo gives each journal entry of the backflush journal a hash as it is "
        "posted (Secure Posted Entries with Hash). The sealed ledger takes it in. It "
        "cannot be switched off again once a journal entry has one.",
    )
    put_in_force = fields.Boolean("Put Cost Cards in Force", default=True)
    activate = fields.Boolean("Activate the Policy", default=True)
    variant_text = fields.Text(compute="_compute_variant")
    trigger_points = fields.Char(compute="_compute_variant")
    summary = fields.Html(compute="_compute_summary", sanitize=False)

    def _get_policy_choices(self, name):
        """Return the choices of a policy's field, in the user's language."""
        field = self.env["backflush.policy"]._fields[name]
        return field._description_selection(self.env)

    # Defaults ------------------------------------------------------------------------

    @api.model
    def _get_default_categories(self):
        """Return the categories of manufactured products that have no policy yet."""
        company = self.env.company
        boms = self.env["mrp.bom"].search(
            [
                ("type", "in", MAKING_TYPES),
                ("company_id", "in", [False, company.id]),
            ]
        )
        products = boms.product_id | boms.product_tmpl_id.product_variant_ids
        categories = products.filtered("is_storable").categ_id.with_company(company)
        return categories.filtered(lambda category: not category.backflush_policy_id)

    @api.depends("category_ids")
    def _compute_name(self):
        for wizard in self:
            wizard.name = ", ".join(wizard.category_ids.mapped("name"))[:60]

    @api.depends("category_ids")
    def _compute_component_category_ids(self):
        for wizard in self:
            wizard.component_category_ids = (
                wizard._get_components().categ_id - wizard._get_finished()
            )

    @api.depends("component_category_ids")
    def _compute_purchases(self):
        """Keep what a running policy relies on already; else propose the textbook's
        first variant."""
        for wizard in self:
            mine = wizard._get_used_component_categories()
            mine &= wizard._get_component_categories()
            wizard.purchases = mine[:1].property_valuation or (
                wizard.purchases or RECORDED
            )

    def _get_finished(self):
        """Return the categories of finished products, seen from the company."""
        return self.category_ids._origin.with_company(self.company_id)

    def _get_component_categories(self):
        """Return the categories of components, seen from the company."""
        categories = self.component_category_ids._origin - self.category_ids._origin
        return categories.with_company(self.company_id)

    def _get_products(self):
        """Return the storable products of the chosen categories."""
        return self.env["product.product"].search(
            [
                ("categ_id", "in", self._get_finished().ids),
                ("is_storable", "=", True),
                ("company_id", "in", [False, *self.company_id.ids]),
            ]
        )

    def _get_components(self):
        """Return the storable components on the products' bills, through kits."""
        templates = self._get_products().product_tmpl_id
        components = self.env["product.product"]
        seen = templates.browse()
        bom_types = MAKING_TYPES
        while todo := templates - seen:
            seen |= todo
            lines = self.env["mrp.bom.line"].search(
                [
                    ("bom_id.product_tmpl_id", "in", todo.ids),
                    ("bom_id.type", "in", bom_types),
                    ("bom_id.company_id", "in", [False, self.company_id.id]),
                ]
            )
            components |= lines.product_id
            templates = lines.product_id.product_tmpl_id
            bom_types = ["phantom"]
        return components.filtered("is_storable")

    def _get_used_component_categories(self):
        """Return the categories of components on cards in force."""
        lines = self.env["backflush.cost.card.line"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("card_state", "=", "in_force"),
                ("product_id", "!=", False),
            ]
        )
        return lines.product_id.categ_id.with_company(self.company_id)

    # In words ------------------------------------------------------------------------

    @api.depends("flush_point", "purchases")
    def _compute_variant(self):
        for wizard in self:
            recorded = wizard.purchases == RECORDED
            policy = self.env["backflush.policy"].new(
                {"flush_point": wizard.flush_point}
            )
            letters = policy._get_trigger_points([])
            wizard.trigger_points = f"A · {letters}" if recorded else letters
            wizard.variant_text = policy._get_variant_text(recorded)

    @api.depends(
        "category_ids",
        "component_category_ids",
        "purchases",
        "conversion",
        "put_in_force",
        "activate",
        "secure",
    )
    def _compute_summary(self):
        for wizard in self:
            wizard.summary = self.env["ir.qweb"]._render(
                "mrp_account_backflush.backflush_setup_summary",
                wizard._get_summary(),
            )
