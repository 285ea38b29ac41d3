# The preview of a period close: each figure that it would post, and both results.
# Computed by the next files, kept with the close; nothing here posts.

from odoo import fields, models

from ..configuration.backflush_cost_element import VARIANCE_KINDS
from .backflush_disposition_rule import METHODS

SECTIONS = [
    ("conversion", "Conversion"),
    ("disposition", "Variances"),
    ("result", "Result"),
]
#: Balances that variances are disposed of to, as the result compares them.
BALANCES = [
    ("rip", "Raw and in-process inventory"),
    ("fg", "Finished goods"),
    ("cogs", "Cost of goods sold"),
    ("carried", "Carried forward"),
]


class BackflushPeriodLine(models.Model):
    _name = "backflush.period.line"
    _description = "Figure of a Period Close"
    _inherit = ["backflush.guarded"]
    _order = "period_id, section, sequence, id"
    _rec_name = "kind"

    period_id = fields.Many2one(
        "backflush.period", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="period_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    section = fields.Selection(SECTIONS, required=True)
    sequence = fields.Integer()
    element_id = fields.Many2one("backflush.cost.element", "Cost Element")
    kind = fields.Selection(VARIANCE_KINDS, "Variance")
    account_id = fields.Many2one("account.account", "Variance Account")
    amount = fields.Monetary(help="Debit positive; positive is unfavourable.")

    # Conversion
    control_account_id = fields.Many2one("account.account", "Control Account")
    applied_account_id = fields.Many2one("account.account", "Applied Account")
    control = fields.Monetary("Spent", help="What the control account was debited.")
    applied = fields.Monetary(help="What was applied to goods.")
    unsold = fields.Monetary(
        "Made, Not Sold",
        help="Standard conversion of goods made and not sold, where cost is flushed at "
        "sale: it is not applied yet.",
    )
    hours = fields.Float("Actual Hours", digits=(16, 2))
    standard_hours = fields.Float(digits=(16, 2))
    rate = fields.Float("Rate per Hour", digits=(16, 6), min_display_digits=2)
    budget = fields.Monetary("Budgeted Cost")

    # Disposition: what holds standard cost, and what it takes by either way
    method = fields.Selection(METHODS, "Disposition")
    held_rip = fields.Monetary(
        "Held: RIP",
        help="Standard cost of the element in material on hand, and in goods made and "
        "unsold that are flushed at sale.",
    )
    held_fg = fields.Monetary("Held: FG")
    held_cogs = fields.Monetary("Held: COGS")
    taken = fields.Monetary(
        "Taken Before",
        help="What earlier closes of the year took to cost of goods sold.",
    )
    all_cogs = fields.Monetary("All to COGS")
    prorated_rip = fields.Monetary("Prorated: RIP")
    prorated_fg = fields.Monetary("Prorated: FG")
    prorated_cogs = fields.Monetary("Prorated: COGS")
    posted_rip = fields.Monetary("To RIP")
    posted_fg = fields.Monetary("To FG")
    posted_cogs = fields.Monetary("To COGS")
    carried = fields.Monetary("Carried Forward")

    # Result: a balance before and after, by either way and as chosen
    balance = fields.Selection(BALANCES)
    before = fields.Monetary("At Standard")
    after_cogs = fields.Monetary("All to COGS, Then")
    after_prorated = fields.Monetary("Prorated, Then")
    after_chosen = fields.Monetary("As Chosen")


class BackflushPeriod(models.Model):
    _inherit = "backflush.period"

    line_ids = fields.One2many("backflush.period.line", "period_id", readonly=True)
    conversion_line_ids = fields.One2many(
        "backflush.period.line",
        "period_id",
        "Conversion",
        domain=[("section", "=", "conversion")],
        readonly=True,
    )
    disposition_line_ids = fields.One2many(
        "backflush.period.line",
        "period_id",
        "Variances",
        domain=[("section", "=", "disposition")],
        readonly=True,
    )
    result_line_ids = fields.One2many(
        "backflush.period.line",
        "period_id",
        "Result",
        domain=[("section", "=", "result")],
        readonly=True,
    )
    disposition_ids = fields.One2many(
        "backflush.period.disposition", "period_id", "Dispositions"
    )
