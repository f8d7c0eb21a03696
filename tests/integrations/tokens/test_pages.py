"""The page of a member's own programs: making a key, ending one, and the switches that all of them share."""

import re

import pytest
from django.test import Client

from audit.log.models import Entry
from consent.grants import clock, selectors
from consent.manifests.ceilings import OWN_PROGRAM
from integrations.oauth.bearer import Bearer, find
from integrations.tokens.models import PersonalToken
from integrations.tokens.spelling import is_ours
from records.members.models import Member
from tests.consent.web import reading
from tests.consent.web.conftest import browser_of_lin, lin, noah, signed_in
from tests.consent.web.test_every_page import assert_kept_to_the_policy
from tests.integrations.tokens.keys import SCORE, WORKOUTS, make_key

__all__ = ["browser_of_lin", "lin", "noah"]
KEY = re.compile(r'<code id="key">([^<]+)</code>')


def make(browser: Client, note: str = "My kitchen display"):
    return browser.post("/tokens/make/", {"note": note})


def shown(answer) -> str:
    (key,) = KEY.findall(answer.content.decode())
    return key


def on(member: Member) -> set[str]:
    grant = selectors.live_grant(member, OWN_PROGRAM)
    return {toggle.flow for toggle in grant.toggles.all() if toggle.on} if grant else set()


def test_a_key_is_shown_once_and_kept_by_no_cache(lin, browser_of_lin):  # SR-2.16
    answer = make(browser_of_lin)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert is_ours(shown(answer))
    page = browser_of_lin.get("/tokens/").content.decode()
    assert "My kitchen display" in page
    assert "Not used yet." in page
    assert shown(answer) not in page
    assert shown(answer)[:12] not in page


def test_a_key_needs_a_note(lin, browser_of_lin):
    answer = make(browser_of_lin, "  ")

    assert answer.status_code == 422
    assert "<title>Error: " in answer.content.decode()
    assert 'href="#note"' in answer.content.decode()
    assert not PersonalToken.objects.exists()


def test_who_proved_themselves_long_ago_does_it_again_and_keeps_the_note(
    lin, browser_of_lin, settings
):  # SR-3.6
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    answer = make(browser_of_lin, "For my shell")
    assert answer.status_code == 303
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not PersonalToken.objects.exists()

    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    page = browser_of_lin.get("/tokens/?again=1").content.decode()

    assert 'value="For my shell"' in page
    assert make(browser_of_lin, "For my shell").status_code == 200


def test_every_switch_starts_off_and_the_sensitive_ones_stand_apart(lin, browser_of_lin):
    for _ in range(2):
        page = browser_of_lin.get("/tokens/choose/").content.decode()
        assert page.count('role="switch"') == 32
        assert " checked" not in page.replace('value="today" checked', "")
    apart = page[page.index("Think twice here.") :]
    assert 'value="export:tag"' in apart
    assert 'value="export:sex"' in apart
    assert 'value="export:sleep_score"' not in apart
    assert "readiness_detail" not in page
    assert "temperature_trend" not in page


def test_all_covers_no_sensitive_type_and_stores_nothing(lin, browser_of_lin):
    page = browser_of_lin.post("/tokens/preview/", {"every": "export:on"}).content.decode()

    ticked = set(re.findall(r'value="(export:\w+)"[^>]* checked', page))
    assert {SCORE, WORKOUTS} <= ticked
    assert not ticked & {"export:tag", "export:sex"}
    assert on(lin) == set()


@pytest.mark.parametrize(("since", "past"), [("today", False), ("past", True)])
def test_a_yes_covers_what_was_turned_on_and_the_days_that_were_chosen(lin, browser_of_lin, since, past):
    answer = browser_of_lin.post("/tokens/choose/", {"flow": [SCORE], "decision": "allow", "from": since})

    assert answer.status_code == 303
    assert on(lin) == {SCORE}
    begins = selectors.live_grant(lin, OWN_PROGRAM).history_from
    assert (begins.year == 1970) is past


def test_allow_with_nothing_on_stays_and_says_what_to_do(lin, browser_of_lin):
    answer = browser_of_lin.post("/tokens/choose/", {"decision": "allow"})

    assert answer.status_code == 422
    assert "Turn on at least one switch" in answer.content.decode()
    assert on(lin) == set()


def test_not_now_is_recorded_and_opens_nothing(lin, browser_of_lin):
    browser_of_lin.post("/tokens/choose/", {"decision": "not_now", "flow": [SCORE]})

    assert on(lin) == set()
    assert Entry.objects.filter(kind="consent.refused").count() == 1


def test_what_no_program_may_have_cannot_be_posted(lin, browser_of_lin):
    for flow in ("export:period", "export:temperature_trend", "import:workout"):
        answer = browser_of_lin.post("/tokens/choose/", {"flow": [SCORE, flow], "decision": "allow"})
        assert answer.status_code == 422
    assert on(lin) == set()


def test_one_switch_off_acts_at_once_and_one_on_is_shown_first(lin, browser_of_lin):
    make_key(lin, on=(SCORE, WORKOUTS))

    browser_of_lin.post("/tokens/turn-off/", {"flow": WORKOUTS})
    assert on(lin) == {SCORE}
    asked = browser_of_lin.post("/tokens/turn-on/", {"flow": WORKOUTS})
    assert asked.status_code == 200
    assert "this is what would move" in asked.content.decode()
    assert "This covers your days from" in asked.content.decode()
    standing = browser_of_lin.post("/tokens/turn-on/", {"flow": "export:height"})
    assert "This covers what is true today" in standing.content.decode()
    assert on(lin) == {SCORE}
    browser_of_lin.post("/tokens/turn-on/", {"flow": WORKOUTS, "decision": "keep_off"})
    assert on(lin) == {SCORE}
    browser_of_lin.post("/tokens/turn-on/", {"flow": WORKOUTS, "decision": "start"})
    assert on(lin) == {SCORE, WORKOUTS}


