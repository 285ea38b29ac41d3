# Evidence: rows that the ledger makes itself, and that nobody changes or deletes,
# neither here nor in the database (seal_guard.py). Base of seals and checkpoints.

from odoo import api, models
from odoo.exceptions import AccessError


class BackflushEvidence(models.AbstractModel):
    _name = "backflush.evidence"
    _description = "Evidence"
    _inherit = ["backflush.guarded"]

    @api.private
    @api.model_create_multi
    def create(self, vals_list):
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        self._refuse()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse()

    def _refuse(self):
        raise AccessError(
            self.env._(
                "%(records)s: made by the ledger itself, never changed nor deleted. It "
                "is the evidence that nothing else was.",
                records=self.env["ir.model"]._get(self._name).name,
            )
        )
