"""Reading the outbox: what is due, what is under way, what a member's own uploads are called at the partner."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from consent.grants import clock
from integrations.deliveries.lifecycle import State
from integrations.deliveries.models import Delivery
from records.members.pairwise import pairwise


def due(*, limit: int = 50) -> list[UUID]:
    """Return the deliveries whose time has come, the longest waiting first."""
    waiting = Delivery.objects.filter(state=State.PENDING, next_attempt_at__lte=clock.now())
    return list(waiting.order_by("next_attempt_at").values_list("id", flat=True)[:limit])


def lapsed(*, at: datetime) -> QuerySet[Delivery]:
    """Return what a worker took and never brought back."""
    return Delivery.objects.filter(state=State.SENDING, lease_until__lte=at)


def under_way(grant_ref: UUID, flow: str | None = None) -> QuerySet[Delivery]:
    """Return the sends that may still reach the partner: claimed, and their own deadline not over."""
    found = Delivery.objects.filter(grant_id=grant_ref, state=State.SENDING, send_until__gt=clock.now())
    return found.filter(flow=flow) if flow else found


def own_names(*, member_id: UUID, partner: str, since: timedelta) -> frozenset[str]:
    """Return the ids under which a partner may know what we sent: ours for the document, and its own (loop guard)."""
    recent = Delivery.objects.filter(
        Q(attempt__gt=0),
        grant__member_id=member_id,
        grant__partner=partner,
        created_at__gte=clock.now() - since,
    )
    names: set[str] = set()
    for document_ref, reference, progress in recent.values_list("document_ref", "reference", "progress"):
        names.add(str(pairwise(document_ref, recipient=partner, about="document")))
        names.update(value for value in (reference, *progress.values()) if value)
    return frozenset(names)
