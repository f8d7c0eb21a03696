"""A member's days, made up: plausible, and the same for the same seed on any machine. Reads no clock.

The demo world and the simulated ring use it; so do tests that need a document and do not care which.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from records.admission import NewDocument
from records.generator import activity, body, notes, rests, ring
from records.generator.activity import workout
from records.generator.chance import person
from records.generator.nights import documents_of_night

__all__ = ["day", "days", "night", "workout"]


def days(seed: str, *, until: date, count: int, timezone: str, cycle: bool) -> Iterator[NewDocument]:
    """Yield everything of `count` days, the last of them `until`: about seventeen documents a day, and what is true of
    no day once.

    With `cycle` the member also logs their period, and temperature and scores follow the cycle.
    """
    who = person(seed, timezone, cycle=cycle)
    yield ring.personal_info(who)
    yield ring.ring_configuration(who)
    for back in range(count - 1, -1, -1):
        today = until - timedelta(days=back)
        yield from documents_of_night(who, today)
        yield activity.daily_activity(who, today)
        yield activity.heartrate(who, today)
        yield from activity.workouts(who, today)
        yield from notes.tags(who, today)
        yield from notes.cycle(who, today)
        yield from body.measures(who, today)
        yield from rests.sessions(who, today)
        yield from rests.rest_mode(who, today)
        yield from ring.series(who, today)


def night(*, of: date, timezone: str, seed: str, cycle: bool = False) -> list[NewDocument]:
    """Return the night that ends on a day: the sleep, its score, and the readiness after it."""
    return list(documents_of_night(person(seed, timezone, cycle=cycle), of))


def day(*, of: date, timezone: str, seed: str, cycle: bool = False) -> list[NewDocument]:
    """Return a day awake: its activity and the heart rates of that UTC day."""
    who = person(seed, timezone, cycle=cycle)
    return [activity.daily_activity(who, of), activity.heartrate(who, of)]
