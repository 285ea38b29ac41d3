# Reversed journal entries: the ledger follows, and somebody decides what is to be.
# After post; the event is posted again, or stays out of the books, with a reason.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .backflush_entry_decision import DECISIONS

#: Tables of facts that add up over changes, and how many of their columns are keys.
SIGNED_FACTS = {"consumptions": 1, "works": 2, "setups": 2, "rows": 5}


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    is_reversed = fields.Boolean(
        compute="_compute_is_reversed",
        search="_search_is_reversed",
        help="The journal entry of this entry was reversed.",
    )
    decision_ids = fields.One2many(
        "backflush.entry.decision", "entry_id", "Decisions", readonly=True
    )
    decision = fields.Selection(
        DECISIONS,
        compute="_compute_decision",
        search="_search_decision",
        help="What was decided about the event after the reversal.",
    )
    decision_reason = fields.Char(
        "Reason of the Decision", related="decision_ids.reason"
    )
    decision_user_id = fields.Many2one(related="decision_ids.user_id")

    @api.depends("change_ids.event")
    def _compute_is_reversed(self):
        for entry in self:
            entry.is_reversed = "reversal" in entry.change_ids.mapped("event")

    @api.model
    def _search_is_reversed(self, operator, value):
        """Find entries by what changed them; they themselves stay as they were."""
        if operator != "in":
            return NotImplemented
        reversed_ = Domain("change_ids", "any", [("event", "=", "reversal")])
        if True in value and False in value:
            return Domain.TRUE
        return reversed_ if True in value else ~reversed_

    @api.depends("decision_ids.decision")
    def _compute_decision(self):
        for entry in self:
            entry.decision = entry.decision_ids.decision

    @api.model
    def _search_decision(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = Domain("decision_ids.decision", "in", [v for v in value if v])
        if False in value:
            found |= Domain("decision_ids", "=", False)
        return found

    def _get_reversed_facts(self):
        """Return these facts with the opposite sign."""
        stated = dict(self.facts)
        for name in ("quantity", "invoiced"):
            stated[name] = -stated.get(name, 0)
        for name, keys in SIGNED_FACTS.items():
            stated[name] = [
                [*row[:keys], *(-number for number in row[keys:])]
                for row in stated.get(name, ())
            ]
        return stated

    def _follow_reversal(self, reversal):
        """Record that ``reversal`` took the journal entry of these entries back.

        A reversal that a user has changed is a manual journal entry and not followed.
        """
        if not self._is_exact_reversal(reversal):
            return
        lines = {line.account_id: line for line in reversal.line_ids}
        for entry in self.filtered(lambda entry: not entry.is_reversed):
            taken_back = self.create(entry._prepare_reversal_vals(reversal))
            self.env["backflush.entry.line"].create(
                [
                    {
                        **line.copy_data({"entry_id": taken_back.id})[0],
                        "date": reversal.date,
                        "accounting_date": reversal.date,
                        "amount": -line.amount,
                        "standard_quantity": -line.standard_quantity,
                        "actual_quantity": -line.actual_quantity,
                        "remainder": -line.remainder,
                        "move_line_id": lines[line.account_id].id,
                    }
                    for line in entry.line_ids
                ]
            )

    def _is_exact_reversal(self, reversal):
        """Answer whether ``reversal`` is the exact opposite, account by account."""
        sums = {}
        for line in self.move_id.line_ids | reversal.line_ids:
            sums[line.account_id] = sums.get(line.account_id, 0.0) + line.balance
        currency = reversal.company_id.currency_id
        return all(currency.is_zero(balance) for balance in sums.values())

    def _prepare_reversal_vals(self, reversal):
        times = len(self.change_ids.filtered(lambda e: e.event == "reversal"))
        return {
            **self._prepare_copy_vals(),
            "event": "reversal",
            "source_key": f"{self.source_key}/reversal/{times}",
            "date": reversal.date,
            "quantity": -self.quantity,
            "facts": self._get_reversed_facts(),
            "move_id": reversal.id,
            "amount": self.amount,
            "state": "posted",
        }

    def _prepare_copy_vals(self):
        """Return what an entry about the same event has in common with this one."""
        return {
            "origin": self.origin,
            "company_id": self.company_id.id,
            "policy_id": self.policy_id.id,
            "flush_point": self.flush_point,
            "product_id": self.product_id.id,
            "card_id": self.card_id.id,
            "goods_card_id": self.goods_card_id.id,
            "production_id": self.production_id.id,
            "picking_id": self.picking_id.id,
            "bill_id": self.bill_id.id,
            "unbuild_id": self.unbuild_id.id,
            "period_id": self.period_id.id,
            "corrected_entry_id": self.id,
        }

    def _is_repetition(self):
        """Answer whether this entry posts again what was reversed."""
        before = self.corrected_entry_id
        return before.decision == "again" and self.event == before.event

    # The decision --------------------------------------------------------------------

    def action_decide(self):
        """Open the dialog that asks what is to be of a reversed event, and why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reversed: what is to be?"),
            "res_model": "backflush.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_entry_id": self.id},
        }

    @api.private
    def _decide(self, decision, reason):
        """Post a reversed event again, or keep it out of the books.

        :raises UserError: the entry is not reversed, or was decided before
        """
        self.ensure_one()
        self._check_can_post()
        if not self.is_reversed or self.decision:
            raise UserError(
                self.env._(
                    "%(entry)s waits for no decision: only an entry whose journal "
                    "entry was reversed does, once.",
                    entry=self.display_name,
                )
            )
        # The ledger is written by the system alone, in the name of who decides.
        entry = self.sudo()
        entry.decision_ids.create(
            {
                "entry_id": self.id,
                "company_id": self.company_id.id,
                "decision": decision,
                "reason": reason,
            }
        )
        if decision == "again":
            again = entry.create(
                {
                    **entry._prepare_copy_vals(),
                    "event": entry.event,
                    "source_key": f"{entry.source_key}/again",
                    "date": entry.date,
                    "quantity": entry.quantity,
                    "facts": entry.facts,
                }
            )
            again._post()
            return again
        return self.browse()
