"""From "connect your ring" in a partner's app to a token that opens the porch, and back."""

import re
from zoneinfo import ZoneInfo

import pytest

from consent.grants import clock, services
from consent.grants.models import Grant
from integrations.oauth import services as oauth
from integrations.oauth.bearer import Bearer, find
from integrations.oauth.models import AccessToken, Code, RefreshToken, UsedCode
from tests.support.program import CALLBACK, Program, answered, back, code_of, form_of

SCORE = "export:sleep_score"


def test_a_member_allows_one_switch_and_the_program_gets_a_pair_of_tokens(lin, tab, sahha):
    answer = answered(tab, sahha.address("daily heartrate"), on=(SCORE,))
    address, told = back(answer)

    assert address.startswith(f"{CALLBACK}?")
    assert told.keys() == {"code", "state", "scope", "iss"}  # SR-2.13, RFC 9207
    assert (told["state"], told["scope"], told["iss"]) == (
        "a-state",
        "daily heartrate",
        "http://127.0.0.1:8000",
    )
    grant = Grant.objects.get(member=lin)
    assert [toggle.flow for toggle in grant.toggles.filter(on=True)] == [SCORE]

    given = sahha.redeem(told["code"])
    assert given.status_code == 200
    token = given.json()
    assert token.keys() == {"access_token", "refresh_token", "token_type", "expires_in", "scope"}
    assert (token["expires_in"], token["scope"]) == (3600, "daily heartrate")  # SR-2.3
    assert given["Cache-Control"] == "no-store"  # SR-2.13

    bearer = find(token["access_token"], at=clock.now())
    assert isinstance(bearer, Bearer)
    assert (bearer.partner, bearer.grant_ref, bearer.member_id) == ("sahha", grant.ref, lin.id)
    assert bearer.scopes == frozenset({"daily", "heartrate"})

    again = sahha.refresh(token["refresh_token"])
    assert again.status_code == 200
    assert again.json()["access_token"] != token["access_token"]
    assert not isinstance(find(token["access_token"], at=clock.now()), Bearer)  # one pair at a time
    assert isinstance(find(again.json()["access_token"], at=clock.now()), Bearer)


def test_an_old_client_works_without_pkce_with_an_empty_state_and_no_scope(lin, tab, legacy):
    # It sends redirect_uri and state empty, names no scope, and asks by Basic.
    address = legacy.address(None, state="", redirect_uri="", approval_prompt="auto")
    _, told = back(answered(tab, address, on=(SCORE,)))
    assert "state" not in told
    assert "ring_configuration" in told["scope"].split()

    given = legacy.post("/oauth/token", legacy.basic(), grant_type="authorization_code", code=told["code"])
    assert given.status_code == 200
    assert given.json()["expires_in"] == 86_400  # SR-2.3: compatible clients


def test_a_member_who_says_not_now_sends_the_program_back_with_nothing(lin, tab, sahha):
    _, told = back(answered(tab, sahha.address(), decision="not_now"))
    assert (told["error"], told["state"]) == ("access_denied", "a-state")
    assert told["iss"]
    assert not Grant.objects.filter(member=lin).exists()
    assert not Code.objects.exists()


def test_a_refusal_leaves_a_live_grant_and_its_tokens_untouched(lin, tab, sahha):
    token = sahha.pair(tab, on=(SCORE,))
    answered(tab, sahha.address("daily"), decision="not_now")  # SR-2.9
    assert isinstance(find(token["access_token"], at=clock.now()), Bearer)
    assert sahha.refresh(token["refresh_token"]).status_code == 200


def test_codes_and_tokens_are_nowhere_in_the_database(lin, tab, sahha):
    code = code_of(answered(tab, sahha.address(), on=(SCORE,)))
    kept = list(Code.objects.values_list("code", flat=True))
    token = sahha.redeem(code).json()
    kept += UsedCode.objects.values_list("code", flat=True)
    for model in (AccessToken, RefreshToken):
        for row in model.objects.values():
            kept += [str(value) for value in row.values()]
    for secret in (code, token["access_token"], token["refresh_token"]):  # SR-2.2, SR-2.8
        assert not any(secret in each for each in kept)
    assert all(
        re.fullmatch(r"[0-9a-f]{64}", each) for each in UsedCode.objects.values_list("code", flat=True)
    )


def test_a_grant_that_ended_is_refused_on_the_very_next_request_and_at_the_next_refresh(lin, tab, sahha):
    token = sahha.pair(tab, on=(SCORE,))
    services.withdraw(grant_ref=Grant.objects.get(member=lin).ref)

    assert not isinstance(find(token["access_token"], at=clock.now()), Bearer)  # SR-2.10
    refused = sahha.refresh(token["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_the_yes_begins_today_unless_the_member_includes_the_past(lin, tab, sahha):
    sahha.pair(tab, on=(SCORE,))
    grant = Grant.objects.get(member=lin)
    assert grant.history_from == clock.now().astimezone(ZoneInfo(lin.timezone)).date()

    sahha.pair(tab, on=(SCORE,), **{"from": "past"})
    grant.refresh_from_db()
    assert grant.history_from.year == 1970
    newest = grant.receipts.latest("number")
    assert "Your whole past" in tab.get(f"/receipts/{newest.ref}/").content.decode()


@pytest.mark.parametrize(
    "extra", [{}, {"approval_prompt": "auto"}, {"prompt": "none"}, {"prompt": "login"}, {"prompt": "create"}]
)
def test_nothing_that_a_client_sends_skips_the_question(lin, tab, sahha, extra):  # SR-2.7
    sahha.pair(tab, on=(SCORE,))
    page = tab.get(sahha.address("daily", **extra))
    assert page.status_code == 200
    assert 'value="allow"' in page.content.decode()


def test_an_answer_is_given_once(lin, tab, sahha):  # SR-2.7
    opened = tab.get(sahha.address())
    sent = {**form_of(opened.content.decode()), "flow": [SCORE], "decision": "allow"}
    assert tab.post("/oauth/authorize", sent).status_code == 200
    again = tab.post("/oauth/authorize", sent)
    assert again.status_code == 410
    assert Code.objects.count() == 1


def test_a_program_of_a_partner_in_code_asks_for_what_its_manifest_declares(lin, tab, db):
    made, secret = oauth.register(
        partner="technogym", name="Technogym", client_id="gym", redirect_uris=[CALLBACK],
        approved=["daily", "heartrate", "stress"], at=clock.now(),
    )  # fmt: skip
    gym = Program(made.client_id, secret)
    page = tab.get(gym.address("daily heartrate stress")).content.decode()
    assert sorted(re.findall(r'name="flow" value="([^"]+)"', page)) == [
        "export:daytime_stress", "export:readiness_score", "export:sleep_score",
    ]  # fmt: skip
    assert gym.pair(tab, scope="daily heartrate", on=(SCORE,))["scope"] == "daily"
