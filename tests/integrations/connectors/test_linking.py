"""The way to a partner and back: one state, one member, one use; and what was granted is what is covered."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from audit.log.models import Entry
from consent.grants import clock
from consent.grants.ports import Standing, aftermath
from consent.grants.services import withdraw
from integrations.connectors.models import Connection, Status
from integrations.deliveries.models import Delivery
from tests.factories import (
    READINESS_OUT,
    WORKOUT_OUT,
    log_workout,
    make_connection,
    make_grant,
    make_member,
)

pytestmark = pytest.mark.django_db(transaction=True)
WORKOUT_IN = "import:workout"
CALLBACK = "/connections/strava/callback/"


@pytest.fixture
def grant(strava_simulator):
    return make_grant(make_member(), on=[WORKOUT_OUT, READINESS_OUT, WORKOUT_IN])


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def go(grant) -> str:
    """Go on to the partner; return the state that the browser carries."""
    address = aftermath().continue_address(grant_ref=grant.ref, callback_base="http://testserver")
    assert address is not None
    query = parse_qs(urlsplit(address).query)
    assert query["redirect_uri"] == [f"http://testserver{CALLBACK}"]
    return query["state"][0]


def side(grant):
    return aftermath().partner_side(grant_ref=grant.ref)


def kinds() -> list[str]:
    return [entry.kind for entry in Entry.objects.order_by("id") if entry.kind.startswith("connection.")]


def test_a_yes_at_the_partner_opens_the_link_and_nothing_secret_stands_in_the_tables(grant, strava_simulator):
    state, code = go(grant), strava_simulator.authorize()
    assert side(grant).standing is Standing.WAITING
    answer = signed_in(grant.member).get(
        CALLBACK, {"state": state, "code": code, "scope": "read,activity:read,activity:write"}
    )
    assert (answer.status_code, answer["Location"]) == (303, "/connections/strava/")
    assert side(grant).standing is Standing.CONNECTED
    connection = Connection.objects.get()
    assert connection.credentials.startswith("v1.")  # SR-6.1
    assert "10000001" not in json.dumps(
        [connection.account, connection.account_digest, connection.credentials]
    )
    assert kinds() == ["connection.opened"]
    assert Entry.objects.get(kind="connection.opened").facts["epoch"] == grant.epoch
    assert answer["Referrer-Policy"] == "no-referrer"


def test_until_the_partner_has_answered_nothing_is_queued(grant, strava_simulator):
    go(grant)
    assert log_workout(grant.member) == []
    state = go(grant)
    signed_in(grant.member).get(
        CALLBACK, {"state": state, "code": strava_simulator.authorize(), "scope": "read,activity:write"}
    )
    assert Delivery.objects.count() == 0  # nor is what came meanwhile queued afterwards
    assert len(log_workout(grant.member)) == 1


def test_a_no_at_the_partner_leaves_the_yes_here_and_queues_nothing(grant, strava_simulator):
    answer = signed_in(grant.member).get(CALLBACK, {"state": go(grant), "error": "access_denied"})
    assert answer.status_code == 303
    grant.refresh_from_db()
    assert (grant.status, side(grant).standing) == ("active", Standing.REFUSED)
    assert log_workout(grant.member) == []
    assert kinds() == ["connection.refused"]
    assert go(grant)  # Try again
    assert side(grant).standing is Standing.WAITING


def test_fewer_scopes_than_asked_cover_fewer_flows_and_only_those_are_queued(grant, strava_simulator):
    state, code = go(grant), strava_simulator.authorize("read,activity:read")
    signed_in(grant.member).get(CALLBACK, {"state": state, "code": code, "scope": "read,activity:read"})
    assert side(grant).standing is Standing.PARTIAL
    assert side(grant).uncovered == {WORKOUT_OUT, READINESS_OUT}
    assert log_workout(grant.member) == []
    assert kinds() == ["connection.partial"]


def bad_callbacks(state: str, code: str) -> list[dict[str, object]]:
    return [
        {},
        {"code": code},
        {"state": state},
        {"state": "x" * 43, "code": code},
        {"state": "\x00", "code": code},
        {"state": state, "code": code, "error": "access_denied"},
        {"state": [state, state], "code": code},
        {"state": state, "code": "c" * 5000},
    ]


@pytest.mark.parametrize("number", range(8))
def test_a_callback_that_nobody_waits_for_is_refused_and_uses_nothing_up(grant, strava_simulator, number):
    state, code = go(grant), strava_simulator.authorize()
    client = signed_in(grant.member)
    answer = client.get(CALLBACK, bad_callbacks(state, code)[number])
    assert answer.status_code == 400
    assert b"Nothing was changed" in answer.content
    assert client.get(CALLBACK, {"state": state, "code": code, "scope": "read"}).status_code == 303


def test_a_state_of_another_member_is_refused_with_the_same_page(grant, strava_simulator):
    state, code = go(grant), strava_simulator.authorize()
    stranger = signed_in(make_member())
    foreign = stranger.get(CALLBACK, {"state": state, "code": code})
    unknown = stranger.get(CALLBACK, {"state": "unknown", "code": code})
    assert (foreign.status_code, unknown.status_code) == (400, 400)
    assert foreign.content == unknown.content
    assert Connection.objects.get().status == Status.WAITING
    assert [call for call in strava_simulator.received if call["path"].endswith("/oauth/token")] == []


def test_a_state_serves_once_and_for_ten_minutes(grant, strava_simulator):
    client, state = signed_in(grant.member), go(grant)
    client.get(CALLBACK, {"state": state, "code": strava_simulator.authorize(), "scope": "read"})
    replayed = client.get(CALLBACK, {"state": state, "code": strava_simulator.authorize(), "scope": "read"})
    assert replayed.status_code == 400
    late = go(grant)
    Connection.objects.update(state_expires_at=clock.now() - timedelta(seconds=1))
    assert client.get(CALLBACK, {"state": late, "code": strava_simulator.authorize()}).status_code == 400


@pytest.mark.parametrize("trouble", ["500", "garbage"])
def test_a_partner_in_trouble_leaves_the_link_waiting_to_be_tried_again(grant, strava_simulator, trouble):
    state, code = go(grant), strava_simulator.authorize()
    strava_simulator.fail(trouble)
    answer = signed_in(grant.member).get(CALLBACK, {"state": state, "code": code, "scope": "read"})
    assert answer.status_code == 303
    assert side(grant).standing is Standing.WAITING


def test_a_code_that_the_partner_refuses_is_a_no(grant, strava_simulator):
    signed_in(grant.member).get(CALLBACK, {"state": go(grant), "code": "made-up", "scope": "read"})
    assert side(grant).standing is Standing.REFUSED


def test_a_stop_before_the_answer_wins(grant, strava_simulator):
    state, code = go(grant), strava_simulator.authorize()
    withdraw(grant_ref=grant.ref)
    signed_in(grant.member).get(CALLBACK, {"state": state, "code": code, "scope": "read,activity:write"})
    assert Connection.objects.get().status == Status.ENDING
    assert side(grant).standing is Standing.ENDING


def test_an_unknown_partner_has_no_callback(grant, strava_simulator):
    assert signed_in(grant.member).get("/connections/nobody/callback/", {"state": "a"}).status_code == 404


def test_a_yes_that_the_link_covers_already_leads_nowhere(grant, strava_simulator):
    signed_in(grant.member).get(
        CALLBACK,
        {
            "state": go(grant),
            "code": strava_simulator.authorize(),
            "scope": "read,activity:read,activity:write",
        },
    )
    assert aftermath().continue_address(grant_ref=grant.ref, callback_base="http://testserver") is None


def connect(client, grant, simulator, scope="read,activity:write") -> None:
    client.get(CALLBACK, {"state": go(grant), "code": simulator.authorize(scope), "scope": scope})


@pytest.mark.parametrize("answer", [{"error": "access_denied"}, {"error": "odd"}, {"code": "made-up"}])
def test_a_no_to_more_does_not_say_that_nothing_moves_while_the_link_stands(grant, strava_simulator, answer):
    client = signed_in(grant.member)
    connect(client, grant, strava_simulator)
    assert side(grant).standing is Standing.PARTIAL
    page = client.get(CALLBACK, {"state": go(grant), **answer}, follow=True).content.decode()
    assert "Strava is connected, but it agreed to less than you turned on" in page
    assert "nothing goes out" not in page
    assert side(grant).standing is Standing.PARTIAL
    assert len(log_workout(grant.member)) == 1


def test_another_account_at_the_partner_takes_the_place_of_the_first_which_is_let_go(grant, strava_simulator):
    client = signed_in(grant.member)
    connect(client, grant, strava_simulator)
    first, strava_simulator.athlete = strava_simulator.athlete, 10_000_002
    connect(client, grant, strava_simulator)
    assert strava_simulator.tokens_alive()
    strava_simulator.athlete = first
    assert not strava_simulator.tokens_alive()


def test_an_account_that_another_member_uses_too_is_not_let_go(grant, strava_simulator):
    client = signed_in(grant.member)
    connect(client, grant, strava_simulator)
    make_connection(make_grant(), tokens=strava_simulator.tokens())
    first, strava_simulator.athlete = strava_simulator.athlete, 10_000_002
    connect(client, grant, strava_simulator)
    strava_simulator.athlete = first
    assert strava_simulator.tokens_alive()
