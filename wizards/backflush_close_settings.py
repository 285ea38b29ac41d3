# What a company sets for its closes, for controllers, who may not set up companies.
# Configuration; the fields are those of res_company_close.py and res_company_bridge.py.

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models import finite

#: The company's fields that a controller sets here, and no others.
SETTINGS = (
    "backflush_close_journal_id",
    "backflush_close_cogs_account_id",
    "backflush_adjustment_rip_account_id",
    "backflush_adjustment_fg_account_id",
    "backflush_bridge_account_id",
    "backflush_bridge_result_account_id",
    "backflush_bridge_threshold",
)


class BackflushCloseSettings(models.TransientModel):
    _name = "backflush.close.settings"
    _description = "Settings of Period Closes"
    _check_company_auto = True
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    backflush_close_journal_id = fields.Many2one(
        "account.journal",
        "Close Journal",
        domain=[("type", "=", "general")],
        check_company=True,
        help="Journal of what a period close posts; the policy's when it is empty.",
    )
    backflush_close_cogs_account_id = fields.Many2one(
        "account.account",
        "Cost of Sales of Closes",
        check_company=True,
        help="Takes the variances that go to cost of goods sold. When it is empty they "
        "go to the expense accounts of the products sold, by what these hold.",
    )
    backflush_adjustment_rip_account_id = fields.Many2one(
        "account.account",
        "RIP Adjustment",
        check_company=True,
        help="Takes the share of prorated variances that concerns material on hand. It "
        "is an account of its own, so that the stock account stays at standard.",
    )
    backflush_adjustment_fg_account_id = fields.Many2one(
        "account.account",
        "FG Adjustment",
        check_company=True,
        help="Takes the share of prorated variances that concerns finished goods.",
    )
    backflush_bridge_account_id = fields.Many2one(
        "account.account",
        "Bridge: Inventory",
        check_company=True,
        domain=[("internal_group", "=", "asset")],
        help="Takes what full absorption costing has in inventory and the ledger does "
        "not. It is an account of its own, so that Odoo's stock closing leaves it "
        "alone; empty: a close shows the bridge and does not post it.",
    )
    backflush_bridge_result_account_id = fields.Many2one(
        "account.account",
        "Bridge: Result",
        check_company=True,
        help="Other side of the bridge, a change of inventories in the result.",
    )
    backflush_bridge_threshold = finite.Float(
        "Materiality (%)",
        digits=(5, 2),
        help="A bridge beyond this percentage of inventory, or of the result, is "
        "material. At zero every bridge is.",
    )

    # Start from what the company has -------------------------------------------------

    @api.model
    def _get_settings(self, company):
        """Return {field: value to write} of what ``company`` has."""
        return company._convert_to_write({name: company[name] for name in SETTINGS})

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        company = self.env["res.company"].browse(values.get("company_id"))
        settings = self._get_settings(company or self.env.company)
        return {**{k: v for k, v in settings.items() if k in fields}, **values}

    @api.model_create_multi
    def create(self, vals_list):
        """What is not stated stays as the company has it."""
        Company = self.env["res.company"]
        return super().create(
            [
                {
                    **self._get_settings(
                        Company.browse(vals.get("company_id")) or self.env.company
                    ),
                    **vals,
                }
                for vals in vals_list
            ]
        )

    @api.onchange("company_id")
    def _onchange_company_id(self):
        self.update(self._get_settings(self.company_id._origin))

    # Save ----------------------------------------------------------------------------

    def action_save(self):
        """Write the settings on the company.

        :raises AccessError: for whoever is no controller of this company
        """
        self.ensure_one()
        self._check_controller()
        # These fields alone, of a company of the user: see _check_controller.
        self.company_id.sudo().write(
            self._convert_to_write({name: self[name] for name in SETTINGS})
        )
        return {"type": "ir.actions.act_window_close"}

    def action_view_rules(self):
        """Open what becomes of each kind of variance."""
        self.action_save()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "mrp_account_backflush.backflush_disposition_rule_action"
        )

    def _check_controller(self):
        controller = self.env.user.has_group(
            "mrp_account_backflush.group_backflush_manager"
        )
        if not controller or self.company_id not in self.env.user.company_ids:
            raise AccessError(
                self.env._(
                    "Only controllers of %(company)s set up its period closes.",
                    company=self.company_id.sudo().name,
                )
            )
