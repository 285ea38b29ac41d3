#!/usr/bin/env python3
"""Check an export of the sealed backflush ledger, outside Odoo.

    python3 -I backflush_verify.py FILE ... [--checkpoint FILE ...]

A FILE is an export of the ledger (JSON Lines), an inclusion proof or a consistency
proof, as downloaded from Backflush Costing > Audit. Of an export, the chain of hashes,
the numbers, the balance of every entry, the cost cards and the checkpoints in it are
computed anew, and the totals by account printed. ``--checkpoint`` names files with
checkpoints that were kept elsewhere, as they are mailed: a ledger rewritten as a whole
is noticed by them alone. A proof must be about one of them, or about one that a
consistency proof among the FILEs leads to.

Ends with 0 when all holds, 1 when something does not, 2 when a file cannot be read.
Needs Python 3.10 and nothing else.
"""

import argparse
import hashlib
import json
import sys
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

# chain.py ---------------------------------------------------------------------------
#
# The sealed ledger: canonical form, hashes, and the check of a chain of seals.
#
# Last step, after post. Imports nothing but the standard library, for the auditor's
# program (``verifier/``) consists of this file, ``merkle`` and a few lines.
#
# A *record* is what an auditor receives for one seal::
#
#     {"company": 1, "number": 2, "previous": "…", "hash": "…",
#      "sealed_at": "2026-01-31T22:15:04Z", "names": {…},
#      "entry": {… what the books hold now …},
#      "sealed": {… what they held when it was sealed; only where the two differ …},
#      "journal_hash": … Odoo's own of the journal entry; only where it differs …,
#      "contradictions": [… journal items that say another thing than their journal
#                         entry: [id, column, value there, value here]; if any …]}
#
# ``entry`` has stable ids and values, ``names`` what the ids were called on that day.
# The hash of a seal is that of its header: company, number, hash of the seal before,
# time, and the digests of ``entry`` and ``names``.

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


# merkle.py --------------------------------------------------------------------------
#
# Merkle trees of RFC 6962 and 9162: one hash for a whole ledger, short proofs for one
# entry of it, and for that an earlier ledger is the beginning of a later one.
#
# Last step, beside ``chain``. Imports nothing but the standard library. Hashes are
# bytes; a leaf of the ledger's tree is the hash of a seal.


def leaf_hash(data):
    """Return the hash of a leaf.

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return hashlib.sha256(b"\x00" + data).digest()


def seal_leaf(found):
    """Return the leaf of a seal with this hash, in hexadecimal digits; of anything
    else a leaf, too, which no tree of seals has.

    >>> seal_leaf("00") == leaf_hash(b"\\x00"), seal_leaf(None) == leaf_hash(b"None")
    (True, True)
    """
    try:
        return leaf_hash(bytes.fromhex(found))
    except (TypeError, ValueError):
        return leaf_hash(str(found).encode())


def node_hash(left, right):
    """Return the hash of a node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """The root of a growing tree, kept in as few hashes as the size has binary ones.

    >>> tree = Tree()
    >>> for data in (b"", b"\\x00"):
    ...     tree.add(leaf_hash(data))
    >>> tree.size, tree.root().hex()[:16]
    (2, 'fac54203e7cc696c')
    """

    def __init__(self, leaves=()):
        self.size = 0
        self._peaks = []
        for leaf in leaves:
            self.add(leaf)

    def add(self, leaf):
        """Add the hash of the next leaf."""
        number = self.size
        while number & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            number >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self):
        """Return the hash of the tree so far."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found


def _split(size):
    """Return the largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def _root(leaves, start, end):
    return Tree(leaves[number] for number in range(start, end)).root()


def inclusion_proof(leaves, index):
    """Return the hashes that prove leaf ``index`` (from 0) against the root.

    :param leaves: hashes of all leaves

    >>> leaves = [leaf_hash(bytes([number])) for number in range(7)]
    >>> proof = inclusion_proof(leaves, 3)
    >>> len(proof), includes(leaves[3], 3, 7, proof, Tree(leaves).root())
    (3, True)
    """
    start, end, proof = 0, len(leaves), []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_root(leaves, middle, end))
            end = middle
        else:
            proof.append(_root(leaves, start, middle))
            start = middle
    return proof[::-1]


