"""Who a generated member is, and the dice: the same seed and day give the same numbers, in any order asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from records.admission import RING, NewDocument

CYCLE_LENGTH = 28
PERIOD_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Person:
    """A generated member: where they live, whether they log a cycle, and what is usual for them."""

    seed: str
    zone: ZoneInfo
    cycle: bool
    resting_pulse: int
    variability: int  # ms, RMSSD
    bedtime: int  # minutes after 20:00, local
    steps: int
    age: int


def person(seed: str, timezone: str, *, cycle: bool) -> Person:
    """Return the member that a seed stands for."""
    dice = Random(f"{seed}|person")  # noqa: S311 (plausible, not secret)
    return Person(
        seed=seed,
        zone=ZoneInfo(timezone),
        cycle=cycle,
        resting_pulse=dice.randint(48, 58),
        variability=dice.randint(38, 75),
        bedtime=dice.randint(120, 190),
        steps=dice.randint(6500, 10500),
        age=dice.randint(24, 58),
    )


def dice(who: Person, about: str, day: date) -> Random:
    """Return the dice for one thing on one day."""
    return Random(f"{who.seed}|{about}|{day}")  # noqa: S311 (plausible, not secret)


def local(who: Person, day: date, minutes: float) -> datetime:
    """Return the moment so many minutes after the day began where the member lives."""
    return after(datetime.combine(day, time(), who.zone), minutes * 60)


def after(start: datetime, seconds: float) -> datetime:
    """Return a later moment on the same wall clock; a change of summer time is counted through."""
    return (start.astimezone(UTC) + timedelta(seconds=round(seconds))).astimezone(start.tzinfo)


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def midnight(day: date) -> str:
    """Return the moment that a scored day is stamped with: midnight written as UTC, wherever the member lives."""
    return stamp(datetime.combine(day, time(), UTC))


def sample(
    start: datetime, interval: int, items: list[float | None] | list[float] | list[int]
) -> dict[str, object]:
    """Return a series as the API writes it: one item per interval of seconds."""
    return {
        "interval": float(interval),
        "items": items,
        "timestamp": start.isoformat(timespec="milliseconds"),
    }


def within(value: float, low: int, high: int) -> int:
    return max(low, min(high, round(value)))


def document(kind: str, day: date, body: Mapping[str, object], *, number: int = 0) -> NewDocument:
    """Return a document of the ring, named by its kind, day and number on that day."""
    name = f"{kind}-{day}" + (f"-{number}" if number else "")
    return NewDocument(kind=kind, body={"id": name, **body}, origin=RING, external_id=name)


def cycle_day(who: Person, day: date) -> int:
    """Return the day of the cycle, from 1; one that is the same for a seed on any machine."""
    offset = Random(f"{who.seed}|cycle").randrange(CYCLE_LENGTH)  # noqa: S311 (plausible, not secret)
    return (day.toordinal() + offset) % CYCLE_LENGTH + 1


def phase(of: int) -> str:
    """Return the phase that a day of the cycle is in."""
    if of <= PERIOD_LENGTH:
        return "menstruation"
    if of <= 12:
        return "follicular"
    return "ovulation" if of <= 15 else "luteal"
