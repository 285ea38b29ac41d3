# What a company sets for the GAAP bridge of its period closes.
# Configuration; read by the bridge of a close (backflush_period_bridge.py).

from odoo import fields, models

from .. import finite


class ResCompany(models.Model):
    _inherit = "res.company"

    backflush_bridge_account_id = fields.Many2one(
        "account.account",
        "Bridge: Inventory",
        check_company=True,
        tracking=True,
        domain=[("internal_group", "=", "asset")],
        help="Takes what full absorption costing has in inventory and the ledger does "
        "not. It is an account of its own, so that Odoo's stock closing leaves it "
        "alone; empty: a close shows the bridge and does not post it.",
    )
    backflush_bridge_result_account_id = fields.Many2one(
        "account.account",
        "Bridge: Result",
        check_company=True,
        tracking=True,
        help="Other side of the bridge, a change of inventories in the result.",
    )
    backflush_bridge_threshold = finite.Float(
        "Materiality (%)",
        digits=(5, 2),
        tracking=True,
        help="A bridge beyond this percentage of inventory, or of the result, is "
        "material. At zero every bridge is.",
    )

    _backflush_bridge_threshold_positive = models.Constraint(
        "CHECK(backflush_bridge_threshold >= 0)",
        "The materiality of the bridge is a percentage from 0 on.",
    )

    def _get_backflush_close_accounts(self):
        """A closed period keeps its bridge, too."""
        accounts = super()._get_backflush_close_accounts()
        return (
            accounts
            | self.backflush_bridge_account_id
            | self.backflush_bridge_result_account_id
        )

    def _get_stock_closings(self):
        """Return the entries of Odoo's own stock closing of this company, as far as it
        remembers them."""
        self.ensure_one()
        # Where core keeps them; it has no relation from the company to its closings.
        known = (
            self.env["ir.config_parameter"]
            .sudo()
            .get_param(f"{self.id}.stock_valuation_closing_ids")
        )
        moves = self.env["account.move"].browse(
            int(move) for move in (known or "").split(",") if move
        )
        return moves.exists()


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    backflush_bridge_account_id = fields.Many2one(
        related="company_id.backflush_bridge_account_id", readonly=False
    )
    backflush_bridge_result_account_id = fields.Many2one(
        related="company_id.backflush_bridge_result_account_id", readonly=False
    )
    backflush_bridge_threshold = finite.Float(
        related="company_id.backflush_bridge_threshold", readonly=False
    )
