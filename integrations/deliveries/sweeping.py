"""The sweep: whatever a lost message, a killed worker or a silent partner left lying is found here (SR-7.1)."""

from uuid import UUID

from django.db import connection as database
from django.db import transaction

from consent.grants import clock
from consent.grants.lifecycle import Status as GrantStatus
from integrations.connectors.models import Connection, Status
from integrations.deliveries import ending, outcomes, selectors
from integrations.deliveries.lifecycle import State
from integrations.deliveries.models import Delivery


def bring_back_lapsed() -> int:
    """Take back what a worker took and never brought back; return how many."""
    found = list(selectors.lapsed(at=clock.now()).values_list("id", flat=True))
    return sum(_bring_back(ref) for ref in found)


def cancel_ended() -> int:
    """Cancel what waits under a grant that is over; return how many."""
    over = (
        Delivery.objects.filter(state=State.PENDING)
        .exclude(grant__status=GrantStatus.ACTIVE)
        .values_list("grant_id", flat=True)
        .distinct()
    )
    return sum(ending.cancel_waiting(grant_ref) for grant_ref in list(over))


def wake_linked() -> int:
    """Wake what waited for a link that stands again; return how many."""
    linked = Connection.objects.filter(status=Status.OPEN).values("grant_ref")
    waiting = Delivery.objects.filter(
        state=State.PENDING, trouble__in=["link_broken", "not_linked"], grant_id__in=linked
    )
    at = clock.now()
    return waiting.filter(next_attempt_at__gt=at).update(next_attempt_at=at)


@transaction.atomic
def _bring_back(ref: UUID) -> bool:
    at = clock.now()
    rows = selectors.lapsed(at=at).filter(id=ref)
    if database.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    delivery = rows.first()
    if delivery is None:
        return False
    outcomes.lapse(delivery, at=at)
    return True
