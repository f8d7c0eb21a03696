"""What the token endpoint refuses, what a theft looks like to it, and what it answers then (SR-2)."""

from datetime import timedelta

import pytest
from django.conf import settings

from consent.grants import clock
from integrations.oauth.models import Code, RefreshToken, TokenFamily
from tests.integrations.oauth.judging import lives, reasons, refused
from tests.support.program import Program, answered, code_of

SCORE = "export:sleep_score"


def test_a_code_used_twice_ends_all_that_came_of_it_and_the_log_says_so(lin, tab, sahha):  # SR-2.8
    code = code_of(answered(tab, sahha.address(), on=(SCORE,)))
    token = sahha.redeem(code).json()
    assert lives(token["access_token"])

    assert refused(sahha.redeem(code), "invalid_grant")

    assert not lives(token["access_token"])
    assert refused(sahha.refresh(token["refresh_token"]), "invalid_grant")
    assert reasons() == ["code_replayed"]


def test_a_refresh_token_used_twice_ends_the_family(lin, tab, sahha):  # SR-2.3
    first = sahha.pair(tab, on=(SCORE,))
    second = sahha.refresh(first["refresh_token"]).json()

    assert refused(sahha.refresh(first["refresh_token"]), "invalid_grant")

    assert not lives(second["access_token"])
    assert refused(sahha.refresh(second["refresh_token"]), "invalid_grant")
    assert reasons() == ["refresh_reused"]


def test_a_code_lives_for_sixty_seconds(lin, tab, sahha):  # SR-2.3
    code = code_of(answered(tab, sahha.address(), on=(SCORE,)))
    left = Code.objects.get().expires - clock.now()
    assert timedelta(seconds=50) < left <= timedelta(seconds=60)
    Code.objects.update(expires=clock.now())
    assert refused(sahha.redeem(code), "invalid_grant")


def test_a_family_ends_after_a_year_however_often_it_was_refreshed(lin, tab, sahha):  # SR-2.3
    token = sahha.pair(tab, on=(SCORE,))
    family = TokenFamily.objects.get()
    assert family.ends_at - family.made_at == timedelta(days=365)

    TokenFamily.objects.update(ends_at=clock.now() + timedelta(seconds=100))
    token = sahha.refresh(token["refresh_token"]).json()
    assert token["expires_in"] <= 100
    TokenFamily.objects.update(ends_at=clock.now())
    assert not lives(token["access_token"])
    assert refused(sahha.refresh(token["refresh_token"]), "invalid_grant")


def test_a_refresh_token_that_nobody_used_for_ninety_days_is_over(lin, tab, sahha):  # SR-2.3
    token = sahha.pair(tab, on=(SCORE,))
    RefreshToken.objects.update(created=clock.now() - timedelta(days=90))
    assert refused(sahha.refresh(token["refresh_token"]), "invalid_grant")


def test_a_verifier_has_to_fit_its_challenge(lin, tab, sahha, legacy):  # SR-2.3
    code = code_of(answered(tab, sahha.address(), on=(SCORE,)))
    assert sahha.redeem(code, code_verifier="x" * 43).status_code == 400
    assert sahha.redeem(code, code_verifier="").status_code == 400
    assert sahha.redeem(code).status_code == 200  # neither try spent it

    unasked = code_of(answered(tab, legacy.address(), on=(SCORE,)))
    assert refused(
        legacy.redeem(unasked, code_verifier="x" * 43), "invalid_grant"
    )  # SR-2.3: without a challenge


def test_an_exempted_program_that_sends_a_challenge_is_held_to_it(lin, tab, legacy):  # SR-2.3
    legacy.pkce = True
    code = code_of(answered(tab, legacy.address(), on=(SCORE,)))
    assert legacy.redeem(code, code_verifier="").status_code == 400
    assert legacy.redeem(code).status_code == 200


def test_a_parameter_that_is_there_twice_is_refused(lin, tab, sahha):  # SR-2.14
    assert tab.get(f"{sahha.address()}&scope=workout").status_code == 400
    body = f"client_id=sahha&client_secret={sahha.secret}&grant_type=refresh_token&refresh_token=a&refresh_token=b"
    answer = sahha.http.post("/oauth/token", body, content_type="application/x-www-form-urlencoded")
    assert refused(answer, "invalid_request")


