# Components of bills of materials: how much of them is planned to be scrapped.
# Standard cost; read by the building of cost cards.

from decimal import Decimal

from odoo import models

from ..costing.money import exact
from . import finite


class MrpBomLine(models.Model):
    _inherit = "mrp.bom.line"

    backflush_scrap = finite.Float(
        "Planned Scrap (%)",
        digits=(16, 4),
        help="Percent of the quantity that is expected to be scrapped on the way to "
        "good products. The cost card plans it beside the component; scrap orders are "
        "measured against it, as scrap variance.",
    )

    _backflush_scrap_range = models.Constraint(
        "CHECK(backflush_scrap >= 0 AND backflush_scrap < 1000)",
        "Planned scrap is a percentage of the quantity: 0 or more.",
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
