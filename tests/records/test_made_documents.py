"""What is made of a document is saved with it, names it, and ends with it. And documents of no day."""

from datetime import UTC, date, datetime

import pytest

from records import generator, selectors, services
from records.admission import NewDocument
from records.errors import DocumentMalformed
from records.vocabulary import registry, shape

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
SITTING = {
    "id": "s1",
    "day": "2026-11-19",
    "type": "meditation",
    "start_datetime": "2026-11-19T08:00:00-05:00",
    "end_datetime": "2026-11-19T08:12:00-05:00",
}

pytestmark = pytest.mark.django_db


def _save(key, *documents):
    return services.save(owner_key=key, documents=documents, at=AT)


def _session(origin: str = "ring", **changes) -> NewDocument:
    return NewDocument("session", {**SITTING, **changes}, origin)


def _minutes(key) -> list[selectors.Stored]:
    return list(selectors.documents(key=key, kind="mindful_minutes"))


def test_a_meditation_makes_mindful_minutes_that_name_it(key):
    saved = _save(key, _session())
    (session,) = selectors.documents(key=key, kind="session")
    (minutes,) = _minutes(key)

    assert {(each.kind, each.created) for each in saved} == {("session", True), ("mindful_minutes", True)}
    assert minutes.fields == {
        "id": str(minutes.ref),
        "day": "2026-11-19",
        "origin": "ring",
        "derived_from": str(session.ref),
        "start": SITTING["start_datetime"],
        "end": SITTING["end_datetime"],
    }
    assert minutes.ref != session.ref


def test_the_same_session_again_changes_nothing_and_a_later_end_changes_both(key):
    _save(key, _session())
    again = _save(key, _session())
    later = _save(key, _session(end_datetime="2026-11-19T08:20:00-05:00"))

    assert [each.changed for each in again] == [False, False]
    assert [(each.changed, each.created) for each in later] == [(True, False)] * 2
    assert [each.fields["end"] for each in _minutes(key)] == ["2026-11-19T08:20:00-05:00"]


def test_a_session_that_turns_out_a_nap_takes_its_mindful_minutes_away(key):
    _save(key, _session())
    saved = _save(key, _session(type="nap"))

    assert {(each.kind, each.removed) for each in saved} == {("session", False), ("mindful_minutes", True)}
    assert _minutes(key) == []


def test_in_one_batch_the_last_word_counts(key):
    _save(key, _session(), _session(type="rest"))
    assert _minutes(key) == []

    _save(key, _session(type="rest"), _session())
    assert len(_minutes(key)) == 1


def test_what_was_made_of_a_session_is_forgotten_with_it(key):
    _save(key, _session())
    gone = services.forget(owner_key=key, origin="ring", external_id="s1")

    assert {each.kind for each in gone} == {"session", "mindful_minutes"}
    assert selectors.references(key=key) == []


def test_what_was_made_of_an_imported_session_stays_bound_to_where_it_came_from(key):
    _save(key, NewDocument("session", SITTING, "strava", "77"))

    assert {(each.kind, each.origin) for each in selectors.references(key=key)} == {
        ("session", "strava"),
        ("mindful_minutes", "strava"),
    }
    services.forget_all(owner_key=key, origin="strava")
    assert selectors.references(key=key) == []


def test_resting_calories_are_computed_when_a_day_is_saved(key):
    (made,) = [new for new in _days() if new.kind == "daily_activity"]
    body = {name: value for name, value in made.body.items() if name != "resting_calories"}
    _save(key, NewDocument("daily_activity", body))

    (stored,) = selectors.documents(key=key, kind="daily_activity")
    assert stored.fields["resting_calories"] == body["total_calories"] - body["active_calories"]


def test_what_is_of_no_day_is_filed_before_all_days_and_stays_one_document(key):
    first = {"id": "me", "age": 41, "height": 1.7, "email": "maya@records.example"}
    _save(key, NewDocument("personal_info", first), NewDocument("ring_configuration", {"id": "r", "size": 8}))
    (saved,) = _save(key, NewDocument("personal_info", {**first, "age": 42}))

    assert (saved.changed, saved.created, saved.day) == (True, False, shape.NO_DAY)
    (stored,) = selectors.documents(key=key, kind="personal_info")
    assert stored.fields["age"] == 42
    assert selectors.newest_day(key=key, kinds=["sleep"]) is None


def test_the_origin_of_our_own_documents_is_who_brought_them_and_not_what_they_say(key):
    reading = {"day": "2026-11-19", "time": "2026-11-19T08:00:00Z", "value": 104, "origin": "ring"}
    _save(key, NewDocument("glucose", reading, "stelo", "g1"))

    (stored,) = selectors.documents(key=key, kind="glucose")
    assert (stored.origin, stored.fields["origin"]) == ("stelo", "stelo")


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("glucose", {"time": "2026-11-19T08:00:00Z", "value": 39}, "value"),
        ("glucose", {"time": "2026-11-19T08:00:00Z", "value": 104, "trend": "doubleUp"}, "trend"),
        ("meal", {"time": "2026-11-19T08:00:00Z", "zone": "Moon/Crater"}, "zone"),
        ("meal", {"time": "2026-11-19T08:00:00Z", "zone": "../etc/passwd"}, "zone"),
        ("meal", {"time": "2026-11-19T08:00:00Z", "zone": "America"}, "zone"),
        ("routine_trigger", {"name": "cycle_phase"}, "name"),
        ("routine_trigger", {"name": "bedtime", "parameters": ["luteal"]}, "parameters"),
        (
            "workout_route",
            {"points": [{"time": "2026-11-19T08:00:00Z", "lat": 91, "lon": 5}]},
            "points[0].lat",
        ),
        ("workout_route", {"points": [7]}, "points[0]"),
        ("workout_route", {"points": {}}, "points"),
        ("steps_sample", {"start": "2026-11-19T08:00:00Z", "end": "2026-11-19T07:00:00Z", "value": 9}, "end"),
        ("profile", {"sex": "pregnant"}, "sex"),
    ],
)
def test_our_own_documents_are_of_their_shape_or_refused(key, kind, body, field):
    with pytest.raises(DocumentMalformed) as refused:
        _save(key, NewDocument(kind, {"id": "1", "day": "2026-11-19", **body}, "ring", "1"))

    assert refused.value.problems[0].field == field
    assert selectors.references(key=key) == []


def test_every_kind_can_be_brought_by_a_partner_with_what_files_it_alone(key):
    for kind in registry.KINDS.values():
        if kind.womens_health or kind.series:
            continue
        spans = shape.SPANS.get(kind.name, ())
        filed = dict.fromkeys(spans, "2026-11-19T08:00:00Z") | ({kind.day: "2026-11-19"} if kind.day else {})
        assert shape.problems_of(kind.name, filed, partial=True) == []


def _days() -> list[NewDocument]:
    return generator.day(of=date(2026, 11, 19), timezone="UTC", seed="made")
