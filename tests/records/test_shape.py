"""A document is stored when it has the shape of its kind; what is wrong is said by field, never by value."""

import copy
from datetime import UTC, date, datetime

import pytest

from records import generator
from records.vocabulary import shape

CANARY = "CANARY-8841"


@pytest.fixture
def night() -> dict:
    made = generator.night(of=date(2026, 11, 19), timezone="America/New_York", seed="shape")
    return copy.deepcopy(dict(made[0].body))


@pytest.fixture
def run() -> dict:
    made = generator.workout(start=datetime(2026, 11, 19, 17, tzinfo=UTC), minutes=30, seed="shape")
    return copy.deepcopy(dict(made.body))


def _fields(kind: str, body: object) -> set[str]:
    return {problem.field for problem in shape.problems_of(kind, body)}


def test_a_sound_document_has_no_problems(night, run):
    assert shape.problems_of("sleep", night) == []
    assert shape.problems_of("workout", run) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("day", "19.11.2026"), ("day", "2026-02-30"), ("day", "0001-01-01"), ("day", 20261119)),
        *(
            ("start_datetime", "2026-11-19T17:00:00"),
            ("start_datetime", "2026-11-19"),
            ("start_datetime", "2026-11-19T17:00:00+99:99"),
        ),
        *(
            ("calories", float("nan")),
            ("calories", float("inf")),
            ("calories", "12"),
            ("calories", True),
            ("calories", 10**400),
        ),
        *(
            ("intensity", CANARY),
            ("activity", None),
            ("activity", "run\x00ning"),
            ("activity", "\ud800"),
            ("activity", "x" * 20_001),
        ),
        *(
            ("heart_rate", None),
            ("heart_rate", []),
            ("heart_rate", {"interval": 5}),
            ("label", 5),
            ("label", "a\x1bb"),
        ),
        ("heart_rate", {"interval": 0, "items": [], "timestamp": "2026-11-19T17:00:00Z"}),
        ("heart_rate", {"interval": 5, "items": [1, "2"], "timestamp": "2026-11-19T17:00:00Z"}),
        ("heart_rate", {"interval": 5, "items": [float("nan")], "timestamp": "2026-11-19T17:00:00Z"}),
        ("end_datetime", "2020-01-01T00:00:00+00:00"),
    ],
)
def test_a_wrong_value_is_named_by_its_field_alone(run, field, value):
    run[field] = value
    problems = shape.problems_of("workout", run)

    assert {problem.field for problem in problems} == {field}
    assert all(CANARY not in problem.says for problem in problems)


def test_a_missing_required_field_is_named_and_a_missing_optional_one_is_not(night):
    del night["bedtime_end"], night["average_hrv"]

    assert _fields("sleep", night) == {"bedtime_end"}


def test_a_nested_field_is_named_by_its_path(night):
    night["readiness"]["contributors"]["body_temperature"] = "warm"
    assert _fields("sleep", night) == {"readiness.contributors.body_temperature"}

    del night["readiness"]["contributors"]
    assert _fields("sleep", night) == {"readiness.contributors"}

    night["readiness"] = None
    assert _fields("sleep", night) == set()


def test_a_required_object_may_not_be_left_out():
    body = {"id": "1", "day": "2026-11-19", "timestamp": "2026-11-19T00:00:00Z"}

    assert _fields("daily_sleep", body) == {"contributors"}
    assert _fields("daily_sleep", {**body, "contributors": {}}) == set()


def test_free_text_may_have_lines_and_any_script(run):
    run["label"] = "first line\nsecond line\t😀 پریود"

    assert shape.problems_of("workout", run) == []


def test_unknown_fields_are_no_fault_and_are_dropped(run):
    run["new_in_2027"] = {"deep": [CANARY]}

    assert shape.problems_of("workout", run) == []
    assert "new_in_2027" not in shape.known("workout", run)


def test_rows_of_two_utc_days_are_not_one_document():
    row = {"timestamp": "2026-11-19T23:59:00Z", "timestamp_unix": 1, "bpm": 60, "source": "awake"}
    later = {**row, "timestamp": "2026-11-20T00:01:00Z"}

    assert _fields("heartrate", {"rows": [row]}) == set()
    assert _fields("heartrate", {"rows": [row, later]}) == {"rows"}
    assert _fields("heartrate", {"rows": []}) == {"rows"}
    assert _fields("heartrate", {"rows": [row, {**row, "bpm": 60.5}]}) == {"rows[1].bpm"}
    assert _fields("heartrate", {"rows": [row, 7]}) == {"rows[1]"}


@pytest.mark.parametrize("body", [None, [], "text", 5])
def test_anything_but_an_object_is_refused(body):
    assert shape.problems_of("workout", body)


def test_an_unknown_kind_is_answered_with_the_known_ones():
    (problem,) = shape.problems_of("daily_cycle_phases", {})

    assert problem.field == "kind"
    assert "daily_readiness" in problem.says


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("sleep", "sleep_phase_5_min"),
        ("sleep", "sleep_phase_30_sec"),
        ("sleep", "app_sleep_phase_5_min"),
        ("sleep", "movement_30_sec"),
        ("sleep", "ring_id"),
        ("daily_activity", "class_5_min"),
        ("ring_configuration", "firmware_version"),
    ],
)
def test_a_field_of_codes_has_no_room_for_words(kind, field):
    says = [
        problem.says
        for problem in shape.problems_of(kind, {field: "my period began"})
        if problem.field == field
    ]
    assert says == ["Give the code alone, as the ring writes it."]
    assert not [problem for problem in shape.problems_of(kind, {field: "4421"}) if problem.field == field]
