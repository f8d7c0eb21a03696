"""What went out, made by the house's own acts up to the door: queued, claimed, decided, and ended as the test says."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction

from audit.log import services as log
from audit.log.events import Event, Outcome
from audit.reports.services import Asker
from consent.grants import clock, selectors
from consent.grants.models import Grant
from integrations.connectors.port import Delivered, TryLater
from integrations.deliveries import claiming, outcomes
from integrations.deliveries.models import Delivery
from tests.factories import log_workout, make_connection, make_grant, make_member

ASKER = Asker(actor="operator", operator="the-operator", ticket="T-17")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def linked(**parts: Any) -> Grant:
    """A yes to Strava with an open link."""
    grant = make_grant(make_member(**parts))
    make_connection(grant, account=str(uuid4().int)[:12])
    return grant


def sent(delivery: Delivery, *, sure: bool = True) -> Delivery:
    """Let the gate decide now, and let it end as delivered, or as something that may have arrived."""
    Delivery.objects.filter(id=delivery.id).update(next_attempt_at=clock.now())
    claimed = claiming.claim(delivery.id)
    assert claimed is not None
    outcomes.commit(claimed, Delivered("1") if sure else TryLater("timeout", may_have_arrived=True), None)
    delivery.refresh_from_db()
    return delivery


def send_workout(grant: Grant, *, sure: bool = True, **parts: Any) -> Delivery:
    (delivery,) = log_workout(grant.member, **parts)
    return sent(delivery, sure=sure)


def told_of(
    grant: Grant,
    *,
    at: datetime,
    kind: str = "delivery.delivered",
    types: tuple[str, ...] = ("workout",),
    facts: Mapping[str, Any] | None = None,
) -> Event:
    """Write down that something went out at that time, as a delivery or an answer does."""
    event = Event(
        kind=kind,
        actor="ringfence",
        subject=selectors.subject_of(grant.member_id, grant.partner),
        partner=grant.partner,
        types=types,
        outcome=Outcome.OUT,
        at=at,
        facts={"grant": str(grant.ref), **(facts or {})},
    )
    with transaction.atomic():
        log.append(event)
    return event


def now() -> datetime:
    """The moment at which a report is asked for: after everything that was done before."""
    return datetime.now(UTC) + timedelta(seconds=1)
