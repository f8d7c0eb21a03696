"""How PostgreSQL plans what is asked of the log.

A connection keeps the plan of a statement that comes again. For acts and requests that is right: they always ask the
same of a few rows. What is looked for in the log differs from one time to the next by a millionfold.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


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
