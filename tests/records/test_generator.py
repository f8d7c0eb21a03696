"""Made-up days: the same for the same seed, of the right shape, and plausible."""

from collections import Counter
from datetime import UTC, date, datetime
from itertools import pairwise
from statistics import mean

import pytest

from records import generator
from records.vocabulary import registry, shape, tags

UNTIL = date(2026, 11, 19)


def _days(seed: str = "maya", *, cycle: bool = True, timezone: str = "America/New_York", count: int = 90):
    return list(generator.days(seed, until=UNTIL, count=count, timezone=timezone, cycle=cycle))


MAYA = _days()


def test_every_document_has_the_shape_of_its_kind():
    wrong = {new.source_id: found for new in MAYA if (found := shape.problems_of(new.kind, new.body))}

    assert wrong == {}


@pytest.mark.parametrize("timezone", ["Europe/Helsinki", "Pacific/Kiritimati", "Asia/Kathmandu", "UTC"])
def test_so_it_has_in_any_time_zone(timezone):
    made = _days(timezone=timezone, count=40)

    assert [new.source_id for new in made if shape.problems_of(new.kind, new.body)] == []


def test_a_scored_day_is_stamped_with_midnight_in_utc_wherever_the_member_lives():
    """As the original writes it (facts, section 11)."""
    scored = [new.body for new in MAYA if new.kind in {"daily_sleep", "daily_readiness"}]

    assert len(scored) == 180
    assert all(body["timestamp"] == f"{body['day']}T00:00:00+00:00" for body in scored)


def test_the_same_seed_gives_the_same_days_and_another_seed_others():
    again, other = _days(), _days("noah")

    assert [(new.kind, new.source_id, new.body) for new in again] == [
        (new.kind, new.source_id, new.body) for new in MAYA
    ]
    assert [new.body for new in other] != [new.body for new in MAYA]


def test_a_day_is_the_same_however_many_are_made():
    few = {new.source_id: new.body for new in _days(count=3)}
    many = {new.source_id: new.body for new in MAYA if new.source_id in few}

    assert few == many


def test_ninety_days_have_every_kind_and_no_document_twice():
    kinds = Counter(new.kind for new in MAYA)

    for daily in ("sleep", "daily_sleep", "daily_readiness", "daily_activity", "heartrate", "cycle_insights"):
        assert kinds[daily] == 90
    for daily in ("daily_stress", "daily_resilience", "daily_spo2", "daily_cardiovascular_age", "sleep_time"):
        assert kinds[daily] == 90
    assert kinds["ring_battery_level"] == kinds["interbeat_interval"] == 90
    assert kinds["personal_info"] == kinds["ring_configuration"] == 1
    assert kinds["tag"] == kinds["enhanced_tag"]
    assert kinds["rest_mode_period"] == 2
    assert 12 <= kinds["vO2_max"] <= 13
    assert kinds["session"] > 20
    of_the_api = {name for name, kind in registry.KINDS.items() if not kind.own}
    assert of_the_api <= set(kinds), "every kind the API has"
    assert kinds["workout"] > 30
    assert kinds["enhanced_tag"] > 30
    assert 10 <= kinds["period"] <= 20
    assert len({(new.kind, new.source_id) for new in MAYA}) == len(MAYA)


def test_the_older_route_has_the_same_tags():
    newer = {new.source_id.removeprefix("enhanced_"): new.body for new in MAYA if new.kind == "enhanced_tag"}

    for new in MAYA:
        if new.kind == "tag":
            code = newer[new.source_id]["tag_type_code"]
            assert new.body["tags"] == ([code] if code else [])
            assert new.body["text"] == newer[new.source_id]["comment"]


