"""What stands outside the tree: entries that never got in line, places in line without an entry, leaves in no tree.

Each question is one statement, so that a sequencer at work cannot move a row between two of them.
"""

from django.db import connection

from audit.proofs.recomputing import Fault

_COUNTS = """SELECT (SELECT count(*) FROM audit_log_entry), (SELECT count("index") FROM audit_proofs_leaf),
(SELECT count(DISTINCT entry) FROM audit_log_waiting)"""
_STRAY = """SELECT e.id FROM audit_log_entry e
WHERE NOT EXISTS (SELECT 1 FROM audit_proofs_leaf l WHERE l.entry = e.id)
AND NOT EXISTS (SELECT 1 FROM audit_log_waiting w WHERE w.entry = e.id) ORDER BY e.id LIMIT 1"""
_EMPTY = """SELECT w.entry FROM audit_log_waiting w
WHERE NOT EXISTS (SELECT 1 FROM audit_log_entry e WHERE e.id = w.entry) ORDER BY w.entry LIMIT 1"""
_TWICE = """SELECT l."index" FROM audit_log_waiting w JOIN audit_proofs_leaf l ON l.entry = w.entry
ORDER BY l."index" LIMIT 1"""
_NOWHERE = """SELECT coalesce(
(SELECT min("index") FROM audit_proofs_leaf WHERE "index" < 0),
(SELECT min("index") FROM audit_proofs_leaf WHERE "index" >= coalesce(
 (SELECT size FROM audit_proofs_head WHERE log = 1), 0)))"""
_BEFORE = """SELECT coalesce(min("index"), (SELECT count(*) FROM audit_proofs_leaf)) FROM audit_proofs_leaf
WHERE entry > %s"""


def look(size: int) -> None:
    """Raise Fault unless every entry is in the tree or in line for it. `size` leaves are known to have an entry.

    What is in the tree has an entry each, as the walk over it has shown; so equal counts say it all, and only where
    they differ is the stray looked for.
    """
    if (index := _one(_TWICE)) is not None:
        raise Fault(index, f"The entry at index {index} stands in line for an index again.")
    if (index := _one(_NOWHERE)) is not None:
        raise Fault(
            size, f"A leaf has index {index}, which no tree has: its entry is shown and proved by nothing."
        )
    if (number := _one(_EMPTY)) is not None:
        raise Fault(size, f"Entry {number} waited for its index, {size} or higher, and is gone.")
    entries, leaves, waiting = _row(_COUNTS)
    if entries == leaves + waiting:
        return
    if (number := _one(_STRAY)) is None:
        raise Fault(
            size, f"{leaves + waiting} entries have an index or wait for one, but {entries} are there."
        )
    index = _one(_BEFORE, number)
    raise Fault(
        index,
        f"Entry {number}, before index {index}, came past the line: it has no index and waits for none.",
    )


def _one(statement: str, *values: int) -> int | None:
    row = _row(statement, *values)
    return int(row[0]) if row and row[0] is not None else None


def _row(statement: str, *values: int) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return tuple(cursor.fetchone() or ())
