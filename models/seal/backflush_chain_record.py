# Records of the chain: what an auditor receives of each seal, read batch by batch.
# After the seal; the source of verifications, of the export and of proofs.

import json
from collections import defaultdict
from functools import lru_cache

from odoo import api, fields, models
from odoo.tools import SQL

from ...costing import chain, merkle
from .read_ahead import READING, read_ahead
from .seal_content import CARDS, CONTRADICTIONS, ENTRIES

#: Seals, cards, or hashes that are read in one go.
BATCH, HASHES = 5000, 100_000
#: Texts that are known to be canonical; names are those of many seals.
CACHED = 4096
#: What is checked of seals and of their entries, and read of both in full.
SEALED_AT = 'to_char(seal.sealed_at, \'YYYY-MM-DD"T"HH24:MI:SS"Z"\')'
CHECKED = f"""
    SELECT seal.number, seal.previous_hash, seal.hash, {SEALED_AT}, seal.names_id,
           encode(sha256(convert_to(entry.content, 'UTF8')), 'hex'),
           entry.balance = 0 AND entry.contradicting = 0
               AND entry.content = seal.content
               AND COALESCE(seal.journal_hash = entry.inalterable_hash,
                            seal.journal_hash IS NULL)
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
           names.names, seal.content AS sealed, entry.content AS entry,
           seal.entry_id, entry.contradicting,
           NULLIF(seal.journal_hash, entry.inalterable_hash) AS journal_hash
      FROM backflush_seal seal
 LEFT JOIN backflush_seal_names names ON names.id = seal.names_id
 LEFT JOIN ({ENTRIES}) entry ON entry.id = seal.entry_id
     WHERE seal.company_id = %(company)s AND seal.entry_id = ANY(%(ids)s)
  ORDER BY seal.number, seal.id
"""
#: Cards that took effect, and those that entries say to rest on: where a card stands
#: can be changed, too.
CARD_IDS = """
    SELECT card.id
      FROM backflush_cost_card card
     WHERE card.company_id = %(company)s AND card.hash IS NOT NULL
        OR EXISTS (
           SELECT 1 FROM backflush_entry
            WHERE card_id = card.id AND company_id = %(company)s
        )
        OR EXISTS (
           SELECT 1 FROM backflush_entry
            WHERE goods_card_id = card.id AND company_id = %(company)s
        )
  ORDER BY card.id
"""
#: Entries that the sealer does not know of.
UNSEALED = """
    SELECT entry.id, entry.origin
      FROM backflush_entry entry
     WHERE entry.company_id = %(company)s AND entry.state = 'posted'
       AND NOT EXISTS (SELECT 1 FROM backflush_seal WHERE entry_id = entry.id)
       AND NOT EXISTS (SELECT 1 FROM backflush_seal_due WHERE entry_id = entry.id)
  ORDER BY entry.id
"""
#: Posted journal entries in the journals of the ledger that none of its entries made.
OTHERS = """
    SELECT move.id, move.name
      FROM account_move move
     WHERE move.company_id = %(company)s AND move.state = 'posted'
       AND move.journal_id IN (
           SELECT journal_id FROM backflush_policy WHERE company_id = %(company)s
       )
       AND NOT EXISTS (SELECT 1 FROM backflush_entry WHERE move_id = move.id)
  ORDER BY move.id
"""