def test_heartbeats_follow_one_another_and_the_battery_is_charged_in_its_charger():
    for new in MAYA:
        rows = new.body.get("rows", ())
        if new.kind == "interbeat_interval":
            assert len(rows) > 60
            for one, next_ in pairwise(rows):
                assert abs(next_["timestamp_unix"] - one["timestamp_unix"] - one["ibi"]) <= 1
        if new.kind == "ring_battery_level":
            assert {row["charging"] is row["in_charger"] for row in rows} == {True}
    levels = [row["level"] for new in MAYA if new.kind == "ring_battery_level" for row in new.body["rows"]]
    assert min(levels) < 20 < 95 < max(levels)


def test_workouts_come_from_every_source_and_only_recorded_ones_have_a_heart_rate():
    workouts = [new.body for new in MAYA if new.kind == "workout"]

    assert {body["source"] for body in workouts} == {"workout_heart_rate", "manual", "autodetected"}
    for body in workouts:
        assert ("heart_rate" in body) is (body["source"] == "workout_heart_rate")
    assert any(body["label"] for body in workouts)


def test_some_tags_may_leave_some_name_a_period_and_some_are_own_words():
    logged = [new.body for new in MAYA if new.kind == "enhanced_tag"]

    assert any(tags.may_leave(body["tag_type_code"]) for body in logged)
    assert any(body["tag_type_code"] == "tag_generic_period" for body in logged)
    assert any(body["comment"] for body in logged)


def test_temperature_has_two_humps_with_a_cycle_and_none_without():
    phases = {new.body["day"]: new.body["phase"] for new in MAYA if new.kind == "cycle_insights"}
    deviations = {
        new.body["day"]: new.body["temperature_deviation"] for new in MAYA if new.kind == "daily_readiness"
    }
    luteal = mean(deviations[day] for day, phase in phases.items() if phase == "luteal")
    follicular = mean(deviations[day] for day, phase in phases.items() if phase == "follicular")

    assert luteal - follicular > 0.25


def test_a_member_without_a_cycle_has_nothing_of_one():
    made = _days("noah", cycle=False)

    assert not {"period", "cycle_insights"} & {new.kind for new in made}
    assert not any("score_with_cycle" in new.body for new in made)
    assert "tag_generic_period" not in {new.body.get("tag_type_code") for new in made}


def test_the_score_is_computed_without_the_cycle():
    # The score is the mean of the nine contributors; the one with the cycle is apart from it.
    for new in MAYA:
        if new.kind == "daily_readiness":
            assert new.body["score"] == round(mean(new.body["contributors"].values()))


def test_a_night_adds_up():
    for new in MAYA:
        if new.kind == "sleep":
            body = new.body
            slept = body["deep_sleep_duration"] + body["light_sleep_duration"] + body["rem_sleep_duration"]
            assert slept == body["total_sleep_duration"]
            assert slept + body["awake_time"] == body["time_in_bed"]
            span = shape.moment(body["bedtime_end"]) - shape.moment(body["bedtime_start"])
            assert span.total_seconds() == body["time_in_bed"]
            assert body["bedtime_end"][:10] == body["day"]


def test_the_simulated_ring_logs_a_workout_with_or_without_heart_rate():
    start = datetime(2026, 11, 20, 12, tzinfo=UTC)
    recorded = generator.workout(start=start, minutes=30, activity="running", seed="lin")
    by_hand = generator.workout(start=start, minutes=30, with_heart_rate=False, seed="lin")

    assert recorded.body["source"] == "workout_heart_rate"
    assert len(recorded.body["heart_rate"]["items"]) == 360
    assert by_hand.body["source"] == "manual"
    assert "heart_rate" not in by_hand.body


def test_the_simulated_ring_logs_a_night_and_a_day():
    night = generator.night(of=UNTIL, timezone="UTC", seed="lin")
    day = generator.day(of=UNTIL, timezone="UTC", seed="lin")

    assert [new.kind for new in night] == ["sleep", "daily_sleep", "daily_readiness"]
    assert [new.kind for new in day] == ["daily_activity", "heartrate"]
    assert not [new for new in night + day if shape.problems_of(new.kind, new.body)]
