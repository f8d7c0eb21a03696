"""What a visitor does at the simulated Strava: say yes or no to scopes, log an activity, remove the app."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from integrations.strava.connector import StravaConnector
from tests.support.listening import listening

FLOWS = frozenset({"export:workout", "import:workout"})


@pytest.fixture
def visitor(strava_simulator, settings):
    settings.ROOT_URLCONF = "tests.support.serving"
    return Client()


def authorize_path(callback="http://testserver/connections/strava/callback/", **changes):
    address = StravaConnector().authorize_address(flows=FLOWS, state="the-state", callback=callback)
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()} | changes
    return "/demo/strava/oauth/authorize", query


def answered(visitor, answer, callback="http://testserver/connections/strava/callback/"):
    path, query = authorize_path(callback)
    return visitor.post(path, answer, query_params=query)


def test_the_page_asks_for_each_scope_by_itself(visitor):
    path, query = authorize_path()
    page = visitor.get(path, query).content.decode()
    for scope in ("read", "activity:read", "activity:write"):
        assert f'value="{scope}" checked' in page
    assert "Authorize" in page
    assert "Cancel" in page
    assert "Simulated Strava" in page


def test_what_the_athlete_unticks_is_not_granted(visitor, strava_simulator):
    response = answered(
        visitor, {"decision": "authorize", "scope": ["read", "activity:write", "activity:read_all"]}
    )
    back = parse_qs(urlsplit(response.url).query)
    assert back["state"] == ["the-state"]
    assert set(back["scope"][0].split(",")) == {"read", "activity:write"}
    assert len(back["code"][0]) == 40


def test_cancel_goes_back_with_access_denied(visitor):
    response = answered(visitor, {"decision": "cancel", "scope": ["read"]})
    assert parse_qs(urlsplit(response.url).query) == {"state": ["the-state"], "error": ["access_denied"]}


def test_a_callback_on_another_name_is_reached_by_a_link_as_the_form_may_not_redirect_there(visitor):
    response = answered(visitor, {"decision": "cancel"}, callback="http://127.0.0.1:8000/callback/")
    assert response.status_code == 200
    assert (
        'href="http://127.0.0.1:8000/callback/?state=the-state&amp;error=access_denied"'
        in response.content.decode()
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"response_type": "token"},
        {"redirect_uri": "https://elsewhere.example/"},
        {"redirect_uri": "javascript:alert(1)"},
        {"scope": ""},
        {"scope": "everything"},
    ],
)
def test_a_request_that_is_not_the_apps_is_refused(visitor, changes):
    path, query = authorize_path(**changes)
    assert visitor.get(path, query).status_code == 400


def test_a_browser_stays_the_same_athlete_and_another_is_another(visitor):
    path, query = authorize_path()
    first, again, other = visitor.get(path, query), visitor.get(path, query), Client().get(path, query)
    assert first.context["athlete"] == again.context["athlete"] != other.context["athlete"]


def test_the_pages_take_nothing_from_a_form_without_its_token(strava_simulator, settings):
    settings.ROOT_URLCONF = "tests.support.serving"
    settings.CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
    strict = Client(enforce_csrf_checks=True)
    for path in ("/demo/strava/log", "/demo/strava/remove"):
        assert strict.post(path, {"athlete": "1"}).status_code == 403


def test_an_activity_logged_on_the_page_and_the_removal_of_the_app_are_told(visitor, strava_simulator):
    tokens = strava_simulator.tokens()
    athlete = str(strava_simulator.athlete)
    with listening() as subscriber:
        strava_simulator.may_call(subscriber.port)
        from integrations.egress import Deadline

        StravaConnector().subscribe(
            callback=subscriber.callback, verify_token="a-verify-token", deadline=Deadline.in_(5)
        )
        assert f"Athlete {athlete}" in visitor.get("/demo/strava/").content.decode()
        assert visitor.post("/demo/strava/log", {"athlete": athlete, "heart_rate": "1"}).status_code == 302
        subscriber.wait_for(1)
        assert visitor.post("/demo/strava/remove", {"athlete": athlete}).status_code == 302
        subscriber.wait_for(2)
    assert not strava_simulator.tokens_alive(tokens["access_token"])
    assert "Half an hour of running" in visitor.get("/demo/strava/").content.decode()
    assert visitor.post("/demo/strava/log", {"athlete": athlete}).status_code == 400


def test_without_anything_received_the_page_says_so(visitor):
    assert "Nothing yet." in visitor.get("/demo/strava/received").content.decode()
    assert visitor.get("/demo/strava/received.json").json() == []
