# Scrap orders: the way from a scrap variance to the order that scrapped, and back.
# Used by capture; stock_move_adjustment states the facts.

from odoo import fields, models

from ..roles import AUDITOR


class StockScrap(models.Model):
    _name = "stock.scrap"
    _inherit = ["stock.scrap", "backflush.document"]
    _backflush_link = "scrap_id"

    backflush_entry_ids = fields.One2many(
        "backflush.entry", "scrap_id", "Backflush Entries", groups=AUDITOR
    )


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    scrap_id = fields.Many2one(
        "stock.scrap",
        "Scrap Order",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _prepare_copy_vals(self):
        return {**super()._prepare_copy_vals(), "scrap_id": self.scrap_id.id}

    def action_view_document(self):
        """Open the scrap order of what was scrapped; its order is named there."""
        if self.scrap_id:
            return self.scrap_id.get_formview_action()
        return super().action_view_document()
