"""From the entries to the root: each leaf computed again and held against everything that repeats it.

What does not agree is a Fault, and the first one ends the walk. Chunks are compared as a whole; only where one differs
is it looked at entry by entry.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import cast

import msgspec
from django.db import connection

from audit.log.chain import leaf_hash
from audit.proofs.rows import BETWEEN, NAMES, Chunk, Told, read, telling
from audit.proofs.tiles import FULL, HEIGHT
from audit.proofs.tree import WIDTH, Frontier, Run

Line = tuple[str, str, str, str, str]  # day, partner, kind, outcome and reason, as the days' counts have them
Tally = Counter[Line]
# The bytes of the hashes from `first` up to `last` of one tile level; shorter or zeroed where they are not kept.
ReadHashes = Callable[[int, int, int], bytes]


class Fault(Exception):
    """Something does not agree. `index` is the first entry that it concerns, None when it is about none in the tree."""

    def __init__(self, index: int | None, said: str) -> None:
        super().__init__(said)
        self.index, self.said = index, said


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the tree's hashes that must agree with the entries, up to `size` leaves."""

    size: int
    read: ReadHashes
    said: str  # "the published tiles"


class Recomputation:
    """The tree as the entries make it, grown chunk by chunk."""

    def __init__(self, copies: Sequence[Copy]) -> None:
        self.edge, self.tally = Frontier(), Tally()
        self._copies, self._columns = copies, telling()
        self._above: dict[int, tuple[int, list[bytes]]] = {}

    def leaves(self, chunk: Chunk) -> tuple[list[bytes], Fault | None]:
        """Return the leaf hashes of a chunk up to its first fault, and that fault."""
        try:
            told = list(map(read, chunk.bodies))
            found = [sha256(b"\x00" + body).digest() for body in chunk.bodies]
            agreed = (
                len(chunk.indices) == chunk.count
                and chunk.indices == tuple(range(chunk.first, chunk.first + chunk.count))
                and found == list(chunk.leaves)
                and list(map(self._columns, told)) == list(chunk.columns)
            )
        except (msgspec.DecodeError, TypeError):
            agreed = False
        if not agreed:
            found, fault = self._looked_at(chunk)
        else:
            fault = None
            self._count(told)
        if other := self._copies_differ(0, chunk.first, found):
            return found[: (other.index or 0) - chunk.first], other
        return found, fault

    def _count(self, told: Sequence[Told]) -> None:
        """Count entries whose columns agreed: each as one text, which is quicker to count than five."""
        lines = Counter(
            [
                f"{one.at[:10]}\x1f{one.partner}\x1f{one.kind}\x1f{one.outcome}\x1f{one.facts.reason}"
                for one in told
            ]
        )
        for line, count in lines.items():
            self.tally[cast("Line", tuple(line.split(BETWEEN)))] += count

    def grow(self, leaves: Sequence[bytes]) -> None:
        """Append leaf hashes that agreed."""
        for run in self.edge.extend(leaves):
            if run.level and not run.level % HEIGHT:
                self._keep(run)

    def settle(self) -> None:
        """Hold the higher tiles that have grown since against the copies. Raises Fault."""
        grown, self._above = self._above, {}
        for level, (first, hashes) in grown.items():
            if fault := self._copies_differ(level, first, hashes):
                raise fault

    def _keep(self, run: Run) -> None:
        self._above.setdefault(run.level // HEIGHT, (run.first, []))[1].extend(run.hashes)

    def _copies_differ(self, level: int, first: int, hashes: Sequence[bytes]) -> Fault | None:
        """Return the earliest fault of any copy against these hashes of a tile level."""
        faults = [found for copy in self._copies if (found := _differs(copy, level, first, hashes))]
        return min(faults, key=lambda fault: fault.index or 0, default=None)

    def _looked_at(self, chunk: Chunk) -> tuple[list[bytes], Fault]:
        found: list[bytes] = []
        for at, index in enumerate(range(chunk.first, chunk.first + chunk.count)):
            if at >= len(chunk.indices) or chunk.indices[at] != index:
                return found, Fault(index, f"Index {index} has no entry: it was taken out, or moved in time.")
            leaf, fault = self._entry(index, chunk.bodies[at], chunk.leaves[at], chunk.columns[at])
            if fault:
                return found, fault
            found.append(leaf)
        raise AssertionError("A chunk that differs as a whole differs somewhere.")

    def _entry(self, index: int, body: object, leaf: bytes, columns: object) -> tuple[bytes, Fault | None]:
        if not isinstance(body, bytes) or leaf_hash(body) != leaf:
            return b"", Fault(
                index, f"The entry at index {index} does not fit its own fingerprint: it was edited."
            )
        try:
            said = self._columns(read(body))
        except (msgspec.DecodeError, TypeError):
            return b"", Fault(index, f"The entry at index {index} cannot be read.")
        if said == columns:
            return leaf, None
        pairs = zip(NAMES, said.split(BETWEEN), str(columns).split(BETWEEN), strict=False)
        name = next((name for name, right, there in pairs if right != there), "columns")
        return b"", Fault(index, f"The {name} column at index {index} says something else than its entry.")


def _differs(copy: Copy, level: int, first: int, hashes: Sequence[bytes]) -> Fault | None:
    """Return where a copy leaves the hashes of one tile level that the entries make."""
    count = min(len(hashes), max(0, (copy.size >> HEIGHT * level) - first))
    kept = copy.read(level, first, first + count) if count else b""
    if kept == b"".join(hashes[:count]):
        return None
    wrong = next(at for at in range(count) if kept[at * WIDTH : (at + 1) * WIDTH] != hashes[at])
    index = (first + wrong) << HEIGHT * level
    return Fault(index, f"The entry at index {index} is not the one that {copy.said} hold.")


def stored(level: int, first: int, last: int) -> bytes:
    """Return hashes of one tile level as the tiles' table keeps them: a ReadHashes."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT "index", hashes FROM audit_proofs_tile WHERE level = %s AND "index" BETWEEN %s AND %s',
            [level, first >> HEIGHT, (last - 1) >> HEIGHT],
        )
        return gathered(dict(cursor.fetchall()), first, last)


def gathered(tiles: dict[int, bytes], first: int, last: int) -> bytes:
    """Return the hashes from `first` up to `last` out of tiles by number; zeros where a tile lacks them."""
    numbers = range(first >> HEIGHT, ((last - 1) >> HEIGHT) + 1)
    whole = b"".join(bytes(tiles.get(number, b"")).ljust(FULL * WIDTH, b"\x00") for number in numbers)
    begin = (first - (numbers.start << HEIGHT)) * WIDTH
    return whole[begin : begin + (last - first) * WIDTH]
