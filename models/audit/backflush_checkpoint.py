# Checkpoints: the state of a chain at one moment, noted and sent out of the house, so
# that a chain that is rewritten as a whole is noticed, too.
# After the seal; made by each close, weekly, and by a button.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...costing import merkle
from ...costing.chain import canonical, digest

REASONS = [
    ("close", "Period close"),
    ("schedule", "Schedule"),
    ("request", "Request"),
]


class BackflushCheckpoint(models.Model):
    _name = "backflush.checkpoint"
    _description = "Checkpoint"
    _inherit = ["backflush.evidence", "mail.thread"]
    _order = "company_id, number desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    number = fields.Integer(
        "Seals",
        required=True,
        readonly=True,
        aggregator=None,
        help="Number of the last seal, and so how many there are.",
    )
    hash = fields.Char(required=True, readonly=True, help="Hash of the last seal.")
    root = fields.Char(
        "Root of the Tree",
        required=True,
        readonly=True,
        help="Of the Merkle tree (RFC 6962) of the hashes of all seals so far. Short "
        "proofs lead from one entry to it, and from it to later checkpoints.",
    )
    made_at = fields.Datetime(
        "Made On", required=True, readonly=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one(
        "res.users",
        "Made By",
        required=True,
        readonly=True,
        default=lambda self: self.env.uid,
    )
    reason = fields.Selection(REASONS, required=True, readonly=True)
    period_id = fields.Many2one(
        "backflush.period",
        "Period Close",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    figures = fields.Text(
        readonly=True,
        prefetch=False,
        help="All figures of the period close that was closed with this checkpoint, in "
        "canonical form.",
    )

    @api.depends("number", "made_at")
    def _compute_display_name(self):
        for checkpoint in self:
            checkpoint.display_name = self.env._(
                "Checkpoint %(number)s", number=checkpoint.number
            )

    def _to_export(self):
        """Return the checkpoint as the auditor's program reads it."""
        self.ensure_one()
        return {
            "company": self.company_id.id,
            **({"figures": digest(self.figures)} if self.figures else {}),
            "hash": self.hash,
            "made_at": f"{self.made_at:%Y-%m-%dT%H:%M:%SZ}",
            "number": self.number,
            "root": self.root,
            "type": "checkpoint",
        }

    def _get_export_text(self):
        return canonical(self._to_export())

    # Mail ----------------------------------------------------------------------------

    def _send(self):
        """Send these checkpoints to the auditors of their companies, where wanted."""
        template = self.env.ref("mrp_account_backflush.mail_template_checkpoint")
        for checkpoint in self.sudo():
            if address := checkpoint.company_id.backflush_auditor_email:
                to = {"email_to": address, "recipient_ids": []}
                template.sudo().send_mail(checkpoint.id, email_values=to)

    # Proofs --------------------------------------------------------------------------

    def _get_chain(self):
        return self.env["backflush.chain"]._get(self.company_id).sudo()

    @api.private
    def _prove_inclusion(self, entry):
        """Return the proof that a sealed entry is part of what this checkpoint notes.

        :raises UserError: the entry was sealed later, or is not
        """
        self.ensure_one()
        if not 0 < entry.seal_number <= self.number:
            raise UserError(
                self.env._(
                    "%(entry)s was not sealed when %(checkpoint)s was made.",
                    entry=entry.display_name,
                    checkpoint=self.display_name,
                )
            )
        chain = self._get_chain()
        leaves = chain._get_leaves(self.number)
        proof = merkle.inclusion_proof(leaves, entry.seal_number - 1)
        return {
            "checkpoint": self._to_export(),
            "end": self._prove_end(leaves),
            "proof": [step.hex() for step in proof],
            "record": chain._get_records(entry.ids)[0],
            "type": "inclusion",
        }

    @api.private
    def _prove_consistency(self):
        """Return the proof that the later of two checkpoints is about the ledger of the
        earlier one, continued.

        :raises UserError: they are not two of one company
        """
        self._check_two()
        first, second = self._in_order()
        leaves = self._get_chain()._get_leaves(second.number)
        proof = merkle.consistency_proof(leaves, first.number)
        return {
            "first": first._to_export(),
            "first_end": first._prove_end(leaves[: first.number]),
            "proof": [step.hex() for step in proof],
            "second": second._to_export(),
            "second_end": second._prove_end(leaves),
            "type": "consistency",
        }

    def _prove_end(self, leaves):
        """Return the header of the last seal that this checkpoint notes, and the proof
        that it is the last leaf under its root: number, hash and root belong
        together."""
        self.ensure_one()
        headers = self._get_chain()._get_headers(self.number)
        proof = merkle.inclusion_proof(leaves, len(leaves) - 1) if leaves else []
        return {
            "proof": [step.hex() for step in proof],
            "seal": headers[0] if headers else {},
        }

    def _check_two(self):
        """Raise `UserError` unless these are two, of one ledger."""
        if len(self) != 2 or len(self.company_id) != 1:
            raise UserError(
                self.env._("Choose two checkpoints of one company to compare.")
            )

    def _in_order(self):
        """Return these checkpoints, the earlier ones first."""
        return self.sorted(lambda checkpoint: (checkpoint.number, checkpoint.id))

    def action_download(self):
        """Download this checkpoint, to be kept elsewhere."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/backflush/checkpoint/{self.id}",
            "target": "download",
        }

    def action_prove_consistency(self):
        """Download the proof from the first to the last of two chosen checkpoints."""
        self.check_access("read")
        self._check_two()
        first, second = self._in_order()
        return {
            "type": "ir.actions.act_url",
            "url": f"/backflush/consistency/{first.id}/{second.id}",
            "target": "download",
        }


class BackflushChain(models.Model):
    _inherit = "backflush.chain"

    last_checkpoint_id = fields.Many2one(
        "backflush.checkpoint", compute="_compute_last_checkpoint"
    )
    last_checkpoint_at = fields.Datetime(compute="_compute_last_checkpoint")

    def _compute_last_checkpoint(self):
        checkpoints = self.env["backflush.checkpoint"]
        found = checkpoints._read_group(
            [("company_id", "in", self.company_id.ids)], ["company_id"], ["id:max"]
        )
        last = dict(found)
        for chain in self:
            checkpoint = checkpoints.browse(last.get(chain.company_id))
            chain.last_checkpoint_id = checkpoint
            chain.last_checkpoint_at = checkpoint.made_at

    def _get_checkpoints(self):
        return self.env["backflush.checkpoint"].search(
            [("company_id", "in", self.company_id.ids)], order="company_id, number, id"
        )

    def action_checkpoint(self):
        """Seal what is posted, and note and send where the chain stands."""
        self.check_access("read")
        if not self.env.user.has_group("mrp_account_backflush.group_backflush_user"):
            raise AccessError(
                self.env._("Only cost accountants and controllers make checkpoints.")
            )
        checkpoint = self.exists()._make_checkpoint("request")
        return checkpoint.get_formview_action()

    @api.private
    def _make_checkpoint(self, reason, period=None, figures=None):
        """Seal what is posted and return a new checkpoint; it is sent where wanted.

        :param figures: of ``period``, in canonical form, once it is closed
        """
        self.ensure_one()
        chain = self.sudo()
        chain._seal()
        # Who may make one may not write it by hand.
        checkpoint = (
            self.env["backflush.checkpoint"]
            .sudo()
            .create(
                {
                    "company_id": chain.company_id.id,
                    "number": chain.number,
                    "hash": chain.head,
                    "root": chain._get_root(chain.number),
                    "reason": reason,
                    "period_id": period.id if period else False,
                    "figures": figures,
                }
            )
        )
        checkpoint._send()
        return checkpoint.with_env(self.env)


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    def action_prove(self):
        """Download the proof that this entry is part of the last checkpoint."""
        self.ensure_one()
        self.check_access("read")
        self._get_proving_checkpoint()
        return {
            "type": "ir.actions.act_url",
            "url": f"/backflush/proof/{self.id}",
            "target": "download",
        }

    @api.private
    def _prove(self):
        """Return the proof of this entry against the last checkpoint."""
        return self._get_proving_checkpoint()._prove_inclusion(self)

    def _get_proving_checkpoint(self):
        """Return the last checkpoint.

        :raises UserError: none was made since the entry was sealed
        """
        checkpoint = self.env["backflush.checkpoint"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("number", ">=", max(self.seal_number, 1)),
            ],
            order="number desc, id desc",
            limit=1,
        )
        if not checkpoint or not self.seal_number:
            raise UserError(
                self.env._(
                    "There is no checkpoint yet since %(entry)s was sealed: make one "
                    "in Backflush Costing > Audit > Sealed Ledger.",
                    entry=self.display_name,
                )
            )
        return checkpoint
