"""Tokens after they were given: looked up, given back, asked about, refused with their partner, cleared away."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.grants import clock, partners, services
from consent.grants.models import Grant
from integrations.oauth.bearer import Bearer, Refused, bearer_of, find
from integrations.oauth.families import tidy
from integrations.oauth.models import AccessToken, Application, Code, Inquiry, TokenFamily
from tests.integrations.oauth.judging import lives, reasons, refused
from tests.support.program import answered, back

SCORE = "export:sleep_score"


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
