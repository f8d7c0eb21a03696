"""Which rows an export holds, read a span of indices at a time, and which runs of indices they make up.

A span names its entries' numbers and times, so that the database touches its months only and each filter's index
answers for it. Spans grow while little is found and shrink while much is. The memory needed depends on no count.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO, Any

from django.db import connection

from audit.log.filters import Filters

WIDEST = 1 << 18  # indices of a span
ROWS = 1 << 13  # rows looked for in a span: few enough to be put in order in a processor's cache
KEPT = 1 << 16  # runs in memory; the others wait in a file without a name

JOINED = """FROM audit_proofs_leaf l JOIN audit_log_entry e ON e.id = l.entry AND e.at = l.at
WHERE l."index" >= %s AND l."index" < %s AND e.id BETWEEN %s AND %s AND e.at BETWEEN %s AND %s AND """
_SPAN = """SELECT min(entry), max(entry), min(at), max(at) FROM audit_proofs_leaf
WHERE "index" >= %s AND "index" < %s"""
_RUNS = """SELECT min(i), max(i) + 1 FROM
(SELECT l."index" AS i, l."index" - row_number() OVER (ORDER BY l."index") AS run {rows}) rows
GROUP BY run ORDER BY 1"""


@dataclass(slots=True)
class Span:
    """Some neighbouring indices. Whoever reads its rows says in `count` how many there were."""

    first: int
    past: int
    sql: str
    params: list[Any]
    count: int = 0


class Runs:
    """Ranges of indices, (first, one past the last), kept in the order they came. Read once, after the last."""

    def __init__(self) -> None:
        self._held = array("q")
        self._file: IO[bytes] | None = None

    def add(self, first: int, past: int) -> None:
        if self._held and self._held[-1] == first:
            self._held[-1] = past
            return
        if len(self._held) >= 2 * KEPT:
            self._file = self._file or TemporaryFile()  # noqa: SIM115
            self._held[:-2].tofile(self._file)
            self._held = self._held[-2:]
        self._held.extend((first, past))

    def __iter__(self) -> Iterator[tuple[int, int]]:
        if self._file:
            self._file.seek(0)
            while part := self._file.read(16 * KEPT):
                yield from _pairs(array("q", part))
        yield from _pairs(self._held)


def _pairs(bounds: "array[int]") -> Iterator[tuple[int, int]]:
    return zip(bounds[::2], bounds[1::2], strict=True)


@dataclass
class Selection:
    """The sequenced entries below `size` that the filters mean. Walked once; then `rows` and `runs` are known."""

    filters: Filters
    size: int
    wide: int = ROWS  # rows a span should have
    rows: int = 0
    runs: Runs = field(default_factory=Runs)

    def spans(self) -> Iterator[Span]:
        where, given = self.filters.where("e", vendor=connection.vendor)
        first, width = 0, self.wide
        while first < self.size:
            past = min(self.size, first + width)
            if bounds := _bounds(first, past):
                span = Span(first, past, f"{JOINED}{where}", [first, past, *bounds, *given])
                yield span
                self._took(span)
                width = _next(width, span.count, self.wide)
            first = past

    def _took(self, span: Span) -> None:
        self.rows += span.count
        if span.count == span.past - span.first:
            self.runs.add(span.first, span.past)
        elif span.count:
            with connection.cursor() as cursor:
                cursor.execute(_RUNS.format(rows=span.sql), span.params)
                for first, past in cursor.fetchall():
                    self.runs.add(first, past)


def _bounds(first: int, past: int) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(_SPAN, [first, past])
        found: tuple[Any, ...] = cursor.fetchone()
    return found if found[0] is not None else None


def _next(width: int, found: int, wide: int) -> int:
    if found < wide // 4:
        return min(WIDEST, width * 2)
    return max(wide, width // 2) if found > wide else width
