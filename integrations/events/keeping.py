"""How long events that have ended are remembered, and subscriptions (`audit.oversight.retention` asks)."""

from datetime import datetime
from uuid import UUID

from audit.ports import Held
from consent.grants import selectors as grants
from integrations.deliveries.lifecycle import FINAL
from integrations.events.models import EventDelivery, Subscription


class EndedEvents:
    """The keeper of ended events, and of the ended subscriptions that no event names any more."""

    name = "ended_events"

    def drop(self, *, before: datetime, held: Held, batch: int) -> int:
        ended = (
            EventDelivery.objects.filter(state__in=FINAL, ended_at__lt=before)
            .order_by("grant_id", "ended_at")
            .values_list("number", "grant__member_id", "grant__partner")
        )
        chosen: list[int] = []
        subjects: dict[tuple[UUID, str], str] = {}
        for number, member_id, partner in ended.iterator(chunk_size=batch):
            who = (member_id, partner)
            if who not in subjects:
                subjects[who] = grants.subject_of(member_id, partner)
            if not held.covers(subjects[who], partner):
                chosen.append(number)
            if len(chosen) == batch:
                break
        Subscription.objects.filter(ended_at__lt=before, events=None).delete()
        return EventDelivery.objects.filter(number__in=chosen).delete()[0]
