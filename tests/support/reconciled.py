"""Holding the log and the tables against one another, as the worker does each day; and an entry that is told again."""

from datetime import timedelta
from uuid import UUID

from audit.log.events import Event
from audit.log.models import Entry
from audit.ports import Finding
from audit.proofs import reconciling
from consent.grants import clock
from tests.support.writing import written

DAY = timedelta(days=1)


def reconcile(**times) -> reconciling.Reconciliation:
    now = clock.now()
    return reconciling.reconcile(**{"since": now - DAY, "until": now + DAY, "actor": "operator", **times})


def findings() -> list[Finding]:
    return sorted(each.finding for each in reconcile().differences)


def copied(entry: Entry, **changed) -> Entry:
    """Append an entry that says the same once more, but for these facts."""
    return append(entry.kind, {**entry.facts, **changed}, like=entry)


def append(kind: str, facts: dict, *, like: Entry) -> Entry:
    """Append an entry of our making about the same member and partner."""
    types = tuple(like.types.split())
    return written(
        Event(
            kind=kind,
            actor="ringfence",
            subject=like.subject,
            partner=like.partner,
            types=types,
            at=clock.now(),
            facts=facts,
        )
    )


def entry_of(event_id: UUID) -> Entry:
    return Entry.objects.get(event_id=event_id)
