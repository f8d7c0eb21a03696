"""What the token endpoint refuses, what a theft looks like to it, and what it answers then (SR-2)."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.log.models import Entry
from consent.grants import clock, partners
from consent.grants.models import Grant
from integrations.oauth.bearer import Bearer, Refused, find
from integrations.oauth.families import tidy
from integrations.oauth.models import AccessToken, Application, Code, Inquiry, RefreshToken, TokenFamily
from tests.support.program import CALLBACK, Program, answered, back, code_of

SCORE = "export:sleep_score"
OTHER = "export:steps"


def lives(token: str) -> bool:
    return isinstance(find(token, at=clock.now()), Bearer)


def refused(answer, error: str, status: int = 400) -> bool:
    """Whether an answer is the error of RFC 6749, 5.2 with the members of the compatible API, kept by no cache."""
    told = answer.json()
    assert told.keys() == {"error", "error_description", "status", "title", "detail"}
    assert answer["Cache-Control"] == "no-store"
    return (answer.status_code, told["error"], told["status"]) == (status, error, status)


def reasons() -> list[str]:
    return [entry.facts["reason"] for entry in Entry.objects.filter(kind="tokens.revoked").order_by("id")]


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
    assert not Inquiry.objects.exists()


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


def test_a_wrong_secret_is_401_and_too_many_are_429(db, sahha):  # SR-4.10
    wrong = Program("sahha", "not-the-secret")
    for _ in range(settings.OAUTH_FAILURES_A_MINUTE):
        answer = wrong.refresh("anything")
        if answer.status_code == 429:
            break  # the minute turned over
        assert refused(answer, "invalid_client", 401)
        assert answer["WWW-Authenticate"].startswith("Basic")
    answer = sahha.refresh("anything")
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert Program.of_demo("legacy-client").refresh("anything").status_code == 400  # nobody else is kept out


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
    from tests.factories import make_member
    from tests.support.program import browser_of, form_of

    sent = {**form_of(tab.get(sahha.address()).content.decode()), "flow": [SCORE], "decision": "allow"}
    assert browser_of(make_member()).post("/oauth/authorize", sent).status_code == 410
    Inquiry.objects.update(asked_at=clock.now() - timedelta(minutes=10))
    assert tab.post("/oauth/authorize", sent).status_code == 410
    assert not Grant.objects.exists()


def test_a_suspended_partner_is_refused_everywhere_on_the_very_next_request(lin, tab, sahha):  # SR-2.10
    token = sahha.pair(tab, on=(SCORE,))
    partners.suspend("sahha", by="ringfence")

    assert not lives(token["access_token"])
    assert refused(sahha.refresh(token["refresh_token"]), "unauthorized_client")
    assert tab.get(sahha.address()).status_code == 400

    partners.reinstate("sahha", by="ringfence")
    assert lives(token["access_token"])
    assert sahha.refresh(token["refresh_token"]).status_code == 200


def test_revocation_has_three_shapes_and_ends_the_whole_family(lin, tab, sahha):  # SR-2.12
    def as_current_clients(token):
        return sahha.http.post(f"/oauth/revoke?access_token={token['access_token']}")

    def as_an_older_client(token):
        return sahha.http.post("/oauth/revoke", HTTP_AUTHORIZATION=f"Bearer {token['access_token']}")

    def by_rfc_7009(token):
        return sahha.post(
            "/oauth/revoke", sahha.basic(), token=token["refresh_token"], token_type_hint="refresh_token"
        )

    for give_back in (as_current_clients, as_an_older_client, by_rfc_7009):
        token = sahha.pair(tab, on=(SCORE,))
        answer = give_back(token)
        assert (answer.status_code, answer.json()) == (200, {})
        assert answer["Cache-Control"] == "no-store"
        assert not lives(token["access_token"])
        assert refused(sahha.refresh(token["refresh_token"]), "invalid_grant")
        assert give_back(token).status_code == 200  # and again
    assert reasons() == ["revoked"] * 3


def test_one_partner_cannot_give_back_or_look_into_anothers_token(lin, tab, sahha, legacy):  # SR-2.11, 2.12
    token = sahha.pair(tab, on=(SCORE,))
    assert legacy.post("/oauth/revoke", legacy.basic(), token=token["access_token"]).status_code == 200
    assert lives(token["access_token"])

    assert legacy.post("/oauth/introspect", legacy.basic(), token=token["access_token"]).json() == {
        "active": False
    }
    told = sahha.post("/oauth/introspect", sahha.basic(), token=token["access_token"]).json()
    assert told.keys() == {"active", "scope", "client_id", "token_type", "exp", "iat", "sub"}
    assert str(lin.id) not in str(told)
    assert lin.email not in str(told)
    assert sahha.http.get("/oauth/introspect").status_code == 405
    assert sahha.post("/oauth/introspect", token=token["access_token"]).status_code == 401
    assert sahha.post("/oauth/revoke", token=token["access_token"]).status_code == 401


def test_a_token_is_found_in_one_statement_and_its_refusal_has_the_documented_form(lin, tab, sahha, rf):
    from integrations.oauth.bearer import bearer_of

    token = sahha.pair(tab, on=(SCORE,))["access_token"]
    at = clock.now()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        bearer = bearer_of(rf.get("/v2/x", HTTP_AUTHORIZATION=f"bEaReR {token}"), at=at)
    assert isinstance(bearer, Bearer)
    assert len(asked) == 1

    for sent in ({}, {"HTTP_AUTHORIZATION": "Bearer nothing"}, {"HTTP_AUTHORIZATION": "Basic abc"}):
        found = bearer_of(rf.get("/v2/x", **sent), at=at)
        assert isinstance(found, Refused)
        assert found.body.keys() == {"status", "title", "detail"}
        assert (found.status, found.headers["WWW-Authenticate"].split()[0]) == (401, "Bearer")
    in_the_address = bearer_of(rf.get(f"/v2/x?access_token={token}"), at=at)
    assert isinstance(in_the_address, Refused)
    assert "Authorization" in in_the_address.detail
    assert not isinstance(find(token, at=at + timedelta(hours=1)), Bearer)  # expired


def test_what_is_over_is_cleared_away(lin, tab, sahha):
    from consent.grants import services

    sahha.pair(tab, on=(SCORE,))
    answered(tab, sahha.address(), on=(SCORE,))
    tab.get(sahha.address())
    services.withdraw(grant_ref=Grant.objects.get(member=lin).ref)

    assert tidy(at=clock.now() + timedelta(minutes=11)) == 2

    assert not Code.objects.exists()
    assert not AccessToken.objects.exists()
    assert not Inquiry.objects.exists()
    assert not TokenFamily.objects.filter(ended_at=None).exists()
    assert Application.objects.count() == 2


def test_no_code_token_or_secret_is_in_any_log_line(lin, tab, sahha, caplog):  # SR-9.1
    caplog.set_level("DEBUG", logger="integrations")
    caplog.set_level("INFO")
    answer = answered(tab, sahha.address(), on=(SCORE,))
    _, told = back(answer)
    token = sahha.redeem(told["code"]).json()
    sahha.redeem(told["code"])
    sahha.refresh(token["refresh_token"])
    tab.get(f"/oauth/revoke?access_token={token['access_token']}")
    for secret in (told["code"], token["access_token"], token["refresh_token"], sahha.secret):
        assert secret not in caplog.text