@lru_cache(maxsize=CACHED)
def to_json(text):
    """Return a canonical text that was stored, as it is. Of a row that was tampered
    with anything may come: that is told as the JSON of a text, nothing as null."""
    try:
        canonical = bool(text) and chain.canonical(json.loads(text)) == text
    except (ValueError, TypeError, RecursionError):
        # It is no JSON, or of numbers that no canonical text has.
        canonical = False
    return text if canonical else json.dumps(text)


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
        entry, whether nothing about it is contradictory) of all seals; None stands for
        what is lost."""
        names = {}
        company = self.company_id.id
        queries = (
            SQL(CHECKED, company=company, ids=ids) for ids in self._get_batches()
        )
        for rows in read_ahead(self.env, queries):
            if new := {row[4] for row in rows} - names.keys():
                names.update(self.env.execute_query(SQL(NAMES, ids=list(new))))
            for *seal, key, content, sound in rows:
                yield (*seal, names.get(key), content, sound)

    def _get_record_texts(self, entry_ids):
        """Return the records of seals, see `costing.chain`, each as a line of JSON."""
        company = self.company_id.id
        rows = self.env.execute_query_dict(
            SQL(RECORDS, company=company, ids=list(entry_ids))
        )
        odd = self._get_contradictions(
            [row["entry_id"] for row in rows if row["contradicting"]]
        )
        return [self._to_text(company, row, odd.get(row["entry_id"])) for row in rows]

    @staticmethod
    def _to_text(company, row, odd):
        # What the database makes is in canonical form already; what is stored, and only
        # where somebody tampered with it, may be anything.
        differs = row["entry"] != row["sealed"]
        sealed = f'"sealed":{to_json(row["sealed"])},' if differs else ""
        contradictions = f'"contradictions":{json.dumps(odd)},' if odd else ""
        journal = row["journal_hash"]
        journal = f'"journal_hash":{json.dumps(journal)},' if journal else ""
        return (
            f'{{"company":{company},{contradictions}"entry":{row["entry"] or "null"},'
            f'"hash":{json.dumps(row["hash"])},{journal}"names":{to_json(row["names"])},'
            f'"number":{row["number"]},'
            f'"previous":{json.dumps(row["previous_hash"])},{sealed}'
            f'"sealed_at":"{row["sealed_at"]}","type":"seal"}}'
        )

    def _get_contradictions(self, entry_ids):
        """Return {entry id: [(journal item id, what, said by its journal entry, said by
        itself)]} of journal items that contradict their journal entry."""
        found = defaultdict(list)
        if entry_ids:
            query = SQL(CONTRADICTIONS, ids=list(entry_ids))
            for entry, *odd in self.env.execute_query(query):
                found[entry].append(odd)
        return found

    def _get_records(self, entry_ids):
        return [json.loads(text) for text in self._get_record_texts(entry_ids)]

    def _get_headers(self, number):
        """Return [header] of the seals with a number, see `costing.chain`: what they
        are the hashes of."""
        return [
            {
                "company": record["company"],
                "entry": chain.digest(
                    chain.canonical(record.get("sealed", record["entry"]))
                ),
                "names": chain.digest(chain.canonical(record["names"])),
                "number": record["number"],
                "previous": record["previous"],
                "sealed_at": record["sealed_at"],
            }
            for ids in self._get_batches(number, number)
            for record in self._get_records(ids)
        ]

    # Cost cards ----------------------------------------------------------------------

    def _get_card_batches(self):
        """Yield [(card id, hash, content as it took effect, content now, state if it is
        none of a card that took effect)] of the cards that are, or were, in force, and
        of those that valued entries of the company."""
        self.env.flush_all()
        rows = self.env.execute_query(SQL(CARD_IDS, company=self.company_id.id))
        ids = [key for (key,) in rows]
        for start in range(0, len(ids), BATCH):
            yield self.env.execute_query(
                SQL(
                    """
                      SELECT card.id, card.hash, card.sealed_content, made.content,
                             CASE WHEN card.state NOT IN ('in_force', 'superseded')
                                  THEN card.state END
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
        for period, noted, now in self._get_closed_figures():
            record = {"figures": now, "hash": chain.digest(chain.canonical(noted))}
            if noted != now:
                record["sealed"] = noted
            record |= {"id": period.id, "name": period.name, "type": "period"}
            yield chain.canonical(record) + "\n"
        yield "".join(
            chain.canonical(checkpoint._to_export()) + "\n"
            for checkpoint in self._get_checkpoints()
        )
        head, number = None, first - 1
        for ids in self._get_batches(first, last):
            texts = self._get_record_texts(ids)
            head, number = self._get_end(texts[-1])
            yield "".join(text + "\n" for text in texts)
        yield "".join(
            chain.canonical({"document": origin, "entry": key, "type": "unsealed"})
            + "\n"
            for key, origin in self._get_unsealed()
        )
        yield "".join(
            chain.canonical({"id": key, "name": name, "type": "other"}) + "\n"
            for key, name in self._get_others()
        )
        end = {"hash": head, "number": number, "type": "end"}
        yield chain.canonical(end) + "\n"

    def _get_unsealed(self):
        """Return [(id, document)] of entries that are posted, but neither sealed nor on
        the list of those that wait for it."""
        return self.env.execute_query(SQL(UNSEALED, company=self.company_id.id))

    def _get_others(self):
        """Return [(id, number)] of posted journal entries in the journals of the ledger
        that belong to none of its entries: made by hand, or left by an entry that was
        deleted."""
        return self.env.execute_query(SQL(OTHERS, company=self.company_id.id))

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
                    "number": self.number,
                    "type": "ledger",
                }
            )
            + "\n"
        )

    @staticmethod
    def _to_card_text(key, found, sealed, content, state):
        differs = f',"sealed":{to_json(sealed)}' if sealed != content else ""
        state = f',"state":{json.dumps(state)}' if state else ""
        return (
            f'{{"card":{content},"hash":{json.dumps(found)},"id":{key}{differs}{state},'
            '"type":"card"}'
        )
