# A close seals what it rests on and what it posted, and notes where the chain stands.
# After the close is posted; the checkpoint is printed on its report and mailed.

from odoo import fields, models


class BackflushPeriod(models.Model):
    _inherit = "backflush.period"

    checkpoint_ids = fields.One2many(
        "backflush.checkpoint",
        "period_id",
        "Checkpoints",
        readonly=True,
        help="Where the sealed ledger stood when this close was posted, and when the "
        "period was closed.",
    )

    def _post_close(self):
        """Seal the ledger with what this close posts."""
        chain = self.env["backflush.chain"]._get(self.company_id)
        # From now on, or another sealer could make this close start anew at its end.
        chain.sudo()._lock()
        result = super()._post_close()
        chain._make_checkpoint("close", self)
        # What was posted just now is sealed by now.
        self.sudo()._refresh_checks("unsealed")
        return result

    def action_close(self):
        """Note where the ledger stands when nothing is added to the period any more."""
        result = super().action_close()
        for period in self:
            chain = self.env["backflush.chain"]._get(period.company_id)
            chain._make_checkpoint("close", period)
        return result
