"""How PostgreSQL plans what is asked of the log.

A connection keeps the plan of a statement that comes again. For acts and requests that is right: they always ask the
same of a few rows. What is looked for in the log differs from one time to the next by a millionfold.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection


@contextmanager
def planned_anew() -> Iterator[None]:
    """Have each statement planned for the very values it is asked with. SQLite always does so."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode TO force_custom_plan")
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:  # what failed has taken the setting back
            cursor.execute("RESET plan_cache_mode")
