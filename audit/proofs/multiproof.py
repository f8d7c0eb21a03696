"""One proof for many leaves: that every row of an export stands in the log where the export says. Pure, streaming.

RFC 6962's tree is walked from the left: a range of which no leaf is included gives its hash to the proof, any other
is split; an included leaf gives nothing, since the row itself does. The proof is therefore the shortest there is,
and a whole log needs none. Both sides hold O(log n) hashes and read their input once, in ascending order.
"""

from collections.abc import Iterable, Iterator

from audit.proofs.tree import EMPTY, Hashes, NotInTheTree, node_hash, range_hash, split


class ProofRefused(ValueError):
    """The rows and the hashes of a proof do not make up one tree of the size named."""


def multiproof(size: int, runs: Iterable[tuple[int, int]], hashes: Hashes) -> Iterator[bytes]:
    """Yield the hashes that, with the included leaves, give the root of the tree of `size` leaves.

    `runs` are the included leaves as (first, one past the last), ascending, not overlapping. A run costs O(log n),
    however long it is. Raises NotInTheTree.
    """
    included = _joined(size, runs)
    first_in, past_in = next(included, (size, size))
    ranges = [(0, size)] if size else []
    while ranges:
        first, last = ranges.pop()
        while past_in <= first < size:
            first_in, past_in = next(included, (size, size + 1))
        if first_in >= last:
            yield range_hash(first, last, hashes)
        elif first < first_in or past_in < last:
            middle = split(first, last)
            ranges += [(middle, last), (first, middle)]
    for _ in included:  # runs that lie outside the tree are named, not passed over
        pass


def multiproof_root(size: int, rows: Iterable[tuple[int, bytes]], proof: Iterable[bytes]) -> bytes:
    """Return the root that the rows, as (index, leaf hash) in ascending order, and the proof lead to.

    Raises ProofRefused when a row is out of order or out of the tree, or when hashes are missing or left over.
    """
    walk = _Walk(size, rows, proof)
    found = walk.root(0, size) if size > 0 else EMPTY
    if walk.index is not None:
        raise ProofRefused(f"Row {walk.index} is out of order, or outside the tree of {size} leaves.")
    if next(walk.proof, None) is not None:
        raise ProofRefused("The proof holds more hashes than the rows need.")
    return found


class _Walk:
    """The verifier's place: the next row that waits, and the hashes still to be taken."""

    def __init__(self, size: int, rows: Iterable[tuple[int, bytes]], proof: Iterable[bytes]) -> None:
        self.rows, self.proof = iter(rows), iter(proof)
        self.index: int | None = -1
        self.leaf = b""
        self.advance()
        if self.index is not None and self.index < 0:
            raise ProofRefused(f"Row {self.index} is outside the tree of {size} leaves.")

    def advance(self) -> None:
        self.index, self.leaf = next(self.rows, (None, b""))

    def root(self, first: int, last: int) -> bytes:
        if self.index is None or self.index >= last:
            found = next(self.proof, None)
            if found is None:
                raise ProofRefused(f"The proof has no hash for the leaves from {first} to {last - 1}.")
            return found
        if last - first == 1:
            if self.index != first:
                raise ProofRefused(f"Row {self.index} is out of order.")
            leaf = self.leaf
            self.advance()
            return leaf
        middle = split(first, last)
        return node_hash(self.root(first, middle), self.root(middle, last))


def _joined(size: int, runs: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the runs with neighbours made one and empty ones left out. Raises NotInTheTree."""
    held: tuple[int, int] | None = None
    end = 0
    for first, past in runs:
        if not end <= first <= past <= size:
            raise NotInTheTree(f"Leaves {first} to {past} are out of order, or outside a tree of {size}.")
        end = past
        if first == past:
            continue
        if held and held[1] == first:
            held = (held[0], past)
            continue
        if held:
            yield held
        held = (first, past)
    if held:
        yield held
