# The split of cards whose lines were entered or imported; the roll-up makes that of its
# own cards with their lines.
# Standard cost; kept in step with the lines until the card is released.

from odoo import api, models
from odoo.fields import Command
from odoo.tools import float_compare

from ...costing import rollup
from ...costing.money import ZERO


class BackflushCostCard(models.Model):
    _inherit = "backflush.cost.card"

    @api.model_create_multi
    def create(self, vals_list):
        cards = super().create(vals_list)
        cards.filtered("line_ids")._compute_elements()
        return cards

    def write(self, vals):
        result = super().write(vals)
        if "line_ids" in vals:
            self._compute_elements()
        return result

    def _compute_elements(self):
        """Replace the split of these cards by that of their lines; what components made
        here bring is split as their own cards are."""
        for company, cards in self.grouped("company_id").items():
            standing = cards._find_component_cards(company)._get_standing()
            for card in cards:
                split = card._get_split(standing)
                card.element_ids = [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "company_id": company.id,
                                "element_id": element,
                                "own_amount": float(own),
                                "below_amount": float(below),
                                "amount": float(own + below),
                            }
                        )
                        for element, (own, below) in split.items()
                    ),
                ]
                card.level = card._get_own_level(standing)

    def _find_component_cards(self, company):
        """Return the cards that the prices of the components come from: those that the
        lines name, else those in force."""
        named = self.line_ids.component_card_id
        others = self.line_ids.product_id - named.product_id
        return named.union(*self._get_in_force(others, company).values())

    def _get_split(self, standing):
        """Return {element id: (own, below)}, see `costing.rollup.get_split`.

        :param standing: {product id: `costing.rollup.Standing`} of components
        """
        self.ensure_one()
        costing = self._to_costing()
        inside = {}
        for line in costing.lines:
            known = standing.get(line.product)
            total = sum(known.elements.values(), ZERO) if known else ZERO
            if total:
                inside[line.product] = {
                    element: amount * line.price / total
                    for element, amount in known.elements.items()
                }
        return rollup.get_split(costing, inside)

    def _get_own_level(self, standing):
        """Return the levels of made components below the product, itself counted."""
        self.ensure_one()
        if self.basis == "bought":
            return 0
        below = [
            standing[product.id].level
            for product in self.line_ids.product_id
            if product.id in standing
        ]
        return 1 + max(below, default=0)

    def _mend_elements(self):
        """Compute the split of those of these draft cards anew whose elements do not
        add up to their cost, after lines were changed one by one."""
        sums = dict(
            self.env["backflush.cost.card.element"]._read_group(
                [("card_id", "in", self.ids)], ["card_id"], ["amount:sum"]
            )
        )
        self.filtered(
            lambda card: float_compare(sums.get(card, 0.0), card.total_cost, 6)
        )._compute_elements()
