# The canonical form of ledger entries and cost cards, made by the database: what a seal
# is the hash of. Before the seal (backflush_chain_seal.py), and again to verify it.
#
# A million entries are read as texts and digests, not as records; `costing.chain` says
# what the canonical form is, and a test holds these texts to it. The form has keys and
# values that do not change once an entry is sealed: ids, dates, quantities, amounts,
# keys of documents, number and items of the journal entry. What those are called, and
# the code of an account, may change: `backflush.seal.names` keeps that as of sealing.
# A journal item counts as long as it is in the journal entry of its entry.
# Left out are columns that the database empties when what they point to is deleted
# (an operation; the facts keep its key) and the technical ones; zeros; and of lines and
# journal items what is the same as of their entry.

#: Makes the text of a member of an object; of an empty column, none.
MAKERS = {
    "key": "{}",
    "json": "{}",
    "code": "to_json({}::text)::text",
    # Composing is slow, and needed for other than ASCII alone.
    "text": "to_json(CASE WHEN octet_length({0}::text) = length({0}::text) "
    "THEN {0}::text ELSE normalize({0}::text) END)::text",
    "number": "'\"' || trim_scale({}::numeric) || '\"'",
    "nonzero": "'\"' || trim_scale(NULLIF({}, 0)::numeric) || '\"'",
    "day": "'\"' || {}::date || '\"'",
    "moment": "'\"' || to_char({}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') || '\"'",
}


def _object(members):
    """Return the SQL of a JSON object in canonical form.

    :param members: {key: (type, SQL expression)}
    """
    parts = [
        f"'\"{key}\":' || " + MAKERS[kind].format(expression)
        for key, (kind, expression) in sorted(members.items())
    ]
    return f"'{{' || concat_ws(',', {', '.join(parts)}) || '}}'"


def _other(column, common, none="0"):
    """Return the SQL of a column of a line: empty when its entry says the same, and
    ``none`` when it has no value and the entry has one."""
    return (
        f"CASE WHEN line.{column} IS DISTINCT FROM entry.{common} "
        f"THEN COALESCE(line.{column}, {none}) END"
    )


#: What stands for no day.
NO_DAY = "DATE '0001-01-01'"
ITEM = _object(
    {
        "account": ("key", "NULLIF(item.account_id, line.account_id)"),
        "balance": ("number", "item.balance"),
        "id": ("key", "item.id"),
    }
)
LINE = _object(
    {
        "account": ("key", "line.account_id"),
        "accounting_date": ("day", _other("accounting_date", "date", NO_DAY)),
        "actual_price": ("nonzero", "line.actual_price"),
        "actual_quantity": ("nonzero", "line.actual_quantity"),
        "amount": ("number", "line.amount"),
        "category": ("key", "line.category_id"),
        "company": ("key", _other("company_id", "company_id")),
        "component": ("key", "line.product_id"),
        "date": ("day", _other("date", "date", NO_DAY)),
        "element": ("key", "line.element_id"),
        "id": ("key", "line.id"),
        "item": ("json", f"CASE WHEN item.id IS NOT NULL THEN {ITEM} END"),
        "kind": ("code", "line.variance_kind"),
        "policy": ("key", _other("policy_id", "policy_id")),
        "product": ("key", _other("finished_product_id", "product_id")),
        "remainder": ("nonzero", "line.remainder"),
        "remainder_product": ("key", "line.remainder_product_id"),
        "role": ("code", "line.role"),
        "standard_price": ("nonzero", "line.standard_price"),
        "standard_quantity": ("nonzero", "line.standard_quantity"),
        "workcenter": ("key", "line.workcenter_id"),
    }
)
#: The journal entry: what it is, how many items it has and what its debits add up to.
#: Core's own hash counts if it was there when the entry was sealed.
JOURNAL_ENTRY = _object(
    {
        "date": ("day", "move.date"),
        "debits": ("number", "items.debits"),
        "hash": (
            "code",
            "CASE WHEN seal.id IS NULL OR seal.journal_hash IS NOT NULL "
            "THEN move.inalterable_hash END",
        ),
        "id": ("key", "move.id"),
        "items": ("key", "items.number"),
        "journal": ("key", "move.journal_id"),
        "name": ("text", "move.name"),
        "state": ("code", "move.state"),
    }
)


