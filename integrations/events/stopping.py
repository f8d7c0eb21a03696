"""What a stop asks of events (`integrations.deliveries.others`), and an erasure."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from consent.grants import clock
from consent.grants.lifecycle import Status
from consent.grants.models import Grant
from integrations.deliveries.lifecycle import FINAL, Event, State
from integrations.events import ending, record, selectors, services
from integrations.events.models import EventDelivery
from records.members.models import Member


class EventSends:
    """The port: events that wait under a grant, and those under way."""

    @transaction.atomic
    def cancel_waiting(self, grant_ref: UUID) -> int:
        grant = Grant.objects.get(ref=grant_ref)
        if grant.status == Status.ACTIVE:
            return 0
        events = EventDelivery.objects.filter(grant=grant)
        return ending.cancel(events, reason=f"grant_{grant.status}", at=clock.now())

    def under_way(self, grant_ref: UUID, flow: str | None) -> int:
        return selectors.under_way(grant_ref, flow)


def end_all_of(member: Member, *, at: datetime) -> None:
    """The member is being erased: what waits is cancelled, what a worker still holds may have arrived."""
    events = EventDelivery.objects.select_for_update(of=("self",)).filter(grant__member=member)
    for event in events.exclude(state__in=FINAL):
        if event.state == State.SENDING:
            record.happened("event.may_have_arrived", event, at=at, reason="member_erased")
        else:
            services.close(event, Event.CANCEL, at=at, reason="member_erased")
