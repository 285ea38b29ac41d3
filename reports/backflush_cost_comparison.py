# The comparison of proposed cards with those in force, a row for each cost element.
# Reports; read from what the cards of a release were compared with.

from odoo import fields, models
from odoo.tools import SQL


class BackflushCostComparison(models.Model):
    _name = "backflush.cost.comparison"
    _description = "Standard Cost Comparison"
    _auto = False
    _order = "release_id desc, product_id, element_id"
    _rec_name = "product_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    release_id = fields.Many2one("backflush.release", "Release", readonly=True)
    release_state = fields.Selection(related="release_id.state", string="Status")
    card_id = fields.Many2one("backflush.cost.card", "Cost Card", readonly=True)
    date_from = fields.Date("Valid From", readonly=True)
    product_id = fields.Many2one("product.product", "Product", readonly=True)
    category_id = fields.Many2one("product.category", "Category", readonly=True)
    element_id = fields.Many2one(
        "backflush.cost.element",
        "Cost Element",
        readonly=True,
        help="Empty: what a cost before was not split into elements.",
    )
    before = fields.Float(
        "Cost Before", readonly=True, digits=(16, 6), min_display_digits=2
    )
    after = fields.Float(
        "New Cost", readonly=True, digits=(16, 6), min_display_digits=2
    )
    change = fields.Float(
        readonly=True,
        digits=(16, 6),
        min_display_digits=2,
        help="New cost minus cost before, company currency for one unit.",
    )
    inventory_effect = fields.Float(
        "Effect on Inventory",
        readonly=True,
        digits=(16, 2),
        help="Company currency by which goods on hand are worth more in the books. For "
        "goods flushed at sale, which stand at their material alone, it is material.",
    )
    planned_effect = fields.Float(
        "Effect on Planned Volume",
        readonly=True,
        digits=(16, 2),
        help="Change × planned volume, company currency.",
    )

    @property
    def _table_query(self):
        """Return the rows: elements of both cards side by side, and what is not split.

        Σ change, Σ effect of a card's rows are those of the card.
        """
        return SQL(
            """
            WITH card AS (%(cards)s), split AS (%(split)s), entire AS (%(entire)s)
            SELECT ROW_NUMBER() OVER (
                       ORDER BY card.id, entire.element_id NULLS LAST
                   ) AS id,
                   card.id AS card_id,
                   card.release_id,
                   card.company_id,
                   card.date_from,
                   card.product_id,
                   template.categ_id AS category_id,
                   entire.element_id,
                   entire.before,
                   entire.after,
                   entire.after - entire.before AS change,
                   (entire.after - entire.before) * card.planned_quantity
                       AS planned_effect,
                   CASE card.stock_basis
                       WHEN 'whole'
                       THEN (entire.after - entire.before) * card.quantity_on_hand
                       WHEN 'material'
                       THEN card.inventory_effect * %(share)s
                       ELSE 0
                   END AS inventory_effect
              FROM card
              JOIN entire ON entire.card_id = card.id
              JOIN product_product product ON product.id = card.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN backflush_cost_element element
                     ON element.id = entire.element_id
            """,
            cards=self._get_cards(),
            split=self._get_split(),
            entire=self._get_entire(),
            share=self._get_material_share(),
        )

    def action_view_card(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "backflush.cost.card",
            "res_id": self.card_id.id,
            "view_mode": "form",
        }

    def _get_cards(self):
        """Return the cards that were compared: those of releases."""
        return SQL(
            """
            SELECT id, release_id, company_id, date_from, product_id, previous_card_id,
                   basis, stock_basis, inventory_effect,
                   COALESCE(total_cost, 0) AS total_cost,
                   COALESCE(previous_cost, 0) AS previous_cost,
                   COALESCE(quantity_on_hand, 0) AS quantity_on_hand,
                   COALESCE(planned_quantity, 0) AS planned_quantity
              FROM backflush_cost_card
             WHERE release_id IS NOT NULL
            """
        )

    def _get_split(self):
        """Return card, element, cost before and new cost, as far as cards are split.
        What a bought product cost without a card belongs to its one element."""
        return SQL(
            """
            SELECT card_id, element_id, SUM(before) AS before, SUM(after) AS after
              FROM (SELECT card.id AS card_id, part.element_id,
                           0 AS before, part.amount AS after
                      FROM card
                      JOIN backflush_cost_card_element part ON part.card_id = card.id
                     UNION ALL
                    SELECT card.id, part.element_id, part.amount, 0
                      FROM card
                      JOIN backflush_cost_card_element part
                        ON part.card_id = card.previous_card_id
                     UNION ALL
                    SELECT card.id, part.element_id, card.previous_cost, 0
                      FROM card
                      JOIN backflush_cost_card_element part ON part.card_id = card.id
                     WHERE card.previous_card_id IS NULL
                       AND card.basis = 'bought') parts
             GROUP BY card_id, element_id
            """
        )

    def _get_entire(self):
        """Return the split and a row without element for what it lacks: the cost of a
        product that had no card, for instance."""
        return SQL(
            """
            SELECT * FROM split
             UNION ALL
            SELECT card.id, NULL,
                   card.previous_cost - COALESCE(SUM(split.before), 0),
                   card.total_cost - COALESCE(SUM(split.after), 0)
              FROM card
              LEFT JOIN split ON split.card_id = card.id
             GROUP BY card.id, card.previous_cost, card.total_cost
            HAVING card.previous_cost <> COALESCE(SUM(split.before), 0)
                OR card.total_cost <> COALESCE(SUM(split.after), 0)
            """
        )

    def _get_material_share(self):
        """Return the share of a row in the effect on goods that stand at their material
        alone: of the change of material, or in equal parts when that is zero."""
        is_material = SQL("(element.kind = 'material')")
        rows = SQL("OVER (PARTITION BY card.id)")
        return SQL(
            """
            CASE WHEN %(is_material)s THEN COALESCE(
                (entire.after - entire.before) / NULLIF(
                    SUM(entire.after - entire.before)
                        FILTER (WHERE %(is_material)s) %(rows)s, 0),
                1.0 / COUNT(*) FILTER (WHERE %(is_material)s) %(rows)s
            ) ELSE 0 END
            """,
            is_material=is_material,
            rows=rows,
        )
