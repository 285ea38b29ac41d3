# The sealer: posted entries get their number and their hash in the company's chain.
# After post; a scheduled job, a button, and the close. One sealer a company at a time,
# and none waits for a document that is being completed, nor keeps one waiting.

from io import StringIO

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..costing import chain
from .read_ahead import READING
from .seal_content import ENTRIES_TO_SEAL
from .seal_names import SealNames

#: Entries that are sealed in one go.
BATCH = 5000
#: What entries show of their seals.
SHOWN = [
    *("seal_ids", "due_ids", "seal_number", "seal_hash", "seal_previous_hash"),
    "sealed_at",
]
#: What `_store_seals` stores; and no value in it.
NONE = "\\N"
COPY = """
COPY backflush_seal (
    company_id, sealed_at, number, entry_id, previous_hash, hash, names_id,
    journal_hash, content
) FROM STDIN
"""


class BackflushChain(models.Model):
    _inherit = "backflush.chain"

    def action_seal(self):
        """Seal what is posted, now."""
        self.check_access("read")
        if not self.env.user.has_group("mrp_account_backflush.group_backflush_user"):
            raise AccessError(
                self.env._("Only cost accountants and controllers seal the ledger.")
            )
        number = self.exists()._seal()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("%(number)s entries sealed.", number=number),
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.private
    def _seal(self):
        """Seal all that is posted, once other sealers are done; return how many."""
        total = 0
        for record in self.sudo():
            record._lock()
            last = 0
            while entry_ids := record._seal_batch(last):
                total, last = total + len(entry_ids), entry_ids[-1]
        return total

    @api.model
    def _cron_seal(self):
        """Seal what is posted in all companies, batch by batch; a company that somebody
        else seals now is left to them."""
        cron = self.env["ir.cron"]
        chains = self._get_all()
        cron._commit_progress(remaining=sum(chains.mapped("unsealed_count")))
        for record in chains.sudo():
            while record._lock(wait=False) and (entry_ids := record._seal_batch()):
                if not cron._commit_progress(len(entry_ids)):
                    return
            # Ends the transaction, and with it the lock.
            cron._commit_progress()

    @api.private
    def _lock(self, wait=True):
        """Be the only sealer of this company until the transaction ends.

        :return: whether we are; with ``wait``, always
        """
        self.ensure_one()
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT 1 FROM backflush_chain WHERE id = %s FOR NO KEY UPDATE %s",
                    self.id,
                    SQL() if wait else SQL("SKIP LOCKED"),
                )
            )
        )

    def _seal_batch(self, after=0):
        """Seal the next posted entries, in the order of their recording; return their
        ids. Asks for the lock.

        :param after: id of the last entry that this transaction sealed; what it took
            off the list is in the database's way until it ends
        """
        self.env.flush_all()
        self.env.cr.execute(READING)
        entry_ids = self._get_next_entry_ids(after)
        if not entry_ids:
            return []
        self.env["backflush.cost.card"]._set_missing_hashes(self.company_id)
        rows = self.env.execute_query_dict(SQL(ENTRIES_TO_SEAL, ids=entry_ids))
        rows.sort(key=lambda row: row["id"])
        names = SealNames(self.company_id)
        names.look_up(rows)
        [(number, head)] = self.env.execute_query(
            SQL("SELECT number, head FROM backflush_chain WHERE id = %s", self.id)
        )
        moment = fields.Datetime.now()
        seals = self._chain(rows, names, number, head, moment)
        self._store_seals(seals, moment)
        return entry_ids

    def _chain(self, rows, names, number, head, moment):
        """Return the columns of the seals of ``rows``, see `_store_seals`.

        :param number, head: of the last seal before them
        """
        company, sealed_at = self.company_id.id, f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        seals = []
        for row in rows:
            number += 1
            called = names.get(row)
            previous, head = (
                head,
                chain.seal_hash(
                    *(company, number, head, sealed_at),
                    *(chain.digest(row["content"]), called.digest),
                ),
            )
            seals.append(
                (number, row["id"], previous, head, called.id)
                + (row["journal_hash"], row["content"])
            )
        return seals

    def _get_next_entry_ids(self, after):
        rows = self.env.execute_query(
            SQL(
                """
                  SELECT entry_id
                    FROM backflush_seal_due
                   WHERE company_id = %s AND entry_id > %s
                ORDER BY entry_id
                   LIMIT %s
                """,
                self.company_id.id,
                after,
                BATCH,
            )
        )
        return [number for (number,) in rows]

    def _store_seals(self, seals, moment):
        """Store seals, [(number, entry, hash before, hash, names, hash of the journal
        entry, content)], and take their entries off the list."""
        lead = f"{self.company_id.id}\t{moment}\t"
        # Canonical texts have neither tabs nor ends of lines, but backslashes.
        text = "\n".join(
            f"{lead}{number}\t{entry}\t{previous}\t{head}\t{names}\t"
            f"{journal or NONE}\t" + content.replace("\\", "\\\\")
            for number, entry, previous, head, names, journal, content in seals
        )
        self.env.cr.copy_expert(COPY, StringIO(text))
        self.env.cr.execute(
            SQL(
                "DELETE FROM backflush_seal_due WHERE company_id = %s "
                "AND entry_id = ANY(%s)",
                self.company_id.id,
                [seal[1] for seal in seals],
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE backflush_chain SET number = %s, head = %s, sealed_at = %s "
                "WHERE id = %s",
                *(seals[-1][0], seals[-1][3], moment, self.id),
            )
        )
        self.env["backflush.entry"].invalidate_model(SHOWN)
        self.invalidate_model(["number", "head", "sealed_at"])
