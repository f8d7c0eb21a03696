"""A partner's app sends a member to the question in Chromium: no policy blocks the way there or back (SR-4.3)."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from consent.grants import clock
from consent.grants.models import Grant
from integrations.oauth import demo, services
from records.members.models import Member
from tests.consent.web.conftest import PASSWORD
from tests.journeys.conftest import sign_in
from tests.journeys.test_seen_by_axe import faults, looked_at
from tests.support.program import Program

pytestmark = [pytest.mark.browser, pytest.mark.once]
BACK = "https://app.sahha.example/back"
SCOPES = "email personal daily heartrate workout session tag spo2 stress heart_health ring_configuration"


@pytest.fixture
def sahha(live_server) -> Program:
    demo.load(at=clock.now())
    made, secret = services.register(
        partner="sahha",
        name="Sahha",
        client_id="an-app",
        redirect_uris=[BACK],
        approved=SCOPES.split(),
        at=clock.now(),
    )
    return Program(made.client_id, secret)


def at_the_app(page: Page) -> None:
    """Stand in for the app's own page, which is on no network of ours."""
    page.route(
        f"{BACK}**", lambda route: route.fulfill(body="<title>The app</title>", content_type="text/html")
    )


def told(page: Page) -> dict[str, str]:
    page.wait_for_url(f"{BACK}**")
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_the_question_has_no_fault_that_axe_knows(page: Page, live_server, lin: Member, sahha, console):
    sign_in(page, live_server.url, lin)
    for scope in ("daily", SCOPES):
        looked_at(page, live_server.url + sahha.address(scope, redirect_uri=BACK))
    page.get_by_role("button", name="Allow").click()  # nothing is on
    expect(page.get_by_role("alert")).to_contain_text("Turn on at least one switch")
    assert faults(page) == []
    assert [line for line in console if "422" not in line] == []


def test_a_member_who_signs_in_on_the_way_allows_one_switch_and_is_back_in_the_app(
    page: Page, live_server, lin: Member, sahha, console
):
    at_the_app(page)
    page.goto(live_server.url + sahha.address(SCOPES, redirect_uri=BACK))
    page.fill("#id_login", lin.email)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/oauth/authorize**")

    page.locator("label[for=export-sleep_score]").click()
    page.get_by_role("button", name="Allow").click()

    answer = told(page)
    assert answer.keys() == {"code", "state", "scope", "iss"}
    assert [toggle.flow for toggle in Grant.objects.get(member=lin).toggles.filter(on=True)] == [
        "export:sleep_score"
    ]
    assert not [line for line in console if "Content Security Policy" in line or "blocked" in line.lower()]
    assert sahha.redeem(answer["code"], redirect_uri=BACK).status_code == 200


def test_it_works_without_script(without_script: Page, live_server, lin: Member, sahha):
    at_the_app(without_script)
    without_script.goto(live_server.url + sahha.address("daily", redirect_uri=BACK))
    without_script.locator("label[for=export-steps]").click()
    without_script.get_by_label("Including everything from the past").check()
    without_script.get_by_role("button", name="Allow").click()
    assert "code" in told(without_script)
    assert Grant.objects.get(member=lin).history_from.year == 1970

    without_script.goto(live_server.url + sahha.address("daily", redirect_uri=BACK))
    without_script.get_by_role("button", name="Not now").click()
    assert told(without_script)["error"] == "access_denied"
