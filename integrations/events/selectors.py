"""Reading subscriptions and events: who is told of what, what is due, what is under way."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection as database
from django.db.models import Exists, OuterRef, QuerySet

from consent.gate.changing import Change
from consent.grants import clock
from consent.grants.lifecycle import Status
from consent.grants.models import Grant
from integrations.deliveries.lifecycle import FINAL, State
from integrations.events.models import EventDelivery, Subscription
from integrations.events.names import collection_of
from integrations.oauth.models import TokenFamily
from integrations.oauth.scopes import OPENED_BY
from records.members.models import Member

AT_ONCE = 500
_open_still = EventDelivery.objects.exclude(state__in=FINAL)


def subscribed(member: Member, *, at: datetime) -> list[Subscription]:
    """Return the living subscriptions of all who have a member's live yes."""
    partners = Grant.objects.filter(member=member, status=Status.ACTIVE).values("partner")
    living = Subscription.objects.filter(ended_at=None, expires_at__gt=at, application__partner__in=partners)
    return list(living.select_related("application").order_by("made_at", "id"))


def scopes_of(grant: Grant, *, at: datetime) -> dict[int, frozenset[str]]:
    """Return, by application, the scopes of the tokens that it holds for a grant.

    With its tokens a partner's view ends, and with that what changes in it.
    """
    families = TokenFamily.objects.filter(
        consent_grant=grant, grant_epoch=grant.epoch, ended_at=None, ends_at__gt=at
    )
    found: dict[int, frozenset[str]] = {}
    for application, told in families.values_list("application_id", "scope"):
        found[application] = found.get(application, frozenset()) | set(told.split())
    return found


def opens(scopes: Mapping[int, frozenset[str]], subscription: Subscription, data_type: str) -> bool:
    """Whether the subscription's application has a token that opens what it would be told of."""
    mine = scopes.get(subscription.application_id, frozenset())
    return not mine.isdisjoint(OPENED_BY.get(collection_of(data_type), ()))


def due(*, limit: int = 50) -> list[UUID]:
    """Return the events whose time and whose turn has come, the longest waiting first."""
    waiting = EventDelivery.objects.filter(state=State.PENDING, next_attempt_at__lte=clock.now())
    before = _open_still.filter(
        number__lt=OuterRef("number"),
        grant=OuterRef("grant"),
        document_ref=OuterRef("document_ref"),
        subscription__application=OuterRef("subscription__application"),
    )
    first = waiting.filter(~Exists(before))
    return list(first.order_by("next_attempt_at", "number").values_list("ref", flat=True)[:limit])


def waits_for_another(event: EventDelivery) -> bool:
    """Whether another event of the same document is told to the same application first: it was queued before."""
    return _open_still.filter(
        number__lt=event.number,
        grant=event.grant_id,
        document_ref=event.document_ref,
        subscription__application=event.subscription.application_id,
    ).exists()


def untried_updates(like: Sequence[EventDelivery]) -> Iterator[EventDelivery]:
    """Yield, with their rows held, updates of the documents of these events that wait and were never decided on."""
    waiting = EventDelivery.objects.filter(
        state=State.PENDING, attempt=0, decision_event=None, event_type=Change.UPDATE.value
    )
    if database.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True, of=("self",))
    for start in range(0, len(like), AT_ONCE):
        some = like[start : start + AT_ONCE]
        grants, documents = ({getattr(each, name) for each in some} for name in ("grant_id", "document_ref"))
        yield from waiting.filter(grant__in=grants, document_ref__in=documents)


def lapsed(*, at: datetime) -> QuerySet[EventDelivery]:
    """Return what a worker took and never brought back."""
    return EventDelivery.objects.filter(state=State.SENDING, lease_until__lte=at)


def under_way(grant_ref: UUID, flow: str | None = None) -> int:
    """Return how many sends may still reach a partner: claimed, and their own deadline not over."""
    found = EventDelivery.objects.filter(grant_id=grant_ref, state=State.SENDING, send_until__gt=clock.now())
    return sum(flow is None or flow in flows for flows in found.values_list("flows", flat=True))
