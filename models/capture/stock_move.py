# Capture: goods are delivered or come back (trigger point D), or change afterwards.
# First step; also keeps core from posting what the flush posts.

from odoo import fields, models
from odoo.fields import Domain

from ..configuration.res_company import NATIVE_MOVES_ONLY
from .mrp_production import COMPLETING


class StockLocation(models.Model):
    _inherit = "stock.location"

    def _is_between_companies(self):
        """Answer whether goods here have left one company for another."""
        self.ensure_one()
        return self.usage == "transit" and not self.company_id


class StockMove(models.Model):
    _inherit = "stock.move"

    backflush_entry_id = fields.Many2one(
        "backflush.entry",
        "Backflush Entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="mrp_account_backflush.group_backflush_auditor",
    )

    # What is ours --------------------------------------------------------------------

    def _is_backflush(self):
        """Answer whether a policy of finished products records the cost of this move:
        a move of an order that makes them, their delivery, return, scrap or count."""
        self.ensure_one()
        order = self.raw_material_production_id or self.production_id or self.unbuild_id
        if order and not self._is_adjustment():
            return order._is_backflush()
        if not self.product_id.is_storable:
            return False
        if self.product_id._is_backflush(self.company_id):
            return self._is_customer_move() or self._is_adjustment()
        return self._is_customer_move() and self._ends_backflush()

    def _is_customer_move(self):
        """Answer whether the goods go to a customer or come back from one.

        To another company they go through a transit location of no company: that is a
        sale. What arrives from there is a purchase, unless it was sent from here.
        """
        source, destination = self.location_id, self.location_dest_id
        if destination.usage == "customer" or destination._is_between_companies():
            return True
        returned = source._is_between_companies() and self.origin_returned_move_id
        return source.usage == "customer" or bool(returned)

    def _is_adjustment(self):
        """Answer whether stock is lost or found: scrap, count, inventory loss."""
        return "inventory" in (self.location_id.usage, self.location_dest_id.usage)

    def _is_native_use(self):
        """Answer whether an order without a policy takes goods that are flushed at
        sale, or its unbuild gives them back."""
        order = self.raw_material_production_id or self.unbuild_id
        return (
            bool(order)
            and self.product_id != order.product_id
            and not self._is_adjustment()
            and not order._is_backflush()
            and self.product_id._is_flushed_at_sale(
                self.company_id, self.company_id._get_backflush_day()
            )
        )

    def _should_create_account_move(self):
        """Keep core from posting moves whose cost the flush records."""
        return super()._should_create_account_move() and not self._is_backflush()

    def _read_group(self, domain, groupby=(), aggregates=(), *args, **kwargs):
        """Leave captured moves out of core's location reclassification."""
        if self.env.context.get(NATIVE_MOVES_ONLY):
            domain = Domain(domain) & Domain("id", "not in", self._get_captured_query())
        return super()._read_group(domain, groupby, aggregates, *args, **kwargs)

    def _get_captured_query(self):
        return self.sudo()._search([("backflush_entry_id", "!=", False)])

    # Deliveries ----------------------------------------------------------------------

    def _action_done(self, cancel_backorder=False):
        """Capture deliveries, returns and adjustments, once Odoo is done."""
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        valued = moves.filtered("is_valued")
        valued._capture_correction()
        delivered = valued.filtered(lambda move: move._is_customer_move())
        delivered.filtered(lambda move: move._is_backflush())._capture_delivery()
        valued.filtered(lambda move: move._is_native_use())._capture_native_use()
        valued.filtered(lambda move: move._is_adjustment())._capture_adjustment()
        return moves

    def _capture_delivery(self):
        """State the facts of goods delivered and returned, one entry a move."""
        left_out = self._get_left_to_invoices()
        vals_list = [move._prepare_delivery_vals() for move in self]
        for move, vals in zip(self, vals_list, strict=True):
            if left_out.get(move):
                vals["facts"]["invoiced"] = left_out[move]
        self.env["backflush.entry"]._capture(vals_list)

    def _capture_native_use(self):
        """State that goods flushed at sale went into an order without a policy: Odoo
        credits their stock account, which gets their cost from the flush."""
        vals_list = [move._prepare_delivery_vals() for move in self]
        for vals in vals_list:
            vals["facts"]["invoiced"] = vals["quantity"]
        self.env["backflush.entry"]._capture(vals_list)

    def _prepare_delivery_vals(self):
        """Return the ledger entry of one delivered or returned product."""
        sign = -1 if self.is_in else 1
        quantity = sign * self._get_valued_qty()
        origin = self.origin_returned_move_id if self.is_in else self.browse()
        return {
            "event": "return" if self.is_in else "delivery",
            "source_key": f"stock.move/{self.id}",
            "origin": self.reference,
            "company_id": self.company_id.id,
            "policy_id": self._get_delivery_policy().id,
            "date": self._get_backflush_date(),
            "product_id": self.product_id.id,
            "quantity": quantity,
            "picking_id": self.picking_id.id,
            "corrected_entry_id": origin.sudo().backflush_entry_id.id,
            "stock_move_ids": self.ids,
            "facts": {"quantity": quantity, **self._get_analytic_fact()},
        }

    # Corrections ---------------------------------------------------------------------

    def write(self, vals):
        """Capture another effective date of what the ledger holds already."""
        result = super().write(vals)
        if "date" in vals and not self.env.context.get(COMPLETING):
            # Before its end an order dates its moves anew whenever its plan changes.
            ended = self.sudo().filtered(
                lambda move: move.state == "done"
                and move.production_id.state in (False, "done")
            )
            ended.backflush_entry_id._capture_redating()
        return result

    def _capture_correction(self):
        """State what changed in done moves of events that the ledger holds already."""
        done = self.filtered(lambda move: move.state == "done")
        if not done or self.env.context.get(COMPLETING):
            return
        (done.raw_material_production_id | done.production_id)._capture_correction()
        deliveries = done.filtered(
            lambda move: (move._is_customer_move() or move._is_native_use())
            and move.sudo().backflush_entry_id
        )
        self.env["backflush.entry"]._capture(
            [
                move._prepare_correction_vals(change)
                for move in deliveries
                if (change := move._get_changed_quantity())
            ]
        )

    def _get_changed_quantity(self):
        """Return the quantity, positive when delivered, that the ledger lacks."""
        original = self.sudo().backflush_entry_id
        entries = original | original.change_ids.filtered(
            lambda entry: entry.event == "correction" and not entry._is_repetition()
        )
        delivered = (-1 if self.is_in else 1) * self._get_valued_qty()
        change = delivered - sum(entry.facts["quantity"] for entry in entries)
        return 0 if self.product_id.uom_id.is_zero(change) else change

    def _prepare_correction_vals(self, change):
        """Return the ledger entry of a change after delivery."""
        original = self.sudo().backflush_entry_id
        left_out = {"invoiced": change} if self._is_native_use() else {}
        return {
            **self._prepare_delivery_vals(),
            "event": "correction",
            "source_key": f"stock.move/{self.id}/{len(original.change_ids)}",
            "date": self.company_id._get_backflush_day(),
            "quantity": change,
            "corrected_entry_id": original.id,
            "stock_move_ids": [],
            "facts": {"quantity": change, **left_out, **self._get_analytic_fact()},
        }

    # Dates ---------------------------------------------------------------------------

    def _get_backflush_date(self):
        """Return the day of these moves in their company's time zone."""
        return self.company_id._get_backflush_day(max(self.mapped("date")))
