# GAAP bridge of a close: what full absorption has in inventory beside what the books
# have, row by row. Part of the preview; the next file finds the rows, post comes after.

from datetime import timedelta

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ...costing import bridge
from ...costing.money import ZERO, exact
from ..number_words import number_in_words

ORIGINS = [
    ("unsold", "Conversion in goods made and unsold"),
    ("unsold_material", "Material in goods made and unsold, purchase not recorded"),
    ("order", "Work in open orders"),
    ("order_material", "Material in open orders"),
    ("purchase", "Material on hand, purchase not recorded"),
    ("closing", "In stock accounts by Odoo's stock closing"),
    ("count", "Physical count"),
    ("books", "In inventory accounts"),
    ("bridge", "In the bridge account"),
]


class BackflushPeriodBridgeLine(models.Model):
    _name = "backflush.period.bridge.line"
    _description = "GAAP Bridge of a Period Close"
    _inherit = ["backflush.guarded"]
    _order = "period_id, sequence, id"
    _rec_name = "origin"

    period_id = fields.Many2one(
        "backflush.period", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="period_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer()
    origin = fields.Selection(ORIGINS, required=True)
    name = fields.Char("Document")
    product_id = fields.Many2one("product.product")
    component_id = fields.Many2one("product.product", "Component")
    element_id = fields.Many2one("backflush.cost.element", "Cost Element")
    production_id = fields.Many2one("mrp.production", "Manufacturing Order")
    count_id = fields.Many2one("backflush.period.count", ondelete="set null")
    card_id = fields.Many2one("backflush.cost.card")
    account_id = fields.Many2one("account.account")
    quantity = fields.Float(digits=(16, 6), min_display_digits=2)
    unit_cost = fields.Float(digits=(16, 6), min_display_digits=2)
    amount = fields.Monetary(
        "Full Absorption", help="Quantity x unit cost: what inventory is worth."
    )
    in_books = fields.Monetary(help="What inventory accounts hold of it.")
    difference = fields.Monetary(help="What the bridge adds to inventory.")

    def _format_quantity(self):
        """Return the quantity as the working paper prints it."""
        return number_in_words(self.env, self.quantity)

    def _format_unit_cost(self):
        return number_in_words(self.env, self.unit_cost, 2)

    def action_open(self):
        """Open where the figure comes from: order, count, card, journal items."""
        self.ensure_one()
        period = self.period_id
        if self.account_id:
            return {
                "type": "ir.actions.act_window",
                "name": self.account_id.display_name,
                "res_model": "account.move.line",
                "view_mode": "list,form",
                "domain": [
                    ("account_id", "=", self.account_id.id),
                    ("company_id", "=", period.company_id.id),
                    ("parent_state", "=", "posted"),
                    ("date", "<=", period.date_to),
                ],
                "context": {"create": False},
            }
        if self.count_id:
            return period.action_view_counts()
        record = self.production_id or self.card_id or self.product_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }


