"""Emptying the test database between transactional tests, although its log forbids deletion.

The append-only triggers (SR-8.4) refuse Django's flush as they should. They are lifted for the flush alone and set
again as they were; a test about them sees them in force. Only tables that hold something are touched, in one
transaction: a test fills a handful of them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations

# Written by Django for every model when it migrates; writing them anew would take longer than a test.
STANDING = frozenset({"django_migrations", "django_content_type", "auth_permission"})


def lift_the_triggers_while_flushing() -> None:
    """Put our own flush in the place of Django's, once for the whole test run."""

    def execute_sql_flush(self: Any, sql_list: Iterable[str]) -> None:
        filled = _filled()
        with transaction.atomic(), triggers_lifted(filled):
            _run([f'DELETE FROM "{table}"' for table in filled])
            connection.check_constraints()  # what is put off to the end would keep the triggers from coming back

    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign]


@contextmanager
def triggers_lifted(tables: Iterable[str] | None = None) -> Iterator[None]:
    """Lift the triggers of these tables, or of all of them, and set them again."""
    lift, restore = _on_sqlite(tables) if connection.vendor == "sqlite" else _on_postgres(tables)
    _run(lift)
    try:
        yield
    finally:
        _run(restore)


def _filled() -> list[str]:
    """Return the tables that hold a row; a partition's rows are its parent's."""
    with connection.cursor() as cursor:
        listed = connection.introspection.get_table_list(cursor)
        names = sorted({each.name for each in listed if each.type in {"t", "p"}} - STANDING)
        asked = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names
        )
        cursor.execute(asked)
        return [name for (name,) in cursor.fetchall()]


def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _on_sqlite(tables: Iterable[str] | None) -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        found = [row for row in cursor.fetchall() if tables is None or row[2] in tables]
    return [f'DROP TRIGGER "{name}"' for name, _, _ in found], [sql for _, sql, _ in found]


def _on_postgres(tables: Iterable[str] | None) -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, quote_ident(tgname), tgenabled FROM pg_trigger WHERE NOT tgisinternal"
        )
        found = [row for row in cursor.fetchall() if tables is None or row[0] in tables]
    again = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA", "D": "DISABLE"}
    return (
        [f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name, _ in found],
        [f"ALTER TABLE {table} {again[state]} TRIGGER {name}" for table, name, state in found],
    )
