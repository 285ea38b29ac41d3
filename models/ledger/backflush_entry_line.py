# The lines of a ledger entry: each amount, the standard and the actual it came from.
# Made by post, never by hand; the source of pivots and graphs.

from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...costing import rounding, terms
from ...costing.money import exact
from ..configuration.backflush_cost_element import VARIANCE_KINDS

ROLES = [
    (terms.FINISHED_GOODS, "Finished Goods"),
    (terms.STOCK, "Material"),
    (terms.APPLIED, "Conversion Applied"),
    (terms.COST_OF_SALES, "Cost of Goods Sold"),
    (terms.VARIANCE, "Variance"),
    (terms.CONTROL, "Conversion Control"),
    (terms.DISPOSITION, "Disposition of Variances"),
    (terms.INVENTORY_ADJUSTMENT, "Inventory Adjustment"),
    (terms.BRIDGE, "GAAP Bridge"),
]


class BackflushEntryLine(models.Model):
    _name = "backflush.entry.line"
    _description = "Backflush Entry Line"
    _inherit = ["backflush.guarded"]
    _order = "entry_id desc, id"
    _rec_name = "entry_id"

    entry_id = fields.Many2one(
        "backflush.entry", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    policy_id = fields.Many2one("backflush.policy", readonly=True, index=True)
    date = fields.Date(readonly=True, index=True)
    accounting_date = fields.Date(
        readonly=True,
        index=True,
        help="Date of the journal entry, which decides in what period the line is.",
    )
    event = fields.Selection(related="entry_id.event")
    production_id = fields.Many2one(related="entry_id.production_id")
    finished_product_id = fields.Many2one("product.product", readonly=True)
    category_id = fields.Many2one("product.category", readonly=True)
    role = fields.Selection(ROLES, required=True, readonly=True)
    variance_kind = fields.Selection(VARIANCE_KINDS, readonly=True)
    element_id = fields.Many2one(
        "backflush.cost.element", "Cost Element", readonly=True, ondelete="restrict"
    )
    product_id = fields.Many2one(
        "product.product", "Component", readonly=True, ondelete="restrict"
    )
    mix_group = fields.Char(
        readonly=True,
        help="The components with which this one can change places; mix and yield of a "
        "group add up to its usage variance.",
    )
    operation_id = fields.Many2one(
        "mrp.routing.workcenter", readonly=True, ondelete="set null"
    )
    workcenter_id = fields.Many2one(
        "mrp.workcenter", "Work Center", readonly=True, ondelete="restrict"
    )
    vendor_id = fields.Many2one(
        "res.partner",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The company that billed what was bought; empty for what was made or "
        "sold.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        readonly=True,
        ondelete="restrict",
        help="Who is responsible for the order, bill or transfer; where nobody is, who "
        "recorded the event.",
    )
    account_id = fields.Many2one(
        "account.account", required=True, readonly=True, ondelete="restrict"
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        "Journal Item",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    standard_quantity = fields.Float(readonly=True, digits=(16, 6))
    standard_price = fields.Float(
        readonly=True, digits=(16, 6), min_display_digits=2, aggregator="avg"
    )
    actual_quantity = fields.Float(readonly=True, digits=(16, 6))
    actual_price = fields.Float(
        readonly=True, digits=(16, 6), min_display_digits=2, aggregator="avg"
    )
    amount = fields.Monetary(
        readonly=True, help="Debit positive; a positive variance is unfavourable."
    )
    remainder = fields.Float(
        readonly=True,
        digits=(20, 9),
        help="What the amount leaves out of quantity x price because it is rounded; "
        "later postings of the same product settle it.",
    )
    remainder_product_id = fields.Many2one(
        "product.product",
        "Product of the Remainder",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Set when there is a remainder: whose stock account it is owed to.",
    )
    debit = fields.Monetary(compute="_compute_debit_credit")
    credit = fields.Monetary(compute="_compute_debit_credit")

    @api.depends("amount")
    def _compute_debit_credit(self):
        for line in self:
            line.debit = max(line.amount, 0.0)
            line.credit = max(-line.amount, 0.0)

    def _to_posting(self):
        """Return the line for `costing`."""
        return terms.Posting(
            role=self.role,
            amount=exact(self.amount),
            kind=self.variance_kind or None,
            element=self.element_id.id or None,
            product=self.product_id.id or None,
            operation=self.operation_id.id or None,
            workcenter=self.workcenter_id.id or None,
            standard_quantity=exact(self.standard_quantity),
            standard_price=exact(self.standard_price),
            actual_quantity=exact(self.actual_quantity),
            actual_price=exact(self.actual_price),
            group=self.mix_group or None,
        )

    def _to_posting_again(self):
        """Return the line to be posted anew, with what its rounding left out."""
        posting = self._to_posting()
        if not rounding.is_stock(posting):
            return posting
        return replace(posting, exact=posting.amount + exact(self.remainder))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "Lines of the backflush ledger cannot be deleted: they are the audit "
                "trail."
            )
        )

    def action_view_entry(self):
        """Open the entry of this line."""
        self.ensure_one()
        return self.entry_id.get_formview_action()

    @api.model
    def _get_variance_action(self, domain):
        """Return the window action of variances in ``domain``, the list first."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mrp_account_backflush.backflush_entry_line_action_variance"
        )
        views = sorted(action["views"], key=lambda view: view[1] != "list")
        return {
            **action,
            "domain": [("role", "=", "variance"), *domain],
            "context": {},
            "views": views,
            "view_mode": ",".join(mode for _view, mode in views),
        }
