"""Strava's verbs over real HTTP to the simulator: every way a send can end, and what is left behind."""

import json
import logging
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.connectors.port import (
    Credentials,
    Delivered,
    LinkRefused,
    PartnerTrouble,
    Rejected,
    Sending,
    TryLater,
    Unauthorised,
)
from integrations.egress import Deadline
from integrations.strava.connector import StravaConnector
from tests.integrations.releases import DOCUMENT, WORKOUT, a_release, a_score

strava = StravaConnector()
CALLBACK = "https://ringfence.example/connections/strava/callback/"
IMPORTS = frozenset({"import:workout", "import:heart_rate"})


def linked(simulator, scopes="read,activity:read,activity:write") -> Credentials:
    code = simulator.authorize(scopes)
    return strava.connect(code=code, granted=scopes, callback=CALLBACK, deadline=Deadline.in_(5)).credentials


def sending(credentials, *, seconds=8.0, progress=None, carrier=None) -> Sending:
    return Sending(credentials, Deadline.in_(seconds), progress or {}, carrier)


def fetch(reference, credentials, *, flows=IMPORTS, ours=frozenset()):
    return strava.fetch(
        str(reference), flows=flows, ours=frozenset(ours), credentials=credentials, deadline=Deadline.in_(5)
    )


# Linking


def test_the_browser_is_led_to_strava_with_the_scopes_of_the_flows(strava_simulator):
    address = strava.authorize_address(flows=frozenset({"export:workout"}), state="s", callback=CALLBACK)
    assert address.startswith(f"http://127.0.0.1:{strava_simulator.port}/demo/strava/oauth/authorize?")
    assert parse_qs(urlsplit(address).query)["scope"] == ["activity:write,read"]


def test_the_granted_scopes_are_those_of_the_callback_not_those_asked_for(strava_simulator):
    code = strava_simulator.authorize("read,activity:write")
    link = strava.connect(
        code=code, granted="read,activity:write", callback=CALLBACK, deadline=Deadline.in_(5)
    )
    assert link.granted == {"read", "activity:write"}
    assert link.account == str(strava_simulator.athlete)
    assert link.credentials.expires_at > datetime.now(UTC) + timedelta(hours=5)
    assert link.credentials.access_token not in repr(link)


def test_a_code_works_once(strava_simulator):
    code = strava_simulator.authorize()
    strava.connect(code=code, granted="read", callback=CALLBACK, deadline=Deadline.in_(5))
    with pytest.raises(LinkRefused):
        strava.connect(code=code, granted="read", callback=CALLBACK, deadline=Deadline.in_(5))


def test_a_refresh_gives_new_tokens_and_the_old_ones_are_dead_at_once(strava_simulator):
    old = linked(strava_simulator)
    new = strava.refresh(old, deadline=Deadline.in_(5))
    assert strava.alive(new, deadline=Deadline.in_(5))
    assert not strava.alive(old, deadline=Deadline.in_(5))
    with pytest.raises(LinkRefused):
        strava.refresh(old, deadline=Deadline.in_(5))


@pytest.mark.parametrize("ill", ["429", "500", "garbage", "nothing"])
def test_a_refresh_that_strava_does_not_answer_well_is_trouble_not_an_end(strava_simulator, ill):
    credentials = linked(strava_simulator)
    strava_simulator.fail(ill)
    with pytest.raises(PartnerTrouble):
        strava.refresh(credentials, deadline=Deadline.in_(0.5))


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
    key = strava_simulator.log_activity(tell=False, description="Lovely evening.")
    for _ in range(2):
        done = strava.deliver(a_score(), sending(credentials, carrier=str(key)))
        assert done == Delivered(str(key))
    strava.deliver(a_score("activity_score", 91), sending(credentials, carrier=str(key)))

    assert strava_simulator.activities[0]["description"] == "Lovely evening.\nReadiness 82\nActivity 91"
    puts = [row["body"] for row in strava_simulator.received if row["method"] == "PUT"]
    assert len(puts) == 2
    assert json.loads(puts[0]) == {"description": "Lovely evening.\nReadiness 82"}


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
    assert "82" not in strava_simulator.received_json().replace(str(key), "")


# Coming in


