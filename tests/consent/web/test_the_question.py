"""The consent screen: what it asks, how it is answered, and what is stored when the answer makes no sense."""

import re

import pytest
from django.core import mail

from audit.log.models import Entry
from consent.grants.models import Grant, Receipt
from tests.consent.web.conftest import CANARY, share

ASK = "/connections/strava/connect/"
WORKOUTS, READINESS, WORKOUTS_IN = "export:workout", "export:readiness_score", "import:workout"


def text(answer) -> str:
    main = re.search(r"<main.*</main>", answer.content.decode(), re.S)
    assert main
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0]))


def on(answer) -> list[str]:
    inputs = re.findall(r"<input[^>]*role=\"switch\"[^>]*>", answer.content.decode())
    return [re.findall(r"value=\"([^\"]+)\"", each)[0] for each in inputs if " checked" in each]


def kinds() -> set[str]:
    return set(Entry.objects.values_list("kind", flat=True))


def allow(browser, *flows: str, **more):
    return browser.post(ASK, {"decision": "allow", "flow": list(flows), **more})


def test_the_screen_keeps_the_order_of_the_rules(browser_of_lin):
    shown = text(browser_of_lin.get(ASK))

    order = ["Connect Strava?", "You choose what goes out", "Who gets it", "What leaves", "What comes in"]
    order += ["What never leaves", "If this had been on yesterday", "Your choice Not now Allow"]
    places = [shown.index(words) for words in order]
    assert places == sorted(places)


def test_womens_health_stands_first_in_what_never_leaves_and_is_no_switch(browser_of_lin):
    answer = browser_of_lin.get(ASK)

    never = text(answer).partition("What never leaves")[2]
    assert never.index("women’s health") < never.index("Body temperature")
    switches = re.findall(r'name="flow" value="([^"]+)"', answer.content.decode())
    assert switches
    assert not [flow for flow in switches if re.search("period|cycle|pregnan|temperature", flow)]


@pytest.mark.parametrize("query", ["", "?flow=export:workout", "?export:workout=on&scope=workout"])
def test_every_switch_starts_off_whatever_the_address_says(browser_of_lin, query):
    assert on(browser_of_lin.get(ASK + query)) == []


def test_every_switch_starts_off_even_while_sharing(lin, browser_of_lin):
    share(lin, WORKOUTS)
    assert on(browser_of_lin.get(ASK)) == []


def test_allow_with_nothing_on_says_what_to_do_and_stores_nothing(browser_of_lin):
    answer = allow(browser_of_lin)

    assert answer.status_code == 422
    assert "<title>Error: " in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()
    assert "Turn on at least one switch, or choose Not now." in text(answer)
    assert not Grant.objects.exists()


def test_a_switch_that_the_partner_does_not_have_is_refused_whole(browser_of_lin):
    answer = allow(browser_of_lin, WORKOUTS, "export:period")

    assert answer.status_code == 422
    assert not Grant.objects.exists()
    assert "grant.given" not in kinds()


def test_after_an_error_the_switches_are_as_they_were_posted(browser_of_lin):
    assert on(allow(browser_of_lin, WORKOUTS, "export:nothing")) == [WORKOUTS]


def test_an_unknown_answer_is_no_answer(browser_of_lin):
    for decision in (["yes"], [], ["allow", "not_now"]):
        answer = browser_of_lin.post(ASK, {"decision": decision, "flow": [WORKOUTS]})
        assert answer.status_code == 422
    assert not Grant.objects.exists()


def test_not_now_stores_nothing_but_that_the_member_was_asked(browser_of_lin):
    answer = browser_of_lin.post(ASK, {"decision": "not_now", "flow": [WORKOUTS_IN]})

    assert (answer.status_code, answer["Location"]) == (303, "/connections/")
    assert not Grant.objects.exists()
    assert kinds() == {"consent.refused"}
    assert mail.outbox == []


def test_a_partner_that_is_not_there_has_no_page(browser_of_lin):
    for path in ("/connections/nobody/", "/connections/nobody/connect/"):
        assert browser_of_lin.get(path).status_code == 404
    assert browser_of_lin.post("/connections/nobody/revoke/").status_code == 404


def test_allow_leads_on_by_a_page_of_ours_and_not_by_a_redirect(browser_of_lin):  # SR-4.3
    answer = allow(browser_of_lin, WORKOUTS, READINESS)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "You allowed 2 types. Taking you to Strava." in page
    assert re.search(r'<meta http-equiv="refresh" content="0; url=[^"]*/oauth/authorize', page)
    assert "form-action 'none'" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "<form" not in page


