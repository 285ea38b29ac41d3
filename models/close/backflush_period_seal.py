# A close seals what it rests on and what it posted, and notes where the chain stands.
# After the close is posted; the checkpoint is printed on its report and mailed.

from odoo import fields, models
from odoo.fields import Domain


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

    last_seal = fields.Integer(
        readonly=True,
        copy=False,
        help="The last seal when this close was posted: it has seen what is sealed up "
        "to there, and nothing else.",
    )

    def _post_close(self):
        """Seal the ledger with what this close posts."""
        chain = self.env["backflush.chain"]._get(self.company_id)
        # From now on, or another sealer could make this close start anew at its end.
        chain.sudo()._lock()
        result = super()._post_close()
        checkpoint = chain._make_checkpoint("close", self)
        # The steps of a close are written by its buttons alone; see GUARDED.
        period = self.sudo()
        period.last_seal = checkpoint.number
        # What was posted just now is sealed by now.
        period._refresh_checks("unsealed", "late")
        return result

    def _get_late_domain(self):
        """What this close has not seen: entries without a seal, or with a later one. An
        entry that was being recorded while the close was posted may have a smaller key
        than the last one of then."""
        if not self.last_seal:
            return super()._get_late_domain()
        later = Domain("company_id", "=", self.company_id.id)
        later &= Domain("number", ">", self.last_seal)
        return Domain("due_ids", "!=", False) | Domain("seal_ids", "any", later)

    def action_close(self):
        """Note where the ledger stands when nothing is added to the period any more."""
        result = super().action_close()
        for period in self:
            chain = self.env["backflush.chain"]._get(period.company_id)
            chain._make_checkpoint("close", period)
        return result
