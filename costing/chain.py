"""The sealed ledger: canonical form, hashes, and the check of a chain of seals.

Last step, after post. Imports nothing but the standard library, for the auditor's
program (``verifier/``) consists of this file, ``merkle`` and a few lines.

A *record* is what an auditor receives for one seal::

    {"company": 1, "number": 2, "previous": "…", "hash": "…",
     "sealed_at": "2026-01-31T22:15:04Z", "names": {…},
     "entry": {… what the books hold now …},
     "sealed": {… what they held when it was sealed; only where the two differ …},
     "journal_hash": … Odoo's own of the journal entry; only where it differs …,
     "contradictions": [… journal items that say another thing than their journal
                        entry: [id, column, value there, value here]; if any …]}

``entry`` has stable ids and values, ``names`` what the ids were called on that day.
The hash of a seal is that of its header: company, number, hash of the seal before,
time, and the digests of ``entry`` and ``names``.
"""

import hashlib
import json
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal

#: What a chain starts from.
GENESIS = "0" * 64
#: More digits before the point than any amount has.
AMOUNT_DIGITS = 20


def canonical(value):
    """Return the one text that stands for ``value``: JSON with sorted keys, without
    blanks, empty members left out, text in Unicode's composed form (NFC).

    Numbers that are no integers must be text, see `plain`: a float has no exact form.

    >>> canonical({"b": "A\\u030a", "a": [1, "2.5", None], "c": None})
    '{"a":[1,"2.5",null],"b":"Å"}'
    >>> canonical(0.1)
    Traceback (most recent call last):
    TypeError: a float has no canonical form: 0.1
    """
    return json.dumps(
        _composed(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )


def _composed(value):
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, float):
        raise TypeError(f"a float has no canonical form: {value}")
    if isinstance(value, dict):
        return {
            _composed(key): _composed(member)
            for key, member in value.items()
            if member is not None
        }
    if isinstance(value, (list, tuple)):
        return [_composed(member) for member in value]
    return value


def plain(number):
    """Return a decimal number as text: no exponent, no zeros at its end.

    >>> plain(Decimal("12.500")), plain(Decimal("1E+3")), plain(Decimal("-0.00"))
    ('12.5', '1000', '0')
    """
    text = f"{Decimal(number):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def digest(text):
    """Return the SHA-256 of a text in UTF-8, in hexadecimal digits.

    >>> digest("abc")[:16]
    'ba7816bf8f01cfea'
    """
    return hashlib.sha256(text.encode()).hexdigest()


def seal_hash(company, number, previous, sealed_at, entry_digest, names_digest):
    """Return the hash of a seal: that of the canonical form of its header.

    >>> header = {"company": 1, "entry": "e", "names": "n", "number": 1,
    ...           "previous": GENESIS, "sealed_at": "2026-01-31T22:15:04Z"}
    >>> seal_hash(1, 1, GENESIS, "2026-01-31T22:15:04Z", "e", "n") == digest(
    ...     canonical(header))
    True
    """
    # Written out, since millions are computed; the example above holds it to canonical.
    return hashlib.sha256(
        f'{{"company":{company},"entry":"{entry_digest}","names":"{names_digest}",'
        f'"number":{number},"previous":"{previous}","sealed_at":"{sealed_at}"}}'.encode()
    ).hexdigest()


def hash_record(record, name="entry"):
    """Return the hash that the seal of ``record`` has by what ``name`` holds."""
    return seal_hash(
        record["company"],
        record["number"],
        record["previous"],
        record["sealed_at"],
        digest(canonical(record.get(name))),
        digest(canonical(record.get("names"))),
    )


