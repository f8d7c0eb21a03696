"""The sweep: events that a killed worker left lying, and subscriptions whose time is over (SR-7.1)."""

from django.db import connection as database
from django.db import transaction

from consent.grants import clock
from integrations.events import ending, outcomes, selectors


def bring_back_events() -> int:
    """Take back the events that a worker took and never brought back; return how many."""
    numbers = list(selectors.lapsed(at=clock.now()).values_list("number", flat=True))
    return sum(_bring_back(number) for number in numbers)


def end_expired_subscriptions() -> int:
    """End the subscriptions that nobody renewed; return how many."""
    return ending.end_expired()


@transaction.atomic
def _bring_back(number: int) -> bool:
    at = clock.now()
    rows = selectors.lapsed(at=at).filter(number=number)
    if database.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    event = rows.first()
    if event is None:
        return False
    outcomes.lapse(event, at=at)
    return True
