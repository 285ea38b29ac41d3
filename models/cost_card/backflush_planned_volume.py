# Planned volumes: the budgeted quantities that a new standard cost is weighed with.
# Configuration; read by the comparison of a release with the cards in force.

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import finite


class BackflushPlannedVolume(models.Model):
    _name = "backflush.planned.volume"
    _description = "Planned Volume"
    _inherit = ["backflush.owned"]
    _order = "date_from desc, product_id"
    _rec_name = "product_id"
    _check_company_auto = True

    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
        domain=[("is_storable", "=", True)],
    )
    category_id = fields.Many2one(related="product_id.categ_id")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: self._get_year()[0]
    )
    date_to = fields.Date("To", required=True, default=lambda self: self._get_year()[1])
    quantity = finite.Float(
        digits="Product Unit",
        required=True,
        help="Product units planned to be made or bought in this time.",
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")

    _dates_in_order = models.Constraint(
        "CHECK(date_from <= date_to)",
        "The last day of a planned volume is not before its first.",
    )
    _quantity_positive = models.Constraint(
        "CHECK(quantity >= 0)", "A planned volume is not negative."
    )

    @api.model
    def _get_year(self):
        """Return the first and the last day of the company's fiscal year."""
        dates = self.env.company.compute_fiscalyear_dates(
            fields.Date.context_today(self)
        )
        return dates["date_from"], dates["date_to"]

    @api.constrains("product_id", "company_id", "date_from", "date_to")
    def _check_no_overlap(self):
        """A day is planned once: volumes that overlap would count twice."""
        others = self.search(
            [
                ("product_id", "in", self.product_id.ids),
                ("company_id", "in", self.company_id.ids),
            ],
            order="date_from, id",
        ).grouped(lambda volume: (volume.product_id, volume.company_id))
        for volumes in others.values():
            for before, after in zip(volumes, volumes[1:], strict=False):
                if after.date_from <= before.date_to:
                    raise ValidationError(
                        self.env._(
                            "%(product)s has two planned volumes for %(date)s: let one "
                            "end before the other begins.",
                            product=after.product_id.display_name,
                            date=after.date_from,
                        )
                    )

    @api.model
    def _get_quantities(self, products, company, date):
        """Return {product: product units planned from ``date`` on}, one query for all.

        Of a time that has begun, the share of its days from ``date`` on counts, rounded
        to the unit.
        """
        planned = dict.fromkeys(products, 0.0)
        for volume in self.search_fetch(
            [
                ("product_id", "in", products.ids),
                ("company_id", "=", company.id),
                ("date_to", ">=", date),
            ],
            ["product_id", "date_from", "date_to", "quantity"],
        ):
            planned[volume.product_id] += volume.quantity * volume._get_share(date)
        return {
            product: product.uom_id.round(quantity)
            for product, quantity in planned.items()
        }

    def _get_share(self, date):
        """Return the share of this volume's days that lies on ``date`` or after."""
        self.ensure_one()
        days = (self.date_to - self.date_from).days + 1
        left = (self.date_to - max(date, self.date_from)).days + 1
        return left / days