def includes(leaf, index, size, proof, root):
    """Answer whether ``proof`` proves the leaf at ``index`` of a tree of ``size``
    leaves with this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    number, last, found = index, size - 1, leaf
    for step in proof:
        if not last:
            return False
        if number & 1 or number == last:
            found = node_hash(step, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, step)
        number, last = number >> 1, last >> 1
    return not last and found == root


def consistency_proof(leaves, size):
    """Return the hashes that prove that the tree of the first ``size`` leaves is the
    beginning of the tree of all.

    >>> leaves = [leaf_hash(bytes([number])) for number in range(7)]
    >>> proof = consistency_proof(leaves, 3)
    >>> extends(3, Tree(leaves[:3]).root(), 7, Tree(leaves).root(), proof)
    True
    """
    start, end, whole, proof = 0, len(leaves), True, []
    while size not in (0, end - start):
        middle = _split(end - start)
        if size <= middle:
            proof.append(_root(leaves, start + middle, end))
            end = start + middle
        else:
            proof.append(_root(leaves, start, start + middle))
            start, size, whole = start + middle, size - middle, False
    if size and not whole:
        proof.append(_root(leaves, start, end))
    return proof[::-1]


def extends(first, first_root, second, second_root, proof):
    """Answer whether ``proof`` proves that the tree of ``first`` leaves is the start of
    the tree of ``second`` leaves (RFC 9162, 2.1.4.2)."""
    if not 0 < first <= second:
        # Of no leaf there is one tree.
        return first == 0 and not proof and first_root == Tree().root()
    if first == second:
        return not proof and first_root == second_root
    number, last = first - 1, second - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    steps = list(proof)
    if not first & (first - 1):
        steps.insert(0, first_root)
    if not steps:
        return False
    before = after = steps[0]
    for step in steps[1:]:
        if not last:
            return False
        if number & 1 or number == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            after = node_hash(after, step)
        number, last = number >> 1, last >> 1
    return not last and before == first_root and after == second_root


# program ----------------------------------------------------------------------------

# What a command prints is its result, not its log.
# pylint: disable=print-used

#: Problems that are printed; all are counted.
PRINTED = 20
#: What comes of files that are something else.
UNREADABLE = (
    *(ValueError, LookupError, TypeError, AttributeError, ArithmeticError),
    RecursionError,
)


class Ledger:
    """The check of one export, line by line.

    :param checkpoints: those that were kept elsewhere
    """

    def __init__(self, checkpoints):
        self.kept, self.noted, self.checkpoints = checkpoints, [], {}
        self.head, self.chain, self.tree = {}, Chain(0, GENESIS), Tree()
        self.cards, self.accounts, self.others = {}, {}, []
        self.periods = {}
        self.compared, self.ended = 0, False

    def check(self, record):
        """Yield what does not hold of the next record."""
        yield from getattr(self, f"_check_{record['type']}")(record) or ()

    def _check_ledger(self, record):
        self.head = record
        # Those of other companies have numbers of their own.
        self.kept = [one for one in self.kept if one["company"] == record["company"]]
        for checkpoint in self.kept:
            self._expect(checkpoint)

    def _check_checkpoint(self, record):
        self.noted.append(record)
        self._expect(record)

    def _expect(self, checkpoint):
        self.checkpoints.setdefault(checkpoint["number"], []).append(checkpoint)

    def _check_period(self, record):
        self.periods[record["id"]] = record
        if digest(canonical(record["figures"])) != record["hash"]:
            changes = differences(record.get("sealed", {}), record["figures"])
            about = record["id"], record["name"]
            yield Problem("period", 0, tuple(changes), *about)

    def _check_other(self, record):
        self.others.append(record["name"])

    def _check_unsealed(self, record):
        yield Problem("unsealed", 0, (), record["entry"], record["document"])

    def _check_card(self, record):
        self.cards[record["id"]] = record["hash"]
        if digest(canonical(record["card"])) != record["hash"]:
            changes = differences(record.get("sealed", {}), record["card"])
            yield Problem("card", 0, tuple(changes), record["id"])
        elif "sealed" in record:
            changes = differences(record["card"], record["sealed"])
            yield Problem("card", 0, tuple(changes), record["id"])
        elif "state" in record:
            change = ("state", "in_force", record["state"])
            yield Problem("card", 0, (change,), record["id"])

    def _check_seal(self, record):
        if not self.tree.size and self.head.get("first", 1) > 1:
            # Part of a ledger: its first seal says itself what it continues.
            self.chain = Chain(self.head["first"] - 1, record["previous"])
        yield from self.chain.check(record)
        yield from self._check_cards_of(record)
        names = as_object(record.get("names")).get("accounts")
        self.accounts.update(as_object(names))
        self.tree.add(seal_leaf(record["hash"]))
        yield from self._compare(self.checkpoints.pop(record["number"], ()))

    def _check_cards_of(self, record):
        """Yield the cards that an entry was valued by and that are others now."""
        for name in ("card", "goods_card"):
            card = as_object(as_object(record.get("entry")).get(name))
            found = self.cards.get(card.get("id"))
            if found != card.get("hash"):
                change = ("hash", card.get("hash"), found)
                yield Problem("card", record["number"], (change,), card["id"])

    def _compare(self, checkpoints):
        found = {"hash": self.chain.head}
        if self.tree.size == self.chain.number:
            found["root"] = self.tree.root().hex()
        for checkpoint in checkpoints:
            self.compared += 1
            noted = {name: checkpoint[name] for name in found}
            if changes := tuple(differences(noted, found)):
                yield Problem("checkpoint", checkpoint["number"], changes)

    def _check_end(self, record):
        self.ended = True
        number, head = self.chain.number, self.chain.head
        ends = [
            (record["number"], number),
            (record.get("hash") or GENESIS, head),
            (self.head["last"], number),
        ]
        if self.head["last"] == self.head.get("number"):
            # What the books say of the end of the whole ledger.
            ends.append((self.head["head"], head))
        for said, found in ends:
            if said != found:
                yield Problem("head", number, (("", said, found),))
                return

    def finish(self):
        """Yield what only shows when all was read."""
        if not self.ended:
            change = ("", self.head.get("last"), self.chain.number)
            yield Problem("head", self.chain.number, (change,))
        for number, checkpoints in sorted(self.checkpoints.items()):
            if number > self.chain.number:
                change = ("", number, self.chain.number)
                yield Problem("checkpoint", number, (change,))
            elif number < 1:
                yield from self._compare_with_nothing(checkpoints)
        figures = {checkpoint.get("figures") for checkpoint in self.noted}
        for key, period in self.periods.items():
            if period["hash"] not in figures:
                yield Problem("period", 0, (), key, period["name"])
        for checkpoint in self.kept:
            if checkpoint not in self.noted and (
                checkpoint["made_at"] <= self.head["exported_at"]
            ):
                yield Problem("lost", checkpoint["number"])

    @staticmethod
    def _compare_with_nothing(checkpoints):
        """Yield what differs from the ledger that has no seal yet."""
        found = {"hash": GENESIS, "root": Tree().root().hex()}
        for checkpoint in checkpoints:
            noted = {name: checkpoint[name] for name in found}
            if changes := tuple(differences(noted, found)):
                yield Problem("checkpoint", checkpoint["number"], changes)

    def get_totals(self):
        """Return [(account, total)], the sum of the ledger's amounts in its books."""
        totals = {
            account: str(self.accounts.get(str(account), f"account {account}"))
            for account in self.chain.totals
        }
        return [
            (name, self.chain.totals[account])
            for account, name in sorted(totals.items(), key=lambda pair: pair[1])
        ]


