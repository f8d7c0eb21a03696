"""Writing to the log: one insert, in the transaction of the act it records (SR-8.6: no entry, no act)."""

from django.db import connection

from audit.log import chain
from audit.log.events import Event, columns
from audit.log.models import Entry

# Every act pays for this statement: made once, it takes a third of what `Entry.objects.create` does (bench G9).
_WRITTEN = [each for each in Entry._meta.concrete_fields if not each.primary_key]
_INSERT = f"""INSERT INTO audit_log_entry ({", ".join(each.name for each in _WRITTEN)})
    VALUES ({", ".join(["%s"] * len(_WRITTEN))}) RETURNING id"""  # noqa: S608 (our own columns)


class EntryOutsideTransaction(RuntimeError):
    """An event was appended outside the transaction of its act; both or neither must be written."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"{kind} was appended outside a transaction. Wrap the act and its event in one `atomic()`."
        )


def append(event: Event) -> Entry:
    """Write one event down. Raises EntryOutsideTransaction, chain.EntryRefused, and whatever the database says.

    The database itself puts the entry in line for its index (migration 0003); writers never wait for one another.
    """
    if not connection.in_atomic_block:
        raise EntryOutsideTransaction(event.kind)
    entry = event.entry()
    body = chain.canonical(entry)
    values = {**columns(entry), "body": body, "leaf": chain.leaf_hash(body)}
    with connection.cursor() as cursor:
        prepared = [each.get_db_prep_save(values[each.name], connection) for each in _WRITTEN]
        cursor.execute(_INSERT, prepared)
        (number,) = cursor.fetchone()
    names = ["id", *(each.attname for each in _WRITTEN)]
    return Entry.from_db(connection.alias, names, [number, *(values[each.name] for each in _WRITTEN)])
