# A proposed card compared with the card in force: per unit, on hand, on planned volume.
# Standard cost; computed when a card joins a release, again on demand, then frozen.

from odoo import api, fields, models

WHOLE, MATERIAL, NOTHING = "whole", "material", "nothing"

#: Fields that say what the new card is compared with, stored with it.
COMPARED = (
    "previous_card_id",
    "previous_cost",
    "change",
    "change_percent",
    "quantity_on_hand",
    "stock_basis",
    "inventory_effect",
    "planned_quantity",
    "planned_effect",
)


class BackflushCostCard(models.Model):
    _inherit = "backflush.cost.card"

    previous_card_id = fields.Many2one(
        "backflush.cost.card",
        "Card Before",
        compute="_compute_comparison",
        store=True,
        index="btree_not_null",
        help="The card in force that this one is to supersede.",
    )
    previous_cost = fields.Float(
        "Cost Before",
        compute="_compute_comparison",
        store=True,
        digits=(16, 6),
        min_display_digits=2,
        help="Of the card before; without one, the cost that the product has today.",
    )
    change = fields.Float(
        compute="_compute_comparison",
        store=True,
        digits=(16, 6),
        min_display_digits=2,
        help="Standard cost minus cost before, company currency for one unit.",
    )
    change_percent = fields.Float(
        "Change %",
        compute="_compute_comparison",
        store=True,
        digits=(16, 2),
        aggregator="avg",
        help="Of the cost before; zero without one.",
    )
    quantity_on_hand = fields.Float(
        "On Hand",
        compute="_compute_comparison",
        store=True,
        digits="Product Unit",
        help="Quantity that Odoo's stock value counts, in the product's unit.",
    )
    stock_basis = fields.Selection(
        [
            (WHOLE, "Standard cost"),
            (MATERIAL, "Material alone"),
            (NOTHING, "Nothing"),
        ],
        "Stands in Inventory At",
        compute="_compute_comparison",
        store=True,
        help="What the books hold for goods on hand: goods flushed at sale stand at "
        "their perpetual components alone, periodic ones do not stand there.",
    )
    inventory_effect = fields.Float(
        "Effect on Inventory",
        compute="_compute_comparison",
        store=True,
        digits=(16, 6),
        min_display_digits=2,
        help="Company currency by which goods on hand are worth more (or less, "
        "negative) in the books.",
    )
    planned_quantity = fields.Float(
        "Planned Volume",
        compute="_compute_comparison",
        store=True,
        digits="Product Unit",
        help="Product units planned from the day on which the card becomes valid.",
    )
    planned_effect = fields.Float(
        "Effect on Planned Volume",
        compute="_compute_comparison",
        store=True,
        digits=(16, 6),
        min_display_digits=2,
        help="Change × planned volume, company currency.",
    )

    @api.depends("total_cost", "date_from", "release_id")
    def _compute_comparison(self):
        """Compare proposed cards; what cards were released with stays as it is."""
        proposed = self.filtered(lambda card: card.release_id and card.state == "draft")
        for card in self.filtered(lambda card: not card.release_id or not card.id):
            card.update(card._prepare_comparison_vals())
        for (company, date), cards in proposed.grouped(
            lambda card: (card.company_id, card.date_from)
        ).items():
            cards._compare(company, date)

    def _compare(self, company, date):
        """Compare cards of one company and day, with a fixed number of queries."""
        products = self.product_id.with_company(company)
        before = self._get_in_force(products, company)
        on_hand = self.env["backflush.standing"]._get_on_hand(products, company)
        planned = self.env["backflush.planned.volume"]._get_quantities(
            products, company, date
        )
        flushed = self._get_flushed_at_sale(products, company, date)
        now = flushed | {
            card.product_id.id: card._to_costing()
            for card in self
            if card.product_id.id in flushed
        }
        for card in self:
            product = card.product_id.with_company(company)
            previous = before.get(product, self.browse())
            basis = product._get_stock_basis(flushed)
            cost = previous.total_cost if previous else product.standard_price
            change = card.total_cost - cost
            unit_effect = 0.0
            if basis == WHOLE:
                unit_effect = change
            elif basis == MATERIAL:
                unit_effect = card._get_material_value(now)
                unit_effect -= previous._get_material_value(flushed) if previous else 0
            card.update(
                card._prepare_comparison_vals(
                    previous=previous,
                    previous_cost=cost,
                    change=change,
                    on_hand=float(on_hand[product]),
                    basis=basis,
                    unit_effect=unit_effect,
                    planned=planned[product],
                )
            )

    @api.model
    def _prepare_comparison_vals(
        self,
        previous=None,
        previous_cost=0.0,
        change=0.0,
        on_hand=0.0,
        basis=False,
        unit_effect=0.0,
        planned=0.0,
    ):
        """Return the values of a comparison.

        :param previous: the card before
        :param unit_effect: company currency by which a unit on hand is worth more
        """
        percent = change / previous_cost * 100 if previous_cost else 0.0
        return {
            "previous_card_id": previous and previous.id,
            "previous_cost": previous_cost,
            "change": change,
            "change_percent": percent,
            "quantity_on_hand": on_hand,
            "stock_basis": basis,
            "inventory_effect": unit_effect * on_hand,
            "planned_quantity": planned,
            "planned_effect": change * planned,
        }

    def _get_material_value(self, flushed_at_sale):
        """Return what the books hold for a unit flushed at sale, company currency."""
        return sum(self._get_perpetual_materials(flushed_at_sale).values())

    def _refresh_comparison(self):
        """Compare proposed cards once more: quantities, volumes, guards and the cards
        in force may have changed."""
        # All that is compared depends on the release.
        self.modified(["release_id"])
        self._recompute_recordset([*COMPARED, "guard_message", "guard_key", "guard"])


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_stock_basis(self, flushed_at_sale):
        """Return what the books of the current company hold for units on hand of this
        product: its standard cost, the material of its card, or nothing.

        :param flushed_at_sale: see `_get_flushed_at_sale` of the cost card
        """
        self.ensure_one()
        if self.id in flushed_at_sale:
            return MATERIAL
        return WHOLE if self.valuation == "real_time" else NOTHING


class BackflushRelease(models.Model):
    _inherit = "backflush.release"

    compared_on = fields.Datetime(
        readonly=True, copy=False, help="When quantities and cards were compared."
    )
    inventory_effect = fields.Monetary(
        "Effect on Inventory",
        compute="_compute_totals",
        help="Company currency by which goods on hand are worth more, all cards.",
    )
    planned_effect = fields.Monetary(
        "Effect on Planned Volume",
        compute="_compute_totals",
        help="Company currency by which the planned volume costs more, all cards.",
    )

    @api.depends("card_ids", "card_ids.inventory_effect", "card_ids.guard")
    def _compute_totals(self):
        Card = self.env["backflush.cost.card"]
        domain = [("release_id", "in", self.ids)]
        sums = {
            release: values
            for release, *values in Card._read_group(
                domain,
                ["release_id"],
                ["__count", "inventory_effect:sum", "planned_effect:sum"],
            )
        }
        violated = dict(
            Card._read_group(
                [*domain, ("guard", "=", "violated")], ["release_id"], ["__count"]
            )
        )
        for release in self:
            count, on_hand, planned = sums.get(release, (0, 0.0, 0.0))
            release.card_count = count
            release.inventory_effect = on_hand
            release.planned_effect = planned
            release.guard_count = violated.get(release, 0)
