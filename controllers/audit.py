# Downloads of the audit: the sealed ledger, proofs, checkpoints, the auditor's program.
# After the seal; `backflush.chain` and `backflush.checkpoint` make what is sent.

from odoo import http
from odoo.api import Environment
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request
from odoo.modules.registry import Registry
from odoo.tools.misc import file_open

from ..costing.chain import canonical
from ..models.roles import AUDITOR


class BackflushAudit(http.Controller):
    @http.route("/backflush/ledger/<int:chain_id>", type="http", auth="user")
    def ledger(self, chain_id, first=1, last=0, **_kwargs):
        """Stream the sealed ledger as JSON Lines, in memory that does not grow.

        :param first, last: numbers of seals; 0 for the last one
        """
        chain = self._get("backflush.chain", chain_id)
        lines = self._stream(chain, self._to_number(first), self._to_number(last))
        return self._respond(lines, f"ledger-{chain.company_id.id}.jsonl")

    @http.route("/backflush/proof/<int:entry_id>", type="http", auth="user")
    def inclusion(self, entry_id, **_kwargs):
        """Send the proof of one entry against the last checkpoint."""
        entry = self._get("backflush.entry", entry_id)
        proof = entry._prove()
        return self._respond(canonical(proof) + "\n", f"entry-{entry.id}-proof.json")

    @http.route(
        "/backflush/consistency/<int:first_id>/<int:second_id>",
        type="http",
        auth="user",
    )
    def consistency(self, first_id, second_id, **_kwargs):
        """Send the proof that one checkpoint continues another."""
        first, second = (
            self._get("backflush.checkpoint", key) for key in (first_id, second_id)
        )
        proof = (first | second)._prove_consistency()
        numbers = f"{proof['first']['number']}-{proof['second']['number']}"
        name = f"checkpoints-{numbers}-proof.json"
        return self._respond(canonical(proof) + "\n", name)

    @http.route("/backflush/checkpoint/<int:checkpoint_id>", type="http", auth="user")
    def checkpoint(self, checkpoint_id, **_kwargs):
        """Send a checkpoint, to be kept elsewhere."""
        checkpoint = self._get("backflush.checkpoint", checkpoint_id)
        name = f"checkpoint-{checkpoint.number}.json"
        return self._respond(canonical(checkpoint._to_export()) + "\n", name)

    @http.route("/backflush/verifier", type="http", auth="user")
    def verifier(self, **_kwargs):
        """Send the program that checks all of this without Odoo."""
        self._check_auditor()
        name = "backflush_verify.py"
        with file_open(f"mrp_account_backflush/verifier/{name}") as file:
            return self._respond(file.read(), name)

    # What all of them do -------------------------------------------------------------

    @staticmethod
    def _check_auditor():
        if not request.env.user.has_group(AUDITOR):
            raise AccessError(
                request.env._("Only auditors and cost accountants read the ledger.")
            )

    def _get(self, model, key):
        """Return a record that the user may read; in the companies of the user."""
        self._check_auditor()
        companies = request.env.user.company_ids.ids
        records = request.env[model].with_context(allowed_company_ids=companies)
        record = records.browse(key).exists()
        if not record:
            raise request.not_found()
        record.check_access("read")
        return record

    @staticmethod
    def _to_number(text):
        try:
            return max(int(text), 0)
        except ValueError as error:
            raise UserError(
                request.env._("%(text)s is no number of a seal.", text=text)
            ) from error

    @staticmethod
    def _stream(chain, first, last):
        """Yield the export; with a cursor of its own, as the request's is closed by
        the time that it is read."""
        database, key = chain.env.cr.dbname, chain.id
        uid, context = chain.env.uid, dict(chain.env.context)

        def stream():
            with Registry(database).cursor() as cr:
                mine = Environment(cr, uid, context)["backflush.chain"].browse(key)
                for text in mine.sudo()._export(first or 1, last or None):
                    yield text.encode()

        return stream()

    @staticmethod
    def _respond(content, name):
        return request.make_response(
            content,
            [
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
