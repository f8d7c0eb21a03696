"""The log's entries in the order of their indices, a chunk at a time, with what the columns beside them say.

No row becomes a model. On PostgreSQL a chunk names the time it lies in, so that only its months are touched.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import connection
from psycopg import Cursor
from psycopg.pq import Format

CHUNK = 1 << 13  # entries: 32 full tiles, some megabytes
BETWEEN = "\x1f"  # stands between columns; nothing in them holds it


class Facts(msgspec.Struct, gc=False):
    """The one fact that a column repeats; the others are passed over."""

    reason: Any = ""


class Told(msgspec.Struct, gc=False):
    """What an entry says, as far as columns repeat it."""

    id: str
    at: str
    kind: str
    subject: str
    partner: str
    facts: Facts
    outcome: str = ""
    types: Sequence[str] = ()


read: Callable[[bytes], Told] = msgspec.json.Decoder(Told).decode


@dataclass(frozen=True, slots=True)
class Chunk:
    """Neighbouring entries: `count` of them should stand here from index `first` on."""

    first: int
    count: int
    indices: tuple[int, ...] = ()
    bodies: tuple[bytes, ...] = ()
    leaves: tuple[bytes, ...] = ()
    columns: tuple[str, ...] = ()


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
        self._cursor = _cursor()
        with connection.wrap_database_errors:
            self._cursor.execute(_JOINED[connection.vendor], [first, first + count, *span])

    def chunk(self) -> Chunk:
        """Return it when it is there."""
        with connection.wrap_database_errors, closing(self._cursor) as cursor:
            rows = cursor.fetchall()
        return Chunk(self._first, self._count, *zip(*rows, strict=True) if rows else ())


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


def columns_of(entry: Told) -> str:
    """Return what the columns of an entry should say, as `Chunk.columns` gives them."""
    return telling()(entry)


def telling() -> Callable[[Told], str]:
    """Return `columns_of` for the database in use; asked once, not for every entry."""
    return _on_postgres if connection.vendor == "postgresql" else _on_sqlite


def _on_postgres(entry: Told) -> str:
    types = f" {' '.join(entry.types)} " if entry.types else ""
    return (
        f"{entry.id}\x1f{entry.at}\x1f{entry.kind}\x1f{entry.subject}\x1f{entry.partner}\x1f{entry.outcome}"
        f"\x1f{entry.facts.reason}\x1f{types}"
    )


def _on_sqlite(entry: Told) -> str:
    """As Django writes identifiers and times on SQLite."""
    fraction = "" if entry.at[19:26] == ".000000" else entry.at[19:26]
    types = f" {' '.join(entry.types)} " if entry.types else ""
    return (
        f"{entry.id.replace('-', '')}\x1f{entry.at[:10]} {entry.at[11:19]}{fraction}\x1f{entry.kind}\x1f"
        f"{entry.subject}\x1f{entry.partner}\x1f{entry.outcome}\x1f{entry.facts.reason}\x1f{types}"
    )


NAMES = ("identifier", "time", "kind", "subject", "partner", "outcome", "reason", "types")

_SPAN = """SELECT min(entry), max(entry), min(at), max(at) FROM audit_proofs_leaf
WHERE "index" >= %s AND "index" < %s"""
_TIME = """to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_ROWS = """SELECT l."index", e.body, e.leaf, {columns}
FROM audit_proofs_leaf l JOIN audit_log_entry e ON e.id = l.entry AND e.at = l.at
WHERE l."index" >= %s AND l."index" < %s AND e.id BETWEEN %s AND %s AND e.at BETWEEN %s AND %s
ORDER BY l."index\""""
_REST = (
    "e.kind || {0} || e.subject || {0} || e.partner || {0} || e.outcome || {0} || e.reason || {0} || e.types"
)
_JOINED = {
    "postgresql": _ROWS.format(
        columns=f"e.event_id::text || chr(31) || {_TIME} || chr(31) || {_REST.format('chr(31)')}"
    ),
    "sqlite": _ROWS.format(
        columns=f"e.event_id || char(31) || e.at || char(31) || {_REST.format('char(31)')}"
    ),
}
