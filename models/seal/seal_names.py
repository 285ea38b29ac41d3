# What the ids in sealed entries were called when they were sealed: codes of accounts,
# names of products, users and others. Read once for a batch; part of what is sealed.

from collections import defaultdict
from operator import itemgetter
from typing import NamedTuple

from odoo.tools import SQL

from ...costing import chain

#: Columns of `seal_content.ENTRIES_TO_SEAL` with ids, and of what they are.
COLUMNS = {
    "policy_id": "backflush.policy",
    "user_id": "res.users",
    "product_id": "product.product",
    "accounts": "account.account",
    "products": "product.product",
    "elements": "backflush.cost.element",
    "workcenters": "mrp.workcenter",
}


#: What tells one set of names from another, unread.
_get_key = itemgetter(*COLUMNS)


class Called(NamedTuple):
    """Names that are stored: key of their row, and digest of their canonical text."""

    id: int
    digest: str


class SealNames:
    """The names of one company's records, stored once for all entries with the same."""

    def __init__(self, company):
        self.company = company
        self._names = {}
        self._called = {}
        self._common = {
            "company": company.name,
            "currency": company.currency_id.name,
        }

    def look_up(self, rows):
        """Read the names that ``rows`` of `seal_content.ENTRIES_TO_SEAL` need; store
        those that are not."""
        keys = {_get_key(row) for row in rows}
        wanted = defaultdict(set)
        for key in keys:
            for column, ids in _get_ids(key).items():
                wanted[COLUMNS[column]] |= ids
        for model, ids in wanted.items():
            self._names[model] = self._read(model, ids)
        texts = {key: chain.canonical(self._build(key)) for key in keys}
        stored = self._store({chain.digest(text): text for text in texts.values()})
        self._called = {key: stored[chain.digest(text)] for key, text in texts.items()}

    def get(self, row):
        """Return the `Called` of one of the rows."""
        return self._called[_get_key(row)]

    def _read(self, model, ids):
        records = self.company.env[model].with_company(self.company)
        # The names of users that left count, too.
        records = records.with_context(active_test=False, lang="en_US").sudo()
        return {
            record.id: record.display_name for record in records.browse(ids).exists()
        }

    def _store(self, texts):
        """Store those of ``texts``, {digest: text}, that are not; return {digest:
        `Called`}."""
        env, company, digests = self.company.env, self.company.id, list(texts)
        env.cr.execute(
            SQL(
                """
                INSERT INTO backflush_seal_names (company_id, digest, names)
                     SELECT %s, * FROM unnest(%s, %s)
                ON CONFLICT DO NOTHING
                """,
                *(company, digests, list(texts.values())),
            )
        )
        found = env.execute_query(
            SQL(
                "SELECT id, digest FROM backflush_seal_names "
                "WHERE company_id = %s AND digest = ANY(%s)",
                *(company, digests),
            )
        )
        return {digest: Called(key, digest) for key, digest in found}

    def _build(self, key):
        ids = _get_ids(key)
        [policy], [user] = ids["policy_id"] or [None], ids["user_id"] or [None]
        return {
            **self._common,
            "accounts": self._pick("accounts", ids["accounts"]),
            "elements": self._pick("elements", ids["elements"]),
            "policy": self._names["backflush.policy"].get(policy),
            "products": self._pick("products", ids["product_id"] | ids["products"]),
            "user": self._names["res.users"].get(user),
            "workcenters": self._pick("workcenters", ids["workcenters"]),
        }

    def _pick(self, column, ids):
        names = self._names[COLUMNS[column]]
        return {str(key): names[key] for key in ids if key in names}


def _get_ids(key):
    """Return {column: ids} of the key of a row."""
    return {column: _to_ids(value) for column, value in zip(COLUMNS, key, strict=True)}


def _to_ids(value):
    """Return the ids in a column: one, none, or the database's text of a list.

    >>> sorted(_to_ids("{12,NULL,7,12}")), _to_ids(5), _to_ids(None)
    ([7, 12], {5}, set())
    """
    if isinstance(value, str):
        return {int(found) for found in value[1:-1].split(",") if found != "NULL"}
    return {value} - {None}
