"""One partner's page, its switches, and stopping: at once, from anywhere, without a question."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.core import mail

from consent.grants.facts import EVERYTHING
from consent.grants.models import Grant, Receipt
from tests.consent.web.conftest import share, signed_in
from tests.consent.web.test_the_question import READINESS, WORKOUTS, WORKOUTS_IN, _later, text

PAGE = "/connections/strava/"


def flows_on(member) -> set[str]:
    grant = Grant.objects.get(member=member)
    return {toggle.flow for toggle in grant.toggles.all() if toggle.on}


def test_a_switch_turned_off_acts_at_once(lin, browser_of_lin):
    share(lin, WORKOUTS, READINESS)

    answer = browser_of_lin.post(PAGE + "turn-off/", {"flow": READINESS}, follow=True)

    assert flows_on(lin) == {WORKOUTS}
    assert "Readiness score is off. It stopped at once." in text(answer)


def test_a_switch_change_gets_the_page_s_middle_and_says_what_is_true(lin, browser_of_lin):
    share(lin, WORKOUTS, READINESS)

    answer = browser_of_lin.post(PAGE + "turn-off/", {"flow": READINESS}, headers={"HX-Request": "true"})

    page = answer.content.decode()
    assert page.lstrip().startswith('<div class="two two--even" id="rows"')
    assert "<html" not in page
    assert "Readiness score is off." in page


def test_turning_on_shows_first_and_changes_nothing(lin, browser_of_lin):
    share(lin, WORKOUTS)

    answer = browser_of_lin.post(PAGE + "turn-on/", {"flow": READINESS})

    assert flows_on(lin) == {WORKOUTS}
    assert "this is what would move" in text(answer)
    assert "Keep it off" in text(answer)
    assert "Start sending" in text(answer)


def test_before_a_switch_goes_on_it_is_said_which_days_it_covers(lin, browser_of_lin):
    grant = share(lin, WORKOUTS)
    for since, said in (
        (date(2026, 11, 20), "This covers your days from 20 November 2026 on."),
        (EVERYTHING, "This covers your past too, as you chose when you said yes."),
    ):
        Grant.objects.filter(pk=grant.pk).update(history_from=since)
        assert said in text(browser_of_lin.post(PAGE + "turn-on/", {"flow": READINESS}))
        assert "This covers" not in text(browser_of_lin.post(PAGE + "turn-on/", {"flow": WORKOUTS_IN}))


def test_the_second_press_turns_it_on_with_a_receipt_of_its_own(lin, browser_of_lin):
    share(lin, WORKOUTS)

    browser_of_lin.post(PAGE + "turn-on/", {"flow": READINESS, "decision": "start"})

    assert flows_on(lin) == {WORKOUTS, READINESS}
    assert list(Receipt.objects.order_by("number").values_list("change", flat=True)) == [
        "allowed",
        "turned_on",
    ]


def test_keep_it_off_keeps_it_off(lin, browser_of_lin):
    share(lin, WORKOUTS)
    browser_of_lin.post(PAGE + "turn-on/", {"flow": READINESS, "decision": "keep_off"})
    assert flows_on(lin) == {WORKOUTS}


def test_turning_on_what_comes_in_asks_to_sign_in_again(lin, browser_of_lin):  # SR-3.6
    share(lin, WORKOUTS)
    _later(browser_of_lin, 301)

    answer = browser_of_lin.post(PAGE + "turn-on/", {"flow": WORKOUTS_IN, "decision": "start"})

    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert flows_on(lin) == {WORKOUTS}
    assert "Start sending" in text(browser_of_lin.get(PAGE + "turn-on/"))


@pytest.mark.parametrize("flow", ["export:period", "", "nonsense"])
def test_a_switch_that_does_not_exist_changes_nothing(lin, browser_of_lin, flow):
    share(lin, WORKOUTS)

    for act in ("turn-on/", "turn-off/"):
        answer = browser_of_lin.post(PAGE + act, {"flow": flow, "decision": "start"})
        assert answer.status_code == 422
    assert flows_on(lin) == {WORKOUTS}


def test_stopping_is_one_press_and_gives_the_minute(lin, browser_of_lin):
    share(lin, WORKOUTS)

    answer = browser_of_lin.post(PAGE + "revoke/", follow=True)

    grant = Grant.objects.get(member=lin)
    assert grant.status == "withdrawn"
    assert re.search(r"You stopped sharing with Strava\. It took effect at \d\d:\d\d on", text(answer))
    assert "Strava still has what it got before" in text(answer)
    assert "Connect Strava again" in text(answer)


def test_stopping_asks_nobody_to_sign_in_again(lin, browser_of_lin):
    share(lin, WORKOUTS, WORKOUTS_IN)
    _later(browser_of_lin, 3600)

    browser_of_lin.post(PAGE + "revoke/")

    assert Grant.objects.get(member=lin).status == "withdrawn"


def test_stopping_twice_is_as_good_as_once(lin, browser_of_lin):
    share(lin, WORKOUTS)
    browser_of_lin.post(PAGE + "revoke/")

    assert browser_of_lin.post(PAGE + "revoke/").status_code == 303
    assert Receipt.objects.count() == 2


def test_looking_at_the_stop_address_stops_nothing(lin, browser_of_lin):  # SR-4.5
    share(lin, WORKOUTS)
    browser_of_lin.get(PAGE + "revoke/")
    assert Grant.objects.get(member=lin).status == "active"


def test_every_member_page_reaches_a_stop_in_two_clicks(lin, browser_of_lin):
    share(lin, WORKOUTS)

    for path in (
        "/connections/",
        PAGE,
        PAGE + "connect/",
        "/activity/",
        "/settings/",
        "/help/",
        "/accounts/email/",
    ):
        assert 'href="/stop/">Stop sharing' in browser_of_lin.get(path).content.decode(), path
    assert f'action="{PAGE}revoke/"' in browser_of_lin.get("/stop/").content.decode()


def test_all_can_be_stopped_together(lin, browser_of_lin):
    share(lin, WORKOUTS)

    answer = browser_of_lin.post("/stop/all/", follow=True)

    assert Grant.objects.get(member=lin).status == "withdrawn"
    assert "You are not sharing with anyone." in text(answer)


def test_the_stop_button_is_never_red(lin, browser_of_lin):
    share(lin, WORKOUTS)
    for path in ("/stop/", PAGE, "/connections/"):
        assert "btn--danger" not in browser_of_lin.get(path).content.decode()


def test_the_mail_after_a_stop_names_no_partner(lin, browser_of_lin):
    share(lin, WORKOUTS)
    browser_of_lin.post(PAGE + "revoke/")
    assert "strava" not in f"{mail.outbox[-1].subject}{mail.outbox[-1].body}".lower()


def test_until_strava_has_answered_the_page_says_so_and_offers_both_ways(lin, browser_of_lin):
    browser_of_lin.post(PAGE + "connect/", {"decision": "allow", "flow": [WORKOUTS]})

    page = text(browser_of_lin.get(PAGE))

    assert "Waiting for Strava" in page
    assert "Try again" in page
    assert "Nothing moves yet" in text(browser_of_lin.get("/connections/"))
    again = browser_of_lin.post(PAGE + "try-again/")
    assert "Taking you to Strava." in again.content.decode()


def test_what_is_another_s_is_not_there(lin, noah, browser_of_lin):  # SR-4.7
    grant = share(lin, WORKOUTS)
    receipt = grant.receipts.get()
    other = signed_in(noah)

    for form in ("/", ".json", ".jws", ".fhir.json"):
        assert other.get(f"/receipts/{receipt.ref}{form}").status_code == 404
        assert other.get(f"/receipts/{uuid4()}{form}").status_code == 404
        assert browser_of_lin.get(f"/receipts/{receipt.ref}{form}").status_code == 200
    for act in ("turn-off/", "turn-on/", "revoke/", "try-again/"):
        assert other.post(PAGE + act, {"flow": WORKOUTS}).status_code == 404
    assert Grant.objects.get(member=lin).status == "active"


def test_nobody_sees_a_member_page_without_signing_in(client, db):
    paths = [
        "/connections/",
        PAGE,
        PAGE + "connect/",
        "/stop/",
        "/activity/",
        "/settings/",
        f"/receipts/{uuid4()}/",
    ]
    for path in paths:
        answer = client.get(path)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/"), path


def test_a_switch_pressed_after_a_stop_elsewhere_shows_what_is_true(lin, browser_of_lin):
    share(lin, WORKOUTS)
    browser_of_lin.post(PAGE + "revoke/")

    pressed = browser_of_lin.post(PAGE + "turn-on/", {"flow": WORKOUTS}, headers={"HX-Request": "true"})

    assert pressed["HX-Refresh"] == "true"
    again = browser_of_lin.post(PAGE + "turn-on/", {"flow": WORKOUTS, "decision": "start"}, follow=True)
    assert "You stopped sharing with Strava" in text(again)
    assert Grant.objects.get(member=lin).status == "withdrawn"


@pytest.mark.parametrize(
    ("act", "page"),
    [
        ("/connections/strava/turn-off/", "/connections/strava/"),
        ("/connections/strava/try-again/", "/connections/strava/"),
        ("/connections/strava/preview/", "/connections/strava/connect/"),
        ("/stop/all/", "/stop/"),
    ],
)
def test_who_had_to_sign_in_half_way_lands_on_the_page_of_the_act(browser_of_lin, act, page) -> None:
    answer = browser_of_lin.get(act)

    assert (answer.status_code, answer["Location"]) == (303, page)
    assert browser_of_lin.put(act).status_code == 405
