"""Writing to the log: one insert, in the transaction of the act it records (SR-8.6: no entry, no act)."""

from django.db import connection

from audit.log import chain
from audit.log.events import Event, columns
from audit.log.models import Entry

# Every act pays for this statement: made once, it takes a third of what `Entry.objects.create` does (bench G9).
_WRITTEN = [each for each in Entry._meta.concrete_fields if not each.primary_key]
_NAMES = [each.name for each in _WRITTEN]
_ADAPTED = [each for each in _WRITTEN if each.name in {"event_id", "at"}]  # the others go as they are
_INSERT = f"""INSERT INTO audit_log_entry ({", ".join(_NAMES)})
    VALUES ({", ".join(["%s"] * len(_NAMES))})"""  # noqa: S608 (our own columns)


class EntryOutsideTransaction(RuntimeError):
    """An event was appended outside the transaction of its act; both or neither must be written."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"{kind} was appended outside a transaction. Wrap the act and its event in one `atomic()`."
        )


def append(event: Event) -> None:
    """Write one event down. Raises EntryOutsideTransaction, chain.EntryRefused, and whatever the database says.

    The database itself puts the entry in line for its index (migration 0008); writers never wait for one another.
    Nothing is read back, so that whoever sends several statements need not wait for this one.
    """
    if not connection.in_atomic_block:
        raise EntryOutsideTransaction(event.kind)
    entry = event.entry()
    body = chain.canonical(entry)
    values = {**columns(entry), "body": body, "leaf": chain.leaf_hash(body)}
    adapted = {each.name: each.get_db_prep_save(values[each.name], connection) for each in _ADAPTED}
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [adapted.get(name, values[name]) for name in _NAMES])
