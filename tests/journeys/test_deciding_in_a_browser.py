"""Deciding and stopping in a real Chromium: by mouse, by keyboard alone, and with JavaScript off."""

import pytest
from playwright.sync_api import Page, expect

from consent.grants.models import Grant
from consent.manifests.register import manifest_of
from tests.consent.web.conftest import share

pytestmark = [pytest.mark.browser, pytest.mark.once]
ASK = "/connections/strava/connect/"
AT_STRAVA = "**/demo/strava/oauth/authorize*"


def status() -> str:
    return Grant.objects.get().status


def test_no_switch_is_on_at_first_paint_nor_after_going_back(at_lin: Page, live_server):
    at_lin.goto(live_server.url + ASK)
    assert at_lin.locator("input[role=switch]").count() == 6
    assert at_lin.locator("input[role=switch]:checked").count() == 0

    at_lin.locator("#export-workout").check()
    at_lin.goto(f"{live_server.url}/stop/")
    at_lin.go_back()
    assert at_lin.locator("input[role=switch]:checked").count() == 0


def test_allow_and_not_now_are_equals(at_lin: Page, live_server):
    at_lin.goto(live_server.url + ASK)
    looks = """button => { const s = getComputedStyle(button), b = button.getBoundingClientRect();
        return [b.width, b.height, b.top, s.color, s.backgroundColor, s.borderColor, s.fontSize, s.fontWeight] }"""
    for width in (320, 390, 1280):
        at_lin.set_viewport_size({"width": width, "height": 900})
        not_now = at_lin.get_by_role("button", name="Not now").evaluate(looks)
        allow = at_lin.get_by_role("button", name="Allow").evaluate(looks)
        assert [pytest.approx(v, abs=0.5) if isinstance(v, int | float) else v for v in not_now] == allow
    assert at_lin.get_by_role("button", name="Allow").is_enabled()


def test_the_preview_follows_the_switches_and_the_focus_stays(at_lin: Page, live_server, console):
    at_lin.goto(live_server.url + ASK)
    tally = at_lin.locator("#tally")
    expect(tally).to_have_text("Nothing would have moved. All switches are off.")

    at_lin.locator("#export-workout").focus()
    at_lin.keyboard.press("Space")
    expect(tally).to_have_text("1 type would have gone out. 0 types would have come in.")
    expect(at_lin.locator("#preview")).to_contain_text("Evening run")
    assert at_lin.evaluate("document.activeElement.id") == "export-workout"

    at_lin.keyboard.press("Space")
    expect(tally).to_have_text("Nothing would have moved. All switches are off.")
    assert console == []


def test_allow_leads_to_the_partner_under_the_strict_policy(at_lin: Page, live_server, console):  # SR-4.3
    at_lin.goto(live_server.url + ASK)
    at_lin.locator("#export-workout").check()
    at_lin.get_by_role("button", name="Allow").click()

    at_lin.wait_for_url(AT_STRAVA)
    assert [said for said in console if "Content Security Policy" in said] == []
    assert status() == "active"


def test_the_keyboard_alone_allows_and_stops(at_lin: Page, live_server):
    at_lin.goto(live_server.url + ASK)
    _tab_to(at_lin, "#export-workout")
    at_lin.keyboard.press("Space")
    _tab_to(at_lin, "button[value=allow]")
    at_lin.keyboard.press("Enter")
    at_lin.wait_for_url(AT_STRAVA)

    at_lin.goto(f"{live_server.url}/activity/")
    _tab_to(at_lin, "a[href='/stop/']")
    at_lin.keyboard.press("Enter")
    at_lin.wait_for_url("**/stop/")
    _tab_to(at_lin, "form[action$='/revoke/'] button")
    at_lin.keyboard.press("Enter")
    at_lin.wait_for_url("**/connections/strava/")
    expect(at_lin.locator("main")).to_contain_text("You stopped sharing with Strava")
    assert status() == "withdrawn"


def test_without_script_everything_still_works(without_script: Page):
    page = without_script
    page.goto(ASK)
    page.locator("#export-workout").check()
    page.get_by_role("button", name="Show me").click()
    expect(page.locator("#preview")).to_contain_text("Evening run")
    assert page.locator("#export-workout").is_checked()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(AT_STRAVA)

    page.goto("/connections/strava/")
    page.get_by_role("button", name="Turn on Readiness score").click()
    page.get_by_role("button", name="Keep it off").click()
    page.get_by_role("button", name="Turn off Workouts with heart rate").click()
    expect(page.locator("#told")).to_contain_text("Workouts with heart rate is off.")
    page.get_by_role("link", name="Stop sharing").first.click()
    page.get_by_role("button", name="Stop sharing with Strava").click()
    expect(page.locator("main")).to_contain_text("You stopped sharing with Strava")


