"""How PostgreSQL plans what is asked of the log.

A connection keeps the plan of a statement that comes again. For acts and requests that is right: they always ask the
same of a few rows. What is looked for in the log differs from one time to the next by a millionfold.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import connection
from psycopg.pq import TransactionStatus

IN_ORDER = {"work_mem": "64MB", "enable_hashjoin": "off"}


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
def in_order() -> Iterator[None]:
    """Let this session put thousands of entries in order, and take back what that needs. SQLite needs no leave.

    It sorts in memory, and joins entries to their indices by their order: both lie in nearly the same, while a hash of
    rows as wide as entries costs a fifth of an export (bench G12).
    """
    if connection.vendor != "postgresql":
        yield
        return
    before = _set(IN_ORDER)
    try:
        yield
    finally:
        if _open():  # what a broken transaction set goes back with it
            _set(before)


def _open() -> bool:
    raw = connection.connection
    return raw is not None and not raw.closed and raw.info.transaction_status != TransactionStatus.INERROR


def _set(values: Mapping[str, str]) -> dict[str, str]:
    """Set the session's settings; return what they were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name) FROM unnest(%s::text[]) name", [list(values)])
        before = dict(cursor.fetchall())
        cursor.execute(
            "SELECT set_config(name, value, false) FROM unnest(%s::text[], %s::text[]) AS setting (name, value)",
            [list(values), list(values.values())],
        )
    return before
