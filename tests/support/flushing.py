"""Emptying the test database between transactional tests, although its log forbids deletion.

The append-only triggers (SR-8.4) refuse Django's flush as they should. They are lifted for the flush alone and set
again as they were; a test about them sees them in force.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations


def lift_the_triggers_while_flushing() -> None:
    """Wrap Django's flush once for the whole test run."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: Any, sql_list: Iterable[str]) -> None:
        with triggers_lifted():
            flush(self, [*sql_list, "DELETE FROM cache;"])  # the cache's table is no model

    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign]


@contextmanager
def triggers_lifted() -> Iterator[None]:
    lift, restore = _on_sqlite() if connection.vendor == "sqlite" else _on_postgres()
    _run(lift)
    try:
        yield
    finally:
        _run(restore)


def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _on_sqlite() -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        found = cursor.fetchall()
    return [f'DROP TRIGGER "{name}"' for name, _ in found], [sql for _, sql in found]


def _on_postgres() -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, quote_ident(tgname), tgenabled FROM pg_trigger WHERE NOT tgisinternal"
        )
        found = cursor.fetchall()
    again = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA", "D": "DISABLE"}
    return (
        [f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name, _ in found],
        [f"ALTER TABLE {table} {again[state]} TRIGGER {name}" for table, name, state in found],
    )
