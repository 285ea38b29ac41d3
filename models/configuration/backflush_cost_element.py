# Cost elements: what a standard cost is made of, and where each element is posted.
# Configuration; cards split cost by element, post finds the accounts here.

from odoo import api, fields, models

ELEMENT_KINDS = [
    ("material", "Material"),
    ("labour", "Labour"),
    ("machine", "Machine"),
    ("variable_overhead", "Variable Overhead"),
    ("fixed_overhead", "Fixed Overhead"),
    ("subcontracting", "Subcontracting"),
]
VARIANCE_KINDS = [
    ("price", "Price"),
    ("exchange", "Exchange Rate"),
    ("usage", "Usage"),
    ("mix", "Mix"),
    ("yield", "Yield"),
    ("substitution", "Substitution"),
    ("scrap", "Scrap"),
    ("rate", "Rate"),
    ("efficiency", "Efficiency"),
    ("lot_size", "Lot Size"),
    ("spending", "Spending"),
    ("volume", "Volume"),
    ("volume_efficiency", "Volume: Efficiency"),
    ("volume_capacity", "Volume: Capacity"),
    ("revaluation", "Revaluation"),
    ("rounding", "Rounding"),
]


class BackflushCostElement(models.Model):
    _name = "backflush.cost.element"
    _description = "Cost Element"
    _inherit = ["backflush.tracked"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        tracking=True,
    )
    kind = fields.Selection(ELEMENT_KINDS, required=True, tracking=True)
    is_conversion = fields.Boolean(compute="_compute_is_conversion", store=True)
    applied_account_id = fields.Many2one(
        "account.account",
        "Conversion Applied Account",
        check_company=True,
        tracking=True,
        help="Credited at standard by the flush.",
    )
    control_account_id = fields.Many2one(
        "account.account",
        "Conversion Control Account",
        check_company=True,
        tracking=True,
        help="Debited with what was really spent: payroll, rent, power, bills.",
    )
    variance_account_id = fields.Many2one(
        "account.account",
        "Variance Account",
        check_company=True,
        tracking=True,
        help="For every kind of variance that has no account of its own below.",
    )
    variance_account_ids = fields.One2many(
        "backflush.variance.account", "element_id", "Variance Accounts by Kind"
    )

    _code_company_unique = models.Constraint(
        "UNIQUE(company_id, code)",
        "Another cost element of this company has the same code.",
    )

    @api.depends("kind")
    def _compute_is_conversion(self):
        for element in self:
            element.is_conversion = element.kind != "material"

    def _get_variance_account(self, kind):
        """Return the account for variances of ``kind``, empty when none is set."""
        self.ensure_one()
        own = {line.kind: line.account_id for line in self.variance_account_ids}
        whole = "volume" if kind and kind.startswith("volume_") else kind
        return own.get(kind) or own.get(whole) or self.variance_account_id


class BackflushVarianceAccount(models.Model):
    _name = "backflush.variance.account"
    _description = "Variance Account of a Cost Element"
    _inherit = ["backflush.element.line"]
    _order = "element_id, kind"
    _check_company_auto = True

    element_id = fields.Many2one(
        "backflush.cost.element", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="element_id.company_id", store=True)
    kind = fields.Selection(VARIANCE_KINDS, required=True)
    account_id = fields.Many2one("account.account", required=True, check_company=True)

    _noted_by = ("kind",)
    _noted = ("account_id",)

    _kind_unique = models.Constraint(
        "UNIQUE(element_id, kind)",
        "A cost element has one account for each kind of variance.",
    )