def check_ledger(records, checkpoints):
    """Print the check of an export; return whether it holds."""
    ledger, count = Ledger(checkpoints), 0
    for record in records:
        for problem in ledger.check(record):
            count += 1
            if count <= PRINTED:
                print(f"  DOES NOT HOLD  {describe(problem)}")
    for problem in ledger.finish():
        count += 1
        print(f"  DOES NOT HOLD  {describe(problem)}")
    head, chain = ledger.head, ledger.chain
    print(f"  {head.get('name')}: seals {head.get('first')} to {chain.number}")
    print(f"  last hash {chain.head}")
    print(f"  {len(ledger.cards)} cost cards, {ledger.compared} checkpoints compared")
    if others := ledger.others:
        print(
            f"  {len(others)} journal entries in its journals belong to none of its "
            f"entries: {', '.join(others[:PRINTED])}"
        )
    for account, total in ledger.get_totals():
        print(f"    {account:<60} {plain(total):>20}")
    print(f"    {'sum':<60} {plain(sum(chain.totals.values(), Decimal())):>20}")
    print(f"  {'HOLDS' if not count else f'{count} problems'}")
    return not count


def check_inclusion(found, checkpoints):
    """Print the check of the proof of one entry; return whether it holds."""
    record, checkpoint = found["record"], found["checkpoint"]
    leaf = seal_leaf(record["hash"])
    reasons = [
        ("the hash is not that of the content", hash_record(record) == record["hash"]),
        ("the entry does not balance", not imbalance(record.get("entry") or {})),
        (
            "the proof does not lead to the checkpoint",
            includes(
                leaf,
                record["number"] - 1,
                checkpoint["number"],
                to_hashes(found["proof"]),
                to_hash(checkpoint["root"]),
            ),
        ),
        *check_end(checkpoint, found["end"]),
        *check_kept([checkpoint], checkpoints),
    ]
    document = (record.get("entry") or {}).get("document")
    print_checkpoint(checkpoint)
    return print_reasons(
        f"seal {record['number']} ({document}) in checkpoint {checkpoint['number']}",
        reasons,
    )


