"""The Merkle tree over the log's leaf hashes, its root and its proofs (RFC 6962 section 2.1). Pure.

A proof is a list of 32-byte hashes, lowest first. Whoever makes one brings a reader of complete-subtree hashes;
whoever checks one needs nothing but the hashes named. The checks are total: wrong input is refused, never raised.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

WIDTH = 32  # bytes of a SHA-256 hash
EMPTY = sha256(b"").digest()  # the root of a tree without leaves


class NotInTheTree(ValueError):
    """A proof was asked for a leaf or a size that the tree does not have."""


class Hashes(Protocol):
    """A reader of complete subtrees: `level` 0 holds the leaves, `index` counts a level's subtrees from the left."""

    def node(self, level: int, index: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring hashes of one level, as the tree grew: the first stands at `first`."""

    level: int
    first: int
    hashes: Sequence[bytes]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return RFC 6962's `SHA-256(0x01 || left || right)`."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a tree: enough to append leaves and to say the root, and no more (a few hundred bytes)."""

    __slots__ = ("_pending", "size")

    def __init__(self) -> None:
        self.size = 0
        self._pending: list[bytes] = []  # by level: the complete subtree that waits for its right neighbour

    @classmethod
    def at(cls, size: int, hashes: Hashes) -> "Frontier":
        """Return the edge of the tree of `size` leaves that `hashes` reads."""
        edge = cls()
        edge.size = size
        levels = range(size.bit_length())
        edge._pending = [hashes.node(lv, (size >> lv) - 1) if size >> lv & 1 else b"" for lv in levels]
        return edge

    def copy(self) -> "Frontier":
        """Return an edge that grows on its own."""
        other = Frontier()
        other.size, other._pending = self.size, list(self._pending)
        return other

    def extend(self, leaves: Sequence[bytes]) -> list[Run]:
        """Append leaf hashes; return the complete subtrees that this made, level by level, the leaves first.

        One hash a leaf, amortised. Level by level over whole lists, for the interpreter's sake.
        """
        made: list[Run] = []
        row, first, level = leaves, self.size, 0
        self.size += len(leaves)
        while row:
            made.append(Run(level, first, row))
            if level == len(self._pending):
                self._pending.append(b"")
            whole = [self._pending[level], *row] if first & 1 else row
            self._pending[level] = whole[-1] if len(whole) & 1 else b""
            row = [
                sha256(b"\x01" + left + right).digest()
                for left, right in zip(whole[::2], whole[1::2], strict=False)
            ]
            first, level = first >> 1, level + 1
        return made

    def root(self) -> bytes:
        """Return the root of all leaves so far."""
        return _fold([peak for peak in reversed(self._pending) if peak])


def root(size: int, hashes: Hashes) -> bytes:
    """Return the root of the first `size` leaves."""
    return range_hash(0, size, hashes)


def range_hash(first: int, last: int, hashes: Hashes) -> bytes:
    """Return RFC 6962's hash of the leaves from `first` up to, without, `last`.

    `first` is a multiple of a power of two that is at least as large as the range, as in every split of the RFC.
    """
    peaks = []
    while first < last:
        level = (last - first).bit_length() - 1
        peaks.append(hashes.node(level, first >> level))
        first += 1 << level
    return _fold(peaks)


def split(first: int, last: int) -> int:
    """Return where RFC 6962 splits a range of at least two leaves: after the largest power of two below its length."""
    return first + (1 << (last - first - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, hashes: Hashes) -> list[bytes]:
    """Return the audit path of a leaf in the tree of `size` leaves (RFC 6962 section 2.1.1). Raises NotInTheTree."""
    if not 0 <= index < size:
        raise NotInTheTree(f"There is no leaf {index} in a tree of {size}.")
    proof, first, last = [], 0, size
    while last - first > 1:
        middle = split(first, last)
        if index < middle:
            proof.append(range_hash(middle, last, hashes))
            last = middle
        else:
            proof.append(range_hash(first, middle, hashes))
            first = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, hashes: Hashes) -> list[bytes]:
    """Return the proof that the tree of `old` leaves is the beginning of that of `new` (RFC 6962 section 2.1.2).

    Nothing has to be shown for an empty or an equal tree: the proof is empty. Raises NotInTheTree.
    """
    if not 0 <= old <= new:
        raise NotInTheTree(f"A tree of {old} leaves is not the beginning of one of {new}.")
    proof, first, last = [], 0, new if old else 0
    while last != old:
        middle = split(first, last)
        if old <= middle:
            proof.append(range_hash(middle, last, hashes))
            last = middle
        else:
            proof.append(range_hash(first, middle, hashes))
            first = middle
    if first:  # the verifier knows the old root, but not the hash of a piece of the old tree
        proof.append(range_hash(first, last, hashes))
    return proof[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether the leaf hash stands at `index` of the tree of `size` leaves (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or not _hashes(leaf, *proof, root):
        return False
    place, edge, found = index, size - 1, leaf
    for step in proof:
        if not edge:
            return False
        if place & 1 or place == edge:
            found = node_hash(step, found)
            place, edge = _ascend(place, edge)
        else:
            found = node_hash(found, step)
        place, edge = place >> 1, edge >> 1
    return not edge and found == root


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Say whether the tree of `old` leaves is the beginning of that of `new` (RFC 9162 section 2.1.4.2)."""
    if not 0 <= old <= new or not _hashes(old_root, new_root, *proof):
        return False
    if old == new or not old:
        return not proof and (old_root == new_root if old == new else old_root == EMPTY)
    steps = iter(proof if old & old - 1 else [old_root, *proof])
    place, edge = _ascend_odd(old - 1, new - 1)
    then = now = next(steps, b"")
    for step in steps:
        if not edge:
            return False
        if place & 1 or place == edge:
            then, now = node_hash(step, then), node_hash(step, now)
            place, edge = _ascend(place, edge)
        else:
            now = node_hash(now, step)
        place, edge = place >> 1, edge >> 1
    return not edge and then == old_root and now == new_root


def _ascend(place: int, edge: int) -> tuple[int, int]:
    """Skip the levels where a subtree at the right edge has no neighbour."""
    while place and not place & 1:
        place, edge = place >> 1, edge >> 1
    return place, edge


def _ascend_odd(place: int, edge: int) -> tuple[int, int]:
    """Skip the levels where the old tree's last subtree is a right child: it is complete there."""
    while place & 1:
        place, edge = place >> 1, edge >> 1
    return place, edge


def _fold(peaks: Sequence[bytes]) -> bytes:
    """Return the hash over complete subtrees that stand side by side, the largest first."""
    if not peaks:
        return EMPTY
    found = peaks[-1]
    for peak in peaks[-2::-1]:
        found = node_hash(peak, found)
    return found


def _hashes(*given: object) -> bool:
    return all(isinstance(one, bytes) and len(one) == WIDTH for one in given)
