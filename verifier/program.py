"""Check an export of the sealed backflush ledger, outside Odoo.

    python3 -I backflush_verify.py FILE ... [--checkpoint FILE ...]

A FILE is an export of the ledger (JSON Lines), an inclusion proof or a consistency
proof, as downloaded from Backflush Costing > Audit. Of an export, the chain of hashes,
the numbers, the balance of every entry, the cost cards and the checkpoints in it are
computed anew, and the totals by account printed. ``--checkpoint`` names files with
checkpoints that were kept elsewhere, as they are mailed: a ledger rewritten as a whole
is noticed by them alone.

Ends with 0 when all holds, 1 when something does not, 2 when a file cannot be read.
Needs Python 3.10 and nothing else.
"""

import argparse
import json
import sys
from decimal import Decimal
from pathlib import Path

from chain import (
    GENESIS,
    Chain,
    Problem,
    as_object,
    canonical,
    describe,
    differences,
    digest,
    hash_record,
    plain,
)
from merkle import Tree, extends, includes, seal_leaf

# What a command prints is its result, not its log.
# pylint: disable=print-used

#: What reading something else than an export ends with.
UNREADABLE = (
    *(OSError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError),
    *(StopIteration, RecursionError),
)
#: Problems that are printed; all are counted.
PRINTED = 20


class Ledger:
    """The check of one export, line by line.

    :param checkpoints: those that were kept elsewhere
    """

    def __init__(self, checkpoints):
        self.checkpoints = {}
        for checkpoint in checkpoints:
            self._check_checkpoint(checkpoint)
        self.head, self.chain, self.tree = {}, Chain(0, GENESIS), Tree()
        self.cards, self.accounts = {}, {}
        self.compared, self.ended = 0, False

    def check(self, record):
        """Yield what does not hold of the next record."""
        yield from getattr(self, f"_check_{record['type']}")(record) or ()

    def _check_ledger(self, record):
        self.head = record

    def _check_checkpoint(self, record):
        self.checkpoints.setdefault(record["number"], []).append(record)

    def _check_card(self, record):
        self.cards[record["id"]] = record["hash"]
        if digest(canonical(record["card"])) != record["hash"]:
            changes = differences(record.get("sealed", {}), record["card"])
            yield Problem("card", 0, tuple(changes), record["id"])

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
            found = self.cards.get(card.get("id"), card.get("hash"))
            if found != card.get("hash"):
                change = ("hash", card["hash"], found)
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
        said = record["number"], record["hash"] or GENESIS
        if said != (self.chain.number, self.chain.head):
            change = ("", said[0], self.chain.number)
            yield Problem("head", self.chain.number, (change,))
        if said[0] != self.head["last"]:
            change = ("", self.head["last"], said[0])
            yield Problem("head", self.chain.number, (change,))

    def finish(self):
        """Yield what only shows when all was read."""
        if not self.ended:
            change = ("", self.head.get("last"), self.chain.number)
            yield Problem("head", self.chain.number, (change,))
        for number in sorted(self.checkpoints):
            if number > self.chain.number and number > 0:
                change = ("", number, self.chain.number)
                yield Problem("checkpoint", number, (change,))

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
        (
            "the proof does not lead to the checkpoint",
            includes(
                leaf,
                record["number"] - 1,
                checkpoint["number"],
                [bytes.fromhex(step) for step in found["proof"]],
                bytes.fromhex(checkpoint["root"]),
            ),
        ),
        ("another checkpoint was kept", is_kept(checkpoint, checkpoints)),
    ]
    document = (record.get("entry") or {}).get("document")
    return print_reasons(
        f"seal {record['number']} ({document}) in checkpoint {checkpoint['number']}",
        reasons,
    )


def check_consistency(found, checkpoints):
    """Print the check of the proof that one checkpoint continues another; return
    whether it holds."""
    first, second = found["first"], found["second"]
    proof = [bytes.fromhex(step) for step in found["proof"]]
    roots = [bytes.fromhex(checkpoint["root"]) for checkpoint in (first, second)]
    reasons = [
        (
            "the proof does not lead from one to the other",
            extends(first["number"], roots[0], second["number"], roots[1], proof),
        ),
        (
            "another checkpoint was kept",
            is_kept(first, checkpoints) and is_kept(second, checkpoints),
        ),
    ]
    return print_reasons(
        f"checkpoint {second['number']} continues checkpoint {first['number']}", reasons
    )


def is_kept(checkpoint, checkpoints):
    """Answer whether no checkpoint of the same number that was kept is another."""
    return all(
        kept[name] == checkpoint[name]
        for kept in checkpoints
        if kept["number"] == checkpoint["number"]
        for name in ("company", "hash", "root")
    )


def print_reasons(subject, reasons):
    """Print which of ``reasons`` [(what is wrong, whether it is right)] apply."""
    wrong = [reason for reason, holds in reasons if not holds]
    print(f"  {subject}: {'DOES NOT HOLD, ' + '; '.join(wrong) if wrong else 'HOLDS'}")
    return not wrong


def read(file):
    """Yield the records of a file, one a line."""
    with Path(file).open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


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
        held = [check(file, kept) for file in options.files]
    except UNREADABLE as error:
        print(f"  cannot be read: {error!r}", file=sys.stderr)
        return 2
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
