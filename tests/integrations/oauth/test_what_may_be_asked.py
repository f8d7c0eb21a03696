"""What a program may not ask, and what can be answered: its request, its address, the switches (SR-2.3 to 2.9)."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from audit.log.models import Entry
from consent.grants import clock
from consent.grants.models import Grant
from integrations.oauth.models import Inquiry
from tests.factories import make_member
from tests.integrations.oauth.judging import lives, refused
from tests.support.program import CALLBACK, answered, browser_of, form_of

SCORE = "export:sleep_score"
OTHER = "export:steps"


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (
            {"code_challenge": "", "code_challenge_method": ""},
            "invalid_request",
        ),  # SR-2.3: it is not exempted
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),  # SR-2.1
        ({"response_type": "code token"}, "unauthorized_client"),
        ({"response_type": ""}, "invalid_request"),
        ({"scope": "period cycle temperature_trend activity"}, "invalid_scope"),  # SR-2.5
    ],
)
def test_what_a_program_may_not_ask_goes_back_to_it_with_its_state(lin, tab, sahha, sent, error):
    answer = tab.get(sahha.address(**sent))
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{CALLBACK}?")
    assert f"error={error}" in answer["Location"]
    assert "state=a-state" in answer["Location"]
    assert "iss=" in answer["Location"]  # RFC 9207
    described = parse_qs(urlsplit(answer["Location"]).query)["error_description"]
    assert described[0].endswith(".")  # never empty (RFC 6749, 4.1.2.1)
    assert not Inquiry.objects.exists()


def test_nobody_is_sent_anywhere_before_they_have_signed_in(lin, client, sahha):
    """RFC 9700, 4.11.2: a link to us that fails on purpose would lead whoever follows it to a partner's page."""
    for address in (sahha.address(), sahha.address("period"), sahha.address(response_type="token")):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/?next=/oauth/authorize")


@pytest.mark.parametrize(
    "sent",
    [
        {"client_id": "nobody"},
        {"client_id": "sahha\x00"},
        {"redirect_uri": "https://elsewhere.example/"},
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": f"{CALLBACK}?more=1"},
        {"redirect_uri": f"{CALLBACK}#part"},
        {"redirect_uri": "http://127.0.0.1:10/callback"},  # SR-2.4: not even another port of this machine
        {"redirect_uri": "HTTP://127.0.0.1:9/callback"},
        {"state": "a\x00b"},
        {"state": "x" * 5000},
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(lin, tab, sahha, sent):  # SR-2.4
    answer = tab.get(sahha.address(**sent))
    assert answer.status_code == 400
    assert "Location" not in answer
    assert answer["Cache-Control"] == "no-store, private"


def test_a_narrower_consent_ends_wider_tokens_at_once_even_if_its_code_is_never_redeemed(lin, tab, sahha):
    wide = sahha.pair(tab, scope="daily heartrate", on=(SCORE,))
    narrow = sahha.pair(tab, scope="daily", on=(SCORE,))  # SR-2.9
    assert not lives(wide["access_token"])
    assert refused(sahha.refresh(wide["refresh_token"]), "invalid_grant")
    assert lives(narrow["access_token"])

    answered(tab, sahha.address("daily heartrate workout"), on=(SCORE,))  # its code is left alone
    assert lives(narrow["access_token"])  # a subset of the new ones

    answered(tab, sahha.address("workout"), on=("export:workout",))
    assert not lives(narrow["access_token"])


def test_a_newer_consent_turns_off_what_it_does_not_list(lin, tab, sahha):
    sahha.pair(tab, scope="daily heartrate", on=(SCORE, OTHER))
    sahha.pair(tab, scope="daily", on=(OTHER,))
    grant = Grant.objects.get(member=lin)
    assert {toggle.flow for toggle in grant.toggles.filter(on=True)} == {OTHER}
    assert grant.notice.document["not_asked"]


def test_posted_switches_can_only_narrow(lin, tab, sahha):  # SR-2.7
    answer = answered(tab, sahha.address("daily"), on=(SCORE, "export:workout"))
    assert answer.status_code == 422
    assert not Grant.objects.filter(member=lin).exists()
    answer = answered(tab, sahha.address("daily"), on=())
    assert answer.status_code == 422
    assert "Turn on at least one switch" in answer.content.decode()


def test_a_question_is_the_members_own_and_lives_for_ten_minutes(lin, tab, sahha):  # SR-2.7
    sent = {**form_of(tab.get(sahha.address()).content.decode()), "flow": [SCORE], "decision": "allow"}
    assert browser_of(make_member()).post("/oauth/authorize", sent).status_code == 410
    Inquiry.objects.update(asked_at=clock.now() - timedelta(minutes=10))
    assert tab.post("/oauth/authorize", sent).status_code == 410
    for ref in ("", "\x00", "x" * 5000, "é" * 43):
        assert tab.post("/oauth/authorize", {**sent, "inquiry": ref}).status_code == 410
    assert not Grant.objects.exists()


def test_who_presses_allow_twice_is_not_told_that_nothing_came_of_it(lin, tab, sahha):
    sent = {**form_of(tab.get(sahha.address()).content.decode()), "flow": [SCORE], "decision": "allow"}
    assert tab.post("/oauth/authorize", sent).status_code == 200
    again = tab.post("/oauth/authorize", sent)
    assert again.status_code == 410
    page = again.content.decode()
    assert "If you answered it, your answer is saved." in page
    assert "Nothing was shared" not in page


def test_a_question_whose_notice_has_changed_meanwhile_is_asked_again(lin, tab, sahha):
    sent = {**form_of(tab.get(sahha.address()).content.decode()), "flow": [SCORE], "decision": "allow"}
    again = tab.post("/oauth/authorize", {**sent, "notice": "sha256:of-another-text"})
    assert again.status_code == 422
    assert form_of(again.content.decode())["notice"] == sent["notice"]
    assert Entry.objects.filter(kind="notice.served").count() == 2  # that it was put again is recorded too
    assert not Grant.objects.exists()
    assert tab.post("/oauth/authorize", sent).status_code == 200
