"""The simulated Strava answers as the real one does, quirks included (facts of 2026-11-20)."""

import json

import pytest

from integrations.egress import Call, Deadline, send
from tests.integrations.releases import a_release
from tests.support.serving import simulators

HOSTS = frozenset({"127.0.0.1"})


@pytest.fixture
def ask(strava_simulator):
    """Call the simulator as a stranger would: method, path, and what to send."""

    def call(method, path, token=None, **parts):
        url = f"http://127.0.0.1:{strava_simulator.port}/demo/strava/{path}"
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return send(Call(method, url, headers=headers, **parts), hosts=HOSTS, deadline=Deadline.in_(5))

    return call


@pytest.fixture
def token(strava_simulator):
    return strava_simulator.tokens()["access_token"]


def test_a_dead_token_gets_the_recorded_401_body(ask):
    answer = ask("GET", "api/v3/athlete", "dead")
    assert answer.status == 401
    assert answer.json() == {
        "message": "Authorization Error",
        "errors": [{"resource": "Application", "field": "", "code": "invalid"}],
    }


def test_a_404_has_an_empty_body(ask, token):
    answer = ask("GET", "api/v3/activities/1", token)
    assert (answer.status, answer.body) == (404, b"")


def test_a_429_tells_its_errors_as_a_string_and_no_time(ask, token, strava_simulator):
    strava_simulator.fail("429")
    answer = ask("GET", "api/v3/athlete", token)
    assert answer.json() == {"errors": "Rate Limit Exceeded", "status": 429, "message": "Too Many Requests"}
    assert "retry-after" not in answer.headers


def test_all_four_rate_headers_come_and_a_post_has_a_lone_comma(ask, token):
    read = ask("GET", "api/v3/athlete", token).headers
    assert (read["X-RateLimit-Limit"], read["X-ReadRateLimit-Limit"]) == ("200,2000", "100,1000")
    assert read["X-RateLimit-Usage"].replace(",", "").isdecimal()
    posted = ask("POST", "api/v3/uploads", token, form={"data_type": "tcx"}).headers
    assert posted["X-ReadRateLimit-Usage"] == ","


def test_a_token_in_the_query_is_taken_until_2027(ask, token, strava_simulator):
    assert ask("GET", "api/v3/athlete", query={"access_token": token}).status == 200
    strava_simulator.configure("mode_2027", value=True)
    assert ask("GET", "api/v3/athlete", query={"access_token": token}).status == 401
    assert ask("GET", "api/v3/athlete", token).status == 200


def test_the_old_way_to_end_a_link_ends_in_2027(ask, token, strava_simulator):
    strava_simulator.configure("mode_2027", value=True)
    assert ask("POST", "oauth/deauthorize", token).status == 404
    strava_simulator.configure("mode_2027", value=False)
    assert ask("POST", "oauth/deauthorize", token).json() == {"access_token": token}
    assert ask("POST", "oauth/deauthorize", token).status == 401


def test_revoking_needs_the_apps_own_name_and_secret(ask, token, strava_simulator):
    assert ask("POST", "oauth/revoke", form={"token": token}).status == 401
    wrong = ("ringfence-demo", "wrong")
    assert ask("POST", "oauth/revoke", form={"token": token}, basic=wrong).status == 401
    assert strava_simulator.tokens_alive(token)


def test_a_missing_scope_is_named(ask, strava_simulator):
    token = strava_simulator.tokens("read")["access_token"]
    answer = ask("GET", "api/v3/athlete/activities", token)
    assert (answer.status, answer.json()["errors"][0]["field"]) == (401, "activity:read_permission")


def test_a_file_that_is_no_tcx_ends_as_an_error_after_a_while(ask, token, strava_simulator):
    strava_simulator.configure("processing_seconds", 0)
    for file in (b"<no", b"<a/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'):
        files = {"file": ("w.tcx", file, "text/xml")}
        posted = ask(
            "POST", "api/v3/uploads", token, form={"data_type": "tcx", "external_id": "w"}, files=files
        )
        assert posted.json()["status"] == "Your activity is still being processed."
        asked = ask("GET", f"api/v3/uploads/{posted.json()['id']}", token).json()
        assert asked["status"] == "There was an error processing your activity."
        assert asked["activity_id"] is None


def test_activities_are_logged_and_listed_and_their_local_time_bears_a_misleading_z(ask, token):
    form = {
        "name": "Swim",
        "sport_type": "Swim",
        "start_date_local": "2026-11-20T07:00:00Z",
        "elapsed_time": "60",
    }
    made = ask("POST", "api/v3/activities", token, form=form).json()
    assert (made["manual"], made["external_id"]) == (True, None)
    (listed,) = ask("GET", "api/v3/athlete/activities", token, query={"after": "1"}).json()
    assert listed["start_date_local"].endswith("Z")
    assert ask("GET", "api/v3/athlete/activities", token, query={"before": "1"}).json() == []


def test_streams_need_key_by_type_and_give_the_asked_keys_only(ask, token, strava_simulator):
    key = strava_simulator.log_activity(tell=False, beats=[[0, 100], [60, 101]])
    path = f"api/v3/activities/{key}/streams"
    assert ask("GET", path, token, query={"keys": "heartrate"}).status == 400
    streams = ask("GET", path, token, query={"keys": "heartrate", "key_by_type": "true"}).json()
    assert {name: stream["data"] for name, stream in streams.items()} == {"heartrate": [100, 101]}


def test_what_it_received_is_shown_newest_last_in_clear_but_for_tokens_and_secrets(
    ask, token, strava_simulator
):
    from integrations.strava import wire

    release = a_release()
    files = {"file": ("w.tcx", wire.tcx(release), "text/xml")}
    ask("POST", "api/v3/uploads", token, form=wire.upload_form(release), files=files)
    secret = {"client_id": "ringfence-demo", "client_secret": "a-secret-only-for-tests"}
    ask("GET", "api/v3/push_subscriptions", query=secret)
    ask(
        "POST",
        "oauth/token",
        form={**secret, "grant_type": "refresh_token", "refresh_token": "canary-refresh"},
    )

    rows = json.loads(ask("GET", "received.json").body)
    assert [row["method"] for row in rows] == ["POST", "GET", "POST"]
    assert all(set(row) == {"at", "method", "path", "body"} for row in rows)
    assert rows[0]["path"] == "/demo/strava/api/v3/uploads"
    assert wire.tcx(release).decode() in rows[0]["body"]
    assert "external_id=" in rows[0]["body"]
    page = ask("GET", "received").body.decode()
    assert "HeartRateBpm" in page
    for canary in ("a-secret-only-for-tests", "canary-refresh", token):
        assert canary not in page
        assert canary not in json.dumps(rows)


def test_what_goes_wrong_next_can_be_set_over_http(ask, token):
    assert ask("POST", "control", json={"fail": "500", "times": 2}).status == 200
    statuses = [ask("GET", "api/v3/athlete", token).status for _ in range(3)]
    assert statuses == [500, 500, 200]
    assert ask("POST", "control", json={"fail": "nonsense"}).status == 400
    assert ask("POST", "control", json={"anything": 1}).status == 400


def test_two_servers_over_one_store_are_one_strava(strava_simulator, ask, token, settings):
    with simulators() as other:
        settings.EGRESS_LOOPBACK_PORTS = [*settings.EGRESS_LOOPBACK_PORTS, other]
        call = Call(
            "GET",
            f"http://127.0.0.1:{other}/demo/strava/api/v3/athlete",
            headers={"authorization": f"Bearer {token}"},
        )
        assert send(call, hosts=HOSTS, deadline=Deadline.in_(5)).status == 200
