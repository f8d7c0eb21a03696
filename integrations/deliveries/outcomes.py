"""How an attempt ended, written down: the row changes only if it is still ours (compare and set on its token)."""

from datetime import datetime, timedelta

from django.db import transaction

from consent.grants import clock
from integrations.connectors import access
from integrations.connectors.port import Credentials, Delivered, Outcome, Rejected, TryLater, Unauthorised
from integrations.deliveries import record, schedule, services
from integrations.deliveries.claiming import Claimed
from integrations.deliveries.lifecycle import Event, State
from integrations.deliveries.models import Delivery

PROCESSING = "processing"  # the partner has it and is not done: no failure
LOOK_AGAIN = timedelta(seconds=2)
UNAUTHORISED = "unauthorised"


def commit(claimed: Claimed, outcome: Outcome, used: Credentials | None) -> None:
    """Write one outcome down with its event, both or neither."""
    if isinstance(outcome, Unauthorised) and used is not None:
        access.doubt(claimed.connection, used)
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(of=("self",))
            .select_related("grant")
            .filter(id=claimed.delivery.id, state=State.SENDING, token=claimed.delivery.token)
            .first()
        )
        if delivery is None:
            return  # the lease ran out; who has it now finds out at the partner
        at = clock.now()
        if isinstance(outcome, Delivered):
            delivery.reference = outcome.reference
            services.close(delivery, Event.ARRIVE, at=at, reason="")
            services.wake_riders(delivery, at=at)
        elif isinstance(outcome, Rejected):
            services.close(delivery, Event.GIVE_UP, at=at, reason=outcome.trouble)
        elif isinstance(outcome, Unauthorised):
            _unauthorised(claimed, delivery, used, at=at)
        else:
            _later(delivery, outcome, at=at)


def lapse(delivery: Delivery, *, at: datetime) -> None:
    """A worker went away with it: it may have arrived, and is tried again under the same name. The row is held."""
    record.happened("delivery.may_have_arrived", delivery, at=at, reason="worker_gone")
    delivery.failures += 1
    if schedule.delay(delivery.failures, ref=delivery.id) is None:
        services.close(delivery, Event.GIVE_UP, at=at, reason="worker_gone")
    else:
        services.put_off(delivery, Event.LAPSE, until=at, trouble="worker_gone")


def _unauthorised(claimed: Claimed, delivery: Delivery, used: Credentials | None, *, at: datetime) -> None:
    """Once may be an old token; twice in a row, after a refresh, is the partner's no to all of them."""
    if delivery.trouble == UNAUTHORISED and used is not None:
        access.break_off(claimed.connection.id, used, at=at, trouble=UNAUTHORISED)
    _later(delivery, TryLater(UNAUTHORISED), at=at)


def _later(delivery: Delivery, outcome: TryLater, *, at: datetime) -> None:
    first_progress = bool(outcome.progress) and not delivery.progress
    delivery.progress = {**delivery.progress, **outcome.progress}
    if first_progress or (outcome.may_have_arrived and outcome.trouble != PROCESSING):
        record.happened("delivery.may_have_arrived", delivery, at=at, reason=outcome.trouble)
    wait: timedelta | None
    if outcome.trouble == PROCESSING:
        wait = outcome.after or LOOK_AGAIN
    else:
        delivery.failures += 1
        wait = schedule.delay(delivery.failures, ref=delivery.id, asked=outcome.after)
    if wait is None or at - delivery.created_at >= schedule.GIVE_UP_AFTER:
        services.close(delivery, Event.GIVE_UP, at=at, reason=outcome.trouble)
        return
    if not outcome.may_have_arrived and outcome.trouble != PROCESSING:
        record.happened("delivery.delayed", delivery, at=at, reason=outcome.trouble)
    services.put_off(delivery, Event.POSTPONE, until=at + wait, trouble=outcome.trouble)
