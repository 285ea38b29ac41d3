"""Entry lines from before have no accounting date, vendor and responsible: they are
filled from the journal entries and documents, one statement each, without the ORM."""

from odoo.tools import SQL

#: Lines are in the period of their journal entry; one that adds up to zero has none and
#: keeps the day of its document.
ACCOUNTING_DATE = SQL(
    """
    UPDATE backflush_entry_line line
       SET accounting_date = COALESCE(move.date, entry.date)
      FROM backflush_entry entry
      LEFT JOIN account_move move ON move.id = entry.move_id
     WHERE line.entry_id = entry.id
       AND line.accounting_date IS NULL
    """
)
#: See `_prepare_line_vals` in models/ledger/backflush_entry_post.py.
VENDOR = SQL(
    """
    UPDATE backflush_entry_line line
       SET vendor_id = bill.commercial_partner_id
      FROM backflush_entry entry
      JOIN account_move bill ON bill.id = entry.bill_id
     WHERE line.entry_id = entry.id
       AND line.vendor_id IS NULL
    """
)
#: See `_get_responsible` there.
RESPONSIBLE = SQL(
    """
    UPDATE backflush_entry_line line
       SET responsible_id = COALESCE(
               bill.invoice_user_id,
               CASE WHEN entry.production_id IS NOT NULL THEN production.user_id
                    ELSE picking.user_id END,
               entry.user_id)
      FROM backflush_entry entry
      LEFT JOIN account_move bill ON bill.id = entry.bill_id
      LEFT JOIN mrp_production production ON production.id = entry.production_id
      LEFT JOIN stock_picking picking ON picking.id = entry.picking_id
     WHERE line.entry_id = entry.id
       AND line.responsible_id IS NULL
    """
)


def migrate(cr, version):
    for statement in (ACCOUNTING_DATE, VENDOR, RESPONSIBLE):
        cr.execute(statement)
