"""What Strava may carry at most, as the table of flows has it."""

from consent.manifests.shapes import OfTheCurrentLocalDay, SourceIn, Until
from integrations.strava.connector import StravaConnector
from integrations.strava.manifest import MANIFEST


def flow(key):
    found = MANIFEST.flow(key)
    assert found is not None
    return found


def test_it_carries_these_fields_and_no_other():
    assert {flow.key: flow.field_set for flow in MANIFEST.flows} == {
        "export:workout": {
            f"workout.{path}"
            for path in ("activity", "start_datetime", "end_datetime", "distance", "heart_rate")
        },
        "export:readiness_score": {"daily_readiness.score"},
        "export:activity_score": {"daily_activity.score"},
        "export:sticker": {"daily_sleep.score", "daily_readiness.score", "daily_activity.score"},
        "import:workout": {
            f"workout.{path}" for path in ("activity", "start_datetime", "end_datetime", "distance")
        },
        "import:heart_rate": {"heartrate.bpm", "heartrate.source"},
    }


def test_only_workouts_recorded_with_activity_heart_rate_go_out():
    assert flow("export:workout").when == (SourceIn(frozenset({"workout_heart_rate"})),)


def test_only_the_current_local_day_comes_in():
    for key in ("import:workout", "import:heart_rate"):
        assert [type(condition) for condition in flow(key).when] == [OfTheCurrentLocalDay]


def test_a_score_rides_on_a_workout_of_its_day_or_not_at_all():
    for key in ("export:readiness_score", "export:activity_score"):
        assert (flow(key).rides_on, flow(key).until) == ("export:workout", Until.LOCAL_MIDNIGHT)


def test_a_sticker_moves_only_when_the_member_posts_it_and_others_can_see_it():
    assert (flow("export:sticker").on_demand, flow("export:sticker").public) == (True, True)


def test_every_flow_knows_the_scopes_it_needs():
    scopes = {flow.key: StravaConnector().scopes(flow.key) for flow in MANIFEST.flows}
    assert scopes == {
        "export:workout": {"activity:write"},
        "export:readiness_score": {"activity:write", "activity:read"},
        "export:activity_score": {"activity:write", "activity:read"},
        "export:sticker": set(),
        "import:workout": {"activity:read"},
        "import:heart_rate": {"activity:read"},
    }
