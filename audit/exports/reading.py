"""The rows of a selection as blocks of bytes, without making one of them an object: PostgreSQL's COPY, passed through.

SQLite has no such thing; there, and for what people read, rows come one by one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from audit.exports.columns import STORED, Row
from audit.exports.selection import Selection

BLOCK = 1 << 20  # bytes
FEW = 1 << 12  # rows in memory at a time where rows are objects
SORTING = "64MB"  # so that a span is put in order in memory

# What stands in no text of the log: control characters are escaped in JSON and refused elsewhere.
BARE = r"(FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')"
QUOTED = "(FORMAT csv, FORCE_QUOTE *)"


def copied(selection: Selection, columns: str, form: str, progress: Callable[[int], None]) -> Iterator[bytes]:
    """Yield the rows as COPY writes them. PostgreSQL only."""
    with room_to_sort():
        for span in selection.spans():
            statement = f'COPY (SELECT {columns} {span.sql} ORDER BY l."index") TO STDOUT {form}'
            held: list[bytes] = []
            length = 0
            with connection.cursor() as cursor:
                with cursor.copy(statement, span.params) as rows:
                    for part in rows:
                        held.append(part)
                        length += len(part)
                        if length >= BLOCK:
                            yield b"".join(held)
                            held, length = [], 0
                span.count = max(0, cursor.rowcount)
            if held:
                yield b"".join(held)
            progress(span.past)


def rows(selection: Selection, progress: Callable[[int], None]) -> Iterator[Row]:
    """Yield the rows one by one, on both databases."""
    selection.wide = FEW
    for span in selection.spans():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT {STORED} {span.sql} ORDER BY l."index"', span.params)
            found = cursor.fetchall()
        span.count = len(found)
        yield from (Row.of(*row) for row in found)
        progress(span.past)


@contextmanager
def room_to_sort() -> Iterator[None]:
    """Let this session put a span in order in memory, and give the memory back."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW work_mem")
        before = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('work_mem', %s, false)", [SORTING])
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('work_mem', %s, false)", [before])


def on_postgres() -> bool:
    return connection.vendor == "postgresql"
