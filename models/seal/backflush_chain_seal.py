# The sealer: posted entries get their number and their hash in the company's chain.
# After post; a scheduled job, a button, and the close. One sealer a company at a time,
# and none waits for a document that is being completed, nor keeps one waiting.

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .read_ahead import READING
from .seal_content import ENTRIES_TO_SEAL
from .seal_names import SealNames
from .seal_stream import COPY, SealStream

#: Entries that are sealed in one go.
BATCH = 5000
#: What entries show of their seals.
SHOWN = [
    *("seal_ids", "due_ids", "seal_number", "seal_hash", "seal_previous_hash"),
    "sealed_at",
]


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
        seals = SealStream(self.company_id, number, head, rows, names)
        self.env.cr.copy_expert(COPY, seals)
        self._set_sealed(entry_ids, seals)
        return entry_ids

    def _get_next_entry_ids(self, after):
        # What somebody put on the list by SQL although it is sealed stops nobody.
        rows = self.env.execute_query(
            SQL(
                """
                  SELECT entry_id
                    FROM backflush_seal_due due
                   WHERE company_id = %s AND entry_id > %s
                     AND NOT EXISTS (
                         SELECT 1 FROM backflush_seal WHERE entry_id = due.entry_id
                     )
                ORDER BY entry_id
                   LIMIT %s
                """,
                self.company_id.id,
                after,
                BATCH,
            )
        )
        return [number for (number,) in rows]

    def _set_sealed(self, entry_ids, seals):
        """Take entries off the list; note the last of the ``seals`` that are stored."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM backflush_seal_due WHERE company_id = %s "
                "AND entry_id = ANY(%s)",
                self.company_id.id,
                entry_ids,
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE backflush_chain SET number = %s, head = %s, sealed_at = %s "
                "WHERE id = %s",
                *(seals.number, seals.head, seals.moment, self.id),
            )
        )
        self.env["backflush.entry"].invalidate_model(SHOWN)
        self.invalidate_model(["number", "head", "sealed_at"])
