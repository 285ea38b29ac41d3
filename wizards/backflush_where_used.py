# Where a product is used: what is asked, and the answer on all levels.
# Standard cost; reads cards in force or today's bills, arithmetic in
# costing/where_used.py.

from odoo import api, fields, models

from ..costing.money import ZERO, exact
from ..costing.where_used import where_used
from ..models import finite

SOURCES = [("cards", "Cards in force"), ("bills", "Bills of materials")]


class BackflushWhereUsed(models.TransientModel):
    _name = "backflush.where.used"
    _description = "Where Used"
    _inherit = ["backflush.owned"]
    _check_company_auto = True

    product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        domain=[("is_storable", "=", True)],
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    source = fields.Selection(
        SOURCES,
        "According To",
        required=True,
        default="cards",
        help="Cards in force: what today's standard costs are made of. Bills of "
        "materials: what is made today, products without a cost card among them.",
    )
    line_ids = fields.One2many("backflush.where.used.line", "where_used_id")

    def action_show(self):
        """Show the products that use the chosen one, on all levels."""
        self.ensure_one()
        self.line_ids.unlink()
        self.env["backflush.where.used.line"].create(self._prepare_lines_vals())
        return {
            "type": "ir.actions.act_window",
            "res_model": "backflush.where.used.line",
            "view_mode": "list",
            "domain": [("where_used_id", "=", self.id)],
            "context": {"search_default_group_level": 1},
            "name": self.env._(
                "Where %(product)s Is Used", product=self.product_id.display_name
            ),
        }

    @api.model
    def _open(self, products):
        """Return the action that shows where the only one of ``products`` is used, or
        asks which of several it is about."""
        if len(products.exists()) != 1:
            return self.env["ir.actions.act_window"]._for_xml_id(
                "mrp_account_backflush.backflush_where_used_action"
            )
        return self.create({"product_id": products.id}).action_show()

    # What uses it --------------------------------------------------------------------

    def _prepare_lines_vals(self):
        """Return the values of a line for each product that uses the chosen one."""
        product = self.product_id.with_company(self.company_id)
        uses = where_used(product.id, self._get_quantities())
        users = product.browse(use.product for use in uses)
        cards = self.env["backflush.cost.card"]._get_in_force(
            users, self.company_id, fields.Date.context_today(self)
        )
        return [
            self._prepare_line_vals(use, user, cards.get(user))
            for use, user in zip(uses, users, strict=True)
        ]

    def _prepare_line_vals(self, use, user, card):
        price = exact(self.product_id.with_company(self.company_id).standard_price)
        cost = float((use.quantity or ZERO) * price)
        standard_cost = card.total_cost if card else user.standard_price
        currency = self.company_id.currency_id
        return {
            "where_used_id": self.id,
            "company_id": self.company_id.id,
            "product_id": user.id,
            "card_id": card.id if card else False,
            "level": use.level,
            "direct_quantity": float(use.direct),
            "quantity": float(use.quantity or ZERO),
            "is_circular": use.quantity is None,
            "cost": cost,
            "standard_cost": standard_cost,
            "share": 0.0 if currency.is_zero(standard_cost) else cost / standard_cost,
        }

    def _get_quantities(self):
        """Return {(component id, user id): component units in one unit of the user} of
        all that is above the product; a fixed number of queries a level."""
        ask = self._ask_cards if self.source == "cards" else self._ask_bills
        level = seen = self.product_id
        found = {}
        while level:
            quantities = ask(level)
            found |= quantities
            level = level.browse({user for _component, user in quantities}) - seen
            seen |= level
        return found

    def _ask_cards(self, products):
        """Return {(component id, user id): quantity} of the cards in force, planned
        scrap included; a by-product is not used."""
        lines = self.env["backflush.cost.card.line"].search_fetch(
            [
                ("company_id", "=", self.company_id.id),
                ("card_id.state", "=", "in_force"),
                ("product_id", "in", products.ids),
                ("kind", "in", ("component", "scrap")),
            ],
            ["product_id", "card_id", "quantity"],
        )
        found = {}
        for line in lines:
            key = (line.product_id.id, line.card_id.product_id.id)
            found[key] = found.get(key, ZERO) + exact(line.quantity)
        return found

    def _ask_bills(self, products):
        """Return {(component id, user id): quantity} of the bills by which users are
        made today, planned scrap included; a kit is a user between two others."""
        # An auditor, who need not open bills of materials, sees what uses what.
        lines = (
            self.env["mrp.bom.line"]
            .sudo()
            .search(
                [
                    ("product_id", "in", products.ids),
                    ("bom_id.active", "=", True),
                    ("bom_id.company_id", "in", [False, self.company_id.id]),
                ]
            )
        )
        makes = lines.bom_id._find_makes(self.company_id)
        by_bom = lines.grouped("bom_id")
        found = {}
        for user, bom in makes.items():
            for line in by_bom.get(bom, ()):
                if not line._skip_bom_line(user):
                    key = (line.product_id.id, user.id)
                    found[key] = found.get(key, ZERO) + line._get_card_quantity(user)
        return found


class BackflushWhereUsedLine(models.TransientModel):
    _name = "backflush.where.used.line"
    _description = "Product That Uses Another"
    _order = "level, id"

    where_used_id = fields.Many2one(
        "backflush.where.used", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one("product.product", "Used By", required=True)
    category_id = fields.Many2one(related="product_id.categ_id", store=True)
    card_id = fields.Many2one("backflush.cost.card", "Card in Force")
    level = fields.Integer(
        aggregator=False,
        help="1: uses it directly. 2: a component of it does, and so on; the nearest "
        "counts when there are several ways.",
    )
    direct_quantity = finite.Float(
        "Directly",
        digits=(16, 8),
        aggregator=False,
        help="Units that one unit of this product takes itself.",
    )
    quantity = finite.Float(
        digits=(16, 8),
        aggregator=False,
        help="Units in one unit of this product, on all ways together.",
    )
    uom_id = fields.Many2one(related="where_used_id.product_id.uom_id", string="Unit")
    cost = finite.Float(
        digits=(16, 6),
        min_display_digits=2,
        aggregator=False,
        help="The quantity at its standard cost of today, company currency.",
    )
    standard_cost = finite.Float(
        digits=(16, 6),
        min_display_digits=2,
        aggregator=False,
        help="Standard cost of one unit of this product, company currency.",
    )
    share = finite.Float(
        aggregator=False, help="Part of the standard cost that the quantity makes up."
    )
    is_circular = fields.Boolean(
        "Circular",
        help="Its components use each other, so that the quantity has no end.",
    )

    def action_view_card(self):
        """Open the card in force, or the product when it has none."""
        self.ensure_one()
        record = self.card_id or self.product_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }

    def action_where_used(self):
        """Ask the same about the product of this line."""
        self.ensure_one()
        return self.where_used_id.copy({"product_id": self.product_id.id}).action_show()
