"""What ends reading, on the very next request, and how each no is told to clients that were written long ago."""

from datetime import timedelta

import pytest
from django.test import Client

from audit.log.models import Entry
from consent.grants import partners, services
from consent.grants.models import Grant
from tests.factories import make_member
from tests.integrations.api.asking import TODAY, Asker, keep_days, make_asker, wide

HOME = "/v2/usercollection"


def refused(asker: Asker, path: str = "daily_sleep") -> tuple[int, str]:
    answer = asker.get(path)
    assert set(answer.json()) == {"status", "title", "detail"}
    return answer.status_code, answer.json()["detail"]


def last() -> Entry:
    return Entry.objects.latest("id")


@pytest.mark.django_db
def test_a_withdrawal_is_in_force_for_the_next_request(asker):
    # SR-2.10, SR-5.6
    assert asker.get("daily_sleep").status_code == 200
    services.withdraw(grant_ref=asker.grant.ref)
    status, _ = refused(asker)
    assert status == 401
    assert asker.get("daily_sleep").headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.django_db
def test_a_suspended_partner_reads_nothing_and_reads_again_afterwards(asker):
    partners.suspend("sahha", by="tests")
    assert refused(asker)[0] == 401
    partners.reinstate("sahha", by="tests")
    assert asker.get("daily_sleep").status_code == 200


@pytest.mark.django_db
def test_a_toggle_that_is_off_is_told_as_a_missing_scope(asker):
    for flow in ("export:sleep", "export:sleep_score"):
        services.turn_off(grant_ref=asker.grant.ref, flow=flow)
    assert refused(asker) == (401, "Token is not authorized access daily scope.")
    assert (last().kind, last().outcome, last().reason) == ("api.answered", "blocked", "toggle_off")


@pytest.mark.django_db
def test_a_scope_that_is_missing_is_told_the_same_way():
    asker = make_asker(scope="daily")
    assert refused(asker, "heartrate") == (401, "Token is not authorized access heartrate scope.")
    assert asker.get("daily_stress").status_code == 200
    assert asker.get("personal_info").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("daily", set()),
        ("email", {"email"}),
        ("workout personal", {"age", "weight", "height", "biological_sex"}),
    ],
)
def test_of_personal_info_a_token_reads_what_its_own_scopes_open(scope, told):
    """Every switch is on, by another consent perhaps: a token that was asked for less reads less (facts, section 5)."""
    member = make_member(timezone="UTC")
    keep_days(member, 1)
    body = make_asker(member, scope=scope).get("personal_info").json()
    assert {name for name, value in body.items() if value is not None} == told | {"id"}


@pytest.mark.django_db
@pytest.mark.parametrize(("generation", "status"), [(2, 200), (3, 403), (4, 403)])
def test_a_membership_that_ended_closes_the_api_to_generation_three_and_later(generation, status):
    member = make_member(timezone="UTC", ring_generation=generation, membership="lapsed")
    asker = make_asker(member)
    for path in ("daily_sleep", "personal_info", "heartrate"):
        assert asker.get(path).status_code == status
    if status == 403:
        assert (
            refused(asker)[1]
            == "The member's subscription has lapsed, so their data is not available through the API."
        )


@pytest.mark.django_db
def test_nothing_from_before_the_yes_leaves():
    member = make_member(timezone="UTC")
    keep_days(member, 9)
    asker = make_asker(member)
    Grant.objects.filter(ref=asker.grant.ref).update(history_from=TODAY - timedelta(days=1))
    days = {document["day"] for document in asker.all_of("sleep", **wide())}
    assert days == {str(TODAY - timedelta(days=1)), str(TODAY)}
    rows = asker.all_of("heartrate", **wide())
    assert min(row["timestamp"][:10] for row in rows) == str(TODAY - timedelta(days=1))


@pytest.mark.django_db
def test_who_has_no_token_is_told_where_to_put_it(asker):
    bare = Client().get(f"{HOME}/sleep")
    assert (bare.status_code, bare.headers["WWW-Authenticate"]) == (401, "Bearer")
    in_address = Client().get(f"{HOME}/sleep", {"access_token": asker.token})
    assert in_address.status_code == 401
    assert "Authorization header" in in_address.json()["detail"]
    assert asker.token not in in_address.content.decode()
    assert (
        Client().get(f"{HOME}/sleep", headers={"Authorization": f"bEARER {asker.token}"}).status_code == 200
    )
    browser = Client()
    browser.force_login(asker.member, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get(f"{HOME}/sleep").status_code == 401  # a cookie is no credential here


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        f"{HOME}/daily_cycle_phases", f"{HOME}/vo2_max", f"{HOME}/Sleep", f"{HOME}/sleep/", f"{HOME}/personal_info/1",
        f"{HOME}/heartrate/1", f"{HOME}/period", "/v1/sleep", "/v1", "/v2/usercollection",
        "/v2", "/v2/", "/v2/partner/sleep", "/v2/webhook", "/v2/webhook/nothing", "/v2/webhook/subscription/",
        "/v2/sandbox/usercollection/personal_info", "/v2/sandbox/usercollection/daily_cycle_phases",
    ],
)  # fmt: skip
def test_what_is_no_route_is_404_in_json_without_a_redirect(asker, path):
    answer = asker.get(path)
    assert answer.status_code == 404
    assert answer.json() == {"status": 404, "title": "Not Found", "detail": "There is no such route."}


@pytest.mark.django_db
def test_only_get_is_answered_and_no_other_origin_is_let_in(asker):
    for ask in (Client().post, Client().put, Client().delete, Client().options, Client().head):
        answer = ask(
            f"{HOME}/sleep", headers={"Authorization": f"Bearer {asker.token}", "Origin": "https://a.example"}
        )
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    answer = asker.get("sleep", Origin="https://a.example")
    assert not [name for name in answer.headers if name.startswith("Access-Control")]
    assert set(answer.headers["Content-Security-Policy"].split("; ")) == {
        "default-src 'none'",
        "frame-ancestors 'none'",
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies


@pytest.mark.django_db
def test_one_entry_tells_what_left_and_holds_no_value(asker):
    # SR-8.1
    before = Entry.objects.count()
    answer = asker.get("daily_sleep", wide())
    entry = last()
    assert Entry.objects.count() == before + 1
    assert (entry.kind, entry.outcome) == ("api.answered", "out")
    assert answer.headers["X-Request-Id"] == str(entry.event_id)
    facts = entry.facts
    assert (facts["route"], facts["count"]) == (f"{HOME}/daily_sleep", 3)
    assert facts["flows"] == ["export:sleep", "export:sleep_score"]
    assert facts["fields"] == ["contributors", "day", "id", "score", "timestamp"]
    assert set(facts) == {
        "route", "count", "flows", "fields", "commitment", "since", "until",
        "grant", "epoch", "notice", "policy", "manifest", "reason", "number",
    }  # fmt: skip
    asker.get("daily_sleep", {"start_date": "2020-01-01", "end_date": "2020-01-02"})
    assert (last().outcome, last().facts["count"]) == ("", 0)
