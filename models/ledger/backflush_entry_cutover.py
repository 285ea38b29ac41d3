# Flush of a cut-over: goods on hand move from one set of rules to another, all at once
# (wizards/backflush_cutover.py) or when they come back by other rules than they left;
# and from one cost card to the next. First and second step, see costing/cutover.py.

from dataclasses import replace

from odoo import fields, models

from ...costing import cutover, terms
from ...costing.money import exact

#: The columns of a row of the facts ``before`` and ``after``.
KEYS = ("role", "account", "element", "product", "operation", "workcenter")
NUMBERS = ("actual_quantity", "actual_price", "amount")


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    flush_point = fields.Selection(
        [(terms.COMPLETION, "Completion"), (terms.SALE, "Sale")],
        readonly=True,
        help="By which rules the event is flushed. At completion, and without a "
        "policy, goods on hand are finished goods; at sale, material. A change of an "
        "earlier entry follows the rules of that entry.",
    )

    # Rules of today and of then ------------------------------------------------------

    def _set_flush_points(self):
        """Keep by which rules these new entries are flushed."""
        for entry in self.filtered("product_id"):
            changed = entry._get_changed().sorted("id")[:1]
            if entry.event == "correction":
                changed = entry._get_root()
            entry.flush_point = (
                changed.flush_point
                or entry.product_id._get_flush_point(entry.company_id)
            )

    def _prepare_carry_over_vals(self):
        """Return the cut-over of the goods that this change brings on hand, or takes
        from there, under other rules than today's; None when the rules are the same."""
        if self.event not in ("return", "unbuild", "correction"):
            return None
        now = self.product_id._get_flush_point(self.company_id)
        if not self.flush_point or self.flush_point == now:
            return None
        delivered = self._is_about_delivery()
        return {
            "event": "cutover",
            "source_key": f"{self.source_key}/cutover",
            "origin": self.origin,
            "company_id": self.company_id.id,
            "policy_id": self.policy_id.id,
            "date": self.date,
            "product_id": self.product_id.id,
            "quantity": -self.quantity if delivered else self.quantity,
            "production_id": self.production_id.id,
            "picking_id": self.picking_id.id,
            "flush_point": now,
            "facts": {
                "quantity": -self.quantity if delivered else self.quantity,
                "left": self.facts.get("invoiced", 0),
                "from": self.flush_point,
                "to": now,
            },
        }

    # Flush ---------------------------------------------------------------------------

    def _flush_cutover(self, card, rules):
        """Return the postings of the opening reclassification of one product."""
        if "before" in self.facts:
            before, after = self._get_stated_standings()
        else:
            card = self._get_goods_card(card)
            quantity, left = (exact(self.facts[name]) for name in ("quantity", "left"))
            before, after = (
                cutover.standing(
                    card, quantity, left, replace(rules, flush_point=self.facts[name])
                )
                for name in ("from", "to")
            )
        return cutover.reclassify(before, after, rules)

    def _flush_revaluation(self, card, rules):
        """Return the postings of a new card for the goods on hand of one product."""
        return self._flush_cutover(card, rules)

    def _get_stated_standings(self):
        """Return what stood before and what stands after, for `costing`."""
        return tuple(
            [self._to_standing(row) for row in self.facts[name]]
            for name in ("before", "after")
        )

    @staticmethod
    def _to_standing(row):
        """Return a row of the facts for `costing`."""
        keys, numbers = row[: len(KEYS)], row[len(KEYS) :]
        return terms.Posting(
            **{name: key or None for name, key in zip(KEYS, keys, strict=True)},
            **{
                name: exact(number)
                for name, number in zip(NUMBERS, numbers, strict=True)
            },
        )

    def _prepare_standing_facts(self, postings):
        """Return rows of facts of ``postings``, each with its account of today."""
        return [
            [
                posting.role,
                posting.account or self._find_account(posting).id,
                *(getattr(posting, name) for name in KEYS[2:]),
                *(float(round(getattr(posting, name), 9)) for name in NUMBERS),
            ]
            for posting in postings
        ]
