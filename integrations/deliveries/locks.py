"""The lock that makes a stop a barrier (SR-7.2).

Whoever claims a delivery holds the grant's row while the gate decides and the claim commits; a withdrawal waits for
that, and whoever comes after it reads the ended grant. Shared, so that claims do not wait for one another.
"""

from uuid import UUID

from django.db import connection

from consent.grants.models import Grant


def lock_grant_for_share(grant_ref: UUID) -> None:
    """Hold the grant's row until the transaction ends. On SQLite its one write lock (IMMEDIATE) already does."""
    if connection.vendor == "postgresql":
        table = connection.ops.quote_name(Grant._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} WHERE ref = %s FOR SHARE", [grant_ref])  # noqa: S608 (our own name)
