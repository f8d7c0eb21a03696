"""The end of a subscription, and of the events that waited for it."""

from datetime import datetime
from uuid import UUID

from django.db import connection as database
from django.db import transaction
from django.db.models import QuerySet

from consent.grants import clock
from integrations.deliveries.lifecycle import Event, State
from integrations.events import record, services
from integrations.events.models import EventDelivery, Subscription
from integrations.oauth.models import Application

BY_OWNER, GONE, FAILING, EXPIRED = "deleted", "gone", "failing", "expired"


@transaction.atomic
def end(ref: UUID, *, why: str, actor: str, at: datetime | None = None) -> bool:
    """End a subscription and cancel what waits for it. False: it had ended before."""
    subscription = (
        Subscription.objects.select_for_update(of=("self",))
        .select_related("application")
        .filter(id=ref, ended_at=None)
        .first()
    )
    if subscription is None:
        return False
    moment = at or clock.now()
    subscription.ended_at, subscription.ended_why = moment, why
    subscription.save(update_fields=["ended_at", "ended_why"])
    record.subscription("ended", subscription, at=moment, actor=actor, reason=why)
    cancel(EventDelivery.objects.filter(subscription=subscription), reason="subscription_ended", at=moment)
    return True


def end_expired(*, application: Application | None = None, at: datetime | None = None) -> int:
    """End the subscriptions whose time is over (of one application, or all); return how many."""
    moment = at or clock.now()
    over = Subscription.objects.filter(ended_at=None, expires_at__lte=moment)
    over = over if application is None else over.filter(application=application)
    return sum(end(ref, why=EXPIRED, actor="ringfence") for ref in list(over.values_list("id", flat=True)))


def cancel(events: QuerySet[EventDelivery], *, reason: str, at: datetime) -> int:
    """Cancel those of some events that wait; one under a claim is left to the claim. Inside a transaction."""
    waiting = events.filter(state=State.PENDING)
    if database.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True)
    found = list(waiting)
    for event in found:
        services.close(event, Event.CANCEL, at=at, reason=reason)
    return len(found)
