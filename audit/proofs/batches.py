"""One batch of the sequencer in the database: a few statements, whatever its size. Only the bytes come to us.

Entries never change, so what one statement of the transaction saw the next one sees.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from audit.log.models import Waiting

log = logging.getLogger(__name__)

_PICKED = {"postgresql": "= ANY(%s::bigint[])", "sqlite": "IN (SELECT value FROM json_each(%s))"}
_DAY = {
    "postgresql": "(at AT TIME ZONE 'UTC')::date",
    "sqlite": "date(at)",
}  # SQLite's times are written in UTC

_READ = "SELECT id, body FROM audit_log_entry WHERE id {picked} ORDER BY id"
_LEAVES = """INSERT INTO audit_proofs_leaf ("index", entry, at)
    SELECT %s + row_number() OVER (ORDER BY id) - 1, id, at FROM audit_log_entry WHERE id {picked}"""
_TALLY = """INSERT INTO audit_log_tally (day, partner, kind, outcome, reason, count)
    SELECT {day}, partner, kind, outcome, reason, count(*) FROM audit_log_entry WHERE id {picked} GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (day, partner, kind, outcome, reason) DO UPDATE SET count = audit_log_tally.count + excluded.count"""
_LEAVE = "DELETE FROM audit_log_waiting WHERE entry {picked}"


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries by their numbers, lowest first, with their bytes, and the time they lie in where that is known."""

    numbers: Sequence[int] = ()
    bodies: Sequence[bytes] = ()
    within: tuple[datetime, datetime] | None = None


def take(limit: int) -> Batch:
    """Return the oldest entries in line; none when nothing waits.

    A number whose entry is gone stays in line, as evidence, and blocks nobody.
    """
    for waiting, told in _in_line(limit):
        within, rows = told, _read(waiting, told)
        if told and len(rows) < len(waiting):
            within, rows = None, _read(waiting, None)  # the line may be wrong about their time
        if len(rows) < len(waiting):
            log.error(
                "entries are gone that waited for their index", extra={"count": len(waiting) - len(rows)}
            )
        if rows:
            return Batch([number for number, _ in rows], [bytes(body) for _, body in rows], within)
    return Batch()


def _in_line(limit: int) -> Iterator[tuple[list[int], tuple[datetime, datetime] | None]]:
    """Yield the numbers in line, `limit` at a time, and the time they lie in where all tell theirs."""
    after = -1
    line = Waiting.objects.order_by("entry").values_list("entry", "at")
    while places := list(line.filter(entry__gt=after)[:limit]):
        numbers, times = [number for number, _ in places], [at for _, at in places if at is not None]
        told = len(times) == len(places) and connection.vendor == "postgresql"
        yield numbers, (min(times), max(times)) if told else None
        after = numbers[-1]


def _read(numbers: Sequence[int], within: tuple[datetime, datetime] | None) -> list[tuple[int, Any]]:
    with connection.cursor() as cursor:
        _run(cursor, _READ, numbers, within)
        found: list[tuple[int, Any]] = cursor.fetchall()
    return found


def give_indices(first: int, batch: Batch) -> None:
    """Give these entries the indices from `first` on, in the order of their numbers; count them; end their wait."""
    with connection.cursor() as cursor:
        _run(cursor, _LEAVES, batch.numbers, batch.within, first)
        _run(cursor, _TALLY, batch.numbers, batch.within)
        _run(cursor, _LEAVE, batch.numbers)


def _run(
    cursor: CursorWrapper,
    statement: str,
    numbers: Sequence[int],
    within: tuple[datetime, datetime] | None = None,
    *before: int,
) -> None:
    """Run a statement on these entries. With the time they lie in, PostgreSQL asks of their months alone."""
    vendor = connection.vendor
    picked = _PICKED[vendor] + (" AND at BETWEEN %s AND %s" if within else "")
    numbered = list(numbers) if vendor == "postgresql" else json.dumps(list(numbers))
    cursor.execute(statement.format(picked=picked, day=_DAY[vendor]), [*before, numbered, *(within or ())])
