"""One batch of the sequencer in the database: a few statements, whatever its size. Only the bytes come to us.

Entries never change, so what one statement of the transaction saw the next one sees.
"""

import json
import logging
from collections.abc import Sequence

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


def take(limit: int) -> tuple[list[int], list[bytes]]:
    """Return the numbers and the bytes of the oldest entries in line.

    A number whose entry is gone stays in line, as evidence, and blocks nobody.
    """
    after = -1
    line = Waiting.objects.order_by("entry").values_list("entry", flat=True)
    while waiting := list(line.filter(entry__gt=after)[:limit]):
        with connection.cursor() as cursor:
            _run(cursor, _READ, waiting)
            rows = cursor.fetchall()
        if len(rows) < len(waiting):
            log.error(
                "entries are gone that waited for their index", extra={"count": len(waiting) - len(rows)}
            )
        if rows:
            return [number for number, _ in rows], [bytes(body) for _, body in rows]
        after = waiting[-1]
    return [], []


def give_indices(first: int, numbers: Sequence[int]) -> None:
    """Give these entries the indices from `first` on, in the order of their numbers; count them; end their wait."""
    with connection.cursor() as cursor:
        _run(cursor, _LEAVES, numbers, first)
        _run(cursor, _TALLY, numbers)
        _run(cursor, _LEAVE, numbers)


def _run(cursor: CursorWrapper, statement: str, numbers: Sequence[int], *before: int) -> None:
    vendor = connection.vendor
    picked = list(numbers) if vendor == "postgresql" else json.dumps(list(numbers))
    cursor.execute(statement.format(picked=_PICKED[vendor], day=_DAY[vendor]), [*before, picked])
