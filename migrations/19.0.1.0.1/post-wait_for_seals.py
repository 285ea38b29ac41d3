"""Entries that were posted before there were seals wait for theirs, in the order of
their recording; the scheduled job seals them."""

from odoo.tools import SQL

#: See `_wait_for_seal` in models/seal/backflush_entry_seal.py.
WAIT = SQL(
    """
    INSERT INTO backflush_seal_due (company_id, entry_id, since)
         SELECT entry.company_id,
                entry.id,
                COALESCE(entry.create_date, now() AT TIME ZONE 'UTC')
           FROM backflush_entry entry
          WHERE entry.state = 'posted'
            AND NOT EXISTS (SELECT FROM backflush_seal WHERE entry_id = entry.id)
       ORDER BY entry.id
    ON CONFLICT DO NOTHING
    """
)


def migrate(cr, version):
    cr.execute(WAIT)