def _card(alias):
    """Return the SQL of a card: which, of what version, and its own hash."""
    card = _object(
        {
            "hash": ("code", f"{alias}.hash"),
            "id": ("key", f"{alias}.id"),
            "version": ("key", f"{alias}.version"),
        }
    )
    return f"CASE WHEN {alias}.id IS NOT NULL THEN {card} END"


ENTRY = _object(
    {
        "amount": ("number", "entry.amount"),
        "bill": ("key", "entry.bill_id"),
        "card": ("json", _card("card")),
        "changes": ("key", "entry.corrected_entry_id"),
        "company": ("key", "entry.company_id"),
        "date": ("day", "entry.date"),
        "document": ("text", "entry.origin"),
        "event": ("code", "entry.event"),
        "facts": ("text", "entry.facts"),
        "flush_point": ("code", "entry.flush_point"),
        "goods_card": ("json", _card("goods")),
        "id": ("key", "entry.id"),
        "journal_entry": (
            "json",
            f"CASE WHEN move.id IS NOT NULL THEN {JOURNAL_ENTRY} END",
        ),
        "key": ("text", "entry.source_key"),
        "lines": ("json", "COALESCE(lines.content, '[]')"),
        "order": ("key", "entry.production_id"),
        "period": ("key", "entry.period_id"),
        "policy": ("key", "entry.policy_id"),
        "product": ("key", "entry.product_id"),
        "quantity": ("number", "entry.quantity"),
        "recorded": ("moment", "entry.create_date"),
        "release": ("key", "entry.release_id"),
        "state": ("code", "entry.state"),
        "transfer": ("key", "entry.picking_id"),
        "unbuild": ("key", "entry.unbuild_id"),
        "user": ("key", "entry.user_id"),
        "why_dated": ("text", "entry.period_reason"),
    }
)
#: Of a journal item, what it repeats of its journal entry and by what reports find it,
#: and what it says twice. The seal covers the first of each.
REPEATED = {
    "company": ("entry.company_id", "item.company_id"),
    "date": ("move.date", "item.date"),
    "journal": ("move.journal_id", "item.journal_id"),
    "state": ("move.state", "item.parent_state"),
    "debit less credit": (
        "trim_scale(item.balance)",
        "trim_scale(item.debit - item.credit)",
    ),
}
CONTRADICTS = " OR ".join(
    f"{said} IS DISTINCT FROM {here}" for said, here in REPEATED.values()
)
#: Of entries by their ids: (entry, journal item, what, said by its journal entry, said
#: by itself) of journal items that contradict.
CONTRADICTIONS = f"""
    SELECT entry.id, item.id, odd.name, odd.said, odd.here
      FROM backflush_entry entry
      JOIN account_move move ON move.id = entry.move_id
      JOIN account_move_line item ON item.move_id = move.id
CROSS JOIN LATERAL (
        VALUES {
    ", ".join(
        f"('{name}', {said}::text, {here}::text)"
        for name, (said, here) in REPEATED.items()
    )
}
     ) odd (name, said, here)
     WHERE entry.id = ANY(%(ids)s) AND odd.said IS DISTINCT FROM odd.here
  ORDER BY entry.id, item.id, odd.name
"""
#: What the sealer needs beside the content, to look up names: of lines, of entries.
#: Lists are text, since few of them differ.
KEYS_OF_LINES = """
    , array_agg(line.account_id)::text AS accounts
    , array_agg(line.product_id)::text AS products
    , array_agg(line.element_id)::text AS elements
    , array_agg(line.workcenter_id)::text AS workcenters
"""
KEYS = """
    , move.inalterable_hash AS journal_hash, entry.policy_id, entry.user_id
    , entry.product_id, lines.accounts, lines.products, lines.elements
    , lines.workcenters
"""


def _entries(keys_of_lines="", keys=""):
    """Return the SQL of entries by their ids: id, canonical form, and ``keys``. Each
    entry is read on its own, so that the database's processes can share them out."""
    return f"""
    SELECT entry.id, {ENTRY} AS content, COALESCE(lines.balance, 0) AS balance
           , items.contradicting, move.inalterable_hash
           {keys}
      FROM backflush_entry entry
 LEFT JOIN account_move move ON move.id = entry.move_id
CROSS JOIN LATERAL (
        SELECT COUNT(*) AS number,
               SUM(item.balance) FILTER (WHERE item.balance > 0) AS debits,
               COUNT(*) FILTER (WHERE {CONTRADICTS}) AS contradicting
          FROM account_move_line item
         WHERE item.move_id = entry.move_id
     ) items
CROSS JOIN LATERAL (
        SELECT '[' || string_agg({LINE}, ',' ORDER BY line.id) || ']' AS content,
               SUM(line.amount) AS balance
               {keys_of_lines}
          FROM backflush_entry_line line
     LEFT JOIN account_move_line item
            ON item.id = line.move_line_id AND item.move_id = entry.move_id
         WHERE line.entry_id = entry.id
     ) lines
 LEFT JOIN backflush_cost_card card ON card.id = entry.card_id
 LEFT JOIN backflush_cost_card goods ON goods.id = entry.goods_card_id
 LEFT JOIN backflush_seal seal ON seal.entry_id = entry.id
     WHERE entry.id = ANY(%(ids)s)
"""


