"""Sending to Strava over real HTTP to the simulator: every way it can end, and what is left behind."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from integrations.connectors.port import (
    Delivered,
    Rejected,
    TryLater,
    Unauthorised,
)
from integrations.egress import Deadline
from tests.integrations.releases import DOCUMENT, WORKOUT, a_release, a_score
from tests.integrations.strava.verbs import fetch, linked, sending, strava

# A workout


def test_a_workout_arrives_with_exactly_what_was_released(strava_simulator):
    outcome = strava.deliver(a_release(), sending(linked(strava_simulator)))

    (activity,) = strava_simulator.activities
    assert outcome == Delivered(str(activity["id"]))
    assert (activity["sport_type"], activity["start_date"]) == ("Run", "2026-11-19T23:02:00Z")
    assert (activity["elapsed_time"], activity["distance"]) == (1860, 5120.4)
    assert (activity["name"], activity["description"]) == ("Running", None)
    assert activity["external_id"] == f"{DOCUMENT}.tcx"


def test_the_token_travels_in_the_header_only(strava_simulator):
    """Strava refuses it in a query from 2027-06-01 on."""
    strava_simulator.configure("mode_2027", value=True)
    credentials = linked(strava_simulator)
    strava.deliver(a_release(), sending(credentials))
    fetch(strava_simulator.activities[0]["id"], credentials)
    assert strava.alive(credentials, deadline=Deadline.in_(5))
    assert all("access_token" not in row["path"] for row in strava_simulator.received)


def test_a_workout_sent_twice_is_at_strava_once(strava_simulator):
    credentials = linked(strava_simulator)
    first = strava.deliver(a_release(), sending(credentials))
    again = strava.deliver(a_release(), sending(credentials))
    assert first == again
    assert len(strava_simulator.activities) == 1


def test_a_workout_whose_answer_was_lost_may_have_arrived_and_the_next_try_finds_it(strava_simulator):
    credentials = linked(strava_simulator)
    strava_simulator.fail("lost")
    lost = strava.deliver(a_release(), sending(credentials, seconds=0.6))
    assert lost == TryLater("no_answer", may_have_arrived=True)

    found = strava.deliver(a_release(), sending(credentials))
    assert found == Delivered(str(strava_simulator.activities[0]["id"]))
    assert len(strava_simulator.activities) == 1


def test_an_upload_that_takes_long_is_asked_for_again_later_and_not_sent_again(strava_simulator):
    strava_simulator.configure("processing_seconds", 2.5)
    credentials = linked(strava_simulator)
    first = strava.deliver(a_release(), sending(credentials, seconds=2.5))
    assert isinstance(first, TryLater)
    assert (first.trouble, first.after, first.may_have_arrived) == ("processing", timedelta(seconds=2), True)

    time.sleep(1)
    second = strava.deliver(a_release(), sending(credentials, progress=first.progress))
    assert isinstance(second, Delivered)
    assert len(strava_simulator.uploads) == 1


@pytest.mark.parametrize(
    ("ill", "trouble", "may_have_arrived"),
    [
        ("429", "rate_limited", False),
        ("500", "server_error", True),
        ("503", "server_error", True),
        ("garbage", "garbage", True),
        ("nothing", "no_answer", True),
    ],
)
def test_an_upload_that_ends_badly_is_tried_later(strava_simulator, ill, trouble, may_have_arrived):
    credentials = linked(strava_simulator)
    strava_simulator.fail(ill)
    outcome = strava.deliver(a_release(), sending(credentials, seconds=0.8))
    assert isinstance(outcome, TryLater)
    assert (outcome.trouble, outcome.may_have_arrived) == (trouble, may_have_arrived)
    assert strava_simulator.activities == []


def test_too_many_calls_wait_for_the_next_quarter_hour(strava_simulator):
    credentials = linked(strava_simulator)
    strava_simulator.fail("429")
    outcome = strava.deliver(a_release(), sending(credentials))
    assert isinstance(outcome, TryLater)
    assert outcome.after is not None
    then = datetime.now(UTC) + outcome.after
    assert timedelta(0) < outcome.after <= timedelta(minutes=15)
    assert min(then.minute % 15, 15 - then.minute % 15) == 0


@pytest.mark.parametrize("ill", ["429", "500", "garbage", "nothing"])
def test_trouble_while_waiting_for_an_upload_keeps_its_number(strava_simulator, ill):
    strava_simulator.configure("processing_seconds", 3)
    credentials = linked(strava_simulator)
    first = strava.deliver(a_release(), sending(credentials, seconds=1.5))
    assert isinstance(first, TryLater)
    strava_simulator.fail(ill)
    second = strava.deliver(a_release(), sending(credentials, seconds=0.8, progress=first.progress))
    assert isinstance(second, TryLater)
    assert second.progress == first.progress
    assert second.may_have_arrived


def test_a_401_says_that_the_credentials_are_no_longer_taken(strava_simulator):
    credentials = linked(strava_simulator)
    strava_simulator.fail("401")
    assert strava.deliver(a_release(), sending(credentials)) == Unauthorised()


def test_a_workout_without_the_scope_goes_nowhere(strava_simulator):
    credentials = linked(strava_simulator, "read,activity:read")
    assert strava.deliver(a_release(), sending(credentials)) == Unauthorised()
    assert strava_simulator.activities == []


def test_after_the_deadline_nothing_is_sent(strava_simulator):
    """SR-7.2: a worker that wakes late sends nothing."""
    credentials = linked(strava_simulator)
    strava_simulator.forget_received()
    late = sending(credentials, seconds=0.01)
    time.sleep(0.05)
    assert strava.deliver(a_release(), late) == TryLater("not_sent")
    assert strava_simulator.received == []


def test_a_closed_door_is_no_arrival(strava_simulator, settings):
    credentials = linked(strava_simulator)
    settings.EGRESS_LOOPBACK_PORTS = []
    assert strava.deliver(a_release(), sending(credentials)) == TryLater("not_sent")


def test_a_workout_that_cannot_be_written_is_rejected_before_any_call(strava_simulator):
    credentials = linked(strava_simulator)
    strava_simulator.forget_received()
    broken = a_release(fields={**WORKOUT, "start_datetime": None})
    assert strava.deliver(broken, sending(credentials)) == Rejected("not_representable")
    assert strava_simulator.received == []


# A score


def test_a_score_is_written_below_what_the_member_wrote_once(strava_simulator):
    credentials = linked(strava_simulator)
    key = strava_simulator.log_activity(
        tell=False, description="Lovely evening.", external_id=f"{DOCUMENT}.tcx"
    )
    for _ in range(2):
        done = strava.deliver(a_score(), sending(credentials, carrier=str(key)))
        assert done == Delivered(str(key))
    strava.deliver(a_score("activity_score", 91), sending(credentials, carrier=str(key)))

    assert strava_simulator.activities[0]["description"] == "Lovely evening.\nReadiness 82\nActivity 91"
    puts = [row["body"] for row in strava_simulator.received if row["method"] == "PUT"]
    assert len(puts) == 2
    assert json.loads(puts[0]) == {"description": "Lovely evening.\nReadiness 82"}


@pytest.mark.parametrize(
    "external_id", ["watch-1.fit", "9b2f7f0e-1c11-4a53-9d0b-6c1d5a3c7e42.fit", f"{DOCUMENT}1.tcx"]
)
def test_a_score_is_not_written_on_what_the_athletes_watch_recorded(strava_simulator, external_id):
    """An upload with the same start ends as a duplicate of that; it did arrive, but the activity is not ours."""
    credentials = linked(strava_simulator)
    key = strava_simulator.log_activity(
        tell=False, start_date="2026-11-19T23:02:00Z", external_id=external_id, description="Mine"
    )
    assert strava.deliver(a_release(), sending(credentials)) == Delivered(str(key))
    assert strava.deliver(a_score(), sending(credentials, carrier=str(key))) == Rejected("carrier_not_ours")
    assert [activity["description"] for activity in strava_simulator.activities] == ["Mine"]


def test_a_score_without_an_activity_to_ride_on_goes_nowhere(strava_simulator):
    credentials = linked(strava_simulator)
    assert strava.deliver(a_score(), sending(credentials)) == Rejected("no_carrier")
    assert strava.deliver(a_score(), sending(credentials, carrier="../athlete")) == Rejected("no_carrier")
    assert strava.deliver(a_score(), sending(credentials, carrier="999")) == Rejected("carrier_gone")


@pytest.mark.parametrize(
    ("ill", "outcome"),
    [
        ("401", Unauthorised()),
        ("500", TryLater("server_error")),
        ("garbage", TryLater("garbage")),
        ("nothing", TryLater("no_answer")),
    ],
)
def test_a_score_whose_activity_cannot_be_read_was_not_sent(strava_simulator, ill, outcome):
    credentials = linked(strava_simulator)
    key = strava_simulator.log_activity(tell=False)
    strava_simulator.fail(ill)
    assert strava.deliver(a_score(), sending(credentials, seconds=0.6, carrier=str(key))) == outcome
    assert "Readiness" not in strava_simulator.received_json()
