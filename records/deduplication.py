"""One record for one real workout, however many devices noticed it. Pure.

Two workouts of different origins that overlap by at least half of the shorter one are the same. The
ring's own wins; between two others the one that was there first stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from records.admission import RING


@dataclass(frozen=True, slots=True)
class Workout:
    """When a workout was and who recorded it."""

    ref: UUID
    origin: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """Which of the incoming workouts are not kept, and which stored ones give way."""

    dropped: frozenset[UUID]
    displaced: frozenset[UUID]


def same(one: Workout, other: Workout) -> bool:
    """Whether two workouts are one real workout."""
    if one.origin == other.origin:
        return False
    overlap = min(one.end, other.end) - max(one.start, other.start)
    shorter = min(one.end - one.start, other.end - other.start)
    return overlap >= timedelta(0) and overlap * 2 >= shorter


def settle(stored: Iterable[Workout], incoming: Iterable[Workout]) -> Settled:
    """Decide between incoming and stored workouts; an incoming one replaces its own earlier version first."""
    arriving = sorted(incoming, key=lambda each: each.origin != RING)
    replaced = {each.ref for each in arriving}
    kept = [each for each in stored if each.ref not in replaced]
    dropped: set[UUID] = set()
    displaced: set[UUID] = set()
    for each in arriving:
        rivals = {other.ref for other in kept if same(each, other)}
        if rivals and each.origin != RING:
            dropped.add(each.ref)
            continue
        displaced |= rivals
        kept = [other for other in kept if other.ref not in rivals] + [each]
    return Settled(frozenset(dropped), frozenset(displaced))
