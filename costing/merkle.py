"""Merkle trees of RFC 6962 and 9162: one hash for a whole ledger, short proofs for one
entry of it, and for that an earlier ledger is the beginning of a later one.

Last step, beside ``chain``. Imports nothing but the standard library. Hashes are
bytes; a leaf of the ledger's tree is the hash of a seal.
"""

import hashlib


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
