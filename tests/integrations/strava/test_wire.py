"""What goes to Strava, byte by byte: a TCX file and one line of text, and nothing that the release does not hold."""

from datetime import datetime
from urllib.parse import parse_qs

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as some

from integrations.strava import wire
from records.vocabulary.activities import ACTIVITIES
from tests.integrations.releases import DOCUMENT, WORKOUT, a_release, a_score

NS = f"{{{wire.NAMESPACE}}}"
ELEMENTS = {
    "TrainingCenterDatabase", "Activities", "Activity", "Id", "Lap", "TotalTimeSeconds", "DistanceMeters", "Intensity",
    "TriggerMethod", "Track", "Trackpoint", "Time", "HeartRateBpm", "Value",
}  # fmt: skip
CANARIES = {
    "label": "canary-label",
    "notes": "canary-notes",
    "comment": "canary-comment",
    "calories": 987654,
    "temperature_deviation": 0.98765,
    "contributors": {"body_temperature": 98765},
    "route": {"points": [{"lat": 60.98765, "lon": 24.98765}]},
    "ring_serial": "canary-serial",
    "email": "canary@demo.example",
    "source": "canary-source",
    "intensity": "canary-intensity",
}


def elements(file: bytes) -> list:
    return list(fromstring(file).iter())


def points(file: bytes) -> list[tuple[str | None, str | None, str | None]]:
    return [
        (
            p.findtext(f"{NS}Time"),
            p.findtext(f"{NS}HeartRateBpm/{NS}Value"),
            p.findtext(f"{NS}DistanceMeters"),
        )
        for p in fromstring(file).iter(f"{NS}Trackpoint")
    ]


def test_a_workout_is_one_activity_with_its_start_in_utc_its_length_and_its_distance():
    root = fromstring(wire.tcx(a_release()))
    (activity,) = root.findall(f"{NS}Activities/{NS}Activity")
    assert activity.get("Sport") == "Running"
    assert activity.findtext(f"{NS}Id") == "2026-11-19T23:02:00Z"
    lap = activity.find(f"{NS}Lap")
    assert lap is not None
    assert lap.get("StartTime") == "2026-11-19T23:02:00Z"
    assert activity.findtext(f"{NS}Lap/{NS}TotalTimeSeconds") == "1860.0"
    assert activity.findtext(f"{NS}Lap/{NS}DistanceMeters") == "5120.4"


def test_every_trackpoint_has_a_time_and_a_gap_in_the_heart_rate_is_none():
    assert points(wire.tcx(a_release())) == [
        ("2026-11-19T23:02:00Z", "131", "0.0"),
        ("2026-11-19T23:04:00Z", "142", None),
        ("2026-11-19T23:33:00Z", None, "5120.4"),
    ]


def test_a_distance_that_was_not_measured_is_not_written():
    for distance in (None, 0, 0.0, -1, float("nan"), float("inf"), "far", True):
        assert b"DistanceMeters" not in wire.tcx(a_release(fields={**WORKOUT, "distance": distance}))


def test_a_sample_outside_the_workout_is_not_written():
    sample = {"interval": 600, "items": [90, 91, 92, 93, 94, 95], "timestamp": "2026-11-19T17:52:00-05:00"}
    assert [bpm for _, bpm, _ in points(wire.tcx(a_release(fields={**WORKOUT, "heart_rate": sample})))] == [
        "91", "92", "93", "94", None,
    ]  # fmt: skip


@pytest.mark.parametrize("beat", [True, "100", float("nan"), 0, 255, -3, None, [1]])
def test_what_is_no_heart_rate_is_no_heart_rate(beat):
    sample = {"interval": 60, "items": [beat], "timestamp": WORKOUT["start_datetime"]}
    assert b"HeartRateBpm" not in wire.tcx(a_release(fields={**WORKOUT, "heart_rate": sample}))


@pytest.mark.parametrize(
    "broken",
    [
        {"start_datetime": None},
        {"end_datetime": "2026-11-19T18:33:00"},
        {"end_datetime": "2026-11-19T17:00:00-05:00"},
        {"heart_rate": {"interval": 0, "items": [1], "timestamp": "2026-11-19T18:02:00-05:00"}},
        {"heart_rate": {"interval": 60, "items": [1], "timestamp": "soon"}},
    ],
)
def test_a_workout_that_tcx_cannot_say_is_refused(broken):
    with pytest.raises(wire.NotRepresentable):
        wire.tcx(a_release(fields={**WORKOUT, **broken}))


@pytest.mark.parametrize("word", sorted(ACTIVITIES))
def test_every_word_for_a_workout_has_one_of_the_three_sports_of_the_schema(word):
    assert wire._sport({"activity": word}) in {"Running", "Biking", "Other"}