class BackflushPeriod(models.Model):
    _inherit = "backflush.period"

    bridge_source = fields.Selection(
        [("ledger", "Ledger"), ("count", "Physical count")],
        "Inventory By",
        required=True,
        default="ledger",
        tracking=True,
        help="Ledger: what the cards and documents say is made and not sold, in "
        "process and bought. Physical count: what was counted, entered or imported.",
    )
    bridge_choice = fields.Selection(
        [("material", "When material"), ("always", "Always"), ("never", "Never")],
        "Post the Bridge",
        required=True,
        default="material",
        tracking=True,
        help="Material: beyond the company's percentage of inventory or of the result.",
    )
    bridge_line_ids = fields.One2many(
        "backflush.period.bridge.line", "period_id", "GAAP Bridge", readonly=True
    )
    bridge_amount = fields.Monetary(
        readonly=True, help="What the bridge adds to inventory, and to the result."
    )
    bridge_inventory = fields.Monetary("Inventory in the Books", readonly=True)
    bridge_result = fields.Monetary(
        "Result of the Period", readonly=True, help="Before the bridge; loss negative."
    )
    bridge_inventory_share = fields.Float(
        "Share of Inventory (%)", readonly=True, digits=(16, 2)
    )
    bridge_result_share = fields.Float(
        "Share of the Result (%)", readonly=True, digits=(16, 2)
    )
    bridge_threshold = fields.Float(
        "Materiality (%)",
        readonly=True,
        digits=(5, 2),
        help="The company's when the bridge was computed.",
    )
    bridge_material = fields.Boolean("Material", readonly=True)

    def write(self, vals):
        if vals.keys() & {"bridge_source", "bridge_choice"}:
            self._check_state("open")
        return super().write(vals)

    # Preview -------------------------------------------------------------------------

    def _refresh_figures(self):
        """Compute the bridge with the other figures of the close."""
        figures = super()._refresh_figures()
        self._refresh_bridge(figures)
        return figures

    def _refresh_bridge(self, figures):
        unit = self._get_unit()
        rows = self._get_bridge_rows()
        total = sum((row.difference(unit) for row, _about in rows), ZERO)
        matter = bridge.Materiality(
            total,
            self._get_inventory_balance(),
            self._get_result(figures),
            exact(self.company_id.backflush_bridge_threshold),
        )
        lines = [
            {
                "sequence": number,
                "quantity": float(row.quantity),
                "unit_cost": float(row.unit_cost),
                "amount": float(row.amount(unit)),
                "in_books": float(row.in_books),
                "difference": float(row.difference(unit)),
                "element_id": row.element,
                **about,
            }
            for number, (row, about) in enumerate(rows)
        ]
        self.write(
            {
                "bridge_line_ids": [Command.clear(), *map(Command.create, lines)],
                "bridge_amount": float(total),
                "bridge_inventory": float(matter.inventory),
                "bridge_result": float(matter.result),
                "bridge_inventory_share": float(matter.inventory_share or ZERO),
                "bridge_result_share": float(matter.result_share or ZERO),
                "bridge_threshold": float(matter.threshold),
                "bridge_material": matter.is_material,
            }
        )
        return [row for row, _about in rows]

    def _get_inventory_balance(self):
        """Return what all inventory accounts of the close hold in the books."""
        balances = self._get_account_balances(self._get_inventory_accounts())
        return sum(balances.values(), ZERO)

    def _get_inventory_accounts(self):
        company = self.company_id
        return (
            self._get_holder_accounts("rip")
            | self._get_holder_accounts("fg")
            | company.backflush_adjustment_rip_account_id
            | company.backflush_adjustment_fg_account_id
            | company.backflush_bridge_account_id
        )

    def _get_result(self, figures):
        """Return the result of the period (profit positive) after the close of
        conversion and the disposition of variances, before the bridge."""
        [[balance]] = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("date", ">=", self._get_sales_from()),
                ("date", "<=", self.date_to),
                ("account_id.internal_group", "in", ("income", "expense")),
            ],
            [],
            ["balance:sum"],
        )
        _conversion, _found, open_variances, _sales = figures
        kept = ZERO
        for variance in open_variances:
            shares = self._get_all_shares(variance)[None]
            kept += sum((a for key, a in shares.items() if key != "cogs"), ZERO)
        return kept - self._to_money(balance)

    # Post ----------------------------------------------------------------------------

    def _prepare_entries(self):
        """Add the bridge and its reversal on the next day."""
        entries = super()._prepare_entries()
        if not self.bridge_posts:
            return entries
        company = self.company_id
        rows = [
            bridge.Row(
                quantity=exact(1),
                unit_cost=exact(line.difference),
                element=line.element_id.id or None,
                product=(line.component_id or line.product_id).id or None,
            )
            for line in self.bridge_line_ids
        ]
        postings = bridge.bridge_postings(
            rows,
            company.backflush_bridge_account_id.id,
            company.backflush_bridge_result_account_id.id,
            self._get_unit(),
        )
        if not postings:
            return entries
        self._check_bridge_accounts()
        back = bridge.reversed_postings(postings)
        return [
            *entries,
            ("bridge", self.date_to, postings),
            ("bridge", self.date_to + timedelta(days=1), back),
        ]

    def _check_bridge_accounts(self):
        """Raise `UserError` when the bridge is to be posted and lacks an account, or
        would touch a stock account."""
        company = self.company_id
        asset = company.backflush_bridge_account_id
        if not asset or not company.backflush_bridge_result_account_id:
            raise UserError(
                self.env._(
                    "Close %(period)s posts a GAAP bridge of %(amount)s and lacks the "
                    "accounts for it. Set them in Backflush Costing > Configuration "
                    "> Close Settings, or choose not to post the bridge.",
                    period=self.name,
                    amount=self.currency_id.format(self.bridge_amount),
                )
            )
        managed = self._get_holder_accounts("rip") | self._get_holder_accounts("fg")
        if asset in managed:
            raise UserError(
                self.env._(
                    "The bridge account %(account)s is a stock account, which Odoo's "
                    "stock closing keeps at its value. Set an account of its own in "
                    "Backflush Costing > Configuration > Close Settings.",
                    account=asset.display_name,
                )
            )