def test_an_activity_comes_in_with_its_heart_rate_and_without_its_words(strava_simulator):
    credentials = linked(strava_simulator)
    key = strava_simulator.log_activity(tell=False, name="canary", beats=[[0, 100], [60, 110]])
    workout, beats = fetch(key, credentials).documents
    assert (workout.kind, workout.data_type, workout.external_id) == ("workout", "workout", str(key))
    assert set(workout.fields) == {"activity", "start_datetime", "end_datetime", "distance"}
    assert (beats.kind, beats.data_type) == ("heartrate", "heart_rate")
    assert [row["bpm"] for row in beats.fields["rows"]] == [100, 110]
    assert "canary" not in str([workout.fields, beats.fields])


def test_the_heart_rate_is_not_even_asked_for_where_the_member_has_it_off(strava_simulator):
    credentials = linked(strava_simulator)
    key = strava_simulator.log_activity(tell=False, beats=[[0, 100]])
    (workout,) = fetch(key, credentials, flows=frozenset({"import:workout"})).documents
    assert workout.kind == "workout"
    assert not any("streams" in row["path"] for row in strava_simulator.received)
    strava_simulator.forget_received()
    assert not fetch(key, credentials, flows=frozenset({"export:workout"})).documents
    assert strava_simulator.received == []


def test_an_athlete_who_opted_out_of_heart_rate_is_heard(strava_simulator):
    credentials = linked(strava_simulator)
    key = strava_simulator.log_activity(tell=False, beats=[[0, 100]], heartrate_opt_out=True)
    assert [document.kind for document in fetch(key, credentials).documents] == ["workout"]


def test_our_own_upload_does_not_come_back_in(strava_simulator):
    credentials = linked(strava_simulator)
    strava.deliver(a_release(), sending(credentials))
    key = strava_simulator.activities[0]["id"]
    found = fetch(key, credentials, ours={str(DOCUMENT)})
    assert found.echo
    assert not found.documents
    assert fetch(key, credentials, ours={str(key)}).echo


def test_an_activity_that_is_gone_is_gone(strava_simulator):
    """Its 404 has an empty body."""
    assert fetch(999, linked(strava_simulator)).gone
    assert fetch("../athlete", linked(strava_simulator)).documents == ()


@pytest.mark.parametrize("ill", ["429", "500", "garbage", "nothing"])
def test_a_fetch_that_strava_does_not_answer_well_is_trouble(strava_simulator, ill):
    credentials = linked(strava_simulator)
    key = strava_simulator.log_activity(tell=False)
    strava_simulator.fail(ill)
    with pytest.raises(PartnerTrouble):
        strava.fetch(
            str(key), flows=IMPORTS, ours=frozenset(), credentials=credentials, deadline=Deadline.in_(0.5)
        )


# Letting go


def test_disconnecting_kills_the_tokens_at_strava_and_may_be_repeated(strava_simulator):
    credentials = linked(strava_simulator)
    for _ in range(2):  # 200 also when it was dead already
        strava.disconnect(credentials, deadline=Deadline.in_(5))
    assert not strava_simulator.tokens_alive()
    assert not strava.alive(credentials, deadline=Deadline.in_(5))
    revoked = [row for row in strava_simulator.received if row["path"].endswith("/oauth/revoke")]
    assert revoked[0]["body"] == "token=•••&token_type_hint=refresh_token"


@pytest.mark.parametrize("ill", ["401", "429", "500", "503", "nothing"])
def test_disconnecting_is_not_done_until_strava_says_so(strava_simulator, ill):
    credentials = linked(strava_simulator)
    strava_simulator.fail(ill)
    with pytest.raises(PartnerTrouble):
        strava.disconnect(credentials, deadline=Deadline.in_(0.5))
    assert strava_simulator.tokens_alive(credentials.access_token)


@pytest.mark.parametrize("ill", ["429", "500", "nothing"])
def test_whether_a_token_lives_is_not_guessed(strava_simulator, ill):
    credentials = linked(strava_simulator)
    strava_simulator.fail(ill)
    with pytest.raises(PartnerTrouble):
        strava.alive(credentials, deadline=Deadline.in_(0.5))


def test_no_token_no_secret_and_no_measurement_is_in_any_log_line(strava_simulator, caplog):
    caplog.set_level(logging.DEBUG)
    credentials = linked(strava_simulator)
    strava.deliver(a_release(), sending(credentials))
    strava.disconnect(credentials, deadline=Deadline.in_(5))
    written = " ".join(str({**record.__dict__, "args": record.args}) for record in caplog.records)
    assert "integrations.egress" in written
    for secret in (
        credentials.access_token,
        credentials.refresh_token,
        "a-secret-only-for-tests",
        "5120.4",
        "<Value>",
    ):
        assert secret not in written
        assert secret not in strava_simulator.received_json() or secret in {"5120.4", "<Value>"}
