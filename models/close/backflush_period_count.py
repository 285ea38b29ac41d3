# A physical count at a period end: what is on the floor, its material and its work.
# Before the GAAP bridge of a close, which compares it with the books.

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...costing import bridge
from ...costing.money import exact
from .. import finite

#: Where the books have what was counted.
HOLDERS = [
    ("rip", "Raw and in-process inventory"),
    ("fg", "Finished goods"),
]


class BackflushPeriodCount(models.Model):
    _name = "backflush.period.count"
    _description = "Physical Count of a Period Close"
    _order = "period_id, sequence, id"
    _check_company_auto = True

    period_id = fields.Many2one(
        "backflush.period",
        "Period Close",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("default_period_id"),
    )
    company_id = fields.Many2one(related="period_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=10)
    name = fields.Char("Count Sheet", help="Count sheet, place or tag of the count.")
    holder = fields.Selection(
        HOLDERS,
        "Counted As",
        required=True,
        default="rip",
        help="With which inventory accounts the count is compared: those of "
        "components, where goods in process stand too, or those of finished goods.",
    )
    product_id = fields.Many2one(
        "product.product", check_company=True, domain=[("is_storable", "=", True)]
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    quantity = finite.Float("Counted", digits="Product Unit")
    degree = finite.Float(
        "Completion (%)",
        digits=(5, 2),
        default=100.0,
        help="Share of the work that is done. Material is in from the start.",
    )
    material_amount = finite.Monetary(
        "Material",
        compute="_compute_amounts",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="From the quantity and the standard of the day, or as entered.",
    )
    conversion_amount = finite.Monetary(
        "Conversion",
        compute="_compute_amounts",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Conversion content: from the quantity, its degree of completion and the "
        "standard of the day, or as entered.",
    )

    _degree_percent = models.Constraint(
        "CHECK(degree >= 0 AND degree <= 100)",
        "The degree of completion is a percentage from 0 to 100.",
    )

    @api.depends("product_id", "quantity", "degree", "period_id.date_to")
    def _compute_amounts(self):
        """Value what was counted at standard. Lines without a product keep what is
        entered. By the rights of who counts, who may see the close and its cards."""
        for period, counts in self.grouped("period_id").items():
            valued = counts.filtered("product_id")
            units = period._get_unit_contents(valued.product_id)
            for count in valued:
                material, conversion = units[count.product_id]
                amounts = bridge.counted(
                    exact(count.quantity), exact(count.degree), material, conversion
                )
                count.material_amount, count.conversion_amount = map(float, amounts)

    # A posted close keeps its count --------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        counts = super().create(vals_list)
        counts.period_id._check_state("open")
        return counts

    def write(self, vals):
        self.period_id._check_state("open")
        result = super().write(vals)
        self.period_id._check_state("open")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        self.period_id._check_state("open")


class BackflushPeriod(models.Model):
    _inherit = "backflush.period"

    count_ids = fields.One2many("backflush.period.count", "period_id", "Physical Count")

    def _get_unit_contents(self, products):
        """Return {product: (material, conversion) of one unit} at the standard of the
        period's end: by the card in force, else the product's own cost as material."""
        if not self:
            return {product: (exact(0), exact(0)) for product in products}
        cards = self.env["backflush.cost.card"]._get_in_force(
            products, self.company_id, self.date_to
        )
        found = {}
        for product in products:
            if card := cards.get(product):
                found[product] = (
                    exact(card.material_cost),
                    exact(card.conversion_cost),
                )
            else:
                own = product.with_company(self.company_id)
                found[product] = (exact(own.standard_price), exact(0))
        return found

    def action_view_counts(self):
        """Open the count as a list of its own, where it can be imported."""
        self.ensure_one()
        if self.state != "open" and not self.count_ids:
            raise UserError(
                self.env._(
                    "Nothing was counted for %(period)s. Reopen it to enter a count.",
                    period=self.name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Physical Count %(period)s", period=self.name),
            "res_model": "backflush.period.count",
            "view_mode": "list",
            "domain": [("period_id", "=", self.id)],
            "context": {"default_period_id": self.id},
        }
