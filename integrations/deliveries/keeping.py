"""How long the outbox remembers what has ended (`audit.oversight.retention` asks; the term is a setting).

What was delivered under a grant that still lives stays as long as the grant: its row keeps the same document
from being sent twice. It holds references only.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from audit.ports import Held
from consent.grants import selectors as grants
from consent.grants.lifecycle import Status
from integrations.deliveries.lifecycle import FINAL, State
from integrations.deliveries.models import Delivery


class EndedDeliveries:
    """The keeper of ended deliveries."""

    name = "ended_deliveries"

    def drop(self, *, before: datetime, held: Held, batch: int) -> int:
        still_needed = Q(state=State.DELIVERED.value, grant__status=Status.ACTIVE)
        ended = (
            Delivery.objects.filter(state__in=FINAL, ended_at__lt=before)
            .exclude(still_needed)
            .order_by("grant_id", "ended_at")
            .values_list("id", "grant__member_id", "grant__partner")
        )
        chosen: list[UUID] = []
        subjects: dict[tuple[object, str], str] = {}
        for ref, member_id, partner in ended.iterator(chunk_size=batch):
            who = (member_id, partner)
            if who not in subjects:
                subjects[who] = grants.subject_of(member_id, partner)
            if not held.covers(subjects[who], partner):
                chosen.append(ref)
            if len(chosen) == batch:
                break
        return Delivery.objects.filter(id__in=chosen).delete()[0]