def test_by_script_only_the_switches_come_back(lin, browser_of_lin):
    make_key(lin, on=(SCORE,))
    answer = browser_of_lin.post("/tokens/turn-off/", {"flow": SCORE}, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert 'id="rows"' in answer.content.decode()
    assert "It stopped at once." in answer.content.decode()


def test_a_switch_that_is_none_changes_nothing(lin, browser_of_lin):
    make_key(lin, on=(SCORE,))
    for verb in ("turn-on", "turn-off"):
        for flow in ("export:period", "nonsense", "\x00"):
            answer = browser_of_lin.post(f"/tokens/{verb}/", {"flow": flow, "decision": "start"})
            assert answer.status_code == 422
    assert on(lin) == {SCORE}


def test_stopping_is_in_the_list_of_everything_and_ends_every_key(lin, browser_of_lin):
    made = make_key(lin, on=(SCORE,))
    assert "Your own program" in browser_of_lin.get("/stop/").content.decode()

    browser_of_lin.post("/connections/own-program/revoke/")

    assert not isinstance(find(made.key, at=clock.now()), Bearer)
    page = browser_of_lin.get("/tokens/").content.decode()
    assert "You have no keys." in page
    assert "The keys you had then open nothing any more." in page


def test_another_members_key_is_no_page_at_all(lin, noah, browser_of_lin):  # SR-4.7
    theirs = make_key(noah, note="the key of noah", on=(SCORE,))

    assert browser_of_lin.post(f"/tokens/{theirs.token.id}/end/").status_code == 404
    assert "the key of noah" not in browser_of_lin.get("/tokens/").content.decode()
    assert isinstance(find(theirs.key, at=clock.now()), Bearer)
    signed_in(noah).post(f"/tokens/{theirs.token.id}/end/")
    assert not isinstance(find(theirs.key, at=clock.now()), Bearer)


def test_every_address_asks_for_sign_in_and_every_act_is_posted(lin, browser_of_lin, client):
    ref = make_key(lin).token.id
    acts = ["make/", f"{ref}/end/", "preview/", "turn-off/", "turn-on/"]
    for path in ["", "choose/", *acts]:
        assert client.get(f"/tokens/{path}")["Location"].startswith("/accounts/login/")
    for path in acts:
        assert browser_of_lin.get(f"/tokens/{path}").status_code == 303
    assert PersonalToken.objects.get().ended_at is None
    enforcing = Client(enforce_csrf_checks=True)
    enforcing.cookies = browser_of_lin.cookies
    assert enforcing.post("/tokens/make/", {"note": "a"}).status_code == 403  # SR-4.5


@pytest.mark.parametrize("state", ["empty", "live", "choose", "made", "error"])
def test_the_pages_keep_to_the_policy_and_read_at_grade_six(lin, browser_of_lin, state):
    if state == "live":
        make_key(lin, on=(SCORE,))
    answer = {
        "made": lambda: make(browser_of_lin),
        "error": lambda: make(browser_of_lin, ""),
        "choose": lambda: browser_of_lin.get("/tokens/choose/"),
    }.get(state, lambda: browser_of_lin.get("/tokens/"))()
    page = answer.content.decode()

    assert_kept_to_the_policy(answer, state)
    assert page.count("<h1") == 1
    sentences = reading.sentences_of(page)
    assert reading.grade(sentences) <= 6, sorted(sentences, key=lambda each: -reading.grade([each]))[:5]
    assert [each for each in sentences if len(reading.words_of(each)) > 20] == []
    said = re.sub(r"<[^>]+>", " ", page)
    assert not re.search(r"\b(revoke|scope|token|integration|third party|permission)", said, re.I)


def test_each_read_and_each_blocked_one_is_a_line_of_the_ledger(lin, browser_of_lin):
    made = make_key(lin, on=(SCORE,))
    lin.grants.update(history_from="1970-01-01")
    days = {"start_date": "2020-01-01"}
    assert made.get("/v2/usercollection/daily_sleep", days).json()["data"]
    made.get(
        "/v2/usercollection/daily_sleep", {"start_date": "2020-01-01", "end_date": "2020-01-02"}
    )  # empty
    assert made.get("/v2/usercollection/workout", days).status_code == 401

    page = browser_of_lin.get("/activity/").content.decode()
    assert page.count("Your own program read your sleep score") == 1
    assert page.count("asked for your") == 1
    assert "You made a key for a program of your own" in page
    assert "asked for your" not in browser_of_lin.get("/activity/?direction=out").content.decode()
    assert "read your" not in browser_of_lin.get("/activity/?direction=blocked").content.decode()
    assert "Last sent today" in browser_of_lin.get("/tokens/").content.decode()


def test_a_key_that_was_given_back_is_a_line_of_the_ledger_and_no_key_any_more(lin, browser_of_lin, client):
    made = make_key(lin, note="A clock", on=(SCORE,))
    client.post("/oauth/revoke", headers=made.headers)

    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", browser_of_lin.get("/activity/").content.decode()))

    assert "Your program A program of yours gave its key back. It opens nothing now." in page
    assert "A clock" not in browser_of_lin.get("/tokens/").content.decode()
