"""A dead event, sent again by hand: under its old id, and through the gate anew (SR-7.5)."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import transaction

from consent.grants import clock
from integrations import doorbell
from integrations.deliveries.lifecycle import State
from integrations.events import record
from integrations.events.errors import NotDead, SubscriptionOver
from integrations.events.models import EventDelivery


def dead() -> Iterator[dict[str, Any]]:
    """Yield the events that were given up, oldest first: references and reasons only."""
    for event in EventDelivery.objects.filter(state=State.DEAD).order_by("number").iterator():
        yield {
            "event": str(event.ref),
            "subscription": str(event.subscription_id),
            "data_type": event.data_type,
            "event_type": event.event_type,
            "attempts": event.attempt,
            "trouble": event.trouble,
            "died_at": event.ended_at.isoformat() if event.ended_at else None,
        }


@transaction.atomic
def replay(ref: UUID, *, operator: str, ticket: str = "") -> EventDelivery:
    """Let a dead event be tried again from the start; the log names who asked. Raises NotDead, SubscriptionOver."""
    rows = EventDelivery.objects.select_for_update(of=("self",)).select_related("subscription")
    event = rows.filter(ref=ref, state=State.DEAD).first()
    if event is None:
        raise NotDead
    at = clock.now()
    if event.subscription.ended_at is not None or event.subscription.expires_at <= at:
        raise SubscriptionOver
    # The one way back from an end, and an operator's alone: the lifecycle's table knows none.
    event.state, event.ended_at, event.failures = State.PENDING, None, 0
    event.next_attempt_at, event.trouble, event.outcome_event = at, "", None
    event.replays += 1
    event.save()
    told = {name: value[:64] for name, value in {"ticket": ticket, "operator": operator}.items() if value}
    record.happened("event.replayed", event, at=at, actor="operator", **told)
    doorbell.ring(event.ref, verb="notify")
    return event
