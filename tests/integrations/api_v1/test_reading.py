"""The member API by key: what it tells of the member's own, page by page, and nothing of anyone else's."""

import json

import jwt
import pytest
from django.test import Client

from audit.log.models import Entry
from consent.grants import services, signing
from consent.grants.models import Grant, Receipt
from consent.manifests.ceilings import OWN_PROGRAM
from tests.factories import WORKOUT_OUT, make_grant
from tests.integrations.api.asking import keep_days, make_asker
from tests.integrations.tokens.keys import SCORE, OwnProgram
from tests.support.flushing import triggers_lifted

HOME = "/api/v1"
LISTS = ("connections", "receipts", "ledger")


def told(answer) -> dict:
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    return answer.json()


def problem(answer, status: int, kind: str) -> dict:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["type"]) == (status, f"/api/docs/#problem-{kind}")
    assert body["request_id"] == answer["X-Request-Id"]
    return body


def grant_of(program: OwnProgram, partner: str = "strava") -> Grant:
    return Grant.objects.filter(member=program.token.member, partner=partner).latest("granted_at")


def test_a_member_s_connections_with_each_of_their_switches(mine):
    found = {each["partner"]: each for each in told(mine.get(f"{HOME}/connections"))["data"]}

    assert set(found) == {"strava", OWN_PROGRAM}
    strava = found["strava"]
    assert (strava["name"], strava["status"], strava["ended_at"]) == ("Strava", "active", None)
    assert {each["flow"] for each in strava["toggles"] if each["on"]} == {
        WORKOUT_OUT,
        "export:readiness_score",
    }
    assert told(mine.get(f"{HOME}/connections/{strava['ref']}")) == strava


def test_under_a_connection_that_ended_nothing_is_on(mine):
    grant = grant_of(mine)
    services.withdraw(grant_ref=grant.ref)
    found = told(mine.get(f"{HOME}/connections/{grant.ref}"))
    assert found["status"] == "withdrawn"
    assert not any(each["on"] for each in found["toggles"])


def test_a_receipt_as_document_and_as_signature(mine):
    row = told(mine.get(f"{HOME}/receipts"))["data"][-1]
    document = told(mine.get(f"{HOME}/receipts/{row['ref']}"))
    signed = mine.get(f"{HOME}/receipts/{row['ref']}.jws")

    assert document == signing.document_of(Receipt.objects.get(ref=row["ref"]))
    assert signed["Content-Type"] == "application/jose"
    assert signed["Cache-Control"] == "no-store"
    text = signed.content.decode()
    key = next(
        each for each in signing.jwks()["keys"] if each["kid"] == jwt.get_unverified_header(text)["kid"]
    )
    assert (
        jwt.decode(text, jwt.PyJWK(key).key, algorithms=["EdDSA"], options={"verify_aud": False}) == document
    )


@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_was_altered_in_the_database_is_a_problem_and_says_so(mine):
    row = told(mine.get(f"{HOME}/receipts"))["data"][-1]
    with triggers_lifted([Receipt._meta.db_table]):
        Receipt.objects.filter(ref=row["ref"]).update(jws="something else")

    problem(mine.get(f"{HOME}/receipts/{row['ref']}"), 409, "altered")


def test_the_ledger_in_the_words_of_the_page_and_without_a_value(mine):
    keep_days(mine.token.member)
    assert mine.get("/v2/usercollection/daily_sleep").status_code == 200
    lines = told(mine.get(f"{HOME}/ledger"))["data"]

    assert any(line["kind"] == "api.answered" and line["sentence"].startswith("Your own") for line in lines)
    assert lines[-1]["receipt"]
    assert {line["kind"] for line in lines} >= {"grant.given", "token.created"}
    assert not {"facts", "value", "score"} & {key for line in lines for key in line}


@pytest.mark.parametrize("listed", LISTS)
def test_pages_hold_every_row_once_in_the_order_of_one_large_page(mine, listed):
    for partner, flow in (("alexa", "export:sleep_score"), ("open", "export:sleep")):
        services.withdraw(grant_ref=make_grant(mine.token.member, partner=partner, on=[flow]).ref)
    whole = told(mine.get(f"{HOME}/{listed}", {"limit": 100}))
    assert whole["next"] is None
    assert len(whole["data"]) >= 4

    paged: list[dict] = []
    after: dict[str, str] = {}
    while True:
        page = told(mine.get(f"{HOME}/{listed}", {"limit": 2, **after}))
        assert len(page["data"]) <= 2
        paged += page["data"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}

    assert paged == whole["data"]


def test_what_is_another_s_is_not_there(mine, theirs):  # SR-4.7
    grant, receipt = grant_of(theirs), grant_of(theirs).receipts.get()
    for path in (f"connections/{grant.ref}", f"receipts/{receipt.ref}", f"receipts/{receipt.ref}.jws"):
        assert theirs.get(f"{HOME}/{path}").status_code == 200
        problem(mine.get(f"{HOME}/{path}"), 404, "not-found")
    for act, body in (("stop", None), ("toggles", {"flow": WORKOUT_OUT, "on": False})):
        problem(mine.post(f"{HOME}/connections/{grant.ref}/{act}", body), 404, "not-found")
    line = told(theirs.get(f"{HOME}/ledger"))["data"][0]["ref"]
    for listed, after in (("connections", grant.ref), ("receipts", receipt.ref), ("ledger", line)):
        problem(mine.get(f"{HOME}/{listed}", {"after": after}), 404, "not-found")
    everything = "".join(mine.get(f"{HOME}/{listed}").content.decode() for listed in LISTS)
    assert str(grant.ref) not in everything
    grant.refresh_from_db()
    assert grant.status == "active"


def test_only_a_member_s_own_key_opens_it(mine):  # SR-2.10, SR-4.5
    browser = Client()
    browser.force_login(mine.token.member, backend="django.contrib.auth.backends.ModelBackend")
    partner = make_asker(mine.token.member)
    for listed in LISTS:
        for asked in (browser, Client()):
            answer = asked.get(f"{HOME}/{listed}")
            problem(answer, 401, "unauthorized")
            assert answer["WWW-Authenticate"] == "Bearer"
        answer = Client().get(f"{HOME}/{listed}", {"access_token": mine.key})
        assert problem(answer, 401, "unauthorized")["detail"].startswith("A token in the address")
        refused = partner.get(f"{HOME}/{listed}")
        problem(refused, 403, "insufficient-scope")
        assert refused["WWW-Authenticate"] == 'Bearer error="insufficient_scope"'


def test_it_counts_towards_the_limit_of_the_key(mine, settings):
    settings.API_REQUESTS_PER_TOKEN = 2
    for _ in range(2):
        assert mine.get(f"{HOME}/connections").status_code == 200
    answer = mine.get(f"{HOME}/connections")
    problem(answer, 429, "too-many")
    assert int(answer["Retry-After"]) >= 1


def test_the_page_of_keys_says_when_one_was_last_used(mine):
    from tests.support.program import browser_of

    browser = browser_of(mine.token.member)
    assert "Not used yet." in browser.get("/tokens/").content.decode()
    mine.get(f"{HOME}/connections")
    assert "Last used today" in browser.get("/tokens/").content.decode()


def test_nothing_of_a_key_is_in_the_log(mine):
    for listed in LISTS:
        mine.get(f"{HOME}/{listed}")
    bodies = "".join(json.dumps(json.loads(bytes(entry.body))) for entry in Entry.objects.all())
    assert mine.key not in bodies
    assert SCORE in bodies
