"""Writing to the log: one insert, in the transaction of the act it records (SR-8.6: no entry, no act)."""

from django.db import connection

from audit.log import chain
from audit.log.events import Event, columns
from audit.log.models import Entry


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
    return Entry.objects.create(**columns(entry), body=body, leaf=chain.leaf_hash(body))
