"""Writing what became of a delivery into the log: references and reasons, never a value."""

from datetime import datetime
from typing import Any
from uuid import UUID

from audit.log import services as log
from audit.log.events import Event, Outcome
from consent.grants import selectors as grants
from consent.grants.models import Grant
from integrations.deliveries.models import Delivery

# What may have arrived counts as a disclosure too.
DISCLOSURES = frozenset({"delivery.delivered", "delivery.may_have_arrived"})


def happened(kind: str, delivery: Delivery, *, at: datetime, **facts: Any) -> UUID:
    """Append one event about a delivery, in the caller's transaction, and return its id."""
    grant = Grant.objects.only("member_id", "partner").get(ref=delivery.grant_id)
    told: dict[str, Any] = {
        "delivery": str(delivery.id),
        "grant": str(delivery.grant_id),
        "epoch": delivery.grant_epoch,
        "flow": delivery.flow,
        "kind": delivery.kind,
        "attempt": delivery.attempt,
        **facts,
    }
    if delivery.decision_event is not None:
        told["entry"] = str(delivery.decision_event)
    event = Event(
        kind=kind,
        actor="ringfence",
        subject=grants.subject_of(grant.member_id, grant.partner),
        partner=grant.partner,
        types=(delivery.flow.partition(":")[2],),
        outcome=Outcome.OUT if kind in DISCLOSURES else Outcome.NONE,
        facts=told,
        at=at,
    )
    log.append(event)
    return event.event_id