def differences(sealed, found, path=""):
    """Yield (where, value sealed, value found) wherever two values differ.

    >>> list(differences({"a": 1, "l": [{"x": "5"}]}, {"a": 1, "l": [{"x": "7"}, 2]}))
    [('l[1].x', '5', '7'), ('l[2]', None, 2)]
    >>> list(differences({"item": {"id": 1, "balance": "5"}}, {}))
    [('item.balance', '5', None), ('item.id', 1, None)]
    """
    # Of what is missing as a whole, each value is named.
    if found is None and isinstance(sealed, dict):
        found = {}
    if sealed is None and isinstance(found, dict):
        sealed = {}
    if isinstance(sealed, dict) and isinstance(found, dict):
        for key in sorted(sealed.keys() | found.keys()):
            where = f"{path}.{key}" if path else key
            yield from differences(sealed.get(key), found.get(key), where)
    elif isinstance(sealed, list) and isinstance(found, list):
        for number in range(max(len(sealed), len(found))):
            yield from differences(
                sealed[number] if number < len(sealed) else None,
                found[number] if number < len(found) else None,
                f"{path}[{number + 1}]",
            )
    elif sealed != found:
        yield path, sealed, found


def as_object(value):
    """Return ``value`` if it has members; where something else was put in the place of
    an object, one without any.

    >>> as_object({"id": 1}), as_object("x"), as_object(None)
    ({'id': 1}, {}, {})
    """
    return value if isinstance(value, dict) else {}


def amounts(entry):
    """Yield (account, amount) of the lines of an entry; not a number for an amount that
    is none, so that no sum of it is one.

    >>> list(amounts({"lines": [{"account": 1, "amount": "2.50"}, {"account": 2}]}))
    [(1, Decimal('2.50')), (2, Decimal('NaN'))]
    """
    for line in map(as_object, as_object(entry).get("lines") or ()):
        yield line.get("account"), _to_decimal(line.get("amount"))


def _to_decimal(text):
    try:
        found = Decimal(text)
    except (ArithmeticError, TypeError, ValueError):
        return Decimal("NaN")
    possible = found.is_finite() and found.adjusted() < AMOUNT_DIGITS
    return found if possible else Decimal("NaN")


def imbalance(entry):
    """Return by how much the debits of an entry exceed its credits.

    >>> imbalance({"lines": [{"amount": "2.50"}, {"amount": "-2.49"}]})
    Decimal('0.01')
    >>> imbalance({"lines": [{"amount": "2.50"}, {}]})
    Decimal('NaN')
    """
    return sum((amount for _account, amount in amounts(entry)), Decimal())


#: What a problem is, for the auditor's program.
MEANINGS = {
    "number": "the numbers are not consecutive: seals are missing or double",
    "previous": "it does not continue the chain: the seal before it is another one",
    "hash": "its hash is not that of its content: the seal itself was changed",
    "entry": "the entry is not what was sealed",
    "missing": "the entry that was sealed no longer exists",
    "kept": "the entry is as it was sealed, but the copy of it in the seal was changed",
    "balance": "the entry does not balance",
    "items": "its journal items contradict their journal entry",
    "card": "the cost card is not what took effect",
    "period": "the figures of the period are not those that were closed",
    "checkpoint": "the ledger is not the one that was noted: its chain was rewritten",
    "lost": "the checkpoint that was kept is not in the books: deleted or changed",
    "earlier": "an earlier verification found more, or something else",
    "head": "the chain ends elsewhere than it is said to: seals are missing",
    "unsealed": "it is posted, but neither sealed nor waiting for its seal",
}
#: Of what kinds of problems the number is not that of a seal.
SUBJECTS = {
    "card": "Cost card {key}",
    "period": "Period close {key}",
    "checkpoint": "Checkpoint {number}",
    "lost": "Checkpoint {number}",
    "unsealed": "Entry {key}",
}


@dataclass(frozen=True)
class Problem:
    """What does not hold.

    :param kind: one of `MEANINGS`
    :param number: of the seal, or of the checkpoint
    :param differences: (where, value sealed, value found)
    :param key: key of the entry or card that it is about
    :param name: of its document
    """

    kind: str
    number: int
    differences: tuple = ()
    key: int | None = None
    name: str | None = None