def test_a_switch_acts_where_it_stands_and_says_what_is_true(at_lin: Page, live_server, lin, console):
    share(lin, "export:workout", "export:readiness_score")
    at_lin.goto(f"{live_server.url}/connections/strava/")

    at_lin.locator("#export-readiness_score").click()
    expect(at_lin.locator("#saved")).to_have_text("Readiness score is off. It stopped at once.")
    assert at_lin.locator("#export-readiness_score").is_checked() is False
    assert at_lin.evaluate("document.activeElement.id") == "export-readiness_score"

    at_lin.locator("#export-readiness_score").click()
    expect(at_lin.get_by_role("button", name="Start sending")).to_be_visible()
    assert at_lin.locator("#export-readiness_score").is_checked() is False  # not before the second press
    at_lin.get_by_role("button", name="Keep it off").click()
    expect(at_lin.locator("#told")).to_contain_text("Readiness score is still off.")
    assert console == []


LONG = "/connections/apple-health/connect/"


def test_all_and_none_are_equals_and_move_their_own_section_alone(at_lin: Page, live_server, console):
    at_lin.goto(live_server.url + LONG)
    looks = """button => { const s = getComputedStyle(button), b = button.getBoundingClientRect();
        return [b.width, b.height, b.top, s.color, s.backgroundColor, s.borderColor, s.fontSize, s.fontWeight] }"""
    for width in (320, 1280):
        at_lin.set_viewport_size({"width": width, "height": 900})
        all_ = at_lin.get_by_role("button", name="All that goes out").evaluate(looks)
        none = at_lin.get_by_role("button", name="None that goes out").evaluate(looks)
        assert [pytest.approx(v, abs=0.5) if isinstance(v, int | float) else v for v in all_] == none

    at_lin.locator("#import-sex").check()
    at_lin.get_by_role("button", name="All that goes out").click()
    expect(at_lin.locator("#export input[role=switch]:checked")).to_have_count(10)
    expect(at_lin.locator("#import input[role=switch]:checked")).to_have_count(1)
    expect(at_lin.locator("#tally")).to_contain_text("would have gone out")
    at_lin.get_by_role("button", name="None that goes out").click()
    expect(at_lin.locator("#export input[role=switch]:checked")).to_have_count(0)
    assert at_lin.locator("#import-sex").is_checked()
    assert not Grant.objects.exists()
    assert console == []


def test_enter_on_a_switch_only_shows_and_decides_nothing(at_lin: Page, live_server):
    at_lin.goto(live_server.url + LONG)
    at_lin.locator("#export-steps").check()
    at_lin.locator("#export-steps").press("Enter")

    at_lin.wait_for_url("**/connections/apple-health/preview/")
    assert at_lin.locator("#export-steps").is_checked()
    assert at_lin.locator("input[role=switch]:checked").count() == 1
    assert not Grant.objects.exists()


def test_a_long_page_works_without_script(without_script: Page):
    page = without_script
    page.goto(LONG)
    page.get_by_role("button", name="All that comes in").click()
    assert page.locator("#import input[role=switch]:checked").count() == 6  # none of the sensitive three
    page.get_by_role("button", name="None that comes in").click()
    page.locator("#export-steps").check()
    page.get_by_role("button", name="Allow").click()
    expect(page.locator("main")).to_contain_text("You allowed 1 type.")
    assert status() == "active"


@pytest.mark.parametrize("slug", ["apple-health", "alexa", "headspace"])
def test_a_phone_s_width_is_wide_enough(at_lin: Page, live_server, lin, slug):
    """At 320 px and with text twice as large nothing scrolls sideways (WCAG 1.4.10, 1.4.4)."""
    flows = [flow.key for flow in manifest_of(slug).flows]
    if flows:
        share(lin, *flows, partner=slug)
    for path in (f"/connections/{slug}/", f"/connections/{slug}/connect/"):
        at_lin.set_viewport_size({"width": 320, "height": 900})
        at_lin.goto(live_server.url + path)
        assert at_lin.evaluate("document.documentElement.scrollWidth") <= 320
        at_lin.set_viewport_size({"width": 640, "height": 900})
        at_lin.evaluate("document.documentElement.style.fontSize = '200%'")
        assert at_lin.evaluate("document.documentElement.scrollWidth") <= 640


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"The keyboard does not reach {selector}.")
