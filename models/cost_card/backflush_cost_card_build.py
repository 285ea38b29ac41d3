# Building cost cards: the roll-up of many products, and that of single cards.
# Standard cost; the arithmetic is in costing/rollup.py, creation comes after.

from odoo import api, models
from odoo.exceptions import UserError

from ...costing import rollup
from ...costing.money import exact
from .bill_reader import BillReader


class BackflushCostCard(models.Model):
    _inherit = "backflush.cost.card"

    @api.model
    def _roll_up(self, products, company, date, changes=None, deep=False):
        """Return the `costing.rollup.RollUp` of ``products``, lowest level first, each
        product once. Writes nothing.

        Made products get a card of their bill: their category follows a policy. Bought
        ones get one of their price when they are at standard cost. A component that is
        not among ``products`` costs what it costs now.

        :param date: day on which the prices of subcontractors are taken
        :param changes: `costing.rollup.Changes` to try
        :param deep: roll up components made under a policy too, at all levels
        """
        reader = self._read(products, company, date, deep=deep)
        return self._price(reader, date, changes=changes, strict=True)

    @api.model
    def _read(self, products, company, date, deep=False):
        """Return the `BillReader` of what `_roll_up` prices."""
        reader = BillReader(company, date)
        reader.add(products)
        while deep and (below := self._get_made_components(reader)):
            reader.add(below)
        return reader

    @api.model
    def _get_made_components(self, reader):
        """Return the components that are made under a policy and not read yet."""
        components = reader.get_components().filtered(
            lambda product: (
                product.is_storable
                and product.product_tmpl_id.categ_id.backflush_policy_id
            )
        )
        bills = self.env["mrp.bom"]._find_for_cards(components, reader.company)
        return components.filtered(lambda product: bills[product])

    @api.model
    def _price(self, reader, date, changes=None, strict=False, drafts=None):
        """Return the `RollUp` of what was read.

        :param strict: a component without a price is a problem, unless it is free
        :param drafts: {product: draft card} that gives a component's price, where one
            is meant to come into force together with the cards to compute
        """
        products = reader.get_products()
        reader.source.load_products(products)
        free = products.filtered("product_tmpl_id.backflush_free")
        known = self._get_in_force(reader.get_components(), reader.company, date)
        prices = {product.id: exact(product.standard_price) for product in products}
        for product, card in (drafts or {}).items():
            known[product] = card
            prices[product.id] = exact(card.total_cost)
        return rollup.roll_up(
            reader.recipes,
            prices,
            standing=self.union(*known.values())._get_standing(),
            free=set(free.ids) if strict else None,
            changes=changes,
        )

    def _get_standing(self):
        """Return {product id: `costing.rollup.Standing`} of those of these cards that
        were computed from a bill."""
        cards = self.filtered(lambda card: card.basis == "made")
        elements = self.env["backflush.cost.card.element"].search_fetch(
            [("card_id", "in", cards.ids)], ["card_id", "element_id", "amount"]
        )
        amounts = {card: {} for card in cards}
        for line in elements:
            amounts[line.card_id][line.element_id.id] = exact(line.amount)
        return {
            card.product_id.id: rollup.Standing(amounts[card], card.level or 1)
            for card in cards
        }

    # Cards of single products --------------------------------------------------------

    @api.model
    def _build(self, products, company):
        """Return new draft cards of ``products``, computed from their bills. Those that
        are made of each other are rolled up, lowest level first.

        :raises UserError: lists every product that cannot be computed, and why
        """
        reader = BillReader(company, date := self._get_today(), bought=False)
        reader.add(products)
        found = self._price(reader, date)
        self._check_no_problems(found, company)
        return self._create_from(found, company, date)

    @api.model
    def _get_today(self):
        return self.default_get(["date_from"])["date_from"]

    def _compute_lines(self):
        """Replace the lines of the cards by those of their bills of materials, or of
        their price when their product is bought. The bill and the lot size that a card
        has are kept.

        :raises UserError: lists every card that cannot be computed, and why
        """
        for (company, date, release), mine in self.grouped(
            lambda card: (card.company_id, card.date_from, card.release_id)
        ).items():
            while mine:
                cards = mine.grouped("product_id")
                first = self.union(*(same[:1] for same in cards.values()))
                first._roll_up_cards(company, date, release)
                mine -= first

    def _roll_up_cards(self, company, date, release):
        """Compute cards of one day and release, one for each product."""
        reader = BillReader(
            company,
            date,
            bills={card.product_id: card.bom_id for card in self if card.bom_id},
            lots={card.product_id.id: card._get_own_lot() for card in self},
            bought=False,
        )
        bought = self.filtered(lambda card: card.basis == "bought")
        reader.add((self - bought).product_id)
        reader.add_bought(bought.product_id)
        drafts = (release.card_ids - self).filtered(lambda card: card.state == "draft")
        components = reader.get_components()
        found = self._price(
            reader,
            date,
            drafts={
                card.product_id: card
                for card in drafts
                if card.product_id in components
            },
        )
        self._check_no_problems(found, company)
        self._set_figures(found)

    def _get_own_lot(self):
        """Return the lot size that somebody chose for this card, else zero: a card
        without lines has the default."""
        return self.lot_size if self.line_ids or self.lot_size != 1 else 0.0

    @api.model
    def _check_no_problems(self, found, company):
        if problems := self._describe_problems(found, company):
            raise UserError("\n".join(problem["message"] for problem in problems))
