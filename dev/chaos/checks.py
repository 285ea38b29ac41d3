"""What must hold of the database, whatever happened to it.

Each check is a query that returns a line for everything that does not hold. They read
one snapshot, so that clients may be at work meanwhile.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from .database import Database

CUSTOMER = """
    stock_move move
    JOIN stock_location source ON source.id = move.location_id
    JOIN stock_location target ON target.id = move.location_dest_id
     AND 'customer' IN (source.usage, target.usage)
"""
#: Journal entries of the ledger, with their items.
ITEMS = """
    account_move_line item
    JOIN account_move move ON move.id = item.move_id
     AND move.journal_id IN (SELECT journal_id FROM backflush_policy)
"""
ALWAYS = {
    "a completed order has one entry": """
        SELECT mo.name || ': ' || count(entry.id) || ' entries'
          FROM mrp_production mo
     LEFT JOIN backflush_entry entry
            ON entry.production_id = mo.id AND entry.event = 'completion'
         WHERE mo.state = 'done'
      GROUP BY mo.id HAVING count(entry.id) <> 1
    """,
    "a delivery or return has one entry": f"""
        SELECT move.reference || ': ' || count(entry.id) || ' entries'
          FROM {CUSTOMER}
     LEFT JOIN backflush_entry entry ON entry.source_key = 'stock.move/' || move.id
         WHERE move.state = 'done'
      GROUP BY move.id
        HAVING count(entry.id) <> 1
            OR move.backflush_entry_id IS DISTINCT FROM max(entry.id)
    """,
    "an entry has its document": """
        SELECT entry.source_key || ': its document is not done'
          FROM backflush_entry entry
     LEFT JOIN mrp_production mo ON mo.id = entry.production_id
     LEFT JOIN stock_move move ON entry.source_key = 'stock.move/' || move.id
         WHERE coalesce(mo.state, move.state) IS DISTINCT FROM 'done'
    """,
    "nothing else was recorded": """
        SELECT source_key || ': ' || event FROM backflush_entry
         WHERE event NOT IN ('completion', 'delivery', 'return')
    """,
    "a posted entry is in the journal, a pending one is not": """
        SELECT entry.source_key || ': ' || entry.state
          FROM backflush_entry entry
     LEFT JOIN account_move move ON move.id = entry.move_id
     LEFT JOIN backflush_entry_line line ON line.entry_id = entry.id
      GROUP BY entry.id, move.id
        HAVING (entry.state = 'posted') <> (coalesce(move.state, '') = 'posted')
            OR (entry.state = 'posted') <> (count(line.id) > 0)
    """,
    "journal entries balance": """
        SELECT 'journal entry ' || move_id || ': ' || sum(balance)
          FROM account_move_line
      GROUP BY move_id HAVING sum(balance) <> 0 OR sum(debit) <> sum(credit)
    """,
    "journal entries belong to the ledger": f"""
        SELECT DISTINCT move.name || ': no entry' FROM {ITEMS}
     LEFT JOIN backflush_entry entry ON entry.move_id = move.id
         WHERE entry.id IS NULL
    """,
    "entry lines are the journal, by entry and account": f"""
        WITH ledger AS (
            SELECT entry.move_id, line.account_id, sum(line.amount) AS amount
              FROM backflush_entry_line line
              JOIN backflush_entry entry ON entry.id = line.entry_id
          GROUP BY 1, 2
        ), journal AS (
            SELECT item.move_id, item.account_id, sum(item.balance) AS amount
              FROM {ITEMS} GROUP BY 1, 2
        )
        SELECT 'journal entry ' || move_id || ', account ' || account_id || ': '
               || coalesce(ledger.amount, 0) || ' / ' || coalesce(journal.amount, 0)
          FROM ledger FULL JOIN journal USING (move_id, account_id)
         WHERE coalesce(ledger.amount, 0) <> coalesce(journal.amount, 0)
    """,
    "no number of a journal entry is missing": f"""
        SELECT move.sequence_prefix || ': ' || count(DISTINCT move.id) || ' of '
               || max(move.sequence_number)
          FROM {ITEMS}
      GROUP BY move.journal_id, move.sequence_prefix
        HAVING count(DISTINCT move.sequence_number) <> max(move.sequence_number)
            OR count(DISTINCT move.id) <> max(move.sequence_number)
    """,
    "no seal is missing, none is double": """
        SELECT 'company ' || chain.company_id || ': ' || count(seal.id)
               || ' seals, the chain ends with ' || chain.number
          FROM backflush_chain chain
     LEFT JOIN backflush_seal seal ON seal.company_id = chain.company_id
      GROUP BY chain.id
        HAVING count(seal.id) <> chain.number
            OR count(DISTINCT seal.number) <> chain.number
            OR count(DISTINCT seal.entry_id) <> chain.number
            OR coalesce(max(seal.number), 0) <> chain.number
            OR coalesce(min(seal.number), 1) <> 1
            OR max(seal.hash) FILTER (WHERE seal.number = chain.number) <> chain.head
    """,
    "each seal continues the one before": """
        SELECT 'seal ' || number FROM (
            SELECT number, previous_hash, lag(hash, 1, repeat('0', 64))
                   OVER (PARTITION BY company_id ORDER BY number) AS before
              FROM backflush_seal
        ) seal WHERE previous_hash <> before
    """,
    "a posted entry is sealed or waits for it": """
        SELECT entry.source_key || ': ' || entry.state || ', ' || count(seal.id)
               || ' seals, waits ' || count(due.id) || ' times'
          FROM backflush_entry entry
     LEFT JOIN backflush_seal seal ON seal.entry_id = entry.id
     LEFT JOIN backflush_seal_due due ON due.entry_id = entry.id
      GROUP BY entry.id
        HAVING count(seal.id) + count(due.id)
               <> CASE entry.state WHEN 'posted' THEN 1 ELSE 0 END
    """,
}
AT_THE_END = {
    "nothing is pending": """
        SELECT source_key || ': ' || coalesce(error, 'no reason')
          FROM backflush_entry WHERE state = 'pending'
    """,
    "everything is sealed": """
        SELECT 'entry ' || entry_id FROM backflush_seal_due
    """,
}
COUNTS = """
    SELECT 'orders completed', count(*) FROM mrp_production WHERE state = 'done'
     UNION ALL
    SELECT 'entries: ' || event || ', ' || state, count(*)
      FROM backflush_entry GROUP BY event, state
     UNION ALL
    SELECT 'entry lines', count(*) FROM backflush_entry_line
     UNION ALL
    SELECT 'journal entries', count(*) FROM account_move WHERE state = 'posted'
     UNION ALL
    SELECT 'seals', count(*) FROM backflush_seal
