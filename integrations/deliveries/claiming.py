"""Claiming a delivery: one short transaction in which the gate decides while nobody can end the grant (SR-7.2).

The row is taken, the grant is held, the epochs are compared, the gate is asked and its answer written down, the row is
put under a lease. When this has committed, and not before, something may be sent.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection as database
from django.db import transaction

from consent.gate import door
from consent.gate.release import Release
from consent.gate.shapes import Reason
from consent.grants import clock
from consent.grants.lifecycle import Status
from consent.grants.models import Grant
from consent.manifests.register import manifest_of
from integrations.connectors import selectors as connections
from integrations.connectors.models import Connection
from integrations.connectors.port import Carrier
from integrations.deliveries import locks, schedule, services
from integrations.deliveries.lifecycle import Event, State
from integrations.deliveries.models import Delivery
from integrations.egress import Deadline
from records.members.pairwise import pairwise

SHARE_OF_LEASE = 3  # a third of the lease is for sending: 10 of 30 seconds
WAITS = timedelta(seconds=60)  # for what will wake it when it comes
WAITS_FOR_A_SIBLING = timedelta(seconds=1)
STOPPED = {
    Reason.NO_GRANT,
    Reason.GRANT_WITHDRAWN,
    Reason.GRANT_REVOKED,
    Reason.GRANT_EXPIRED,
    Reason.TOGGLE_OFF,
}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours until its lease ends, with what may leave, and until when by the clock on the wall."""

    delivery: Delivery
    release: Release
    connection: Connection
    deadline: Deadline
    carrier: Carrier | None


@dataclass(frozen=True, slots=True)
class _Wait:
    """It cannot go yet. Nobody is asked and no attempt is counted."""

    trouble: str
    seconds: timedelta = WAITS


def claim(ref: UUID) -> Claimed | None:
    """Claim one delivery if it is due and may leave. None: it is another's, waits, or has ended here and now."""
    lease = timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    deadline = Deadline.in_((lease / SHARE_OF_LEASE).total_seconds())
    with transaction.atomic():
        delivery = _take(ref)
        if delivery is None:
            return None
        locks.lock_grant_for_share(delivery.grant_id)
        grant = Grant.objects.select_related("member").get(ref=delivery.grant_id)
        at = clock.now()
        if delivery.next_attempt_at > at or _ended(delivery, grant, at=at):
            return None
        ready = _ready(delivery, grant)
        if isinstance(ready, _Wait):
            services.put_off(delivery, Event.POSTPONE, until=at + ready.seconds, trouble=ready.trouble)
            return None
        connection, carrier = ready
        release = _ask(delivery, at=at)
        if release is None:
            return None
        _hold(delivery, release, lease=lease)
    return Claimed(delivery, release, connection, deadline, carrier)


def _take(ref: UUID) -> Delivery | None:
    """Lock the row, or leave it to who has it. SQLite's write lock is already ours."""
    rows = Delivery.objects.filter(id=ref, state=State.PENDING)
    if database.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return rows.first()


def _ended(delivery: Delivery, grant: Grant, *, at: datetime) -> bool:
    """End what carries an epoch that is over, and what came too late."""
    if reason := stopped(delivery, grant):
        services.close(delivery, Event.CANCEL, at=at, reason=reason)
        return True
    if delivery.expires_at is not None and delivery.expires_at <= at:
        services.close(delivery, Event.EXPIRE, at=at, reason=delivery.trouble or "too_late")
        return True
    return False


def stopped(delivery: Delivery, grant: Grant) -> str:
    """Return why the yes that a delivery was queued under is over; empty while it stands."""
    if grant.status != Status.ACTIVE or grant.epoch != delivery.grant_epoch:
        return f"grant_{grant.status}"
    on = grant.toggles.filter(flow=delivery.flow, on=True, epoch=delivery.toggle_epoch).exists()
    return "" if on else Reason.TOGGLE_OFF.value


def _ready(delivery: Delivery, grant: Grant) -> tuple[Connection, Carrier | None] | _Wait:
    """Return the link and, for what rides on another document, its carrier."""
    connection = connections.connection_of(grant.ref)
    if connection is None or delivery.flow not in connections.covered_flows(connection):
        return _Wait("not_linked")
    manifest = manifest_of(grant.partner)
    flow = manifest.flow(delivery.flow) if manifest else None
    if flow is None or flow.rides_on is None:
        return connection, None
    same_day = Delivery.objects.filter(grant=grant, day=delivery.day)
    carriers = same_day.filter(flow=flow.rides_on, state=State.DELIVERED).order_by("-ended_at")
    carrier = carriers.select_for_update().first()  # its riders go one after the other
    if carrier is None:
        return _Wait("no_carrier")
    if same_day.filter(state=State.SENDING).exclude(flow=flow.rides_on).exists():
        return _Wait("carrier_busy", WAITS_FOR_A_SIBLING)
    own_id = pairwise(carrier.document_ref, recipient=grant.partner, about="document")
    return connection, Carrier(carrier.reference, own_id)


def _ask(delivery: Delivery, *, at: datetime) -> Release | None:
    """Ask the gate, now. Its no ends the delivery, but for a no of ours alone (something broke while deciding)."""
    answer = door.release(
        grant_ref=delivery.grant_id,
        flow=delivery.flow,
        document_ref=delivery.document_ref,
        references={"delivery": str(delivery.id)},
        at=at,  # one moment for the answer and for what comes of it, so that the log's times follow its order
    )
    delivery.decision_event = answer.event_id
    if isinstance(answer, Release):
        return answer
    if answer.reason is Reason.ERROR:
        delivery.failures += 1
        wait = schedule.delay(delivery.failures, ref=delivery.id)
        if wait is not None:
            services.put_off(delivery, Event.POSTPONE, until=at + wait, trouble=answer.reason.value)
            return None
    event = Event.CANCEL if answer.reason in STOPPED else Event.REFUSE
    services.close(delivery, event, at=at, reason=answer.reason.value)
    return None


def _hold(delivery: Delivery, release: Release, *, lease: timedelta) -> None:
    delivery.state = State.SENDING
    delivery.attempt += 1
    delivery.token = uuid4()
    delivery.lease_until = release.decided_at + lease
    delivery.send_until = release.decided_at + lease / SHARE_OF_LEASE
    delivery.save()
