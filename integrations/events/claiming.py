"""Claiming an event: one short transaction in which the gate decides anew while nobody can end the grant (SR-7.2).

As a delivery is claimed: the row is taken, the grant held, the epochs compared, the gate asked and its answer written
down, the row put under a lease. When this has committed, and not before, something may be sent.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection as database
from django.db import transaction

from consent.gate import door
from consent.gate.changing import Change, Changed, Notice
from consent.gate.release import Release
from consent.gate.shapes import Reason
from consent.grants import clock
from consent.grants.lifecycle import Status
from consent.grants.models import Grant
from integrations.deliveries import locks
from integrations.deliveries.claiming import SHARE_OF_LEASE, STOPPED
from integrations.deliveries.lifecycle import Event, State
from integrations.egress import Deadline
from integrations.events import schedule, selectors, services
from integrations.events.models import EventDelivery
from integrations.oauth import credentials

WAITS_FOR_A_SECRET = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Claimed:
    """An event that is ours until its lease ends, what may leave of it, and the secrets it is signed with."""

    event: EventDelivery
    release: Release
    secrets: tuple[str, ...]
    deadline: Deadline

    def __repr__(self) -> str:
        return f"Claimed({self.event})"

    @property
    def body(self) -> bytes:
        """The body as it leaves: compact, in the order of the fact sheet, so that a receiver can write it again."""
        return json.dumps(dict(self.release.fields), separators=(",", ":"), ensure_ascii=False).encode()


def claim(ref: UUID) -> Claimed | None:
    """Claim one event if it is due and may leave. None: it is another's, waits, or has ended here and now."""
    lease = timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    deadline = Deadline.in_((lease / SHARE_OF_LEASE).total_seconds())
    with transaction.atomic():
        event = _take(ref)
        if event is None:
            return None
        locks.lock_grant_for_share(event.grant_id)
        grant = Grant.objects.get(ref=event.grant_id)
        at = clock.now()
        if event.next_attempt_at > at or selectors.waits_for_another(event):
            return None
        if reason := over(event, grant, at=at):
            services.close(event, Event.CANCEL, at=at, reason=reason)
            return None
        secrets = tuple(credentials.signing_secrets(event.subscription.application, at=at))
        if not secrets:
            services.put_off(event, Event.POSTPONE, until=at + WAITS_FOR_A_SECRET, trouble="no_secret")
            return None
        release = _ask(event, at=at)
        if release is None:
            return None
        _hold(event, at=at, lease=lease)
    return Claimed(event, release, secrets, deadline)


def over(event: EventDelivery, grant: Grant, *, at: datetime) -> str:
    """Return why what an event was queued under is over; empty while it stands."""
    subscription = event.subscription
    if grant.status != Status.ACTIVE or grant.epoch != event.grant_epoch:
        return f"grant_{grant.status}"
    if subscription.ended_at is not None or subscription.expires_at <= at:
        return "subscription_ended"
    if not selectors.opens(selectors.scopes_of(grant, at=at), subscription, event.data_type):
        return "no_token"
    return ""


def _take(ref: UUID) -> EventDelivery | None:
    """Lock the row, or leave it to who has it. SQLite's write lock is already ours."""
    rows = EventDelivery.objects.select_related("subscription__application").filter(
        ref=ref, state=State.PENDING
    )
    if database.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return rows.first()


def _ask(event: EventDelivery, *, at: datetime) -> Release | None:
    """Ask the gate, now. Its no ends the event, but for a no of ours alone (something broke while deciding)."""
    changed = Changed(
        event.document_ref, event.kind, event.day, Change(event.event_type), frozenset(event.flows)
    )
    references = {"event": str(event.ref), "subscription": str(event.subscription_id)}
    notice = Notice(changed, event.data_type, event.created_at, references)
    answer = door.notify(grant_ref=event.grant_id, epoch=event.grant_epoch, notice=notice, at=at)
    event.decision_event = answer.event_id
    if isinstance(answer, Release):
        return answer
    if answer.reason is Reason.ERROR:
        event.failures += 1
        wait = schedule.delay(event.failures, ref=event.ref)
        if wait is not None:
            services.put_off(event, Event.POSTPONE, until=at + wait, trouble=answer.reason.value)
            return None
    step = Event.CANCEL if answer.reason in STOPPED else Event.REFUSE
    services.close(event, step, at=at, reason=answer.reason.value)
    return None


def _hold(event: EventDelivery, *, at: datetime, lease: timedelta) -> None:
    event.state = State.SENDING
    event.attempt += 1
    event.token = uuid4()
    event.lease_until = at + lease
    event.send_until = at + lease / SHARE_OF_LEASE
    event.save()
