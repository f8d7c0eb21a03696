"""Writing an entry down as an act does, and reading it back."""

from django.db import transaction

from audit.log.events import Event
from audit.log.models import Entry
from audit.log.services import append


def written(event: Event) -> Entry:
    """Append an event in a transaction of its own and return its entry."""
    with transaction.atomic():
        append(event)
    return Entry.objects.get(event_id=event.event_id)
