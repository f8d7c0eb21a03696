"""The RFC's own recursive definitions over a list of leaves, slow and plain: what our fast ones are held against."""

from collections.abc import Sequence
from hashlib import sha256

from audit.proofs.tree import Frontier, Run


def leaves(count: int) -> list[bytes]:
    return [sha256(b"\x00%d" % number).digest() for number in range(count)]


def _left(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1


def mth(row: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1, over leaf hashes."""
    if len(row) < 2:
        return row[0] if row else sha256(b"").digest()
    return sha256(b"\x01" + mth(row[: _left(len(row))]) + mth(row[_left(len(row)) :])).digest()


def path(index: int, row: Sequence[bytes]) -> list[bytes]:
    """RFC 6962 section 2.1.1."""
    if len(row) < 2:
        return []
    cut = _left(len(row))
    if index < cut:
        return [*path(index, row[:cut]), mth(row[cut:])]
    return [*path(index - cut, row[cut:]), mth(row[:cut])]


def subproof(old: int, row: Sequence[bytes], known: bool = True) -> list[bytes]:
    """RFC 6962 section 2.1.2."""
    if old == len(row):
        return [] if known else [mth(row)]
    cut = _left(len(row))
    if old <= cut:
        return [*subproof(old, row[:cut], known), mth(row[cut:])]
    return [*subproof(old - cut, row[cut:], False), mth(row[:cut])]


class InMemory:
    """Every complete subtree, kept."""

    def __init__(self, row: Sequence[bytes]) -> None:
        self.runs: list[Run] = Frontier().extend(row)

    def node(self, level: int, index: int) -> bytes:
        assert index >= 0
        return self.runs[level].hashes[index]
