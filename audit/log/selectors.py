"""Reading the log."""

from collections.abc import Iterable

from django.db.models import QuerySet

from audit.log.models import Entry


def entries_of(subjects: Iterable[str]) -> QuerySet[Entry]:
    """Return the entries about these pseudonyms, newest first."""
    return Entry.objects.filter(subject__in=list(subjects)).order_by("-id")
