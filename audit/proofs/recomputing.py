"""From the entries to the root: each leaf computed again and held against everything that repeats it.

What does not agree is a Fault, and the first one ends the walk. Chunks are compared as a whole; only where one differs
is it looked at entry by entry.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import inf
from typing import Any, cast

import msgspec
from django.db import connection

from audit.log.chain import leaf_hash
from audit.proofs.rows import APART, TILES, Chunk, numbered
from audit.proofs.telling import BETWEEN, NAMES, Told, read, telling
from audit.proofs.tiles import HEIGHT, gathered
from audit.proofs.tree import WIDTH, Frontier, Run

Line = tuple[str, str, str, str, str]  # day, partner, kind, outcome and reason, as the days' counts have them
Tally = Counter[Line]
# The bytes of the hashes from `first` up to `last` of one tile level; shorter or zeroed where they are not kept.
ReadHashes = Callable[[int, int, int], bytes]
# What reading values that somebody changed may raise; bad UTF-8 in a text is no DecodeError of msgspec.
UNREADABLE = (msgspec.MsgspecError, TypeError, ValueError, AttributeError, RecursionError)


class Fault(Exception):
    """Something does not agree. `index` is the first entry that it concerns, None when it is about none in the tree."""

    def __init__(self, index: int | None, said: str) -> None:
        super().__init__(said)
        self.index, self.said = index, said


def first_of(faults: Iterable[Fault | None]) -> Fault | None:
    """Return the fault that concerns the earliest entry; one that is about none in the tree comes last."""
    found = [fault for fault in faults if fault]
    return min(found, key=lambda fault: inf if fault.index is None else fault.index, default=None)


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the tree's hashes that must agree with the entries, up to `size` leaves."""

    size: int
    read: ReadHashes
    said: str  # "the published tiles"


class Recomputation:
    """The tree as the entries make it, grown chunk by chunk."""

    def __init__(self, size: int = 0, copies: Sequence[Copy] = ()) -> None:
        """`size` is how many leaves the log's own tiles should hold; `copies` are those kept elsewhere."""
        self.edge, self.tally = Frontier(), Tally()
        self._copies, self._columns = [Copy(size, self._own, "the log's own tiles"), *copies], telling()
        self._read: tuple[int, bytes] = (0, b"")  # what the tiles hold from that index on
        self._above: dict[int, tuple[int, list[bytes]]] = {}

    def leaves(self, chunk: Chunk) -> tuple[list[bytes], Fault | None]:
        """Return the leaf hashes of a chunk up to its first fault, and that fault."""
        self._read, found = (chunk.first, chunk.tiles), list[bytes]()
        try:
            bodies = chunk.bodies.split(APART.encode())
            told = list(map(read, bodies))
            found = [sha256(b"\x00" + body).digest() for body in bodies]
            agreed = (
                len(found) == chunk.count
                and chunk.indices == chunk.expected
                and chunk.leaves == b"".join(found)
                and chunk.columns == APART.join(map(self._columns, told)).encode()
            )
        except UNREADABLE:
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

    def settle(self) -> Fault | None:
        """Hold the higher tiles that have grown since against the copies; return the first fault."""
        grown, self._above = self._above, {}
        return first_of(self._copies_differ(level, *run) for level, run in grown.items())

    def _own(self, level: int, first: int, last: int) -> bytes:
        at, hashes = self._read
        if level == 0 and first == at:
            return hashes[: (last - first) * WIDTH]
        return stored(level, first, last)

    def _keep(self, run: Run) -> None:
        self._above.setdefault(run.level // HEIGHT, (run.first, []))[1].extend(run.hashes)

    def _copies_differ(self, level: int, first: int, hashes: Sequence[bytes]) -> Fault | None:
        """Return the earliest fault of any copy against these hashes of a tile level."""
        return first_of(_differs(copy, level, first, hashes) for copy in self._copies)

    def _looked_at(self, chunk: Chunk) -> tuple[list[bytes], Fault]:
        """Look at the entries of a chunk that differs as a whole; return the leaf hashes up to the fault."""
        found: list[bytes] = []
        rows = chunk.one_by_one()
        for at, index in enumerate(range(chunk.first, chunk.first + chunk.count)):
            number = rows[at][0] if at < len(rows) else None
            if number != index or type(number) is not int:
                return found, _misplaced(index, number)
            leaf, fault = self._entry(*rows[at])
            if fault:
                return found, fault
            found.append(leaf)
        if len(rows) > chunk.count:
            return found, _misplaced(chunk.first + chunk.count, rows[-1][0])
        said = f"The entries from index {chunk.first} on were changed while they were read."
        return [], Fault(chunk.first, said)

    def _entry(self, index: int, body: bytes, leaf: bytes, columns: Any) -> tuple[bytes, Fault | None]:
        if leaf_hash(body) != leaf:
            return b"", Fault(
                index, f"The entry at index {index} does not fit its own fingerprint: it was edited."
            )
        try:
            said = self._columns(read(body))
        except UNREADABLE:
            return b"", Fault(index, f"The entry at index {index} cannot be read.")
        if columns is None:
            return b"", Fault(index, f"A column at index {index} holds nothing, or what is no text.")
        there = columns.decode(errors="replace") if isinstance(columns, bytes) else str(columns)
        if said == there:
            return leaf, None
        pairs = zip(NAMES, said.split(BETWEEN), there.split(BETWEEN), strict=False)
        name = next((name for name, right, wrong in pairs if right != wrong), "columns")
        return b"", Fault(index, f"The {name} column at index {index} says something else than its entry.")


def _misplaced(index: int, number: object) -> Fault:
    """Return what it means that `number` stands where `index` should; None = nothing does."""
    if isinstance(number, int) and number < index:
        return Fault(number, f"More than one entry has index {number}.")
    return Fault(index, f"Index {index} has no entry: it was taken out, or moved in time.")


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
        cursor.execute(TILES, [level, first >> HEIGHT, (last - 1) >> HEIGHT])
        return gathered(numbered(cursor.fetchall()), first, last)