"""


def find_violations(database: Database, diary: Path, at_the_end: bool) -> Iterator[str]:
    """Yield a line for everything that does not hold."""
    # Read before the snapshot: what is in it must be in the database.
    checks = {
        **ALWAYS,
        **(AT_THE_END if at_the_end else {}),
        "what was acknowledged is there": get_acknowledged_check(diary),
    }
    queries = "\nUNION ALL\n".join(
        f"SELECT '{name}' AS what, found.line FROM ({query}) found (line)"
        for name, query in checks.items()
    )
    found = database.query(f"SET default_transaction_read_only = on; {queries}")
    for line in found.splitlines():
        what, detail = line.split("|", 1)
        yield f"{what}: {detail}"


def get_acknowledged_check(diary: Path) -> str:
    """A query for documents whose end was acknowledged and which are not done."""
    done: dict[str, list[str]] = {"mrp.production": [], "stock.picking": []}
    for line in diary.read_text(encoding="utf-8").splitlines():
        document = json.loads(line)
        done[document["model"]].append(str(document["id"]))
    return "\nUNION ALL\n".join(
        f"SELECT '{model} ' || id || ': ' || coalesce(state, 'missing')"
        f" FROM unnest('{{{','.join(keys)}}}'::int[]) id"
        f" LEFT JOIN {model.replace('.', '_')} document USING (id)"
        " WHERE state IS DISTINCT FROM 'done'"
        for model, keys in done.items()
    )


def get_number(at_the_end: bool) -> int:
    """How many checks `find_violations` makes."""
    return len(ALWAYS) + 1 + (len(AT_THE_END) if at_the_end else 0)


def get_counts(database: Database) -> dict[str, int]:
    """What is in the database, for the report."""
    rows = [line.rsplit("|", 1) for line in database.query(COUNTS).splitlines()]
    return {what: int(number) for what, number in rows}
