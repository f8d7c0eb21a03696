"""When an event is tried again: ten tries in about an hour (SR-7.5), and what a receiver asks for. Pure."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID

DELAYS = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 240, 480, 720, 900, 1080))
TRIES = len(DELAYS) + 1
JITTER = 0.2
LONGEST_ASKED = timedelta(hours=24)  # of a receiver's Retry-After
DISABLE_AFTER = timedelta(days=5)  # of failure without one success


def delay(failures: int, *, ref: UUID, asked: timedelta | None = None) -> timedelta | None:
    """Return how long to wait after the `failures`-th failure, or None when the schedule has run out.

    What the receiver asks for is honoured up to a day, and shortens nothing. Each event has its own spread of a fifth
    either way, the same whenever it is asked.
    """
    if failures > len(DELAYS):
        return None
    spread = random.Random(f"{ref}:{failures}").uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 (a spread, no secret)
    wait = DELAYS[failures - 1] * spread
    return wait if asked is None else max(wait, min(asked, LONGEST_ASKED))


def asked(told: str | None, *, at: datetime) -> timedelta | None:
    """Read `Retry-After`: whole seconds or a date (RFC 9110, 10.2.3); None for anything else."""
    text = (told or "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_ASKED)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - at, timedelta(0)), LONGEST_ASKED)
