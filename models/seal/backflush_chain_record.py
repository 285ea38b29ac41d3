# Records of the chain: what an auditor receives of each seal, read batch by batch.
# After the seal; the source of verifications, of the export and of proofs.

import json
from functools import lru_cache

from odoo import api, fields, models
from odoo.tools import SQL

from ...costing import chain, merkle
from .read_ahead import READING, read_ahead
from .seal_content import CARDS, ENTRIES

#: Seals, cards, or hashes that are read in one go.
BATCH, HASHES = 5000, 100_000
#: Texts that are known to be canonical; names are those of many seals.
CACHED = 256
#: What is checked of seals and of their entries, and read of both in full.
SEALED_AT = 'to_char(seal.sealed_at, \'YYYY-MM-DD"T"HH24:MI:SS"Z"\')'
CHECKED = f"""
    SELECT seal.number, seal.previous_hash, seal.hash, {SEALED_AT}, seal.names_id,
           encode(sha256(convert_to(entry.content, 'UTF8')), 'hex'), entry.balance = 0
      FROM backflush_seal seal
 LEFT JOIN ({ENTRIES}) entry ON entry.id = seal.entry_id
     WHERE seal.company_id = %(company)s AND seal.entry_id = ANY(%(ids)s)
  ORDER BY seal.number, seal.id
"""
NAMES = """
    SELECT id, encode(sha256(convert_to(names, 'UTF8')), 'hex')
      FROM backflush_seal_names
     WHERE id = ANY(%(ids)s)
"""
RECORDS = f"""
    SELECT seal.number, seal.previous_hash, seal.hash, {SEALED_AT} AS sealed_at,
           names.names, seal.content AS sealed, entry.content AS entry
      FROM backflush_seal seal
 LEFT JOIN backflush_seal_names names ON names.id = seal.names_id
 LEFT JOIN ({ENTRIES}) entry ON entry.id = seal.entry_id
     WHERE seal.company_id = %(company)s AND seal.entry_id = ANY(%(ids)s)
  ORDER BY seal.number, seal.id
"""


@lru_cache(maxsize=CACHED)
def to_json(text):
    """Return a canonical text that was stored, as it is. Of a row that was tampered
    with anything may come: that is told as the JSON of a text, nothing as null."""
    try:
        if text and chain.canonical(json.loads(text)) == text:
            return text
    except (ValueError, TypeError, RecursionError):
        # It is no JSON, or of numbers that no canonical text has.
        pass
    return json.dumps(text)


