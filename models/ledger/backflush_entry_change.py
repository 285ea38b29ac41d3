# Flush of changes: returns, unbuilds and corrections of what earlier entries posted.
# Second step; the arithmetic is in costing/changes.py.

from collections import defaultdict
from dataclasses import replace

from odoo import models

from ...costing import changes, explosion, facts, flush, terms
from ...costing.materials import by_component
from ...costing.money import ZERO, exact
from ...costing.terms import FINISHED_GOODS, STOCK


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    def _flush_return(self, card, rules):
        """Return the postings of goods that come back from a customer.

        They take back their share of what the delivery posted; without a delivery, the
        card of today.
        """
        returned = -exact(self.facts["quantity"])
        if not self.corrected_entry_id:
            return self._flush_delivery(card, rules)
        standing = self._get_standing()
        posted = standing._get_lines_posted()
        if not any(entry.facts.get("invoiced") for entry in standing | self):
            share = self._get_remaining_share(standing)
            target = changes.share_of(posted, share, rules)
        else:
            target = self._get_remaining_delivery(standing, posted, rules)
        if rules.flush_point == terms.COMPLETION:
            returned += exact(self.facts.get("invoiced", 0))
        entered = self._get_entered(card, returned, (), rules)
        return changes.difference(posted, target, rules, entered)

    def _get_remaining_delivery(self, standing, posted, rules):
        """Return what remains of a delivery of which invoices cost a part: each role
        keeps the share of the units that it stands for."""
        parts = [entry._get_delivery() for entry in standing]
        mine = self._get_delivery()
        whole = sum((part.quantity for part in parts), ZERO)
        invoiced = sum((part.invoiced for part in parts), ZERO)
        flushed = self._get_share(whole - invoiced, mine.quantity - mine.invoiced)
        shares = {terms.COST_OF_SALES: flushed}
        if rules.flush_point == terms.COMPLETION:
            shares[FINISHED_GOODS] = flushed
        else:
            shares[FINISHED_GOODS] = self._get_share(invoiced, mine.invoiced)
        rest = self._get_share(whole, mine.quantity)
        target = []
        for posting in posted:
            share = shares.get(posting.role, rest)
            target += changes.share_of([posting], share, rules)
        return target

    @staticmethod
    def _get_share(quantity, change):
        """Return the share, 0 to 1, that is left of ``quantity`` after ``change``."""
        return max(1 + change / quantity, ZERO) if quantity > 0 else ZERO

    def _flush_unbuild(self, card, rules):
        """Return the postings of goods taken apart.

        They take back their share of what the order posted; without an order, what the
        card of today plans.
        """
        unbuilt = -exact(self.facts["quantity"])
        standing = self._get_standing()
        if standing:
            posted = standing._get_lines_posted()
            share = self._get_remaining_share(standing)
        else:
            posted = explosion.explode(
                flush.flush_completion(card, card.planned(unbuilt), rules), rules
            )
            share = ZERO
        entered = self._get_entered(card, -unbuilt, self._get_consumptions(), rules)
        return self._take_back(posted, share, entered, rules)

    def _take_back(self, posted, share, entered, rules):
        target = changes.share_of(posted, share, rules)
        return changes.difference(posted, target, rules, entered)

    def _flush_correction(self, card, rules):
        """Return the postings from what stands to what should stand, had the document
        been right from the start, at the card of that time."""
        standing = self._get_standing()
        original = self._get_root()
        dated = original._get_dated() or original
        then = dated.card_id._to_costing()
        whole = (standing | self)._get_whole_completion()
        change = exact(self.facts["quantity"])
        if original.event == "delivery":
            invoiced = sum(
                (entry._get_delivery().invoiced for entry in standing | self), ZERO
            )
            delivered = facts.Delivery(whole.quantity, invoiced)
            target = flush.flush_delivery(then, delivered, rules)
            entered = self._get_entered(card, -change, (), rules)
        else:
            target = flush.flush_completion(then, whole, rules)
            taken = self._get_consumptions()
            entered = self._get_entered(card, change, taken, rules, sign=-1)
        target = explosion.explode(target, dated._get_rules()[dated])
        return changes.difference(standing._get_lines_posted(), target, rules, entered)

    def _get_whole_completion(self):
        """Return the facts of these entries added up; work in a work centre at the
        rates at which the first of them was recorded."""
        parts = [entry._get_completion() for entry in self.sorted("id")]
        rates = {}
        for work in (work for part in parts for work in part.works):
            rates.setdefault(work.workcenter, work.rates)
        return facts.Completion(
            sum((part.quantity for part in parts), ZERO),
            tuple(used for part in parts for used in part.consumptions),
            tuple(
                replace(work, rates=rates[work.workcenter])
                for part in parts
                for work in part.works
            ),
            tuple(setup for part in parts for setup in part.setups),
        )

    def _get_entered(self, card, goods, materials, rules, sign=1):
        """Return {(role, product): value} that enters stock, at the values by which
        the goods stood when the event was recorded.

        :param card: of the entry
        :param goods: finished goods that enter; with flush at sale their material does
        :param materials: consumptions that enter (``sign`` 1) or leave (-1)
        """
        card = self._get_goods_card(card)
        entered = defaultdict(lambda: ZERO)
        for material in materials:
            entered[STOCK, material.product] += sign * material.value
        if rules.flush_point == terms.COMPLETION:
            entered[FINISHED_GOODS, None] = goods * card.total
        else:
            for product, line in by_component(card.materials).items():
                entered[STOCK, product] += goods * line.amount
        return explosion.explode_values(entered, rules)

    def _get_delivered(self, card, delivery, rules):
        """Return {(role, product): value} that enters stock, negative, by a delivery.

        Units whose cost an invoice takes, or took, stay in finished goods or go back.
        """
        flushed = delivery.quantity - delivery.invoiced
        if rules.flush_point == terms.COMPLETION:
            return self._get_entered(card, -flushed, (), rules)
        entered = self._get_entered(card, -delivery.quantity, (), rules)
        invoiced = delivery.invoiced * self._get_goods_card(card).total
        return {**entered, (FINISHED_GOODS, None): invoiced}

    # Order ---------------------------------------------------------------------------

    def _get_rounds(self):
        """Return these entries in rounds: an entry comes after those that it changes,
        and only one change of the same entry is in a round."""
        rounds, ready = defaultdict(list), defaultdict(int)
        for entry in self.sorted("id"):
            changed = entry._get_changed()
            number = max((ready[other] for other in changed), default=0)
            rounds[number].append(entry.id)
            for other in changed | entry:
                ready[other] = number + 1
        return [self.browse(ids) for _number, ids in sorted(rounds.items())]

    def _get_changed(self):
        """Return the entries that this one changes: originals, and what was corrected
        of an order before it was unbuilt."""
        self.ensure_one()
        if self.event == "unbuild":
            return self.production_id.backflush_entry_ids.filtered(
                lambda entry: entry.event == "completion"
                or (entry.event == "correction" and entry.id < self.id)
            )
        changes_one = self.event in ("return", "correction", "redating")
        return self.corrected_entry_id if changes_one else self.browse()

    # What stands ---------------------------------------------------------------------

    def _get_standing(self):
        """Return the posted entries that this one changes, changes of them included."""
        self.ensure_one()
        counted = {
            "unbuild": ("completion", "correction", "unbuild"),
            "correction": ("completion", "delivery", "correction"),
            "return": ("delivery", "correction", "return"),
        }[self.event] + ("redating", "reversal")
        if self.event == "unbuild":
            standing = self.production_id.backflush_entry_ids
        else:
            standing = self._get_root()._with_changes()
        return standing.filtered(
            lambda entry: entry.state == "posted" and entry.event in counted
        )

    def _get_root(self):
        """Return the entry of the event that this one changes in the end."""
        self.ensure_one()
        root = self.corrected_entry_id or self
        while root.corrected_entry_id:
            root = root.corrected_entry_id
        return root

    def _with_changes(self):
        """Return these entries and all changes of them, and changes of those."""
        found = level = self
        while level := level.change_ids - found:
            found |= level
        return found

    def _get_remaining_share(self, standing):
        """Return the share, 0 to 1, that is left of ``standing`` after this change."""
        quantity = sum((exact(entry.quantity) for entry in standing), ZERO)
        if quantity <= 0:
            return ZERO
        return max(1 + exact(self.facts["quantity"]) / quantity, ZERO)

    def _get_lines_posted(self):
        """Return the postings that these entries hold, for `costing`."""
        return [line._to_posting() for line in self.line_ids]
