"""When a delivery with a member's values in it is tried again (SR-7.5, second schedule). Pure."""

import random
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER = 0.2
LONGEST_ASKED = timedelta(hours=24)  # of a partner's Retry-After
GIVE_UP_AFTER = timedelta(days=5)


def delay(failures: int, *, ref: UUID, asked: timedelta | None = None) -> timedelta | None:
    """Return how long to wait after the `failures`-th failure, or None when the schedule has run out.

    What the partner asks for is honoured up to a day. Each row has its own spread of a fifth either way, the same
    whenever it is asked.
    """
    if failures > len(DELAYS):
        return None
    if asked is not None:
        return min(max(asked, timedelta(0)), LONGEST_ASKED)
    spread = random.Random(f"{ref}:{failures}").uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 (a spread, no secret)
    return DELAYS[failures - 1] * spread


def end_of_day(day: date, timezone: str) -> datetime:
    """Return the moment a local calendar day ends where the member lives."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(timezone))
