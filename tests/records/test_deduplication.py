"""One record for one real workout, however many devices noticed it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import generator, selectors, services
from records.admission import NewDocument
from records.deduplication import Workout, same, settle
from records.models import PrivateDocument

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
NAMES = UUID(int=7)


def workout(origin: str, start: int, minutes: int, number: int = 0) -> Workout:
    begins = NOON + timedelta(minutes=start)
    return Workout(uuid5(NAMES, f"{origin}{number}"), origin, begins, begins + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        *((0, 60, True), (30, 60, True), (31, 60, False), (-30, 60, True), (45, 10, True), (55, 10, True)),
        *((56, 10, False), (60, 30, False), (10, 0, True), (61, 0, False)),
    ],
)
def test_half_of_the_shorter_one_makes_two_workouts_the_same(start, minutes, expected):
    assert same(workout("ring", 0, 60), workout("strava", start, minutes)) is expected
    assert same(workout("strava", start, minutes), workout("ring", 0, 60)) is expected


def test_one_device_never_doubles_itself():
    assert not same(workout("ring", 0, 60), workout("ring", 0, 60, number=1))


WORKOUTS = st.lists(
    st.builds(
        workout,
        st.sampled_from(["ring", "strava", "file"]),
        st.integers(0, 300),
        st.integers(1, 90),
        st.integers(0, 9),
    ),
    unique_by=lambda each: each.ref,
    max_size=12,
)


@given(WORKOUTS)
def test_no_two_kept_workouts_are_the_same_and_the_rings_are_all_kept(arriving):
    settled = settle((), arriving)
    gone = settled.dropped | settled.displaced
    kept = [each for each in arriving if each.ref not in gone]

    assert not [(one, other) for one in kept for other in kept if same(one, other)]
    assert {each.ref for each in arriving if each.origin == "ring"} <= {each.ref for each in kept}


def _new(origin: str, start: datetime, **changes) -> NewDocument:
    body = generator.workout(start=start, minutes=30, seed="twice").body
    return NewDocument("workout", {**body, **changes}, origin, f"{origin}-1")


def test_an_imported_workout_that_the_ring_has_is_not_kept(key):
    (own,) = services.save(owner_key=key, documents=[_new("ring", NOON)], at=NOON)
    late = _new("strava", NOON + timedelta(minutes=2))

    assert services.save(owner_key=key, documents=[late], at=NOON) == []
    assert [each.ref for each in selectors.references(key=key)] == [own.ref]


def test_the_rings_workout_takes_the_place_of_an_imported_one(key):
    brought = _new("strava", NOON, label="my own words")
    (first,) = services.save(owner_key=key, documents=[brought], at=NOON)
    outcome = services.save(owner_key=key, documents=[_new("ring", NOON)], at=NOON)

    assert [(each.origin, each.removed) for each in outcome] == [("ring", False), ("strava", True)]
    assert outcome[1].ref == first.ref
    assert [each.origin for each in selectors.documents(key=key)] == ["ring"]
    assert PrivateDocument.objects.count() == 0, "its note goes with it"


def test_across_midnight_and_zones_it_is_still_one_workout(key):
    night = datetime.fromisoformat("2026-11-19T23:50:00-05:00")
    same_elsewhere = night.astimezone(UTC)
    services.save(owner_key=key, documents=[_new("ring", night)], at=NOON)

    assert services.save(owner_key=key, documents=[_new("strava", same_elsewhere)], at=NOON) == []


def test_two_workouts_of_one_day_are_both_kept(key):
    services.save(owner_key=key, documents=[_new("ring", NOON)], at=NOON)
    (saved,) = services.save(owner_key=key, documents=[_new("strava", NOON + timedelta(hours=3))], at=NOON)

    assert saved.created
    assert len(selectors.references(key=key)) == 2
