# The cost card: one product's standard cost, versioned, dated, frozen once in force.
# Standard cost; built by backflush_cost_card_build, read by flush and post.

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...costing import cards, explosion, terms
from ...costing.money import exact
from .. import finite

#: States of cards whose figures stand in the books, or stood there.
STANDING_STATES = ("in_force", "superseded")
#: States in which a card can no longer be changed.
FROZEN_STATES = ("released", *STANDING_STATES, "withdrawn")
#: Context key, and its value that no request can send: cards take effect.
TAKES_EFFECT, SYSTEM = "backflush_takes_effect", object()


class BackflushCostCard(models.Model):
    _name = "backflush.cost.card"
    _description = "Cost Card"
    _inherit = ["mail.thread"]
    _order = "product_id, date_from desc, version desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain=[("is_storable", "=", True)],
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    category_id = fields.Many2one(related="product_id.categ_id")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    policy_id = fields.Many2one("backflush.policy", compute="_compute_policy_id")
    basis = fields.Selection(
        [("made", "Made"), ("bought", "Bought")],
        required=True,
        default="made",
        help="Made: computed from a bill of materials. Bought: its purchase price.",
    )
    bom_id = fields.Many2one("mrp.bom", "Bill of Materials", check_company=True)
    lot_size = finite.Float(
        digits=(16, 6),
        default=1.0,
        help="Product units made in one lot, over which set-up time is spread.",
    )
    level = fields.Integer(
        readonly=True,
        copy=False,
        help="1 when it is made of bought components alone, one more than the highest "
        "level of its components otherwise; 0 for a bought product.",
    )
    release_id = fields.Many2one(
        "backflush.release",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The release that puts this card in force.",
    )
    version = fields.Integer(readonly=True, copy=False)
    date_from = fields.Date(
        "Valid From", required=True, default=fields.Date.context_today, tracking=True
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("released", "Released"),
            ("in_force", "In Force"),
            ("superseded", "Superseded"),
            ("withdrawn", "Withdrawn"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    line_ids = fields.One2many("backflush.cost.card.line", "card_id", copy=True)
    element_ids = fields.One2many(
        "backflush.cost.card.element", "card_id", "Cost by Element", readonly=True
    )
    material_cost = finite.Float(
        compute="_compute_costs",
        store=True,
        digits=(16, 6),
        min_display_digits=2,
        tracking=True,
    )
    conversion_cost = finite.Float(
        compute="_compute_costs",
        store=True,
        digits=(16, 6),
        min_display_digits=2,
        tracking=True,
    )
    total_cost = finite.Float(
        "Standard Cost",
        compute="_compute_costs",
        store=True,
        digits=(16, 6),
        min_display_digits=2,
        tracking=True,
        help="Company currency for one unit of the product.",
    )
    entry_count = fields.Integer(compute="_compute_entry_count")

    _version_unique = models.UniqueIndex(
        "(company_id, product_id, version) WHERE version > 0",
        "This product has a card of this version already.",
    )

    @api.depends("product_id", "version", "date_from")
    def _compute_name(self):
        for card in self:
            card.name = (
                self.env._(
                    "%(product)s v%(version)s",
                    product=card.product_id.display_name,
                    version=card.version,
                )
                if card.version
                else self.env._(
                    "%(product)s (draft)", product=card.product_id.display_name
                )
            )

    @api.depends("product_id", "company_id")
    def _compute_policy_id(self):
        for card in self:
            card.policy_id = card.product_id.with_company(
                card.company_id
            ).categ_id.backflush_policy_id

    @api.depends("line_ids.amount", "line_ids.kind")
    def _compute_costs(self):
        for card in self:
            costing = card._to_costing()
            card.material_cost = float(sum(line.amount for line in costing.materials))
            card.conversion_cost = float(
                sum(line.amount for line in costing.conversions)
            )
            card.total_cost = float(costing.total)

    def _compute_entry_count(self):
        counts = dict(
            self.env["backflush.entry"]._read_group(
                [("card_id", "in", self.ids)], ["card_id"], ["__count"]
            )
        )
        for card in self:
            card.entry_count = counts.get(card, 0)

    # Frozen once in force ------------------------------------------------------------

    def write(self, vals):
        free = {"state", "message_ids", "message_follower_ids", "activity_ids"}
        computed = {"name", "material_cost", "conversion_cost", "total_cost"}
        if self.env.context.get(TAKES_EFFECT) is SYSTEM:
            free |= {"version"}
        if vals.keys() - free - computed:
            self._check_not_frozen()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_not_frozen()

    def _check_not_frozen(self):
        for card in self.filtered(lambda card: card.state in FROZEN_STATES):
            raise UserError(
                self.env._(
                    "Cost card %(card)s is in force since %(date)s and can no longer "
                    "be changed: build a new card for the product and put it in force.",
                    card=card.name,
                    date=card.date_from,
                )
            )

    @api.model
    def _check_may_add(self, vals_list):
        """Refuse parts of cards that can no longer be changed; before they are created,
        or the database would refuse them in its own words."""
        ids = (vals.get("card_id") for vals in vals_list)
        # What else a caller takes for an id, Odoo refuses.
        ids = {key for key in ids if type(key) is int}
        self.browse(ids).exists()._check_not_frozen()

    # What the other steps ask --------------------------------------------------------

    @api.model
    def _get_in_force(self, products, company, date=None):
        """Return {product: card} of the cards valid on ``date``, one query for all;
        without a date, of those by which goods on hand stand in the books now."""
        when = [("state", "=", "in_force")]
        if date:
            when = [("state", "in", STANDING_STATES), ("date_from", "<=", date)]
        found = self.search_fetch(
            [
                ("product_id", "in", products.ids),
                ("company_id", "=", company.id),
                *when,
            ],
            ["product_id"],
            order="date_from, version",
        )
        return {card.product_id: card for card in found}

    @api.model
    def _get_flushed_at_sale(self, products, company, date=None):
        """Return {product id: `costing` card} of those of ``products`` that are flushed
        at sale on ``date``, and of the components on their cards in turn; None for one
        that has no card in force. Without a date, by the rules and cards of now.

        One query a level, none when there is no such product.
        """
        today = date or company._get_backflush_day()
        found = {}
        seen = products.browse()
        while level := (products - seen).filtered(
            lambda product: product._is_flushed_at_sale(company, today)
        ):
            seen |= level
            cards = self._get_in_force(level, company, date)
            found |= {
                product.id: cards[product]._to_costing() if product in cards else None
                for product in level
            }
            products = self.union(*cards.values()).line_ids.product_id
        return found

    def _to_costing(self):
        """Return the card for `costing`: amounts per unit of the product."""
        self.ensure_one()
        lines = tuple(line._to_costing() for line in self.line_ids)
        return cards.Card(lines, exact(self.lot_size))

    def _get_perpetual_materials(self, flushed_at_sale):
        """Return {component: material of one unit} for perpetual components.

        :param flushed_at_sale: see `_get_flushed_at_sale`; their own material counts
        """
        self.ensure_one()
        units = defaultdict(float)
        for line in self._to_costing().materials:
            whole = terms.Posting(terms.STOCK, line.amount, product=line.product)
            for part in explosion.parts(whole, flushed_at_sale):
                product = self.env["product.product"].browse(part.product)
                if product and product._is_purchase_recorded(self.company_id):
                    units[product] += float(part.amount)
        return units

    # Buttons -------------------------------------------------------------------------

    def action_compute(self):
        """Compute draft cards anew from their bills of materials."""
        self._check_not_frozen()
        self.exists()._compute_lines()

    def action_view_entries(self):
        self.ensure_one()
        return self.env["backflush.entry"]._get_action([("card_id", "=", self.id)])

    def action_view_release(self):
        """Open the release that put this card in force."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "backflush.release",
            "res_id": self.release_id.id,
            "view_mode": "form",
        }

    def action_view_where_used(self):
        self.ensure_one()
        return self.product_id.action_view_where_used()

    def _get_list_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cost Cards"),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("id", "in", self.ids)],
        }
