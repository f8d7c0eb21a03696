"""Making, changing, renewing and ending subscriptions. Each is one transaction with its entry: both or neither.

No network while a transaction is open: whoever calls has had the challenge answered before.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from consent.grants import clock
from integrations.events import ending, record
from integrations.events.bodies import Wanted
from integrations.events.models import Subscription
from integrations.oauth.models import Application

TERM = timedelta(days=90)


def of(application: Application, *, at: datetime) -> QuerySet[Subscription]:
    """Return an application's living subscriptions, oldest first."""
    living = Subscription.objects.filter(application=application, ended_at=None, expires_at__gt=at)
    return living.select_related("application").order_by("made_at", "id")


def taken(
    application: Application, *, event_type: str, data_type: str, at: datetime, but: UUID | None = None
) -> bool:
    """Whether another living subscription is for the same kind of event."""
    same = of(application, at=at).filter(event_type=event_type, data_type=data_type)
    return (same.exclude(id=but) if but else same).exists()


def create(application: Application, wanted: Wanted) -> Subscription | None:
    """Subscribe; None when a subscription for the same kind of event stands already."""
    try:
        with transaction.atomic():
            at = clock.now()
            made = Subscription(
                application=application,
                callback_url=wanted.callback_url or "",
                event_type=wanted.event_type or "",
                data_type=wanted.data_type or "",
                made_at=at,
                expires_at=at + TERM,
            )
            ending.end_expired(application=application, at=at)
            made.save(force_insert=True)
            record.subscription("created", made, at=at, actor="partner")
            return made
    except IntegrityError:
        return None


def change(subscription: Subscription, wanted: Wanted) -> Subscription | None:
    """Change what a subscription is about or where it goes; None when another one is for that already."""
    try:
        with transaction.atomic():
            held = Subscription.objects.select_for_update(of=("self",)).select_related("application")
            row = held.get(id=subscription.id)
            row.callback_url = wanted.callback_url or row.callback_url
            row.event_type = wanted.event_type or row.event_type
            row.data_type = wanted.data_type or row.data_type
            row.failing_since = None if row.callback_url != subscription.callback_url else row.failing_since
            row.save(update_fields=["callback_url", "event_type", "data_type", "failing_since"])
            record.subscription("changed", row, at=clock.now(), actor="partner")
            return row
    except IntegrityError:
        return None


@transaction.atomic
def renew(subscription: Subscription) -> Subscription:
    """Let a subscription live its term anew."""
    at = clock.now()
    subscription.expires_at = at + TERM
    subscription.save(update_fields=["expires_at"])
    record.subscription("renewed", subscription, at=at, actor="partner")
    return subscription
