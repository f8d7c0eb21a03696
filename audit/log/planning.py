"""How PostgreSQL plans what is asked of the log.

A connection keeps the plan of a statement that comes again. For acts and requests that is right: they always ask the
same of a few rows. What is looked for in the log differs from one time to the next by a millionfold.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

SORTING = "64MB"  # so that some thousand entries are put in order in memory


@contextmanager
def planned_anew() -> Iterator[None]:
    """Have each statement planned for the very values it is asked with: none is prepared, nor run as it was before.

    It asks the database nothing. SQLite always plans so.
    """
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    asked = connection.connection
    kept, asked.prepare_threshold = asked.prepare_threshold, None
    try:
        yield
    finally:
        asked.prepare_threshold = kept


@contextmanager
def room_to_sort() -> Iterator[None]:
    """Let this session put many entries in order in memory, and give the memory back. SQLite needs no leave."""
    if connection.vendor != "postgresql":
        yield
        return
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