class BackflushChain(models.Model):
    _inherit = "backflush.chain"

    def _get_batches(self, first=1, last=None, size=BATCH):
        """Yield the entry ids of seals number ``first`` to ``last``, in batches."""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(READING)
        after = (first - 1, 2**31 - 1)
        while True:
            rows = self.env.execute_query(
                SQL(
                    """
                      SELECT number, id, entry_id
                        FROM backflush_seal
                       WHERE company_id = %s AND (number, id) > (%s, %s)
                         AND number <= %s
                    ORDER BY number, id
                       LIMIT %s
                    """,
                    self.company_id.id,
                    *after,
                    last or 2**31 - 1,
                    size,
                )
            )
            if not rows:
                return
            after = rows[-1][:2]
            yield [entry for _number, _id, entry in rows]

    def _get_checks(self):
        """Yield (number, hash before, hash, time, digest of the names, digest of the
        entry, whether it balances) of all seals; None stands for what is lost."""
        names = {}
        company = self.company_id.id
        queries = (
            SQL(CHECKED, company=company, ids=ids) for ids in self._get_batches()
        )
        for rows in read_ahead(self.env, queries):
            if new := {row[4] for row in rows} - names.keys():
                names.update(self.env.execute_query(SQL(NAMES, ids=list(new))))
            for *seal, key, content, balances in rows:
                yield (*seal, names.get(key), content, balances)

    def _get_record_texts(self, entry_ids):
        """Return the records of seals, see `costing.chain`, each as a line of JSON."""
        company = self.company_id.id
        rows = self.env.execute_query_dict(
            SQL(RECORDS, company=company, ids=list(entry_ids))
        )
        return [self._to_text(company, row) for row in rows]

    @staticmethod
    def _to_text(company, row):
        # What the database makes is in canonical form already.
        differs = row["entry"] != row["sealed"]
        sealed = f'"sealed":{to_json(row["sealed"])},' if differs else ""
        return (
            f'{{"company":{company},"entry":{row["entry"] or "null"},'
            f'"hash":{json.dumps(row["hash"])},"names":{to_json(row["names"])},'
            f'"number":{row["number"]},'
            f'"previous":{json.dumps(row["previous_hash"])},{sealed}'
            f'"sealed_at":"{row["sealed_at"]}","type":"seal"}}'
        )

    def _get_records(self, entry_ids):
        return [json.loads(text) for text in self._get_record_texts(entry_ids)]

    # Cost cards ----------------------------------------------------------------------

    def _get_card_batches(self):
        """Yield [(card id, hash, content as it took effect, content now)] of the cards
        that are, or were, in force."""
        cards = self.env["backflush.cost.card"].sudo()
        ids = cards._search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("in_force", "superseded")),
            ],
            order="id",
        ).get_result_ids()
        self.env.flush_all()
        for start in range(0, len(ids), BATCH):
            yield self.env.execute_query(
                SQL(
                    """
                      SELECT card.id, card.hash, card.sealed_content, made.content
                        FROM backflush_cost_card card
                        JOIN (%s) made ON made.id = card.id
                       WHERE card.hash IS NOT NULL
                    ORDER BY card.id
                    """,
                    SQL(CARDS, ids=list(ids[start : start + BATCH])),
                )
            )

    # Hashes --------------------------------------------------------------------------

    def _get_hashes(self, last):
        """Yield the hashes of seals 1 to ``last``, in hexadecimal digits."""
        number = 0
        while number < last:
            rows = self.env.execute_query(
                SQL(
                    """
                      SELECT number, hash FROM backflush_seal
                       WHERE company_id = %s AND number > %s AND number <= %s
                    ORDER BY number
                       LIMIT %s
                    """,
                    *(self.company_id.id, number, last, HASHES),
                )
            )
            if not rows:
                return
            number = rows[-1][0]
            for _number, found in rows:
                yield found

    def _get_leaves(self, last):
        """Return the leaves of the tree of seals 1 to ``last``."""
        return [merkle.seal_leaf(found) for found in self._get_hashes(last)]

    def _get_root(self, last):
        """Return the root of the tree of seals 1 to ``last``, in hexadecimal digits."""
        leaves = (merkle.seal_leaf(found) for found in self._get_hashes(last))
        return merkle.Tree(leaves).root().hex()

    # Export --------------------------------------------------------------------------

    @api.private
    def _export(self, first=1, last=None):
        """Yield the lines of the export, in batches of text; see the auditor's program
        (``verifier/``) for what reads it."""
        self.ensure_one()
        yield self._get_export_head(first, last)
        for rows in self._get_card_batches():
            yield "".join(self._to_card_text(*row) + "\n" for row in rows)
        yield "".join(
            chain.canonical(checkpoint._to_export()) + "\n"
            for checkpoint in self._get_checkpoints()
        )
        head, number = None, first - 1
        for ids in self._get_batches(first, last):
            texts = self._get_record_texts(ids)
            head, number = self._get_end(texts[-1])
            yield "".join(text + "\n" for text in texts)
        end = {"hash": head, "number": number, "type": "end"}
        yield chain.canonical(end) + "\n"

    @staticmethod
    def _get_end(text):
        record = json.loads(text)
        return record["hash"], record["number"]

    def _get_export_head(self, first, last):
        now = fields.Datetime.now()
        return (
            chain.canonical(
                {
                    "company": self.company_id.id,
                    "currency": self.company_id.currency_id.name,
                    "exported_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
                    "exported_by": self.env.user.name,
                    "first": first,
                    "head": self.head,
                    "last": last or self.number,
                    "name": self.company_id.name,
                    "type": "ledger",
                }
            )
            + "\n"
        )

    @staticmethod
    def _to_card_text(key, found, sealed, content):
        differs = f',"sealed":{to_json(sealed)}' if sealed != content else ""
        return (
            f'{{"card":{content},"hash":{json.dumps(found)},"id":{key}{differs},'
            '"type":"card"}'
        )
