"""The log's entries in the order of their indices, a chunk at a time, with what the columns beside them say.

A chunk is handed over whole: all its bodies as one run of bytes, all its fingerprints, all its columns. No row becomes
an object, which costs more than to check it (bench G11). On PostgreSQL a chunk names the time it lies in, so that only
its months are touched.
"""

import struct
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg import Cursor
from psycopg.pq import Format

from audit.proofs.tiles import FULL, gathered
from audit.proofs.tree import WIDTH

CHUNK = 1 << 13  # entries: 32 full tiles, some megabytes
PAGE = 1 << 10  # entries: PostgreSQL keeps so long a run of bytes at hand, and makes it for half
APART = "\0"  # stands between entries: one that was changed may hold it too, and then there are too many
_APART = APART.encode()


Row = tuple[Any, bytes, bytes, Any]  # index, body, leaf, columns: of the types they should be unless changed
Runs = tuple[bytes, bytes, bytes, bytes]  # the same of neighbouring entries
NONE: Runs = (b"", b"", b"", b"")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Neighbouring entries: `count` of them should stand here from index `first` on.

    `indices` are eight bytes each, `leaves` and `tiles` 32; bodies, and columns, have APART between them. Each row is
    in each run once, as what it is or as nothing: a run that is as it should be has no row's piece in another's place.
    """

    first: int
    count: int
    indices: bytes
    bodies: bytes
    leaves: bytes
    columns: bytes
    tiles: bytes  # what the log's own tiles hold of these leaves

    @property
    def expected(self) -> bytes:
        """Return what `indices` should be."""
        return _indices(range(self.first, self.first + self.count))

    def one_by_one(self) -> list[Row]:
        """Read its entries once more, each by itself."""
        with connection.cursor() as cursor:
            span = _span(self.first, self.count)
            cursor.execute(_ROWS[connection.vendor], [self.first, self.first + self.count, *span])
            return [(index, plain(body), plain(leaf), said) for index, body, leaf, said in cursor.fetchall()]


def plain(value: Any) -> bytes:
    """Return bytes as such, and none for what is of another type: it was put there by somebody else."""
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def numbered(tiles: Sequence[tuple[int, Any]]) -> dict[int, bytes]:
    """Return tiles by number. One that is there twice is none: nobody knows which of them is shown."""
    times = Counter(number for number, _ in tiles)
    return {number: plain(hashes) if times[number] == 1 else b"" for number, hashes in tiles}


def _indices(numbers: Iterable[int]) -> bytes:
    listed = list(numbers)
    return struct.pack(f">{len(listed)}q", *listed)


def chunks(size: int) -> Generator[Chunk, None, None]:
    """Yield the entries with the indices from 0 up to, without, `size`; close it, whatever happens on the way.

    What has no leaf, or whose leaf points to no entry, is not among them. PostgreSQL looks for the next chunk while the
    caller works on this one (psycopg's pipeline): until it is closed, the caller opens no transaction.
    """
    asked: _Asked | None = None
    with _ahead() as settle:
        for first in range(0, size, CHUNK):
            count = min(CHUNK, size - first)
            span = _span(first, count)
            settle()  # so that no transaction grows with the log
            following = _Asked(first, count, span)
            if asked:
                yield asked.chunk()
            asked = following
        if asked:
            yield asked.chunk()


class _Asked:
    """A chunk that was asked for."""

    def __init__(self, first: int, count: int, span: Sequence[Any]) -> None:
        self._first, self._count = first, count
        self._entries, self._tiles = _cursor(), _cursor()
        with connection.wrap_database_errors:
            self._entries.execute(_ASKED[connection.vendor], [first, first + count, *span])
            self._tiles.execute(TILES, [0, first // FULL, (first + count - 1) // FULL])

    def chunk(self) -> Chunk:
        """Return it when it is there. Its runs are empty where a value is of another type."""
        with connection.wrap_database_errors, closing(self._entries), closing(self._tiles):
            found = self._entries.fetchall()
            tiles = numbered(self._tiles.fetchall())
        try:
            runs = _RUNS[connection.vendor](found)
        except (TypeError, struct.error):
            runs = NONE
        own = gathered(tiles, self._first, self._first + self._count)
        return Chunk(self._first, self._count, *runs, own)


def _joined(pages: Sequence[Runs]) -> Runs:
    """Return the runs of a chunk out of those of its pages."""
    indices, bodies, leaves, columns = zip(*pages, strict=True) if pages else ((), (), (), ())
    return b"".join(indices), _APART.join(bodies), b"".join(leaves), _APART.join(columns)


def _run_together(rows: Sequence[Row]) -> Runs:
    """Return the same out of rows."""
    indices, bodies, leaves, columns = zip(*rows, strict=True) if rows else ((), (), (), ())
    whole = [leaf if len(leaf) == WIDTH else b"" for leaf in leaves]
    return _indices(indices), _APART.join(bodies), b"".join(whole), _APART.join(columns)


_RUNS: Mapping[str, Callable[[Any], Runs]] = {"postgresql": _joined, "sqlite": _run_together}


def _cursor() -> Any:
    """Return a cursor that is given bytes as they are. Django's is given each as two letters (bench G11)."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    cursor = Cursor(connection.connection)
    cursor.format = Format.BINARY
    return cursor


def _span(first: int, count: int) -> tuple[Any, ...]:
    """Return the first and last number and time of the entries that these indices have."""
    with connection.cursor() as cursor:
        cursor.execute(_SPAN, [first, first + count])
        return tuple(cursor.fetchone())


@contextmanager
def _ahead() -> Iterator[Callable[[], None]]:
    """Let statements be sent before the last one's answer is read; yield what waits for all answers."""
    if connection.vendor != "postgresql":
        yield lambda: None
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline() as pipeline:
        yield pipeline.sync


_SPAN = """SELECT min(entry), max(entry), min(at), max(at) FROM audit_proofs_leaf
WHERE "index" >= %s AND "index" < %s"""
TILES = """SELECT "index", hashes FROM audit_proofs_tile WHERE level = %s AND "index" BETWEEN %s AND %s"""
_TIME = """to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_REST = (
    "e.kind || {0} || e.subject || {0} || e.partner || {0} || e.outcome || {0} || e.reason || {0} || e.types"
)
_TEXTS = ("event_id", "at", "kind", "subject", "partner", "outcome", "reason", "types")
_ARE_TEXTS = " AND ".join(
    f"typeof(e.{column}) = 'text'" for column in _TEXTS
)  # SQLite holds anything anywhere
_COLUMNS = {
    "postgresql": f"e.event_id::text || chr(31) || {_TIME} || chr(31) || {_REST.format('chr(31)')}",
    "sqlite": f"CASE WHEN {_ARE_TEXTS} THEN CAST(e.event_id || char(31) || e.at || char(31) || "
    f"{_REST.format('char(31)')} AS BLOB) END",
}
_FROM = """FROM audit_proofs_leaf l JOIN audit_log_entry e ON e.id = l.entry AND e.at = l.at
WHERE l."index" >= %s AND l."index" < %s AND e.id BETWEEN %s AND %s AND e.at BETWEEN %s AND %s"""
_BY_ROW = """SELECT l."index", e.body, e.leaf, {columns} {rows} ORDER BY l."index\""""
# The last sort has PostgreSQL make the whole chunk before it hands over any of it, so that it works while we do.
_BY_PAGE = """SELECT string_agg(int8send("index"::int8), '' ORDER BY "index"),
string_agg(coalesce(body, ''), '\\x00' ORDER BY "index"),
coalesce(string_agg(leaf, '' ORDER BY "index") FILTER (WHERE octet_length(leaf) = {width}), ''),
string_agg(textsend(coalesce(said, '')), '\\x00' ORDER BY "index")
FROM (SELECT l."index", l."index" / {page} AS page, e.body, e.leaf, {columns} AS said {rows}) AS each
GROUP BY page ORDER BY -page DESC"""
_ROWS = {vendor: _BY_ROW.format(columns=said, rows=_FROM) for vendor, said in _COLUMNS.items()}
_ASKED = _ROWS | {
    "postgresql": _BY_PAGE.format(columns=_COLUMNS["postgresql"], rows=_FROM, page=PAGE, width=WIDTH)
}