def describe(problem):
    """Return a problem in words.

    >>> describe(Problem("entry", 7, (("lines[1].amount", "5", "6"),), 12))
    'Seal 7 (entry 12): the entry is not what was sealed (lines[1].amount: 5, now 6)'
    >>> describe(Problem("unsealed", 0, (), 12, "WH/MO/00005"))[:22]
    'Entry 12, WH/MO/00005:'
    """
    key = f" (entry {problem.key})" if problem.key else ""
    where = SUBJECTS.get(problem.kind, f"Seal {{number}}{key}")
    where = where.format(key=problem.key, number=problem.number)
    if problem.name:
        where += f", {problem.name}"
    changes = "; ".join(
        f"{path}: {told(sealed)}, now {told(found)}"
        if path
        else f"{told(sealed)} expected, not {told(found)}"
        for path, sealed, found in problem.differences
    )
    changes = f" ({changes})" if changes else ""
    return f"{where}: {MEANINGS[problem.kind]}{changes}"


def told(value):
    """Return a value as it is printed; a dash for none."""
    return "–" if value is None else value


@dataclass
class Chain:
    """The check of one company's chain, seal by seal.

    :param number, head: number and hash of the last seal; give those of an earlier one
        to start behind it
    :param totals: {account: sum of the amounts of the entries, debit positive}
    """

    number: int = 0
    head: str = GENESIS
    totals: dict = field(default_factory=dict)

    def check(self, record):
        """Take in the next record and yield what does not hold, `Problem` by `Problem`.

        A record that does not hold is not believed, and those after it are checked by
        what they say themselves, so that one change is named once.
        """
        found, sealed = map(as_object, (record.get("entry"), record.get("sealed")))
        about = found or sealed
        about = about.get("id"), about.get("document")
        problems = [
            Problem(kind, record["number"], (("", wanted, said),), *about)
            for kind, wanted, said in (
                ("number", self.number + 1, record["number"]),
                ("previous", self.head, record["previous"]),
            )
            if wanted != said
        ]
        yield from problems or self._check_content(record, about)
        self.number, self.head = record["number"], record["hash"]
        self._add_up(found)

    def _check_content(self, record, about):
        number = record["number"]
        if hash_record(record) != record["hash"]:
            yield self._explain(record, about)
        elif not record.get("entry"):
            yield Problem("missing", number, (), *about)
        elif rest := imbalance(record["entry"]):
            yield Problem("balance", number, (("", "0", plain(rest)),), *about)
        elif changes := tuple(self._compare_kept(record)):
            yield Problem("kept", number, changes, *about)
        elif found := record.get("contradictions"):
            changes = tuple(
                (f"journal item {item}, {column}", said, here)
                for item, column, said, here in found
            )
            yield Problem("items", number, changes, *about)

    @staticmethod
    def _compare_kept(record):
        """Yield where the copies that are kept with a seal differ from an entry that
        is what was sealed."""
        if "sealed" in record:
            yield from differences(record["entry"], record["sealed"])
        if "journal_hash" in record:
            sealed = (record["entry"].get("journal_entry") or {}).get("hash")
            yield "journal_hash", sealed, record["journal_hash"]

    @staticmethod
    def _explain(record, about):
        """Return why the hash of a record is not that of its content."""
        number, sealed, found = (
            record["number"],
            record.get("sealed"),
            record.get("entry"),
        )
        if sealed is not None and hash_record(record, "sealed") == record["hash"]:
            if found is None:
                return Problem("missing", number, (), *about)
            changes = tuple(differences(sealed, found))
            return Problem("entry", number, changes, *about)
        return Problem("hash", number, (), *about)

    def _add_up(self, entry):
        for account, amount in amounts(entry):
            self.totals[account] = self.totals.get(account, Decimal()) + amount
