"""Writing what became of events and subscriptions into the log: references and reasons, never a value or an address."""

from datetime import datetime
from typing import Any
from uuid import UUID

from audit.log import services as log
from audit.log.events import Event, Outcome
from consent.grants import selectors as grants
from consent.grants.models import Grant
from integrations.deliveries.lifecycle import FINAL, State
from integrations.events.models import EventDelivery, Subscription

# The kind of entry for each way of ending. The gate has written its no down, and that is the end of a refused event.
ENDS = {state: f"event.{state}" for state in FINAL if state != State.REFUSED} | {
    State.DELIVERED.value: "event.sent"
}
# What may have arrived counts as a disclosure too.
DISCLOSURES = frozenset({"event.sent", "event.may_have_arrived"})


def happened(
    kind: str, event: EventDelivery, *, at: datetime, actor: str = "ringfence", **facts: Any
) -> UUID:
    """Append one entry about an event, in the caller's transaction, and return its id."""
    grant = Grant.objects.only("member_id", "partner").get(ref=event.grant_id)
    told: dict[str, Any] = {
        "event": str(event.ref),
        "subscription": str(event.subscription_id),
        "grant": str(event.grant_id),
        "epoch": event.grant_epoch,
        "flows": event.flows,
        "kind": event.kind,
        "change": event.event_type,
        "attempt": event.attempt,
        **facts,
    }
    if event.decision_event is not None:
        told["entry"] = str(event.decision_event)
    entry = Event(
        kind=kind,
        actor=actor,
        subject=grants.subject_of(grant.member_id, grant.partner),
        partner=grant.partner,
        types=tuple(flow.partition(":")[2] for flow in event.flows),
        outcome=Outcome.OUT if kind in DISCLOSURES else Outcome.NONE,
        facts=told,
        at=at,
    )
    log.append(entry)
    return entry.event_id


def subscription(kind: str, about: Subscription, *, at: datetime, actor: str, **facts: Any) -> None:
    """Append one entry about a subscription, in the caller's transaction. It is about no member."""
    log.append(
        Event(
            kind=f"subscription.{kind}",
            actor=actor,
            subject="",
            partner=about.application.partner,
            facts={
                "subscription": str(about.id),
                "change": about.event_type,
                "data_type": about.data_type,
                **facts,
            },
            at=at,
        )
    )