def check_consistency(found, checkpoints):
    """Print the check of the proof that one checkpoint continues another; return
    whether it holds."""
    first, second = found["first"], found["second"]
    proof = to_hashes(found["proof"])
    roots = [to_hash(checkpoint["root"]) for checkpoint in (first, second)]
    reasons = [
        ("they are of two companies", first["company"] == second["company"]),
        (
            "the proof does not lead from one to the other",
            extends(first["number"], roots[0], second["number"], roots[1], proof),
        ),
        *check_end(first, found["first_end"]),
        *check_end(second, found["second_end"]),
        *check_kept([first, second], checkpoints),
    ]
    print_checkpoint(first)
    print_checkpoint(second)
    holds = print_reasons(
        f"checkpoint {second['number']} continues checkpoint {first['number']}", reasons
    )
    if holds and checkpoints:
        # One of them was kept; the other is as good now, for the files that follow.
        checkpoints += [first, second]
    return holds


def check_end(checkpoint, end):
    """Return the reasons, see `print_reasons`, why number and hash of a checkpoint are
    not those of the last seal under its root.

    :param end: header of that seal, and the proof that it is the last
    """
    number, seal = checkpoint["number"], end["seal"]
    if not number:
        nothing = {"hash": GENESIS, "root": Tree().root().hex()}
        holds = all(checkpoint[name] == value for name, value in nothing.items())
    else:
        holds = (
            (seal["company"], seal["number"]) == (checkpoint["company"], number)
            and digest(canonical(seal)) == checkpoint["hash"]
            and includes(
                seal_leaf(checkpoint["hash"]),
                number - 1,
                number,
                to_hashes(end["proof"]),
                to_hash(checkpoint["root"]),
            )
        )
    return [(f"hash and root of checkpoint {number} are not of one ledger", holds)]


def to_hashes(found):
    return [to_hash(digits) for digits in found]


def to_hash(digits):
    """Return a hash as bytes; of what is none, bytes that no hash has."""
    try:
        return bytes.fromhex(digits)
    except (TypeError, ValueError):
        return b""


def check_kept(named, checkpoints):
    """Return the reasons, see `print_reasons`, why the checkpoints that a proof names
    are not those that were kept, if any were: none of them may be another than the one
    of its number, and one must be there."""
    if not checkpoints:
        return []
    mine = [
        (checkpoint, kept)
        for checkpoint in named
        for kept in checkpoints
        if (kept["company"], kept["number"])
        == (checkpoint["company"], checkpoint["number"])
    ]
    if not mine:
        reason = (
            "its checkpoint is none of those that were kept: check the proof that it "
            "continues one of them, too"
        )
        return [(reason, False)]
    same = all(
        kept[name] == checkpoint[name]
        for checkpoint, kept in mine
        for name in ("hash", "root")
    )
    return [("another checkpoint was kept", same)]


def print_checkpoint(checkpoint):
    """Print what is to be compared with a checkpoint on paper."""
    print(f"  checkpoint {checkpoint['number']} of {checkpoint['made_at']}:")
    print(f"    hash {checkpoint['hash']}")
    print(f"    root {checkpoint['root']}")


def print_reasons(subject, reasons):
    """Print which of ``reasons`` [(what is wrong, whether it is right)] apply."""
    wrong = [reason for reason, holds in reasons if not holds]
    print(f"  {subject}: {'DOES NOT HOLD, ' + '; '.join(wrong) if wrong else 'HOLDS'}")
    return not wrong


def read(file):
    """Yield the records of a file, one a line."""
    with Path(file).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield json.loads(line)
            except ValueError as error:
                raise ValueError(f"line {number}: {error}") from error


def is_consistency(file):
    """Answer whether a file is the proof that one checkpoint continues another."""
    first = next(read(file), None)
    return isinstance(first, dict) and first.get("type") == "consistency"


def check(file, checkpoints):
    """Print the check of one file; return whether it holds."""
    print(file)
    records = read(file)
    first = next(records)
    if first["type"] == "inclusion":
        return check_inclusion(first, checkpoints)
    if first["type"] == "consistency":
        return check_consistency(first, checkpoints)

    def whole():
        yield first
        yield from records

    return check_ledger(whole(), checkpoints)


def main(arguments):
    """Check the files that ``arguments`` name; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--checkpoint", action="append", default=[], metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        kept = [record for file in options.checkpoint for record in read(file)]
        # What they prove counts for the other files.
        files = sorted(options.files, key=lambda file: not is_consistency(file))
        held = [check(file, kept) for file in files]
    except StopIteration:
        print("  cannot be read: it is empty", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"  cannot be read: {error}", file=sys.stderr)
        return 2
    except UNREADABLE as error:
        print(
            f"  cannot be read, no export or proof has this: {error!r}", file=sys.stderr
        )
        return 2
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
