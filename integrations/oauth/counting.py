"""Counting in windows of a minute, for all processes together: one atomic upsert, never a counter in a cache."""

from datetime import datetime

from django.db import connection

from integrations.oauth.models import Count

WINDOW = 60  # seconds

_UPSERT = """
INSERT INTO oauth_count (what, "window", number) VALUES (%s, %s, 1)
ON CONFLICT (what, "window") DO UPDATE SET number = oauth_count.number + 1
RETURNING number
"""


def count(what: str, *, at: datetime) -> int:
    """Count one more and return how many it is in this minute."""
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [what, _window(at)])
        (number,) = cursor.fetchone()
    return int(number)


def counted(what: str, *, at: datetime) -> int:
    """Return how many there were in this minute so far."""
    found = Count.objects.filter(what=what, window=_window(at)).values_list("number", flat=True).first()
    return found or 0


def seconds_left(at: datetime) -> int:
    """Return the whole seconds until the next minute begins: never 0, for clients that retry at once."""
    return WINDOW - int(at.timestamp()) % WINDOW


def _window(at: datetime) -> int:
    return int(at.timestamp()) // WINDOW * WINDOW
