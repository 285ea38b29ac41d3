# Flush of changes: returns and unbuilds take back what earlier entries posted.
# Second step; the arithmetic is in costing/changes.py.

from odoo import models

from ..costing import changes, facts, flush
from ..costing.flush import FINISHED_GOODS, STOCK
from ..costing.money import ZERO, exact


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    def _flush_return(self, card, rules):
        """Return the postings of goods that come back from a customer.

        They take back their share of what the delivery posted; without a delivery, the
        card of today.
        """
        delivery = facts.Delivery(exact(self.facts["quantity"]))
        if not self.corrected_entry_id:
            return flush.flush_delivery(card, delivery, rules)
        standing = self._get_standing()
        share = self._get_remaining_share(standing)
        returned = -delivery.quantity
        entered = {(FINISHED_GOODS, None): returned * card.total}
        if rules.flush_point == flush.SALE:
            entered = {
                (STOCK, product): returned * line.amount
                for product, line in flush.planned_materials(card).items()
            }
        return self._take_back(standing._get_lines_posted(), share, rules, entered)

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
            posted = flush.flush_completion(card, card.planned(unbuilt), rules)
            share = ZERO
        entered = self._get_unbuilt_values(card, unbuilt, rules)
        return self._take_back(posted, share, rules, entered)

    def _get_unbuilt_values(self, card, unbuilt, rules):
        """Return {(role, product): value} that an unbuild brings into stock: components
        come in, the finished goods, or with flush at sale their material, go out."""
        entered = {}
        for consumption in self._get_consumptions():
            key = (STOCK, consumption.product)
            entered[key] = entered.get(key, ZERO) + consumption.value
        if rules.flush_point == flush.COMPLETION:
            entered[FINISHED_GOODS, None] = -unbuilt * card.total
            return entered
        for product, line in flush.planned_materials(card).items():
            key = (STOCK, product)
            entered[key] = entered.get(key, ZERO) - unbuilt * line.amount
        return entered

    def _take_back(self, posted, share, rules, entered):
        target = changes.share_of(posted, share, rules)
        return changes.difference(posted, target, rules, entered)

    # Order ---------------------------------------------------------------------------

    def _get_rounds(self):
        """Return these entries in rounds: an entry comes after those that it changes,
        and only one change of the same entry is in a round."""
        rounds = [self.filtered(lambda entry: not entry._get_changed())]
        for entries in (self - rounds[0]).sorted("id").grouped(
            lambda entry: entry._get_changed()
        ).values():
            for number, entry in enumerate(entries, 1):
                if number == len(rounds):
                    rounds.append(self.browse())
                rounds[number] |= entry
        return [entries for entries in rounds if entries]

    def _get_changed(self):
        """Return the original entries that this one changes."""
        self.ensure_one()
        if self.event == "unbuild":
            return self.production_id.backflush_entry_ids.filtered(
                lambda entry: entry.event == "completion"
            )
        return self.corrected_entry_id if self.event == "return" else self.browse()

    # What stands ---------------------------------------------------------------------

    def _get_standing(self):
        """Return the posted entries that this one changes, changes of them included."""
        self.ensure_one()
        original = self.corrected_entry_id
        if self.event == "unbuild":
            standing = self.production_id.backflush_entry_ids.filtered(
                lambda entry: entry.event in ("completion", "unbuild")
            )
        else:
            standing = original | original.change_ids
        return standing.filtered(lambda entry: entry.state == "posted")

    def _get_remaining_share(self, standing):
        """Return the share, 0 to 1, that is left of ``standing`` after this change."""
        quantity = sum((exact(entry.quantity) for entry in standing), ZERO)
        if quantity <= 0:
            return ZERO
        return max(1 + exact(self.facts["quantity"]) / quantity, ZERO)

    def _get_lines_posted(self):
        """Return the postings that these entries hold, for `costing`."""
        return [line._to_posting() for line in self.line_ids]
