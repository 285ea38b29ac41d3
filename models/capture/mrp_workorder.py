# Capture: time of work orders and their set-ups, and changes of them after completion.
# First step; read by the completion and by corrections of manufacturing orders.

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import float_is_zero


class MrpWorkorder(models.Model):
    _inherit = "mrp.workorder"

    backflush_hours = fields.Float(
        "Captured Hours",
        readonly=True,
        copy=False,
        help="Working hours that ledger entries already hold.",
    )
    backflush_setups = fields.Integer(
        "Set-ups Run",
        default=1,
        copy=False,
        help="How often the work center was set up for this work order: once as "
        "planned; 0 when it went on from the set-up of the order before, as a "
        "backorder can; more when it was set up again in between. The lot size "
        "variance compares this with the set-up that the cost card spreads over its "
        "lot. It counts when working time is recorded and the policy applies "
        "conversion for actual time.",
    )

    _backflush_setups_positive = models.Constraint(
        "CHECK(backflush_setups >= 0)",
        "The number of set-ups run cannot be negative.",
    )

    def write(self, vals):
        """Capture set-ups that are corrected after completion."""
        result = super().write(vals)
        if "backflush_setups" in vals:
            orders = self.production_id
            orders.filtered(lambda order: order.state == "done")._capture_correction()
        return result

    def _get_setups(self):
        """Return {(operation id, work centre id): lots} of those with working time.

        A lot needs one set-up of each operation. Where an operation is in several of
        these work orders, as in kits, its lots are the set-ups of one of them.
        """
        found = defaultdict(list)
        for workorder in self:
            if not float_is_zero(workorder.duration, precision_digits=2):
                key = (workorder.operation_id.id, workorder.workcenter_id.id)
                found[key].append(workorder.backflush_setups)
        return {key: sum(setups) / len(setups) for key, setups in found.items()}


class MrpWorkcenterProductivity(models.Model):
    _inherit = "mrp.workcenter.productivity"

    @api.model_create_multi
    def create(self, vals_list):
        times = super().create(vals_list)
        times._capture_correction()
        return times

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"date_start", "date_end", "duration"}:
            self._capture_correction()
        return result

    def unlink(self):
        orders = self.workorder_id.production_id
        result = super().unlink()
        orders.filtered(lambda order: order.state == "done")._capture_correction()
        return result

    def _capture_correction(self):
        """Capture working time that is added or corrected after completion."""
        orders = self.workorder_id.production_id
        orders.filtered(lambda order: order.state == "done")._capture_correction()
