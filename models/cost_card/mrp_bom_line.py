# Components of bills of materials: planned scrap of them, which can replace which.
# Standard cost; read by the building of cost cards.

from decimal import Decimal

from odoo import api, fields, models

from ...costing.money import exact
from .. import finite
from .mix_group import check_groups


class MrpBomLine(models.Model):
    _inherit = "mrp.bom.line"

    backflush_scrap = finite.Float(
        "Planned Scrap (%)",
        digits=(16, 4),
        help="Percent of the quantity that is expected to be scrapped on the way to "
        "good products. The cost card plans it beside the component; scrap orders are "
        "measured against it, as scrap variance.",
    )

    backflush_mix_group = fields.Char(
        "Mix Group",
        help="Components with the same mix group can take each other's place. Their "
        "usage variance is shown as mix (another composition than planned) and yield "
        "(more or less of the whole group). A line with quantity 0 allows a substitute "
        "that is not planned. Cost cards take the groups over.",
    )

    _backflush_scrap_range = models.Constraint(
        "CHECK(backflush_scrap >= 0 AND backflush_scrap < 1000)",
        "Planned scrap is a percentage of the quantity: 0 or more.",
    )

    @api.constrains("backflush_mix_group", "product_id", "bom_id")
    def _check_backflush_mix_group(self):
        for bom in self.filtered("backflush_mix_group").bom_id:
            lines = bom.bom_line_ids.filtered("backflush_mix_group")
            check_groups(
                bom, [(line.product_id, line.backflush_mix_group) for line in lines]
            )

    def _get_scrap_share(self):
        """Return what these lines, a component and the kit that it is in, add to the
        quantity: 0.05 for 5 %."""
        share = Decimal(1)
        for line in self:
            share *= 1 + exact(line.backflush_scrap) / 100
        return share - 1

    def _get_card_quantity(self, product):
        """Return the units of this component that one unit of ``product``, which its
        bill makes, takes; planned scrap included. For where-used, kits not exploded."""
        bom = self.bom_id
        quantity = self.product_uom_id._compute_quantity(
            self.product_qty, self.product_id.uom_id, round=False
        )
        made = bom.product_uom_id._compute_quantity(
            bom.product_qty, product.uom_id, round=False
        )
        per_unit = exact(quantity) / exact(made)
        return round(per_unit * (1 + self._get_scrap_share()), 8)
