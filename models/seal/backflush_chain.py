# The chain of a company: how far its ledger is sealed, and what still waits for it.
# Last step of the flow; the sealer is in the next file.

from odoo import api, fields, models
from odoo.tools import SQL, format_duration

from ...costing import chain


class BackflushChain(models.Model):
    _name = "backflush.chain"
    _description = "Chain of Seals"
    _inherit = ["backflush.evidence"]
    _order = "company_id"
    _rec_name = "company_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    number = fields.Integer(
        "Sealed Entries", readonly=True, help="Number of the last seal."
    )
    head = fields.Char(
        "Last Hash", readonly=True, default=chain.GENESIS, help="Hash of the last seal."
    )
    sealed_at = fields.Datetime("Last Sealed On", readonly=True)
    unsealed_count = fields.Integer(
        "Posted, Not Sealed",
        compute="_compute_unsealed",
        help="A scheduled job seals posted entries every minute.",
    )
    oldest_unsealed = fields.Datetime(
        "Oldest of Them Posted On",
        compute="_compute_unsealed",
        help="When the first of the entries that are not sealed was posted.",
    )
    oldest_age = fields.Char(
        "Waiting For",
        compute="_compute_unsealed",
        help="Hours and minutes since the first entry that is not sealed was posted.",
    )

    _company_unique = models.UniqueIndex(
        "(company_id)", "A company has one chain of seals."
    )

    def _compute_unsealed(self):
        waiting = (
            self.env["backflush.seal.due"]
            .sudo()
            ._read_group(
                [("company_id", "in", self.company_id.ids)],
                ["company_id"],
                ["__count", "since:min"],
            )
        )
        found = {company: (count, oldest) for company, count, oldest in waiting}
        now = fields.Datetime.now()
        for record in self:
            count, oldest = found.get(record.company_id, (0, False))
            record.unsealed_count, record.oldest_unsealed = count, oldest
            hours = (now - oldest).total_seconds() / 3600 if oldest else 0
            record.oldest_age = format_duration(max(hours, 0)) if oldest else False

    # One for each company ------------------------------------------------------------

    @api.model
    @api.private
    def _get(self, companies):
        """Return the chains of ``companies``; those that lack one get it."""
        found = self.sudo().search([("company_id", "in", companies.ids)])
        if lacking := companies - found.company_id:
            # Somebody else may start the same chain now; there is one all the same.
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO backflush_chain (company_id, number, head)
                         SELECT unnest(%s), 0, %s
                    ON CONFLICT DO NOTHING
                    """,
                    lacking.ids,
                    chain.GENESIS,
                )
            )
            found = self.sudo().search([("company_id", "in", companies.ids)])
        return found.with_env(self.env)

    @api.model
    def _get_all(self):
        """Return the chains of all companies that keep a ledger."""
        policies = self.env["backflush.policy"].sudo()
        policies = policies.with_context(active_test=False)
        companies = policies._read_group([], ["company_id"])
        return self._get(self.env["res.company"].union(*(c for (c,) in companies)))

    # Buttons -------------------------------------------------------------------------

    @api.model
    def action_open(self):
        """Show how far the ledgers of the chosen companies are sealed."""
        self.check_access("read")
        companies = self.env["backflush.policy"].search([]).company_id
        chains = self._get(companies & self.env.companies)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mrp_account_backflush.backflush_chain_action"
        )
        if len(chains) == 1:
            action |= {"res_id": chains.id, "views": [(False, "form")]}
        return action

    def action_view_seals(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "mrp_account_backflush.backflush_seal_action"
            ),
            "domain": [("company_id", "=", self.company_id.id)],
        }

    def action_view_unsealed(self):
        self.ensure_one()
        return self.env["backflush.entry"]._get_action(
            [("company_id", "=", self.company_id.id), ("due_ids", "!=", False)]
        )

    def action_export(self):
        """Download the sealed ledger as JSON Lines."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/backflush/ledger/{self.id}",
            "target": "download",
        }

    @api.model
    def action_download_verifier(self):
        """Download the program that checks exports and proofs without Odoo."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": "/backflush/verifier",
            "target": "download",
        }

    def action_view_verifications(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "mrp_account_backflush.backflush_verification_action"
            ),
            "domain": [("company_id", "=", self.company_id.id)],
        }

    def action_view_checkpoints(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "mrp_account_backflush.backflush_checkpoint_action"
            ),
            "domain": [("company_id", "=", self.company_id.id)],
        }


class BackflushPolicy(models.Model):
    _inherit = "backflush.policy"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "active":
            # Made later, it would be made by all sealers at once.
            self.env["backflush.chain"]._get(self.company_id)
        return result
