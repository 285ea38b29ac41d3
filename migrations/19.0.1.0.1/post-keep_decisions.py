"""Decisions about reversed entries were columns of the entry; they are records now."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists

KEEP = SQL(
    """
    INSERT INTO backflush_entry_decision
                (entry_id, company_id, decision, reason, user_id,
                 create_uid, create_date, write_uid, write_date)
         SELECT entry.id, entry.company_id, entry.decision, entry.decision_reason,
                COALESCE(entry.decision_user_id, entry.user_id),
                COALESCE(entry.decision_user_id, entry.user_id), entry.write_date,
                COALESCE(entry.decision_user_id, entry.user_id), entry.write_date
           FROM backflush_entry entry
          WHERE entry.decision IS NOT NULL
            AND NOT EXISTS (
                SELECT FROM backflush_entry_decision WHERE entry_id = entry.id
            )
    """
)


def migrate(cr, version):
    # A ledger that began with records has no such columns.
    if column_exists(cr, "backflush_entry", "decision"):
        cr.execute(KEEP)
