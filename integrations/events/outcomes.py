"""How an attempt ended, written down: the row changes only if it is still ours (compare and set on its token)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from consent.grants import clock
from integrations.deliveries.lifecycle import Event, State
from integrations.events import ending, record, schedule, services
from integrations.events.claiming import Claimed
from integrations.events.models import EventDelivery, Subscription

RESTING = {"partner_resting", "partner_busy"}  # our own restraint: nothing was tried, and no try is counted
REST = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to. `maybe`: bytes went out and no 2xx came back, so it may have arrived."""

    arrived: bool
    maybe: bool = False
    trouble: str = ""
    after: timedelta | None = None
    gone: bool = False


def commit(claimed: Claimed, outcome: Outcome) -> None:
    """Write one outcome down with its entry, both or neither; a 410 ends the subscription after that."""
    with transaction.atomic():
        event = (
            EventDelivery.objects.select_for_update(of=("self",))
            .select_related("subscription")
            .filter(number=claimed.event.number, state=State.SENDING, token=claimed.event.token)
            .first()
        )
        if event is None:
            return  # the lease ran out; the receiver knows the id again
        at = clock.now()
        if outcome.arrived:
            services.close(event, Event.ARRIVE, at=at, reason="")
            Subscription.objects.filter(id=event.subscription_id, failing_since__isnull=False).update(
                failing_since=None
            )
        else:
            _later(event, outcome, at=at)
    if outcome.gone:
        ending.end(event.subscription_id, why=ending.GONE, actor="partner")
    elif not outcome.arrived:
        _disable(event.subscription_id)


def lapse(event: EventDelivery, *, at: datetime) -> None:
    """A worker went away with it: it may have arrived, and is tried again under the same name. The row is held."""
    gone = Outcome(arrived=False, maybe=True, trouble="worker_gone")
    _later(event, gone, at=at, step=Event.LAPSE, wait=timedelta(0))


def _later(
    event: EventDelivery,
    outcome: Outcome,
    *,
    at: datetime,
    step: Event = Event.POSTPONE,
    wait: timedelta | None = None,
) -> None:
    if outcome.maybe:
        record.happened("event.may_have_arrived", event, at=at, reason=outcome.trouble)
    if outcome.trouble in RESTING:
        planned: timedelta | None = REST
    else:
        event.failures += 1
        planned = schedule.delay(event.failures, ref=event.ref, asked=outcome.after)
        _begins_to_fail(event, at=at)
    if planned is None or outcome.gone:
        services.close(event, Event.GIVE_UP, at=at, reason=outcome.trouble)
        return
    services.put_off(event, step, until=at + (planned if wait is None else wait), trouble=outcome.trouble)


def _begins_to_fail(event: EventDelivery, *, at: datetime) -> None:
    Subscription.objects.filter(id=event.subscription_id, failing_since=None).update(failing_since=at)


def _disable(subscription_id: UUID) -> None:
    """An address that has failed for days without one success is not called any more (SR-7.5)."""
    long_ago = clock.now() - schedule.DISABLE_AFTER
    for ref in Subscription.objects.filter(
        id=subscription_id, ended_at=None, failing_since__lte=long_ago
    ).values_list("id", flat=True):
        ending.end(ref, why=ending.FAILING, actor="ringfence")
