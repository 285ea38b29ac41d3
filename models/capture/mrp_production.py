# Capture: a manufacturing order is completed (trigger point C).
# First step; states what was made, used and worked, and hands it to the ledger.

from collections import defaultdict

from odoo import fields, models
from odoo.tools import float_is_zero

from ..roles import AUDITOR

#: Context key: moves are done by the completion of their order, which captures them.
COMPLETING = "backflush_completing"


class MrpProduction(models.Model):
    _name = "mrp.production"
    _inherit = ["mrp.production", "backflush.document"]
    _backflush_link = "production_id"

    backflush_entry_ids = fields.One2many(
        "backflush.entry", "production_id", "Backflush Entries", groups=AUDITOR
    )

    def _is_backflush(self):
        """Answer whether a policy records the cost of this order.

        Says nothing of whether its entry could be posted.
        """
        self.ensure_one()
        return self.product_id._is_backflush(self.company_id)

    def write(self, vals):
        """Keep each completion of an order on its day when the order ends: core dates
        all its moves anew."""
        if vals.get("state") == "done":
            self = self.with_context(**{COMPLETING: True})
        return super().write(vals)

    def _post_inventory(self, cancel_backorder=False):
        """Capture the completion of orders under a policy, once Odoo is done."""
        mine = self.filtered(lambda production: production._is_backflush())
        done_before = (mine.move_raw_ids | mine.move_finished_ids).filtered(
            lambda move: move.state == "done"
        )
        mine.move_byproduct_ids._set_byproduct_price()
        completing = self.with_context(**{COMPLETING: True})
        result = super(MrpProduction, completing)._post_inventory(
            cancel_backorder=cancel_backorder
        )
        mine._capture_completion(done_before)
        return result

    def _post_labour(self):
        """Leave orders under a policy out: their conversion is applied by the flush."""
        native = self.filtered(lambda production: not production._is_backflush())
        return super(MrpProduction, native)._post_labour()

    def _capture_completion(self, done_before):
        """State the facts of what was completed since ``done_before`` moves."""
        facts = []
        for production in self:
            finished = production._get_done_moves("move_finished_ids") - done_before
            raw = production._get_done_moves("move_raw_ids") - done_before
            if finished or raw:
                facts.append(production._prepare_completion_vals(finished, raw))
        self.env["backflush.entry"]._capture(facts)

    def _get_done_moves(self, name):
        return self[name].filtered(lambda move: move.state == "done")

    def _prepare_completion_vals(self, finished, raw):
        """Return the ledger entry of one completion: who, when and the facts."""
        main = finished.filtered(lambda move: move.product_id == self.product_id)
        moves = main or raw or finished
        byproducts = finished - main
        quantity = sum(move._get_valued_qty() for move in main)
        works = self._get_work_facts()
        return {
            "event": "completion",
            "source_key": f"mrp.production/{self.id}/{min(moves.ids)}",
            "origin": self.name,
            "company_id": self.company_id.id,
            "policy_id": self.product_id._get_backflush_policy(self.company_id).id,
            "date": moves._get_backflush_date(),
            "product_id": self.product_id.id,
            "quantity": quantity,
            "production_id": self.id,
            "stock_move_ids": (finished | raw).ids,
            "facts": {
                "quantity": quantity,
                "consumptions": raw._get_material_facts()
                + byproducts._get_material_facts(),
                "works": works,
                "setups": self._get_setup_facts(),
                **self._get_rate_facts(works),
                **self._get_group_facts(raw),
            },
        }

    def _get_work_facts(self):
        """Return [[operation, workcenter, hours]] not captured before."""
        policy = self.product_id._get_backflush_policy(self.company_id)
        if policy.conversion_basis != "time":
            return []
        works = []
        for workorder in self.workorder_ids:
            hours = workorder.duration / 60 - workorder.backflush_hours
            # Less than a second is a float's noise.
            if not float_is_zero(hours, precision_digits=4):
                works.append(
                    [workorder.operation_id.id, workorder.workcenter_id.id, hours]
                )
                workorder.backflush_hours += hours
        return works

    def _get_rate_facts(self, works):
        """Return the rates [[cost element, per hour]] of the work centers of ``works``,
        which work that the card does not plan is charged at."""
        policy = self.product_id._get_backflush_policy(self.company_id)
        worked = {workcenter for _operation, workcenter, _hours in works}
        # Who completes an order need not see what an hour costs.
        places = self.workorder_ids.workcenter_id.sudo()
        rates = {
            str(place.id): [
                [element, float(rate)]
                for element, rate in place._get_element_rates(policy)
            ]
            for place in places.filtered(lambda place: place.id in worked)
        }
        return {"rates": rates} if rates else {}

    def _get_setup_facts(self, entries=None):
        """Return [[operation, workcenter, lots]] that ``entries`` of this order, by
        default all in the ledger, lack.

        An order is a lot of its own, a backorder too, as Odoo plans the set-up of each;
        its work orders say when set-ups were run more or less often.
        """
        policy = self.product_id._get_backflush_policy(self.company_id)
        if policy.conversion_basis != "time":
            return []
        entries = self._get_completion_entries() if entries is None else entries
        if any("setups" not in entry.facts for entry in entries):
            return []  # Entries of an earlier version of the module state none.
        now, held = self.workorder_ids._get_setups(), defaultdict(float)
        for entry in entries:
            for operation, workcenter, lots in entry.facts["setups"]:
                held[operation, workcenter] += lots
        lacking = {key: now.get(key, 0) - held.get(key, 0) for key in {**now, **held}}
        return [
            [*key, lots]
            for key, lots in lacking.items()
            if key not in held or not float_is_zero(lots, precision_digits=6)
        ]

    def _get_group_facts(self, raw):
        """Return the mix groups in which the bill has the components of ``raw`` moves:
        those that the cost card does not plan join them."""
        lines = self.bom_id.bom_line_ids | raw.bom_line_id
        groups = {
            str(line.product_id.id): line.backflush_mix_group
            for line in lines
            if line.backflush_mix_group and line.product_id in raw.product_id
        }
        return {"groups": groups} if groups else {}

    # Corrections ---------------------------------------------------------------------

    def _capture_correction(self):
        """State what differs from the facts that the ledger holds of these orders."""
        facts = []
        for production in self:
            entries = production._get_completion_entries()
            if entries and (change := production._get_changed_facts(entries)):
                facts.append(production._prepare_correction_vals(entries, change))
        self.env["backflush.entry"]._capture(facts)

    def _get_completion_entries(self):
        """Return the ledger entries of what this order made and took."""
        entries = self.sudo().backflush_entry_ids.sorted("id")
        return entries.filtered(
            lambda entry: entry.event in ("completion", "correction")
            and not entry._is_repetition()
        )

    def _get_changed_facts(self, entries):
        """Return the facts that ``entries`` lack to be what the documents say now, or
        None when nothing is lacking."""
        raw = self._get_done_moves("move_raw_ids")
        finished = self._get_done_moves("move_finished_ids")
        main = finished.filtered(lambda move: move.product_id == self.product_id)
        made = sum(move._get_valued_qty() for move in main)
        quantity = made - sum(entry.facts["quantity"] for entry in entries)
        materials = (raw | (finished - main))._get_changed_materials(entries)
        works, setups = self._get_work_facts(), self._get_setup_facts(entries)
        unchanged = self.product_id.uom_id.is_zero(quantity)
        if unchanged and not (materials or works or setups):
            return None
        return {
            "quantity": quantity,
            "consumptions": materials,
            "works": works,
            "setups": setups,
            **self._get_rate_facts(works),
            **self._get_group_facts(raw),
        }

    def _prepare_correction_vals(self, entries, change):
        """Return the ledger entry of a change after completion."""
        moves = self._get_done_moves("move_raw_ids") | self._get_done_moves(
            "move_finished_ids"
        )
        return {
            "event": "correction",
            "source_key": f"mrp.production/{self.id}/correction/{len(entries)}",
            "origin": self.name,
            "company_id": self.company_id.id,
            "policy_id": entries[0].policy_id.id,
            "date": self.company_id._get_backflush_day(),
            "product_id": self.product_id.id,
            "quantity": change["quantity"],
            "production_id": self.id,
            "corrected_entry_id": entries[0].id,
            "stock_move_ids": moves.filtered(
                lambda move: not move.sudo().backflush_entry_id
            ).ids,
            "facts": change,
        }
