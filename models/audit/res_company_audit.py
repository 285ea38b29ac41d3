# The company's auditor: who gets the checkpoints of its sealed ledger.
# Configuration of the seal.

from odoo import api, fields, models

from ..seal import seal_guard


class ResCompany(models.Model):
    _inherit = "res.company"

    backflush_auditor_email = fields.Char(
        "Email of the Auditor",
        # Customers and vendors who log in read their company.
        groups="base.group_user",
        help="Checkpoints of the sealed ledger are sent here, so that they are kept "
        "outside the company; several addresses are separated by commas.",
    )


class BackflushChain(models.Model):
    _inherit = "backflush.chain"

    @api.model
    def _install_guards(self):
        """Install the database's triggers, and list entries that were posted before
        there were seals. Called at each installation and upgrade."""
        self.env.flush_all()
        seal_guard.install(self.env)
        self._list_unsealed()

    @api.model
    def _list_unsealed(self):
        """Put posted entries that are neither sealed nor on the list there."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO backflush_seal_due (company_id, entry_id, since)
                 SELECT company_id, id, now() AT TIME ZONE 'UTC'
                   FROM backflush_entry entry
                  WHERE state = 'posted' AND NOT EXISTS (
                     SELECT 1 FROM backflush_seal WHERE entry_id = entry.id
                  )
            ON CONFLICT DO NOTHING
            """
        )
