"""Entries for tests of the tree, written by the log's own service, and the tree they should give, computed plainly."""

from datetime import UTC, datetime, timedelta

from django.db import transaction

from audit.log import chain, services
from audit.log.events import Event, Outcome
from audit.log.models import Entry
from audit.proofs.models import Leaf
from tests.audit.proofs.trees import mth

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def append(count: int, **facts) -> list[int]:
    """Write `count` entries, an hour apart, in one transaction; return their numbers."""
    events = [_event(number, facts) for number in range(count)]
    with transaction.atomic():
        for event in events:
            services.append(event)
    numbers = dict(Entry.objects.values_list("event_id", "pk"))
    return [numbers[event.event_id] for event in events]


def _event(number: int, facts: dict) -> Event:
    blocked = number % 3 == 0
    return Event(
        kind="release.refused" if blocked else "release.permitted",
        actor="worker",
        subject=f"s{number % 5}",
        at=NOON + timedelta(hours=number),
        partner="strava" if number % 2 else "alexa",
        outcome=Outcome.BLOCKED if blocked else Outcome.OUT,
        facts={"reason": "toggle_off" if blocked else "permitted", **facts},
    )


def leaves_in_order() -> list[bytes]:
    """The leaf hashes as the indices say, each from the entry's own bytes."""
    bodies = dict(Entry.objects.values_list("pk", "body"))
    return [
        chain.leaf_hash(bytes(bodies[entry]))
        for entry in Leaf.objects.order_by("index").values_list("entry", flat=True)
    ]


def plain_root() -> bytes:
    return mth(leaves_in_order())
