"""Events of a rest: its reasons are the member's alone, and so is how often there was one."""

from records.admission import NewDocument
from tests.integrations.api.asking import TODAY, Asker
from tests.integrations.events.hooks import Hooks, let_ring_save, work_off


def test_an_episode_of_a_rest_is_the_members_alone_and_its_coming_and_going_tells_nothing(
    hooks: Hooks, asker: Asker
):
    """What is served of a rest has no episodes: one more of them, perhaps for cramps, is no change of it (SR-5.3)."""
    hooks.subscribe("rest_mode_period")
    cramps = {"timestamp": f"{TODAY}T09:00:00+00:00", "tags": ["tag_generic_cramps"]}
    for episodes in ([], [cramps], [cramps, {**cramps, "timestamp": f"{TODAY}T21:00:00+00:00"}], []):
        body = {"id": "rest", "start_day": str(TODAY), "start_time": None, "episodes": episodes}
        let_ring_save(asker.member, NewDocument("rest_mode_period", body, external_id="rest"))
        assert [each["episodes"] for each in asker.get("rest_mode_period").json()["data"]] == [[]]
    work_off()
    assert [each["event_type"] for each in hooks.told] == ["create"]
