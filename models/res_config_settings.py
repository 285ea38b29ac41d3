# Settings of the company that are no policy's own: approval of standard costs.
# Configuration; read by the release of standard costs.

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    backflush_approval = fields.Boolean(
        related="company_id.backflush_approval", readonly=False
    )
