"""The log's monthly partitions on PostgreSQL, made ahead of time. SQLite has one table and needs none."""

from django.db import connection, transaction

AHEAD = 4  # months, this one included
LOCK = 0x72696E67  # whoever holds it makes the months; the others need not


def prepare_months() -> int:
    """Make the partitions of the coming months that are missing; return how many. Safe to run as often as you like."""
    if connection.vendor != "postgresql":
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT audit_log_prepare_months((now() AT TIME ZONE 'UTC')::date, %s)", [AHEAD])
        return int(cursor.fetchone()[0])