def test_no_planted_canary_is_in_any_byte_of_the_upload():
    release = a_release(fields={**WORKOUT, **CANARIES})
    written = wire.tcx(release).decode() + str(wire.upload_form(release))
    assert "canary" not in written
    assert "8765" not in written
    for word in (
        "Latitude",
        "Longitude",
        "Position",
        "Notes",
        "Calories",
        "Creator",
        "UnitId",
        "temperature",
    ):
        assert word not in written


@pytest.mark.parametrize(
    ("activity", "name"),
    [
        ("trail_running", "Trail running"),
        ("other", "Workout"),
        ("Prenatal yoga with Ada", "Workout"),
        (None, "Workout"),
    ],
)
def test_an_upload_is_named_by_its_sport_never_by_the_members_words(activity, name):
    form = wire.upload_form(a_release(fields={**WORKOUT, "activity": activity}))
    assert form == {"data_type": "tcx", "external_id": str(DOCUMENT), "name": name}


EARLIEST, LATEST = datetime(2000, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001
json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(), inner, max_size=4),
    max_leaves=12,
)
workouts = some.fixed_dictionaries(
    {
        "start_datetime": some.datetimes(
            timezones=some.timezones(),
            min_value=EARLIEST,
            max_value=LATEST,
        ).map(lambda moment: moment.isoformat())
        | json_values,
        "end_datetime": some.just("2100-06-01T00:00:00+00:00") | json_values,
    },
    optional={
        "activity": some.text() | some.sampled_from(sorted(ACTIVITIES)) | json_values,
        "distance": some.floats() | json_values,
        "heart_rate": some.fixed_dictionaries(
            {
                "interval": some.floats(min_value=0.5, max_value=600) | json_values,
                "items": some.lists(some.integers(-5, 300) | json_values, max_size=20),
                "timestamp": some.just("2050-01-01T00:00:00+00:00") | json_values,
            }
        )
        | json_values,
    },
)


@given(fields=workouts, more=some.dictionaries(some.text(), json_values, max_size=5))
def test_whatever_a_release_holds_only_the_known_elements_are_in_the_bytes(fields, more):
    """SR-5.2: by allow-list, for any fields at all; what cannot be written is refused, never guessed."""
    release = a_release(fields={**more, **fields})
    try:
        file = wire.tcx(release)
    except wire.NotRepresentable:
        return
    tree = elements(file)
    assert {element.tag.removeprefix(NS) for element in tree} <= ELEMENTS
    assert {name for element in tree for name in element.attrib} <= {"Sport", "StartTime"}
    for element in tree:
        if element.text and element.tag.removeprefix(NS) not in {"Intensity", "TriggerMethod"}:
            assert set(element.text) <= set("0123456789.-+:TZe")


def test_a_score_is_one_line_of_fixed_words():
    assert wire.score_line(a_score("readiness_score", 82)) == "Readiness 82"
    assert wire.score_line(a_score("activity_score", 91)) == "Activity 91"


@pytest.mark.parametrize("score", [None, True, 82.5, "82", -1, 101])
def test_what_is_no_score_is_refused(score):
    with pytest.raises(wire.NotRepresentable):
        wire.score_line(a_release("readiness_score", {"score": score}, "daily_readiness"))


def test_a_line_is_added_once_and_the_members_words_stay():
    first = wire.with_line("Lovely evening.\n\nReadiness was fine", "Readiness 82")
    assert first == "Lovely evening.\n\nReadiness was fine\nReadiness 82"
    assert wire.with_line(first, "Readiness 82") == first
    assert wire.with_line(first, "Activity 91") == f"{first}\nActivity 91"
    assert wire.with_line(None, "Readiness 82") == "Readiness 82"


def test_a_score_that_changed_replaces_its_own_line_only():
    assert (
        wire.with_line("Mine\nReadiness 80\nActivity 91", "Readiness 82") == "Mine\nActivity 91\nReadiness 82"
    )


@pytest.mark.parametrize(
    ("flows", "scopes"),
    [
        ({"export:workout"}, "activity:write,read"),
        ({"export:readiness_score"}, "activity:read,activity:write,read"),
        ({"import:workout", "import:heart_rate"}, "activity:read,read"),
        ({"export:sticker"}, "read"),
    ],
)
def test_only_the_scopes_of_the_flows_that_are_on_are_asked_for(flows, scopes):
    query = parse_qs(
        wire.authorize_query(client_id="c", flows=frozenset(flows), state="s", callback="https://r/c")
    )
    assert query["scope"] == [scopes]
    assert (query["state"], query["redirect_uri"], query["response_type"]) == (
        ["s"],
        ["https://r/c"],
        ["code"],
    )
