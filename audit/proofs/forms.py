"""The log's tables are of the types that we made: in another, what a check reads as right is found by no search.

PostgreSQL alone: SQLite holds anything anywhere, so there each value is asked for its type (`rows`).
"""

from django.db import connection
from django.db.models import Model

from audit.log.models import Entry
from audit.proofs.models import Leaf
from audit.proofs.recomputing import Fault

_TYPES = """SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"""
_SPELT = {"varchar": "character varying"}


def look() -> None:
    """Raise Fault where a column has another type than its model says."""
    if connection.vendor != "postgresql":
        return
    for model in (Entry, Leaf):
        there = _there(model)
        for field in model._meta.concrete_fields:
            made = (field.db_type(connection) or "").partition("(")[0]
            if there.get(field.column) != _SPELT.get(made, made):
                told = (
                    f"The column {field.column} of {model._meta.db_table} is of another type than we made it."
                )
                raise Fault(None, told)


def _there(model: type[Model]) -> dict[str | None, str]:
    with connection.cursor() as cursor:
        cursor.execute(_TYPES, [model._meta.db_table])
        return dict(cursor.fetchall())
