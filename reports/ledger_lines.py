"""Lines of the ledger, read in one go and as few at a time as memory likes.

Part of the data of a report. What the reader may see is the model's own search; names
of what lines are about are looked up once each.
"""

import itertools

from odoo.tools import SQL

#: Rows that are fetched at once.
FETCHED = 5_000
#: Order of the ledger.
ORDER = ("accounting_date", "entry_id", "id")
#: A number for each stream of this process, so that two can be open at a time.
STREAMS = itertools.count(1)


class LedgerLines:
    """The entry lines of a domain, as rows.

    :param lines: `backflush.entry.line` in the reader's environment

    A term names a column: a field of the line, ``entry.``, ``move.`` and ``seal.``
    fields of its entry, journal entry and seal, ``debit`` and ``credit``.
    """

    def __init__(self, lines, domain):
        self.env = lines.env
        self.model = lines
        self.query = lines._search(domain)
        self.table = self.query.table
        self.entry = self.query.left_join(
            self.table, "entry_id", "backflush_entry", "id", "entry_id"
        )
        self.move = self.query.left_join(
            self.entry, "move_id", "account_move", "id", "move_id"
        )
        self.seal = self.query.left_join(
            self.entry, "id", "backflush_seal", "entry_id", "seal_ids"
        )
        self.names = {}

    # SQL -----------------------------------------------------------------------------

    def get_term(self, term):
        """Return the SQL of a term."""
        if term in ("debit", "credit"):
            amount = SQL.identifier(self.table, "amount")
            sign = SQL("") if term == "debit" else SQL("-")
            return SQL("NULLIF(GREATEST(%s%s, 0), 0)", sign, amount)
        table, _dot, name = term.rpartition(".")
        aliases = {
            "": self.table,
            "entry": self.entry,
            "move": self.move,
            "seal": self.seal,
        }
        return SQL.identifier(aliases[table], name)

    def execute(self, *terms):
        """Return the rows of a query for ``terms``, SQL."""
        self.env.flush_all()
        return self.env.execute_query(self.query.select(*terms))

    def count(self):
        [(number,)] = self.execute(SQL("COUNT(*)"))
        return number

    def get_sums(self, keys, sums, entries=False):
        """Return a row for each combination of ``keys``: their names, the number of
        lines (and of entries, if asked for), the sum of each of ``sums``."""
        columns = [self.get_term(key) for key in keys]
        self.env.flush_all()
        found = self.env.execute_query(
            SQL(
                "%s GROUP BY %s ORDER BY %s",
                self.query.select(
                    *columns,
                    SQL("COUNT(*)"),
                    SQL("COUNT(DISTINCT %s)", SQL.identifier(self.entry, "id")),
                    *(SQL("SUM(%s)", self.get_term(term)) for term in sums),
                ),
                SQL(", ").join(columns),
                SQL(", ").join(columns),
            )
        )
        size = len(keys)
        self._look_up(keys, [row[:size] for row in found])
        read = self._get_reader(keys)
        rows = []
        for row in found:
            counts = row[size : size + (2 if entries else 1)]
            rows.append((*read(row[:size]), *counts, *row[size + 2 :]))
        return sorted(rows, key=lambda row: [str(name or "") for name in row[:size]])

    def get_rows(self, terms):
        """Yield the lines in the ledger's order, a value for each term; a stream of the
        database, so that their number does not matter."""
        name = SQL.identifier(f"backflush_report_{next(STREAMS)}")
        order = SQL(", ").join(self.get_term(term) for term in ORDER)
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(
            SQL(
                "DECLARE %s NO SCROLL CURSOR FOR %s ORDER BY %s",
                name,
                self.query.select(*map(self.get_term, terms)),
                order,
            )
        )
        read = self._get_reader(terms)
        try:
            while True:
                cr.execute(SQL("FETCH FORWARD %s FROM %s", FETCHED, name))
                found = cr.fetchall()
                self._look_up(terms, found)
                yield from map(read, found)
                if len(found) < FETCHED:
                    break
        except GeneratorExit:
            # Nobody reads on, as when a page shows the first rows only.
            if not cr.closed:
                cr.execute(SQL("CLOSE %s", name))
            raise
        cr.execute(SQL("CLOSE %s", name))

    # Names ---------------------------------------------------------------------------

    def _get_reader(self, terms):
        """Return the function that puts names in place of what a row refers to."""
        names = {}
        for number, term in enumerate(terms):
            field = self._get_field(term)
            if field is not None and field.type == "many2one":
                names[number] = self._get_names(field.comodel_name).get
            elif field is not None and field.type == "selection":
                labels = dict(field._description_selection(self.env))
                names[number] = labels.get
        if not names:
            return tuple
        pairs = list(names.items())

        def read(row):
            row = list(row)
            for number, name in pairs:
                if (value := row[number]) is not None:
                    row[number] = name(value)
            return row

        return read

    def _get_field(self, term):
        table, _dot, name = term.rpartition(".")
        model = {"": self.model, "entry": self.model.entry_id}.get(table)
        return None if model is None else model._fields.get(name)

    def _get_names(self, model):
        return self.names.setdefault(model, {})

    def _look_up(self, terms, rows):
        """Look up the names of what ``rows`` refer to and earlier ones did not."""
        for number, term in enumerate(terms):
            field = self._get_field(term)
            if field is None or field.type != "many2one":
                continue
            known = self._get_names(field.comodel_name)
            new = {row[number] for row in rows} - known.keys() - {None}
            # What a line is about has a name, whoever may read the rest of it.
            records = self.env[field.comodel_name].sudo().browse(new).exists()
            known |= {record.id: record.display_name for record in records}
