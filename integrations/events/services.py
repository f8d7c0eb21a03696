"""The outbox's own acts: queue what changed, end an event, put one off."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from consent.gate import door
from consent.gate.changing import Change, Changed
from consent.grants import selectors as grants
from consent.grants.models import Grant
from integrations import doorbell
from integrations.deliveries.lifecycle import Event, State, advance
from integrations.events import record, selectors
from integrations.events.models import EventDelivery, Subscription
from integrations.events.names import data_type_of
from records.documents import Saved
from records.members.models import Member


def queue(member: Member, saved: Sequence[Saved], *, at: datetime) -> list[EventDelivery]:
    """Queue an event for each subscriber who sees otherwise what was saved, in the transaction that saves it.

    Compared is what the gate would release before and after. What came again as it was causes nothing, and an update
    whose subscriber has not been told of the last one yet is the same event, of a later time.
    """
    changed = [each for each in saved if each.created or each.changed or each.removed]
    told = [each for each in changed if data_type_of(each.kind) is not None]
    waiting: dict[str, list[Subscription]] = defaultdict(list)
    for subscription in selectors.subscribed(member, at=at) if told else ():
        waiting[subscription.application.partner].append(subscription)
    queued: list[EventDelivery] = []
    for grant in grants.live_grants(member).filter(partner__in=waiting) if waiting else ():
        queued += _events(grant, waiting[grant.partner], told, at=at)
    fresh = _without_those_that_wait(queued) if queued else []
    kept = EventDelivery.objects.bulk_create(fresh) if fresh else []
    doorbell.ring(*(event.ref for event in kept), verb="notify")
    return kept


def close(event: EventDelivery, step: Event, *, at: datetime, reason: str) -> None:
    """End an event and write down how. The caller holds its row."""
    event.state = advance(State(event.state), step)
    event.ended_at, event.trouble = at, reason if step is not Event.ARRIVE else ""
    event.token = event.lease_until = event.send_until = None
    if kind := record.ENDS.get(event.state):
        facts = {"reason": reason} if reason else {}
        event.outcome_event = record.happened(kind, event, at=at, **facts)
    event.save()


def put_off(event: EventDelivery, step: Event, *, until: datetime, trouble: str) -> None:
    """Let an event wait. The caller holds its row."""
    event.state = advance(State(event.state), step)
    event.token = event.lease_until = event.send_until = None
    event.next_attempt_at, event.trouble = until, trouble
    event.save()


def _events(
    grant: Grant, subscriptions: Sequence[Subscription], saved: Sequence[Saved], *, at: datetime
) -> list[EventDelivery]:
    """Return the events of one grant, each change to whoever asked for its kind and can read the document."""
    scopes = selectors.scopes_of(grant, at=at)
    able = [each for each in subscriptions if selectors.opens(scopes, each, each.data_type)]
    asked = {each.data_type for each in able}
    told = [each for each in saved if data_type_of(each.kind) in asked]
    changes = door.changes(grant_ref=grant.ref, saved=told, at=at) if told else []
    return [
        _event(grant, subscription, change, at=at)
        for change in changes
        for subscription in able
        if (subscription.event_type, subscription.data_type)
        == (change.change.value, data_type_of(change.kind))
    ]


def _without_those_that_wait(queued: Sequence[EventDelivery]) -> list[EventDelivery]:
    """Let updates that wait untried stand for these, and return the rest.

    Whoever is told reads the document as it is then. The rows that wait are held until this saving commits, so that
    nobody is told of it before; one that a worker has taken is left to them, and another event follows.
    """
    updates = [event for event in queued if event.event_type == Change.UPDATE.value]
    waiting = {_told_as(event): event for event in selectors.untried_updates(updates)}
    rest, standing = [], []
    for event in queued:
        held = waiting.get(_told_as(event))
        if held is None:
            rest.append(event)
        else:
            held.created_at, held.flows = event.created_at, event.flows
            standing.append(held)
    EventDelivery.objects.bulk_update(standing, ["created_at", "flows"])
    return rest


def _told_as(event: EventDelivery) -> tuple[object, ...]:
    return event.subscription_id, event.grant_id, event.grant_epoch, event.event_type, event.document_ref


def _event(grant: Grant, subscription: Subscription, change: Changed, *, at: datetime) -> EventDelivery:
    return EventDelivery(
        subscription=subscription,
        grant=grant,
        grant_epoch=grant.epoch,
        event_type=change.change.value,
        data_type=subscription.data_type,
        document_ref=change.document_ref,
        kind=change.kind,
        day=change.day,
        flows=sorted(change.flows),
        next_attempt_at=at,
        created_at=at,
    )
