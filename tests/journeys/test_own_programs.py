"""Making a key for a program of one's own, letting it read, and ending it, in a real Chromium."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from records.members.models import Member
from tests.integrations.tokens.keys import SCORE, make_key
from tests.journeys.test_seen_by_axe import faults, looked_at

pytestmark = [pytest.mark.browser, pytest.mark.once]


def asked(key: str) -> int:
    answer = Client().get("/v2/usercollection/daily_sleep", headers={"Authorization": f"Bearer {key}"})
    return answer.status_code


def test_a_member_makes_a_key_lets_it_read_and_ends_it(at_lin: Page, live_server, lin: Member, console):
    at_lin.get_by_role("link", name="Account").click()
    at_lin.get_by_role("link", name="Your own programs").click()
    at_lin.get_by_label("What is it for?").fill("My kitchen display")
    at_lin.get_by_role("button", name="Make the key").click()
    expect(at_lin.get_by_role("heading", level=1)).to_have_text("Your new key")
    key = at_lin.locator("#key").inner_text()
    assert faults(at_lin) == []
    assert asked(key) == 401

    at_lin.get_by_role("link", name="Choose what your programs may read").click()
    with at_lin.expect_response("**/tokens/preview/"):
        at_lin.get_by_role("switch", name="Sleep score").check()
    expect(at_lin.locator("#tally")).to_contain_text("1 type would have gone out")
    at_lin.get_by_role("button", name="Allow").click()
    expect(at_lin.locator("#told")).to_contain_text("You allowed 1 type.")
    assert asked(key) == 200

    with at_lin.expect_response("**/tokens/turn-off/"):
        at_lin.get_by_role("switch", name="Sleep score").uncheck()
    expect(at_lin.locator("#saved")).to_contain_text("Sleep score is off. It stopped at once.")
    assert asked(key) == 401
    with at_lin.expect_response("**/tokens/turn-on/"):
        at_lin.get_by_role("switch", name="Sleep score").check()
    at_lin.get_by_role("button", name="Start sending").click()
    expect(at_lin.get_by_role("switch", name="Sleep score")).to_be_checked()
    assert asked(key) == 200

    at_lin.get_by_role("button", name="End this key for My kitchen display").click()
    expect(at_lin.locator("#told")).to_contain_text("opens nothing any more")
    assert asked(key) == 401
    assert console == []


def test_without_script_it_works_as_well(without_script: Page, lin: Member):
    without_script.goto("/tokens/choose/")
    without_script.get_by_role("switch", name="Sleep score").check()
    without_script.get_by_role("button", name="Show me").last.click()
    expect(without_script.locator("#tally")).to_contain_text("1 type would have gone out")
    without_script.get_by_role("button", name="Allow").click()
    without_script.get_by_label("What is it for?").fill("My shell")
    without_script.get_by_role("button", name="Make the key").click()
    key = without_script.locator("#key").inner_text()
    assert asked(key) == 200
    without_script.get_by_role("link", name="I have copied it").click()
    without_script.get_by_role("button", name="Turn off Sleep score").click()
    expect(without_script.locator("#told")).to_contain_text("Sleep score is off")
    without_script.get_by_role("button", name="Stop all your programs").click()
    assert asked(key) == 401


def test_the_pages_have_no_fault(at_lin: Page, live_server, lin: Member, console):
    for path in ("/tokens/", "/tokens/choose/", "/api/docs/"):
        looked_at(at_lin, live_server.url + path)
    make_key(lin, note="My kitchen display", on=(SCORE, "export:tag"))
    looked_at(at_lin, f"{live_server.url}/tokens/")
    assert console == []
