# Standards of an entry: the card of its document's day, and the card by which the goods
# stood in the books when it was recorded. Second step, before the flush.

from dataclasses import replace

from odoo import models

from ...costing import changes
from ...costing.money import ZERO
from ...costing.terms import FINISHED_GOODS, STOCK


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    def _find_cards(self):
        """Set the card that was in force on the date of each entry, and the one that
        its goods stand by; once set, they stay."""
        waiting = self.filtered(lambda entry: not entry.card_id and entry._needs_card())
        for (company, date), entries in waiting.grouped(
            lambda entry: (entry.company_id, entry.date)
        ).items():
            cards = self.env["backflush.cost.card"]._get_in_force(
                entries.product_id, company, date
            )
            for product, mine in entries.grouped("product_id").items():
                mine.card_id = cards.get(product)
        unset = self.filtered(lambda entry: entry.card_id and not entry.goods_card_id)
        unset._find_goods_cards()

    def _find_goods_cards(self):
        """Set the card by which goods stand in the books now; a card that is in force
        on the day of the document is the one."""
        for card, entries in self.grouped("card_id").items():
            if card.state == "in_force":
                entries.goods_card_id = card
        others = self.filtered(lambda entry: not entry.goods_card_id)
        for company, entries in others.grouped("company_id").items():
            cards = self.env["backflush.cost.card"]._get_in_force(
                entries.product_id, company
            )
            for product, mine in entries.grouped("product_id").items():
                mine.goods_card_id = cards.get(product)

    def _keep_standards(self):
        """Let these entries, which wait, be posted later by the cards of now: what they
        moved has left, or entered, stock at the standard of now."""
        self._find_cards()
        self._get_rules()

    def _get_rules(self):
        """Return {entry: rules} with the cards of its components that are flushed at
        sale themselves: those by which they stood in the books when it was recorded."""
        rules = {policy: policy._to_rules() for policy in self.policy_id}
        parts = self._get_parts()
        return {
            entry: replace(
                rules[entry.policy_id],
                flush_point=entry.flush_point or entry.policy_id.flush_point,
                flushed_at_sale=parts.get(entry, {}),
            )
            for entry in self
        }

    def _get_parts(self):
        """Return {entry: {product: `costing` card}} of components that are flushed at
        sale, None for one without a card. What is found is kept in the facts."""
        exploded = self.filtered(lambda entry: not entry._is_stated())
        kept = exploded.filtered(lambda entry: entry.facts.get("parts"))
        parts = {entry: entry._get_kept_parts() for entry in kept}
        others = exploded - kept
        # Entries posted before parts were kept were posted by the cards of their day.
        for (company, day), entries in others.grouped(
            lambda entry: (entry.company_id, entry.state == "posted" and entry.date)
        ).items():
            found = self.env["backflush.cost.card"]._get_flushed_at_sale(
                entries._get_materials(), company, day or None
            )
            parts |= dict.fromkeys(entries, found)
            if found and not day and all(found.values()):
                entries._keep_parts(found, company)
        return parts

    def _keep_parts(self, products, company):
        cards = self.env["backflush.cost.card"]._get_in_force(
            self.env["product.product"].browse(products), company
        )
        ids = [card.id for card in cards.values()]
        for entry in self:
            entry.facts = {**entry.facts, "parts": ids}

    def _get_kept_parts(self):
        """Return the cards that `_keep_parts` has kept, for `costing`."""
        cards = self.env["backflush.cost.card"].browse(self.facts["parts"])
        return {card.product_id.id: card._to_costing() for card in cards}

    def _is_about_delivery(self):
        """Answer whether the quantity of this entry left stock, or came back there,
        by a delivery."""
        event = self.event if self.event == "return" else self._get_root().event
        return event in ("delivery", "return")

    # Documents of another day --------------------------------------------------------

    def _get_goods_card(self, card):
        """Return the card, for `costing`, by which the goods of this entry stood when
        it was recorded.

        :param card: that of the entry's own card
        """
        if not self.goods_card_id or self.goods_card_id == self.card_id:
            return card
        return self.goods_card_id._to_costing()

    def _at_goods_card(self, postings, rules, entered):
        """Return ``postings`` of an event dated before the present card, with stock
        that moves at the present one; others as they are.

        :param entered: see `_get_entered`; a function, asked when it is needed
        """
        if not self.goods_card_id or self.goods_card_id == self.card_id:
            return postings
        values = {
            (posting.role, posting.product): ZERO
            for posting in postings
            if posting.role in (FINISHED_GOODS, STOCK)
        }
        values = {
            (role, product): value
            for (role, product), value in (values | entered()).items()
            if role == FINISHED_GOODS or self._is_recorded(product)
        }
        return changes.at_stock_values(postings, values, rules)

    def _is_recorded(self, product_id):
        """Answer whether purchases of a component are recorded; else it stands nowhere
        in the books, and is expensed as the document says."""
        product = self.env["product.product"].browse(product_id)
        return product._is_purchase_recorded(self.company_id)
