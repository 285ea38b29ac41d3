# Flush: the facts of ledger entries and their cost cards, turned into postings.
# Second step; the arithmetic is in costing/flush.py, changes of earlier entries are in
# the next file, post comes after.

from dataclasses import replace

from odoo import models

from ...costing import adjustments, explosion, facts, flush
from ...costing.money import exact


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    def _get_postings(self):
        """Return {entry: postings} of entries that lack no cost card."""
        self._find_cards()
        flushed = self.filtered(lambda entry: entry._needs_card())
        cards = {card: card._to_costing() for card in flushed.card_id}
        rules = self._get_rules()
        return {
            entry: getattr(entry, f"_flush_{entry.event}")(
                cards.get(entry.card_id), rules[entry]
            )
            for entry in self
            if not entry._get_products_without_card(rules[entry])
        }

    def _get_materials(self):
        """Return the products of the cards and facts of these entries."""
        stated = {
            row[0]
            for entry in self
            for name in ("consumptions", "purchases")
            for row in entry.facts.get(name, ())
        }
        planned = self.card_id.line_ids.product_id
        return planned | planned.browse(stated)

    def _get_products_without_card(self, rules):
        """Return the products whose cost card this entry needs and does not find: its
        own, and components that are flushed at sale."""
        lacking = explosion.without_card(
            self._get_materials().ids if rules.flushed_at_sale else (),
            rules.flushed_at_sale,
        )
        products = self.product_id.browse(lacking)
        own = self._needs_card() and not self.card_id
        return self.product_id | products if own else products

    def _needs_card(self):
        """Answer whether the standard of the entry's product is what is flushed."""
        if self.event == "purchase" or self.period_id or self._is_stated():
            return False
        return not (self.event == "adjustment" and self.facts.get("component"))

    def _is_stated(self):
        """Answer whether the facts say what the goods stood for and stand for."""
        if self.event == "cutover":
            return "before" in self.facts
        return self.event == "revaluation"

    # One method an event: card and rules in, postings out ----------------------------

    def _flush_completion(self, card, rules):
        done = self._get_completion()
        postings = explosion.explode(flush.flush_completion(card, done, rules), rules)
        return self._at_goods_card(
            postings,
            rules,
            lambda: self._get_entered(
                card, done.quantity, done.consumptions, rules, sign=-1
            ),
        )

    def _flush_delivery(self, card, rules):
        """Return the postings of goods delivered, or returned without a delivery."""
        delivery = self._get_delivery()
        postings = explosion.explode(flush.flush_delivery(card, delivery, rules), rules)
        return self._at_goods_card(
            postings, rules, lambda: self._get_delivered(card, delivery, rules)
        )

    def _flush_purchase(self, _card, rules):
        """Return the postings of all lines of a vendor bill."""
        postings, element = [], rules.material
        for product, *numbers in self.facts["purchases"]:
            bought = facts.Purchase(product, *(exact(number) for number in numbers))
            postings += flush.flush_purchase(element, bought, rules)
            if (price := self.facts.get("standards", {}).get(str(product))) is not None:
                price = exact(price)
                postings += flush.revalue_purchase(element, bought, price, rules)
                bought = replace(bought, standard_price=price)
            postings += explosion.explode_purchase(element, bought, rules)
        return postings

    def _flush_adjustment(self, card, rules):
        """Return the postings of a component or product lost or found."""
        quantity, kind = exact(self.facts["quantity"]), self.facts["kind"]
        if self.facts.get("component"):
            return adjustments.adjust_component(
                self.product_id.id, quantity, exact(self.facts["value"]), kind, rules
            )
        # What is lost or found has no cost but what it stands for.
        card = self._get_goods_card(card)
        return adjustments.adjust_product(card, quantity, kind, rules)

    # Facts for costing ---------------------------------------------------------------

    def _get_delivery(self):
        """Return the facts of a delivery, or of a return, for `costing`."""
        return facts.Delivery(
            exact(self.facts["quantity"]), exact(self.facts.get("invoiced", 0))
        )

    def _get_completion(self):
        """Return the facts of a completion for `costing`."""
        self.ensure_one()
        return facts.Completion(
            exact(self.facts["quantity"]),
            self._get_consumptions(),
            tuple(
                facts.Work(
                    operation or None,
                    workcenter,
                    exact(hours),
                    self._get_work_rates(workcenter),
                )
                for operation, workcenter, hours in self.facts.get("works", ())
            ),
            tuple(
                facts.Setup(operation or None, workcenter, exact(lots))
                for operation, workcenter, lots in self.facts.get("setups", ())
            ),
        )

    def _get_consumptions(self):
        """Return the material of the facts for `costing`."""
        groups = self._get_groups()
        return tuple(
            facts.Consumption(
                product, exact(quantity), exact(value), *groups.get(product, ())
            )
            for product, quantity, value in self.facts.get("consumptions", ())
        )

    def _get_groups(self):
        """Return {product id: (mix group, units of the group in one of its own)} of the
        components that the bill of the order has in groups."""
        stated = {int(key): name for key, name in self.facts.get("groups", {}).items()}
        products = self.env["product.product"].browse(stated)
        return {
            product.id: (stated[product.id], exact(product.uom_id.factor))
            for product in products
        }

    def _get_work_rates(self, workcenter):
        """Return the rates of a work centre, for work that the card does not plan: as
        they were stated, or today's for entries that were recorded before they were."""
        stated = self.facts.get("rates", {}).get(str(workcenter))
        if stated is not None:
            return tuple((element, exact(rate)) for element, rate in stated)
        return tuple(
            self.env["mrp.workcenter"]
            .browse(workcenter)
            ._get_element_rates(self.policy_id)
        )
