"""The database's time. Taken after the lock of an act is held, so that the log's times follow the acts' real order."""

from datetime import UTC, datetime

from django.db import connection

_NOW = {
    "postgresql": "SELECT clock_timestamp()",
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
}


def now() -> datetime:
    """Return the database's time, aware UTC (milliseconds on SQLite)."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW[connection.vendor])
        (told,) = cursor.fetchone()
    moment = datetime.fromisoformat(told) if isinstance(told, str) else told
    return moment.astimezone(UTC)
