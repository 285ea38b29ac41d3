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
    imbalance,
    plain,
)
from merkle import Tree, extends, includes, seal_leaf

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
