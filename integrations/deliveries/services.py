"""The outbox's own acts: queue a document, end a delivery, put one off, wake those that waited for another."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from consent.grants.models import Grant, Toggle
from consent.manifests.register import manifest_of
from consent.manifests.shapes import Flow, Until
from integrations import doorbell
from integrations.deliveries import record
from integrations.deliveries.lifecycle import Event, State, advance
from integrations.deliveries.models import Delivery
from integrations.deliveries.schedule import end_of_day


@dataclass(frozen=True, slots=True)
class Reference:
    """A document by what may be known of it outside the record store."""

    ref: UUID
    kind: str
    day: date


def queue(*, grant: Grant, toggle: Toggle, flow: Flow, document: Reference, at: datetime) -> Delivery | None:
    """Queue one document for one flow, in the transaction that saves it. None: queued before, or its time is past."""
    ends = end_of_day(document.day, grant.member.timezone) if flow.until is Until.LOCAL_MIDNIGHT else None
    if ends is not None and ends <= at:
        return None
    delivery, made = Delivery.objects.get_or_create(
        grant=grant,
        flow=flow.key,
        document_ref=document.ref,
        defaults={
            "grant_epoch": grant.epoch,
            "toggle_epoch": toggle.epoch,
            "kind": document.kind,
            "day": document.day,
            "next_attempt_at": at,
            "expires_at": ends,
            "created_at": at,
        },
    )
    if not made:
        return None
    doorbell.ring(delivery.id)
    return delivery


def close(delivery: Delivery, event: Event, *, at: datetime, reason: str) -> None:
    """End a delivery and write down how. The caller holds its row."""
    delivery.state = advance(State(delivery.state), event)
    delivery.ended_at, delivery.trouble = at, reason if event is not Event.ARRIVE else ""
    delivery.token = delivery.lease_until = delivery.send_until = None
    facts = {"reason": reason} if reason else {}
    delivery.outcome_event = record.happened(f"delivery.{delivery.state}", delivery, at=at, **facts)
    delivery.save()


def put_off(delivery: Delivery, event: Event, *, until: datetime, trouble: str) -> None:
    """Let a delivery wait, at most until its own time is over. The caller holds its row."""
    delivery.state = advance(State(delivery.state), event)
    delivery.token = delivery.lease_until = delivery.send_until = None
    delivery.next_attempt_at = min(until, delivery.expires_at or until)
    delivery.trouble = trouble
    delivery.save()


def wake_riders(carrier: Delivery, *, at: datetime) -> None:
    """What is attached to this one may go now."""
    manifest = manifest_of(carrier.grant.partner)
    riders = [flow.key for flow in manifest.flows if flow.rides_on == carrier.flow] if manifest else []
    waiting = Delivery.objects.filter(
        grant_id=carrier.grant_id, day=carrier.day, flow__in=riders, state=State.PENDING
    )
    if waiting.update(next_attempt_at=at):
        doorbell.ring(*waiting.values_list("id", flat=True))
