# What the ids in sealed entries were called when they were sealed: codes of accounts,
# names of products, users and others. Read once for a batch; part of what is sealed.

from typing import NamedTuple

from odoo.tools import SQL

from ..costing import chain


class Called(NamedTuple):
    """Names that are stored: key of their row, and digest of their canonical text."""

    id: int
    digest: str


class SealNames:
    """The names of one company's records, stored once for all entries with the same."""

    def __init__(self, company):
        self.company = company
        self._names = {}
        self._stored = {}
        self._common = {
            "company": company.name,
            "currency": company.currency_id.name,
        }

    def look_up(self, rows):
        """Read the names that ``rows`` of `seal_content.ENTRIES_TO_SEAL` need."""
        for model, column in (
            ("account.account", "accounts"),
            ("product.product", "products"),
            ("backflush.cost.element", "elements"),
            ("mrp.workcenter", "workcenters"),
        ):
            self._read(model, {key for row in rows for key in row[column] or ()})
        self._read("product.product", {row["product_id"] for row in rows})
        self._read("backflush.policy", {row["policy_id"] for row in rows})
        self._read("res.users", {row["user_id"] for row in rows})

    def _read(self, model, keys):
        names = self._names.setdefault(model, {})
        records = self.company.env[model].with_company(self.company)
        # The names of users that left count, too.
        records = records.with_context(active_test=False, lang="en_US").sudo()
        for record in records.browse(keys - names.keys() - {None}).exists():
            names[record.id] = record.display_name

    def get(self, row):
        """Return the `Called` of one row."""
        key = (
            row["policy_id"],
            row["user_id"],
            row["product_id"],
            *(
                tuple(row[column] or ())
                for column in ("accounts", "products", "elements", "workcenters")
            ),
        )
        if key not in self._stored:
            self._stored[key] = self._store(chain.canonical(self._build(*key)))
        return self._stored[key]

    def _store(self, text):
        """Store a text unless it is; return its `Called`."""
        digest = chain.digest(text)
        values = self.company.id, digest
        env = self.company.env
        env.cr.execute(
            SQL(
                """
                INSERT INTO backflush_seal_names (company_id, digest, names)
                     VALUES (%s, %s, %s)
                ON CONFLICT DO NOTHING
                """,
                *values,
                text,
            )
        )
        [(key,)] = env.execute_query(
            SQL(
                "SELECT id FROM backflush_seal_names "
                "WHERE company_id = %s AND digest = %s",
                *values,
            )
        )
        return Called(key, digest)

    def _build(self, policy, user, product, accounts, products, elements, workcenters):
        return {
            **self._common,
            "accounts": self._pick("account.account", accounts),
            "elements": self._pick("backflush.cost.element", elements),
            "policy": self._names["backflush.policy"].get(policy),
            "products": self._pick("product.product", {product, *products}),
            "user": self._names["res.users"].get(user),
            "workcenters": self._pick("mrp.workcenter", workcenters),
        }

    def _pick(self, model, keys):
        names = self._names[model]
        return {str(key): names[key] for key in keys if key in names}
