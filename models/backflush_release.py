# A release of standard costs: proposed cards, compared, guarded, approved, put in force.
# Standard cost; after the roll-up, before the cards take effect.

from odoo import fields, models


class BackflushRelease(models.Model):
    _name = "backflush.release"
    _description = "Standard Cost Release"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        "Valid From",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="The day on which the cards take effect.",
    )
    state = fields.Selection(
        [
            ("draft", "Proposal"),
            ("to_approve", "To Approve"),
            ("released", "Released"),
            ("in_force", "In Force"),
            ("withdrawn", "Withdrawn"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    card_ids = fields.One2many("backflush.cost.card", "release_id", "Cost Cards")
    problem_ids = fields.One2many(
        "backflush.release.problem", "release_id", "Problems", readonly=True
    )
    entry_ids = fields.One2many(
        "backflush.entry", "release_id", "Revaluations", readonly=True
    )


class BackflushReleaseProblem(models.Model):
    _name = "backflush.release.problem"
    _description = "Problem of a Standard Cost Release"
    _order = "release_id, level, id"

    release_id = fields.Many2one(
        "backflush.release", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="release_id.company_id", store=True)
    product_id = fields.Many2one("product.product", ondelete="cascade")
    level = fields.Integer(help="Levels of made components below this product.")
    message = fields.Text(required=True)
