"""Strava's verbs over real HTTP to the simulator: linking, fetching, letting go."""

import logging
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.connectors.port import LinkRefused, PartnerTrouble
from integrations.egress import Deadline
from tests.integrations.releases import DOCUMENT, a_release
from tests.integrations.strava.verbs import CALLBACK, fetch, linked, sending, strava

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
        fetch(key, credentials, seconds=0.5)


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
