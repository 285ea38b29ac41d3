# Set-up wizard: accounts, journal, elements and a policy for a company in five clicks.
# Configuration.

from odoo import fields, models


class BackflushSetup(models.TransientModel):
    _name = "backflush.setup"
    _description = "Backflush Costing Set-up"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
