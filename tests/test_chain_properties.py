"""What is always true of the chain and of Merkle trees, over random ledgers."""

import copy
import json
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..costing import chain, merkle

#: Leaves and roots of the tests of Certificate Transparency (RFC 6962): the root of the
#: first so many leaves.
LEAVES = (
    *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
    "606162636465666768696a6b6c6d6e6f",
)
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
#: Proofs in the same tests: (leaf from 1, leaves) and (first, second size).
INCLUSIONS = {
    (1, 1): (),
    (1, 8): ("96a296d2", "5f083f0a", "6b47aaf2"),
    (6, 8): ("bc1a0643", "ca854ea1", "d37ee418"),
    (3, 3): ("fac54203",),
    (2, 5): ("6e340b9c", "5f083f0a", "bc1a0643"),
}
CONSISTENCIES = {
    (1, 1): (),
    (1, 8): ("96a296d2", "5f083f0a", "6b47aaf2"),
    (6, 8): ("0ebc5d34", "ca854ea1", "d37ee418"),
    (2, 5): ("5f083f0a", "bc1a0643"),
}

#: However busy the machine is.
PATIENT = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TEXTS = st.text(max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXTS,
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
AMOUNTS = st.decimals(-(10**6), 10**6, places=2, allow_nan=False)


def a_leaf(number):
    return merkle.leaf_hash(number.to_bytes(4, "big"))


@st.composite
def a_ledger(draw):
    """The records of up to 8 entries that balance."""
    records, head = [], chain.GENESIS
    for number in range(1, draw(st.integers(1, 8)) + 1):
        amounts = draw(st.lists(AMOUNTS, min_size=1, max_size=4))
        amounts.append(-sum(amounts))
        entry = {
            "id": number * 10,
            "document": draw(TEXTS),
            "lines": [
                {"account": draw(st.integers(1, 3)), "amount": chain.plain(amount)}
                for amount in amounts
            ],
        }
        record = {
            "company": 1,
            "number": number,
            "previous": head,
            "sealed_at": "2026-01-31T22:15:04Z",
            "names": {"user": draw(TEXTS)},
            "entry": json.loads(chain.canonical(entry)),
        }
        head = record["hash"] = chain.hash_record(record)
        records.append(record)
    return records


def check(records):
    checked = chain.Chain()
    return checked, [found for record in records for found in checked.check(record)]


@tagged("post_install", "-at_install")
class TestChain(BaseCase):
    @PATIENT
    @given(VALUES)
    def test_canonical_is_stable(self, value):
        """Written, read and written again it is the same text, in whatever order its
        keys came."""
        text = chain.canonical(value)
        read = json.loads(text)
        self.assertEqual(chain.canonical(read), text)
        if isinstance(read, dict):
            turned = dict(reversed(list(read.items())))
            self.assertEqual(chain.canonical(turned), text)

    @PATIENT
    @given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
    def test_plain(self, number):
        """The same number, and one text however many zeros it has."""
        text = chain.plain(number)
        self.assertEqual(Decimal(text), number)
        self.assertEqual(
            chain.plain(Decimal(text + ("0" if "." in text else ".00"))), text
        )
        self.assertNotIn("E", text)

    @PATIENT
    @given(a_ledger())
    def test_holds(self, records):
        """A ledger holds, and its accounts add up to zero."""
        checked, problems = check(records)
        self.assertEqual(problems, [])
        self.assertEqual(checked.number, len(records))
        self.assertEqual(sum(checked.totals.values()), 0)

    @PATIENT
    @given(a_ledger(), st.data())
    def test_any_change_is_named(self, records, data):
        """One value of one record is another: that seal is named first, and where what
        was sealed is kept beside it, the value too."""
        number = data.draw(st.integers(0, len(records) - 1))
        changed = copy.deepcopy(records)
        line = data.draw(st.integers(0, len(records[number]["entry"]["lines"]) - 1))
        changed[number]["entry"]["lines"][line]["amount"] += "1"
        changed[number]["sealed"] = records[number]["entry"]
        _checked, problems = check(changed)
        [problem] = problems
        self.assertEqual((problem.kind, problem.number), ("entry", number + 1))
        [(where, _sealed, _found)] = problem.differences
        self.assertEqual(where, f"lines[{line + 1}].amount")

    @PATIENT
    @given(a_ledger(), st.data())
    def test_any_hole_is_named(self, records, data):
        """A record is missing, or two are exchanged."""
        if len(records) < 2:
            return
        number = data.draw(st.integers(0, len(records) - 2))
        short = records[:number] + records[number + 1 :]
        self.assertEqual(check(short)[1][0].kind, "number")
        turned = [*records]
        turned[number : number + 2] = turned[number : number + 2][::-1]
        self.assertEqual(check(turned)[1][0].number, number + 2)

    @PATIENT
    @given(a_ledger(), st.data())
    def test_field_by_field(self, records, data):
        """Each field of a record counts."""
        number = data.draw(st.integers(0, len(records) - 1))
        name = data.draw(st.sampled_from(sorted(records[0])))
        changed = copy.deepcopy(records)
        value = changed[number][name]
        changed[number][name] = (
            value + 1
            if isinstance(value, int)
            else {**value, "x": 1}
            if isinstance(value, dict)
            else f"{value}x"
        )
        self.assertTrue(check(changed)[1])


@tagged("post_install", "-at_install")
class TestMerkle(BaseCase):
    def test_known_roots(self):
        leaves = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]
        for size, root in enumerate(ROOTS):
            self.assertEqual(merkle.Tree(leaves[:size]).root().hex(), root)

    def test_known_proofs(self):
        leaves = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]
        for (leaf, size), steps in INCLUSIONS.items():
            proof = merkle.inclusion_proof(leaves[:size], leaf - 1)
            self.assertEqual(tuple(step.hex()[:8] for step in proof), steps)
        for (first, second), steps in CONSISTENCIES.items():
            proof = merkle.consistency_proof(leaves[:second], first)
            self.assertEqual(tuple(step.hex()[:8] for step in proof), steps)

    @PATIENT
    @given(st.integers(1, 200), st.data())
    def test_inclusion(self, size, data):
        """The proof of a leaf proves it, in as few steps as the size has binary digits,
        and proves no other leaf, place, size or root, nor when it is changed."""
        leaves = [a_leaf(number) for number in range(size)]
        root = merkle.Tree(leaves).root()
        index = data.draw(st.integers(0, size - 1))
        proof = merkle.inclusion_proof(leaves, index)
        self.assertLessEqual(len(proof), (size - 1).bit_length())
        self.assertTrue(merkle.includes(leaves[index], index, size, proof, root))
        other = data.draw(st.integers(0, size))
        if other != index:
            self.assertFalse(merkle.includes(leaves[index], other, size, proof, root))
        self.assertFalse(merkle.includes(a_leaf(size), index, size, proof, root))
        self.assertFalse(
            merkle.includes(leaves[index], index, size, proof, leaves[0][:5])
        )
        longer = [*proof, root]
        self.assertFalse(merkle.includes(leaves[index], index, size, longer, root))
        if proof:
            place = data.draw(st.integers(0, len(proof) - 1))
            wrong = [*proof]
            wrong[place] = a_leaf(size + 1)
            self.assertFalse(merkle.includes(leaves[index], index, size, wrong, root))
            short = proof[:-1]
            self.assertFalse(merkle.includes(leaves[index], index, size, short, root))

    @PATIENT
    @given(st.integers(1, 200), st.data())
    def test_consistency(self, second, data):
        """The proof of a beginning proves it, and no rewritten one."""
        first = data.draw(st.integers(1, second))
        leaves = [a_leaf(number) for number in range(second)]
        roots = [merkle.Tree(leaves[:size]).root() for size in (first, second)]
        proof = merkle.consistency_proof(leaves, first)
        self.assertTrue(merkle.extends(first, roots[0], second, roots[1], proof))
        rewritten = [*leaves]
        rewritten[data.draw(st.integers(0, first - 1))] = a_leaf(second + 1)
        root = merkle.Tree(rewritten).root()
        false = merkle.consistency_proof(rewritten, first)
        for tried in (proof, false):
            self.assertFalse(merkle.extends(first, roots[0], second, root, tried))