def test_a_yes_covers_exactly_the_switches_that_were_on(lin, browser_of_lin):
    allow(browser_of_lin, WORKOUTS, READINESS)

    grant = Grant.objects.get(member=lin)
    assert {toggle.flow for toggle in grant.toggles.all() if toggle.on} == {WORKOUTS, READINESS}


def test_the_mail_after_a_yes_names_no_partner_and_no_type(browser_of_lin):
    allow(browser_of_lin, WORKOUTS, READINESS)

    (letter,) = mail.outbox
    said = f"{letter.subject} {letter.body}".lower()
    assert not [word for word in ("strava", "workout", "readiness", "score", "heart") if word in said]


def test_a_screen_that_has_changed_meanwhile_is_asked_again(browser_of_lin):
    answer = allow(browser_of_lin, WORKOUTS, notice="sha256:" + "0" * 64)

    assert answer.status_code == 422
    assert on(answer) == []
    assert not Grant.objects.exists()


def test_the_preview_shows_values_in_words_and_never_a_note_or_a_field_name(browser_of_lin):
    page = text(browser_of_lin.post("/connections/strava/preview/", {"flow": [WORKOUTS, READINESS]}))

    assert "Evening run" in page
    assert re.search(r"18:02, 31 minutes, .*average \d+ beats a minute", page)
    assert re.search(r"Readiness \d+", page)
    assert "2 types would have gone out." in page
    assert CANARY not in page
    assert "start_datetime" not in page


def test_the_preview_is_no_disclosure(browser_of_lin):
    browser_of_lin.post("/connections/strava/preview/", {"flow": [WORKOUTS]})
    assert not [kind for kind in kinds() if kind.startswith(("release.", "delivery."))]


def test_the_preview_with_all_off_says_that_nothing_would_have_moved(browser_of_lin):
    assert "Nothing would have moved." in text(browser_of_lin.post("/connections/strava/preview/", {}))


def test_a_score_without_a_workout_to_carry_it_would_not_have_gone(browser_of_lin):
    page = text(browser_of_lin.post("/connections/strava/preview/", {"flow": [READINESS]}))
    assert "Nothing would have moved that day." in page
    assert "No workout would have gone out that day." in page


def test_a_switch_change_gets_the_panel_alone(browser_of_lin):
    answer = browser_of_lin.post(
        "/connections/strava/preview/", {"flow": [WORKOUTS]}, headers={"HX-Request": "true"}
    )

    assert "<html" not in answer.content.decode()
    assert 'hx-swap-oob="innerHTML:#tally"' in answer.content.decode()


def _later(browser, seconds: int) -> None:
    """Let the last sign-in lie further back."""
    session = browser.session
    for proof in session["account_authentication_methods"]:
        proof["at"] -= seconds
    session.save()


def test_something_may_come_in_right_after_signing_in(browser_of_lin):
    assert allow(browser_of_lin, WORKOUTS_IN).status_code == 200


def test_letting_something_in_asks_to_sign_in_again_and_keeps_the_choices(browser_of_lin):  # SR-3.6
    _later(browser_of_lin, 301)

    answer = allow(browser_of_lin, WORKOUTS, WORKOUTS_IN)

    assert (answer.status_code, answer["Location"]) == (
        303,
        "/accounts/reauthenticate/?next=%2Fconnections%2Fstrava%2Fconnect%2F",
    )
    assert not Grant.objects.exists()
    back = browser_of_lin.get(ASK)
    assert on(back) == [WORKOUTS, WORKOUTS_IN]
    assert "Your switches are as you left them" in text(back)
    assert on(browser_of_lin.get(ASK)) == []  # once


def test_what_only_goes_out_and_not_now_never_ask_to_sign_in_again(browser_of_lin):
    _later(browser_of_lin, 301)

    assert allow(browser_of_lin, WORKOUTS).status_code == 200
    answer = browser_of_lin.post(ASK, {"decision": "not_now", "flow": [WORKOUTS_IN]})
    assert answer["Location"] == "/connections/"


def test_two_presses_on_allow_make_one_grant(lin, browser_of_lin):
    allow(browser_of_lin, WORKOUTS)
    allow(browser_of_lin, WORKOUTS)

    assert Grant.objects.filter(member=lin).count() == 1
    assert Receipt.objects.count() == 2


def test_a_head_request_shows_nobody_a_notice_and_records_none(browser_of_lin) -> None:
    browser_of_lin.head("/connections/strava/connect/")
    assert not Entry.objects.filter(kind="notice.served").exists()

    browser_of_lin.get("/connections/strava/connect/")
    assert Entry.objects.filter(kind="notice.served").count() == 1
