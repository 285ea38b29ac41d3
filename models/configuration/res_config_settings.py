# Settings of a company that are no policy's own: approval of standard costs, closes.
# Configuration; the fields are those of backflush_release.py and res_company_close.py.

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    backflush_approval = fields.Boolean(
        related="company_id.backflush_approval", readonly=False
    )
    backflush_close_approval = fields.Boolean(
        related="company_id.backflush_close_approval", readonly=False
    )
    backflush_close_journal_id = fields.Many2one(
        related="company_id.backflush_close_journal_id", readonly=False
    )
    backflush_close_cogs_account_id = fields.Many2one(
        related="company_id.backflush_close_cogs_account_id", readonly=False
    )
    backflush_adjustment_rip_account_id = fields.Many2one(
        related="company_id.backflush_adjustment_rip_account_id", readonly=False
    )
    backflush_adjustment_fg_account_id = fields.Many2one(
        related="company_id.backflush_adjustment_fg_account_id", readonly=False
    )
    backflush_auditor_email = fields.Char(
        related="company_id.backflush_auditor_email", readonly=False
    )
