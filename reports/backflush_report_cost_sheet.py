# The standard cost sheet as data: cards, what they are made of, and what they were
# compared with. First step of a report; after the roll-up and the release.

from odoo import models
from odoo.fields import Domain

from ..models.cost_card.backflush_cost_card import STANDING_STATES
from .dataset import (
    COUNT,
    DATE,
    MONEY,
    PERCENT,
    PRICE,
    QUANTITY,
    Chart,
    Column,
    Section,
)


class BackflushReport(models.Model):
    _inherit = "backflush.report"

    def _get_cost_sheet_dataset(self):
        cards = self._get_sheet_cards()
        before = self._get_cards_compared(cards)
        return self._prepare_dataset(
            [
                self._get_card_section(cards, before),
                self._get_card_element_section(cards, before),
                self._get_card_line_section(cards),
            ]
        )

    def _count_cost_sheet(self):
        return self.env["backflush.cost.card.line"].search_count(
            Domain("card_id", "any", self._get_card_domain())
        )

    def _get_card_domain(self):
        """Return the domain of the cards that this report may be about."""
        domain = Domain("company_id", "=", self.company_id.id)
        if self.release_id:
            domain &= Domain("release_id", "=", self.release_id.id)
        if self.category_ids:
            domain &= Domain("product_id.categ_id", "child_of", self.category_ids.ids)
        if self.product_ids:
            domain &= Domain("product_id", "in", self.product_ids.ids)
        if not self.release_id:
            domain &= Domain("state", "in", STANDING_STATES)
        return domain

    def _get_sheet_cards(self):
        """Return cards of the release, else those in force on the day, by product."""
        cards = self.env["backflush.cost.card"].search(self._get_card_domain())
        if not self.release_id:
            found = cards._get_in_force(cards.product_id, self.company_id, self.date_to)
            cards = cards.browse().union(*found.values())
        return cards.sorted(lambda card: (card.product_id.display_name, card.id))

    @staticmethod
    def _get_cards_compared(cards):
        """Return {card: (card before, cost before)}; a card of a release has what it
        was released with."""
        return {
            card: (card.previous_card_id, card.previous_cost)
            if card.release_id
            else (card.card_before_id, card.card_before_id.total_cost)
            for card in cards
        }

    def _get_unit_note(self):
        return self.env._(
            "Standard cost of one unit, in %(currency)s.",
            currency=self.currency_id.name,
        )

    def _get_card_section(self, cards, before):
        states = dict(cards._fields["state"]._description_selection(self.env))
        rows = [
            (
                card.product_id.display_name,
                card.category_id.display_name,
                card.version or None,
                card.date_from,
                states[card.state],
                card.uom_id.name,
                card.material_cost,
                card.conversion_cost,
                before[card][1] or None,
                card.total_cost,
                card.total_cost - before[card][1] if before[card][1] else None,
                (card.total_cost / before[card][1] - 1) * 100
                if before[card][1]
                else None,
                *self._get_effects(card),
            )
            for card in cards
        ]
        return Section(
            self.env._("Standard costs"),
            [
                Column(self.env._("Product"), width=34),
                Column(self.env._("Category"), width=22),
                Column(self.env._("Version"), COUNT, 8),
                Column(self.env._("Valid From"), DATE, 12),
                Column(self.env._("Status"), width=12),
                Column(self.env._("Unit"), width=10),
                Column(self.env._("Material"), PRICE, 13),
                Column(self.env._("Conversion"), PRICE, 13),
                Column(self.env._("Cost Before"), PRICE, 13),
                Column(self.env._("Standard Cost"), PRICE, 13),
                Column(self.env._("Change"), PRICE, 13),
                Column(self.env._("Change (%)"), PERCENT, 11),
                *self._get_effect_columns(),
            ],
            rows,
            note=self._get_unit_note(),
            empty=self.env._("There is no such cost card."),
            links=[(card._name, card.id) for card in cards],
            chart=Chart(
                self.env._("Standard cost, before and now"), 0, (8, 9), "bar", rows=20
            ),
        )

    def _get_effect_columns(self):
        """Return the columns of what a release changes; none for cards in force."""
        if not self.release_id:
            return []
        return [
            Column(self.env._("Quantity on Hand"), QUANTITY, 13),
            Column(self.env._("Effect on Inventory"), MONEY, 14, total=True),
            Column(self.env._("Effect on Planned Volume"), MONEY, 14, total=True),
        ]

    def _get_effects(self, card):
        """Return the cells of `_get_effect_columns`."""
        if not self.release_id:
            return ()
        return card.quantity_on_hand, card.inventory_effect, card.planned_effect

    def _get_card_element_section(self, cards, before):
        """Return a row for each card and cost element: before, now, change."""
        rows = []
        for card in cards:
            now = {part.element_id: part.amount for part in card.element_ids}
            then = {
                part.element_id: part.amount for part in before[card][0].element_ids
            }
            for element in (now | then).keys():
                new, old = now.get(element, 0.0), then.get(element, 0.0)
                change = new - old if then else None
                rows.append(
                    (
                        card.product_id.display_name,
                        element.name,
                        old if then else None,
                        new,
                        change,
                    )
                )
        return Section(
            self.env._("Cost by element"),
            [
                Column(self.env._("Product"), width=34),
                Column(self.env._("Cost Element"), width=22),
                Column(self.env._("Cost Before"), PRICE, 13),
                Column(self.env._("Standard Cost"), PRICE, 13),
                Column(self.env._("Change"), PRICE, 13),
            ],
            rows,
            note=self.env._(
                "Through all levels: the labour of parts that are made here included."
            ),
            empty=self.env._("The cards are not split into elements."),
        )

    def _get_card_line_section(self, cards):
        lines = cards.line_ids
        kinds = dict(lines._fields["kind"]._description_selection(self.env))
        drivers = dict(lines._fields["driver"]._description_selection(self.env))
        rows = []
        for card in cards:
            # Names of operations and work centers, whoever may read the rest of them.
            for line in card.line_ids.sudo():
                about = (
                    line.product_id.display_name,
                    line.operation_id.display_name,
                    line.workcenter_id.display_name,
                )
                unit = line.uom_id.name or drivers[line.driver]
                rows.append(
                    (
                        card.product_id.display_name,
                        kinds[line.kind],
                        " · ".join(name for name in about if name),
                        line.element_id.name,
                        line.quantity,
                        unit,
                        line.price,
                        line.amount,
                    )
                )
        return Section(
            self.env._("Cost card lines"),
            [
                Column(self.env._("Product"), width=34),
                Column(self.env._("Kind"), width=16),
                Column(self.env._("Component or Operation"), width=36),
                Column(self.env._("Cost Element"), width=18),
                Column(self.env._("Quantity"), QUANTITY, 12),
                Column(self.env._("Unit"), width=10),
                Column(self.env._("Standard Price"), PRICE, 13),
                Column(self.env._("Amount"), PRICE, 13),
            ],
            rows,
            note=self._get_unit_note(),
        )