#: For the sealer, and for whoever checks.
ENTRIES_TO_SEAL = _entries(KEYS_OF_LINES, KEYS)
ENTRIES = _entries()

CARD_LINE = _object(
    {
        "amount": ("number", "line.amount"),
        "component": ("key", "line.product_id"),
        "driver": ("code", "line.driver"),
        "element": ("key", "line.element_id"),
        "id": ("key", "line.id"),
        "kind": ("code", "line.kind"),
        "price": ("number", "line.price"),
        "quantity": ("number", "line.quantity"),
        "workcenter": ("key", "line.workcenter_id"),
    }
)
CARD_ELEMENT = _object(
    {
        "amount": ("number", "element.amount"),
        "below": ("number", "element.below_amount"),
        "element": ("key", "element.element_id"),
        "own": ("number", "element.own_amount"),
    }
)
STANDARD = _object(
    {
        "basis": ("code", "card.basis"),
        "company": ("key", "card.company_id"),
        "conversion": ("number", "card.conversion_cost"),
        "elements": ("json", "COALESCE(elements.content, '[]')"),
        "from": ("day", "card.date_from"),
        "id": ("key", "card.id"),
        "level": ("key", "card.level"),
        "lines": ("json", "COALESCE(lines.content, '[]')"),
        "lot_size": ("number", "card.lot_size"),
        "material": ("number", "card.material_cost"),
        "product": ("key", "card.product_id"),
        "total": ("number", "card.total_cost"),
        "version": ("key", "card.version"),
    }
)
#: Cards by their ids, with lines and elements, in sets.
CARDS = f"""
    WITH lines AS (
        SELECT line.card_id,
               '[' || string_agg({CARD_LINE}, ',' ORDER BY line.id) || ']' AS content
          FROM backflush_cost_card_line line
         WHERE line.card_id = ANY(%(ids)s)
      GROUP BY line.card_id
    ), elements AS (
        SELECT element.card_id,
               '[' || string_agg({CARD_ELEMENT}, ',' ORDER BY element.element_id) || ']'
               AS content
          FROM backflush_cost_card_element element
         WHERE element.card_id = ANY(%(ids)s)
      GROUP BY element.card_id
    )
    SELECT card.id, {STANDARD} AS content
      FROM backflush_cost_card card
 LEFT JOIN lines ON lines.card_id = card.id
 LEFT JOIN elements ON elements.card_id = card.id
     WHERE card.id = ANY(%(ids)s)
"""

#: Tables of a period close, and the column of each that says which close it is.
FIGURES = {
    "backflush_period": "id",
    "backflush_period_bridge_line": "period_id",
    "backflush_period_count": "period_id",
    "backflush_period_disposition": "period_id",
    "backflush_period_line": "period_id",
}
#: What may change of a close that is closed: where it stands, and technical columns.
FREE_OF_PERIOD = (
    *("state", "create_uid", "create_date", "write_uid", "write_date"),
    "message_main_attachment_id",
)


def _figures(table, column):
    """Return the SQL of the rows of a table of a close, {id: {column: text}}."""
    return f"""
        SELECT jsonb_object_agg(figures.id, (
                   SELECT jsonb_object_agg(key, COALESCE(value, ''))
                     FROM jsonb_each_text(to_jsonb(figures))
                    WHERE key <> ALL(%(free)s)
               ))
          FROM {table} figures
         WHERE figures.{column} = period.id
    """


#: Closes by their ids, with all their figures as text.
PERIODS = f"""
    SELECT period.id, jsonb_strip_nulls(jsonb_build_object(
        {", ".join(f"'{t}', ({_figures(t, column)})" for t, column in FIGURES.items())}
           )) AS content
      FROM backflush_period period
     WHERE period.id = ANY(%(ids)s)
"""
