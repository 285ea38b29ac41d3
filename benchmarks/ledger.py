"""A long ledger: a few documents recorded by the module, then copied by the database.

Copied is what a posted document leaves: journal entries and their items, ledger entries
and their lines, working time. Copies differ in day and name, so that sums by account,
element, kind and card grow as those of real documents do.
"""

from dataclasses import dataclass, field

from odoo import Command
from odoo.tools import SQL

from . import factory

#: Documents that are made; and the days, from the first of the month on, of copies.
ORDERS, DAYS = 20, 28
#: Standard conversion of a unit, see `factory`.
CONVERSION = 10.0
#: What differs in copy number ``g``, which is of ``day``; by table, in this order.
CHANGES = {
    "account_move": {"name": "name || '/' || g", "date": "day"},
    "account_move_line": {"date": "day"},
    "backflush_entry": {"source_key": "source_key || '/' || g", "date": "day"},
    "backflush_entry_line": {"date": "day", "accounting_date": "day"},
    "mrp_workcenter_productivity": {},
}
#: Columns that refer to rows that are copied too.
REFERENCES = {
    "account_move_line": {"move_id": "account_move"},
    "backflush_entry": {"move_id": "account_move"},
    "backflush_entry_line": {
        "entry_id": "backflush_entry",
        "move_line_id": "account_move_line",
    },
}


@dataclass
class Ledger:
    """A company with a long ledger.

    :param company_id, user_id: its company and operator
    :param day: first day of the month of its documents
    :param originals: {table: ids of the rows that are copied}
    :param copies: how often they have been copied
    """

    company_id: int
    user_id: int
    day: object
    originals: dict = field(default_factory=dict)
    copies: int = 0

    @property
    def lines(self):
        """Number of its ledger entry lines."""
        return len(self.originals["backflush_entry_line"]) * (self.copies + 1)

    def get_env(self, env):
        return env(context={**env.context, "allowed_company_ids": [self.company_id]})


def build(env, day):
    """Return the `Ledger` of a company that made ``ORDERS`` units and delivered them,
    each a document of its own."""
    contender = factory.Contender("ours", "backflush policy")
    factory.Builder(env, contender).build()
    ledger = Ledger(contender.company_id, contender.user_id, day)
    mine = ledger.get_env(env)
    orders = mine["mrp.production"].browse(factory.make_orders(env, contender, ORDERS))
    for order in orders[::2]:
        # Every other order takes a unit of a component more than planned.
        order.move_raw_ids[0].quantity += 1
    orders.with_context(skip_consumption=True).button_mark_done()
    for order in orders:
        _deliver(order)
    mine.flush_all()
    ledger.originals = {table: _get_ids(mine, table) for table in CHANGES}
    return ledger


def _deliver(order):
    warehouse = order.picking_type_id.warehouse_id
    customers = order.env.ref("stock.stock_location_customers")
    where = {
        "location_id": warehouse.lot_stock_id.id,
        "location_dest_id": customers.id,
    }
    move = {
        "product_id": order.product_id.id,
        "product_uom_qty": 1,
        "quantity": 1,
        "picked": True,
        **where,
    }
    order.env["stock.picking"].create(
        {
            "picking_type_id": warehouse.out_type_id.id,
            "move_ids": [Command.create(move)],
            **where,
        }
    ).button_validate()


def _get_ids(env, table):
    rows = env.execute_query(
        SQL(
            "SELECT id FROM %s WHERE company_id = %s ORDER BY id",
            SQL.identifier(table),
            env.company.id,
        )
    )
    return [number for (number,) in rows]


def grow(env, ledger, lines):
    """Copy the documents of ``ledger`` until it has about ``lines`` entry lines."""
    wanted = lines // len(ledger.originals["backflush_entry_line"]) - 1
    first, last = ledger.copies + 1, max(wanted, ledger.copies)
    bases = {}
    # Copies refer to what their originals refer to: nothing to check row by row.
    env.cr.execute("SET LOCAL session_replication_role = replica")
    for table, changes in CHANGES.items():
        bases[table] = _reserve(env, table, ledger, last - first + 1)
        _copy(env, ledger, table, changes, bases, (first, last))
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.cr.execute("SET LOCAL session_replication_role = origin")
    ledger.copies = last
    env.invalidate_all()
    env["backflush.chain"]._list_unsealed()


def _reserve(env, table, ledger, copies):
    """Return the first of as many new ids as the copies take."""
    number = len(ledger.originals[table]) * copies
    [(last,)] = env.execute_query(
        SQL("SELECT nextval(%s)", f"{table}_id_seq"),
    )
    env.cr.execute(SQL("SELECT setval(%s, %s)", f"{table}_id_seq", last + number))
    return last + 1


def _copy(env, ledger, table, changes, bases, span):
    """Insert copies number ``span`` of the original rows of a table."""
    references = REFERENCES.get(table, {})
    columns = _get_columns(env, table)
    values = []
    for column in columns:
        if column == "id":
            values.append(_get_copy_of(SQL("id"), table, ledger, bases, span[0]))
        elif column in references:
            other, key = references[column], SQL.identifier(column)
            values.append(_get_copy_of(key, other, ledger, bases, span[0]))
        else:
            # Constants of this file.
            values.append(SQL(changes.get(column) or f'"{column}"'))
    env.cr.execute(
        SQL(
            """
            INSERT INTO %(table)s (%(columns)s)
                 SELECT %(values)s
                   FROM (SELECT g, %(day)s::date + g %% %(days)s AS day
                           FROM generate_series(%(first)s, %(last)s) g) copy,
                        (SELECT %(columns)s FROM %(table)s WHERE id = ANY(%(ids)s)) row
            """,
            table=SQL.identifier(table),
            columns=SQL(", ").join(SQL.identifier(column) for column in columns),
            values=SQL(", ").join(values),
            day=ledger.day,
            days=DAYS,
            first=span[0],
            last=span[1],
            ids=ledger.originals[table],
        )
    )


def _get_columns(env, table):
    rows = env.execute_query(
        SQL(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
            "AND is_generated = 'NEVER' ORDER BY ordinal_position",
            table,
        )
    )
    return [name for (name,) in rows]


def _get_copy_of(key, table, ledger, bases, first):
    """Return the id of the copy of the original row ``key`` of ``table``."""
    originals = ledger.originals[table]
    return SQL(
        "%s + (g - %s) * %s + array_position(%s, %s) - 1",
        bases[table],
        first,
        len(originals),
        originals,
        key,
    )
