"""When a token was last used, read from the count of its requests: one row a token, in windows of five minutes."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from integrations.api.limits import WINDOW
from integrations.api.models import Spent

SUBJECT = "token:"


def last_used(refs: Iterable[str]) -> Mapping[str, datetime]:
    """Return the beginning of the last five minutes in which each of these tokens was used."""
    rows = Spent.objects.filter(subject__in=[f"{SUBJECT}{ref}" for ref in refs]).values_list(
        "subject", "span"
    )
    return {
        subject.removeprefix(SUBJECT): datetime.fromtimestamp(span * WINDOW, UTC) for subject, span in rows
    }