def test_a_token_request_is_posted_with_nothing_in_its_address(db, sahha):  # SR-2.14
    assert sahha.http.get("/oauth/token").status_code == 405
    answer = sahha.post(f"/oauth/token?client_secret={sahha.secret}", grant_type="refresh_token")
    assert refused(answer, "invalid_request")


@pytest.mark.parametrize(
    "grant_type",
    ["password", "client_credentials", "implicit", "", "urn:ietf:params:oauth:grant-type:device_code"],
)
def test_there_are_two_grant_types_and_no_other(db, sahha, grant_type):  # SR-2.1
    answer = sahha.token(grant_type=grant_type, username="a", password="b", scope="daily")
    assert refused(answer, "unsupported_grant_type")


def test_a_wrong_secret_is_401_and_too_many_are_429(db, sahha, settings):  # SR-4.10
    settings.OAUTH_FAILURES_A_MINUTE = 3
    wrong = Program("sahha", "not-the-secret")
    answers = [wrong.refresh("anything") for _ in range(6)]  # the minute may turn over between them
    assert refused(answers[0], "invalid_client", 401)
    assert answers[0]["WWW-Authenticate"].startswith("Basic")
    assert 429 in {answer.status_code for answer in answers}
    assert 1 <= int(next(each for each in answers if each.status_code == 429)["Retry-After"]) <= 60


def test_who_knows_only_a_program_s_id_cannot_keep_it_out(lin, tab, sahha, settings):
    """The id is in every address that a member is sent to; the program itself has the secret, and does not guess it."""
    settings.OAUTH_FAILURES_A_MINUTE = 3
    pair = sahha.pair(tab, on=(SCORE,))
    for _ in range(8):
        Program("sahha", "not-the-secret").refresh("anything")
    assert sahha.refresh(pair["refresh_token"]).status_code == 200
    hooks = {"x-client-id": "sahha", "x-client-secret": sahha.secret}
    assert sahha.http.get("/v2/webhook/subscription", headers=hooks).status_code == 200


def test_a_program_that_guesses_codes_and_tokens_is_kept_out_alone(db, sahha, legacy, settings):  # SR-4.10
    settings.OAUTH_FAILURES_A_MINUTE = 3
    assert 429 in {sahha.refresh(f"guess {number}").status_code for number in range(8)}
    assert legacy.refresh("anything").status_code == 400


def test_a_program_whose_members_leave_is_not_kept_out(lin, tab, sahha):  # SR-4.10
    spent = sahha.pair(tab, on=(SCORE,))["refresh_token"]
    assert sahha.refresh(spent).status_code == 200
    for _ in range(settings.OAUTH_FAILURES_A_MINUTE + 1):
        assert refused(sahha.refresh(spent), "invalid_grant")


def test_a_code_of_one_program_is_worth_nothing_to_another(lin, tab, sahha, legacy):
    code = code_of(answered(tab, legacy.address(), on=(SCORE,)))
    assert refused(sahha.redeem(code), "invalid_grant")
    assert legacy.redeem(code).status_code == 200  # and the other's try has not spent it


def test_the_address_is_sent_again_with_the_code(lin, tab, sahha):
    code = code_of(answered(tab, sahha.address(), on=(SCORE,)))
    assert sahha.redeem(code, redirect_uri="https://elsewhere.example/").status_code == 400
    assert sahha.redeem(code, redirect_uri="").status_code == 400
    assert sahha.redeem(code).status_code == 200


def test_a_refresh_can_ask_for_less_and_never_for_more(lin, tab, sahha):
    token = sahha.pair(tab, scope="daily heartrate", on=(SCORE,))
    less = sahha.refresh(token["refresh_token"], scope="daily").json()
    assert less["scope"] == "daily"
    more = sahha.refresh(less["refresh_token"], scope="daily workout activity").json()
    assert more["scope"] == "daily"


def test_a_refresh_for_scopes_that_it_has_none_of_is_refused_and_spends_nothing(lin, tab, sahha):  # SR-2.5
    token = sahha.pair(tab, scope="daily heartrate", on=(SCORE,))
    for scope in ("workout", "activity", "period temperature_trend"):
        assert refused(sahha.refresh(token["refresh_token"], scope=scope), "invalid_scope")
    assert sahha.refresh(token["refresh_token"], scope="  ").json()["scope"] == "daily heartrate"
