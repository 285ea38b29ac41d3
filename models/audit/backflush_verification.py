# Verifications: the results of checking a chain, kept with date, range and user.
# After the seal; made by a button and by a weekly job, shown to auditors.

from odoo import api, fields, models
from odoo.tools import format_datetime

from .backflush_chain_verify import DESCRIBED

RESULTS = [("holds", "Holds"), ("fails", "Does not hold")]
#: What a problem of `costing.chain` is, for its user.
KINDS = [
    ("number", "The numbers are not consecutive: seals are missing or double"),
    ("previous", "It does not continue the chain: the seal before it is another one"),
    ("hash", "Its hash is not that of its content: the seal itself was changed"),
    ("entry", "The entry is not what was sealed"),
    ("missing", "The entry that was sealed no longer exists"),
    ("kept", "The entry is as it was sealed, but the copy of it in the seal is not"),
    ("balance", "The entry does not balance"),
    ("items", "Its journal items contradict their journal entry"),
    ("card", "The cost card is not what took effect"),
    ("period", "The figures of the period are not those that were closed"),
    ("checkpoint", "The ledger is not the one that was noted: it was rewritten"),
    ("earlier", "An earlier verification found more, or something else"),
    ("head", "The chain ends elsewhere than it is said to: seals are missing"),
    ("unsealed", "It is posted, but neither sealed nor waiting for its seal"),
]
#: Of which the number is that of no seal.
WITHOUT_SEAL = ("card", "period", "unsealed")


class BackflushVerification(models.Model):
    _name = "backflush.verification"
    _description = "Verification"
    _inherit = ["backflush.evidence"]
    _order = "id desc"
    _rec_name = "started_at"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    started_at = fields.Datetime("Verified On", required=True, readonly=True)
    seconds = fields.Float(readonly=True, digits=(16, 1), aggregator=None)
    user_id = fields.Many2one("res.users", "Verified By", required=True, readonly=True)
    scheduled = fields.Boolean(readonly=True, help="By the weekly job.")
    first_number = fields.Integer("From Seal", readonly=True, aggregator=None)
    last_number = fields.Integer("To Seal", readonly=True, aggregator=None)
    hash = fields.Char("Last Hash", readonly=True, help="Of the last seal verified.")
    checkpoint_count = fields.Integer(
        "Checkpoints Compared", readonly=True, aggregator=None
    )
    unsealed_count = fields.Integer(
        "Posted, Not Sealed", readonly=True, aggregator=None
    )
    other_count = fields.Integer(
        "Journal Entries of No Entry",
        readonly=True,
        aggregator=None,
        help="Posted journal entries in the journals of the ledger that none of its "
        "entries made: by hand, or by an entry that is gone.",
    )
    result = fields.Selection(RESULTS, required=True, readonly=True)
    problem_count = fields.Integer("Problems", readonly=True, aggregator=None)
    kind = fields.Selection(KINDS, "First Problem", readonly=True)
    seal_number = fields.Integer(
        "First Failing Seal",
        readonly=True,
        aggregator=None,
        help="The first seal that does not hold.",
    )
    entry_id = fields.Many2one(
        "backflush.entry", "First Failing Entry", readonly=True, ondelete="restrict"
    )
    problems = fields.Text(
        "What Differs", readonly=True, help="The first problems, one a line."
    )

    @api.depends("started_at")
    @api.depends_context("tz", "lang")
    def _compute_display_name(self):
        for verification in self:
            verification.display_name = self.env._(
                "Verification of %(moment)s",
                moment=format_datetime(self.env, verification.started_at),
            )

    def action_view_entry(self):
        self.ensure_one()
        return self.entry_id.get_formview_action()


class BackflushChain(models.Model):
    _inherit = "backflush.chain"

    last_result = fields.Selection(RESULTS, compute="_compute_last_verification")
    last_verified_at = fields.Datetime(
        "Last Verified On", compute="_compute_last_verification"
    )

    def _compute_last_verification(self):
        verifications = self.env["backflush.verification"]
        found = verifications._read_group(
            [("company_id", "in", self.company_id.ids)], ["company_id"], ["id:max"]
        )
        last = dict(found)
        for chain in self:
            verification = verifications.browse(last.get(chain.company_id))
            chain.last_result = verification.result
            chain.last_verified_at = verification.started_at

    def _get_extent(self):
        """Return what a verification of this chain, as it is now, is about."""
        return {
            "first_number": min(1, self.number),
            "last_number": self.number,
            "hash": self.head,
            "checkpoint_count": len(self._get_checkpoints()),
            "unsealed_count": self.unsealed_count,
            "other_count": len(self._get_others()),
        }

    def _keep_verification(self, problems, extent, seconds, scheduled):
        """Keep the result of a verification of ``extent``, and tell the controllers of
        a bad one."""
        failing = [found for found in problems if found.kind not in WITHOUT_SEAL]
        keys = [
            found.key
            for found in problems
            if found.key and found.kind not in ("card", "period")
        ]
        # Whoever verifies may not write the result by hand.
        return (
            self.env["backflush.verification"]
            .sudo()
            .create(
                {
                    "company_id": self.company_id.id,
                    "started_at": fields.Datetime.now(),
                    "seconds": seconds,
                    "user_id": self.env.uid,
                    "scheduled": scheduled,
                    **extent,
                    "result": "fails" if problems else "holds",
                    "problem_count": len(problems),
                    "kind": problems[0].kind if problems else False,
                    "seal_number": min((found.number for found in failing), default=0),
                    "entry_id": self.env["backflush.entry"]
                    .browse(keys[:1])
                    .exists()
                    .id,
                    "problems": "\n".join(
                        self._describe_problem(found) for found in problems[:DESCRIBED]
                    ),
                }
            )
        )

    @api.model
    def _describe_problem(self, problem):
        """Return a problem of `costing.chain` in the user's words."""
        kinds = self.env["backflush.verification"]._fields["kind"]
        meaning = dict(kinds._description_selection(self.env))[problem.kind]
        changes = "; ".join(
            self._describe_difference(*difference) for difference in problem.differences
        )
        subject = self._describe_subject(problem)
        return f"{subject}. {meaning}" + (f" ({changes})" if changes else "")

    def _describe_subject(self, problem):
        """Return what a problem is about: a card, a checkpoint, an entry, a seal."""
        if problem.kind == "card":
            card = self.env["backflush.cost.card"].sudo().browse(problem.key)
            return card.display_name
        if problem.kind == "period":
            return problem.name
        if problem.kind == "checkpoint":
            return self.env._("Checkpoint %(number)s", number=problem.number)
        entry = self.env["backflush.entry"].sudo().browse(problem.key or 0).exists()
        if problem.kind == "unsealed":
            return entry.display_name
        seal = self.env._("Seal %(number)s", number=problem.number)
        name = entry.display_name or problem.name
        return f"{seal}, {name}" if name else seal

    def _describe_difference(self, where, sealed, found):
        values = {
            "sealed": "–" if sealed is None else f"{sealed}",
            "found": "–" if found is None else f"{found}",
        }
        if not where:
            return self.env._("%(sealed)s expected, not %(found)s", **values)
        return self.env._("%(where)s: %(sealed)s, now %(found)s", where=where, **values)
