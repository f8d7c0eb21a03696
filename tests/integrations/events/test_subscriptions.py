"""Subscriptions: shapes, refusals, and the challenge that an address has to answer (facts, section 6; SR-7.7)."""

import json
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from consent.grants import partners
from integrations.events import sweeping
from integrations.events.models import Subscription
from integrations.events.names import DATA_TYPES
from integrations.oauth import credentials
from integrations.oauth.models import Application
from records.vocabulary.data_types import DATA_TYPES as VOCABULARY
from tests.integrations.events.hooks import TOKEN, Hooks, hooks_of, kinds_in_log
from tests.support.listening import echoes

WOMENS = ("daily_cycle_phases", "period_start", "pregnancy", "fertile_window", "ovulation_confirmed")


def test_a_subscription_is_made_shown_listed_changed_renewed_and_ended(hooks: Hooks):
    made = hooks.call("POST", body=hooks.wish())
    assert made.status_code == 201
    told = made.json()
    assert list(told) == ["id", "callback_url", "event_type", "data_type", "expiration_time"]
    assert str(UUID(told["id"])) == told["id"]
    lives = datetime.fromisoformat(told["expiration_time"]) - timezone.now()
    assert timedelta(days=89) < lives <= timedelta(days=90)
    assert hooks.call("GET").json() == [told]  # a bare array
    assert hooks.call("GET", f"/{told['id']}").json() == told

    wish = {"verification_token": "another", "event_type": "delete", "callback_url": None, "data_type": None}
    changed = hooks.call("PUT", f"/{told['id']}", wish)
    assert (changed.status_code, changed.json()) == (200, {**told, "event_type": "delete"})

    Subscription.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    renewed = hooks.call("PUT", f"/renew/{told['id']}")
    assert renewed.status_code == 200
    assert datetime.fromisoformat(renewed.json()["expiration_time"]) > timezone.now() + timedelta(days=89)

    ended = hooks.call("DELETE", f"/{told['id']}")
    assert (ended.status_code, ended.content) == (204, b"")
    assert hooks.call("GET").json() == []
    assert kinds_in_log("subscription.") == [
        "subscription.created", "subscription.changed", "subscription.renewed", "subscription.ended",
    ]  # fmt: skip


def test_every_type_of_the_sheet_may_be_subscribed_to(hooks: Hooks):
    assert len(DATA_TYPES) == 17
    for data_type in DATA_TYPES:
        hooks.subscribe(data_type, "create")
    assert len(hooks.call("GET").json()) == 17


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_unknown_subscription_is_403(hooks: Hooks, settings, method):
    (theirs,) = hooks.subscribe("workout", "create")
    with hooks_of(settings, client="legacy-client") as others:
        for ref in (theirs["id"], str(uuid4()), "nothing", "0"):
            answer = others.call(method, f"/{ref}", others.wish())
            assert answer.status_code == 403
            assert set(answer.json()) == {"status", "title", "detail"}
        assert others.call("PUT", f"/renew/{theirs['id']}").status_code == 403
    assert hooks.call("GET").json() == [theirs]


def test_the_same_kind_of_event_twice_is_409_and_nobody_is_called(hooks: Hooks):
    first, second = hooks.subscribe("workout", "create", "update")
    before = hooks.receiver.handshakes
    assert hooks.call("POST", body=hooks.wish()).status_code == 409
    taken = {"verification_token": TOKEN, "event_type": "create"}
    assert hooks.call("PUT", f"/{second['id']}", taken).status_code == 409
    assert hooks.call("PUT", f"/{first['id']}", taken).status_code == 200  # itself
    assert hooks.receiver.handshakes == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-client-id": "sahha"},
        {"x-client-id": "sahha", "x-client-secret": "wrong"},
        {"x-client-id": "nobody", "x-client-secret": "wrong"},
        {"x-client-id": "sahha", "x-client-secret": "w" * 4000},
        {"Authorization": "Bearer rfa_anything"},
    ],
)
def test_who_is_not_known_is_401(hooks: Hooks, headers):
    for method, path in (("GET", ""), ("POST", ""), ("GET", f"/{uuid4()}"), ("PUT", f"/renew/{uuid4()}")):
        answer = hooks.call(method, path, hooks.wish(), headers=headers)
        assert (answer.status_code, answer.json()["title"]) == (401, "Unauthorized")
    assert hooks.receiver.handshakes == 0


def test_a_suspended_partner_is_401_and_both_secrets_work_while_one_is_replaced(hooks: Hooks):
    fresh = credentials.add_secret(Application.objects.get(client_id="sahha"), at=timezone.now())
    for secret in (hooks.secret, fresh):
        assert hooks.call("GET", headers={**hooks.signed_in, "x-client-secret": secret}).status_code == 200
    partners.suspend("sahha", by="reviewer", at=timezone.now())
    assert hooks.call("GET").status_code == 401


def test_guessing_a_secret_is_slowed_with_the_headers_that_clients_need(hooks: Hooks, settings):
    settings.OAUTH_FAILURES_A_MINUTE = 2
    wrong = {**hooks.signed_in, "x-client-secret": "wrong"}
    answers = [hooks.call("GET", headers=wrong) for _ in range(3)]
    assert [each.status_code for each in answers] == [401, 401, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert answers[-1]["X-RateLimit-Tier"] == "application"


def test_womens_health_is_refused_in_the_words_of_any_unknown_name(hooks: Hooks):
    """SR-5.4: what does not exist and what never leaves are one thing to a subscriber."""
    plain = hooks.call("POST", body=hooks.wish(data_type="no such thing"))
    assert plain.status_code == 422
    (fault,) = plain.json()["detail"]
    assert (fault["loc"], fault["type"]) == (["body", "data_type"], "enum")
    own = {key for key, each in VOCABULARY.items() if each.category == "womens_health"}
    assert own
    for name in (*WOMENS, *own, "blood_glucose", "heartrate", "personal_info", "Workout", "vO2_max"):
        refused = hooks.call("POST", body=hooks.wish(data_type=name))
        assert (refused.status_code, refused.content) == (422, plain.content)
    assert hooks.receiver.handshakes == 0


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "PUT"])
def test_another_method_is_405_and_another_address_404(hooks: Hooks, method):
    assert hooks.call(method).status_code == 405
    assert hooks.call("GET", "/").status_code == 404
    assert hooks.call("GET", "/renew/").status_code == 404


def test_the_challenge_keeps_the_addresses_own_query(hooks: Hooks):
    address = f"{hooks.receiver.callback}?tenant=7&verification_token=old"
    assert hooks.call("POST", body=hooks.wish(callback_url=address)).status_code == 201
    query = parse_qs(urlsplit(hooks.receiver.asked[0]).query)
    assert query["tenant"] == ["7"]
    assert query["verification_token"] == [TOKEN]
    assert len(query["challenge"][0]) >= 16


UNVERIFIED = {
    "200 and empty, as one aggregator answers": lambda query: (200, b""),
    "the wrong challenge": lambda query: (200, b'{"challenge": "x"}'),
    "no object": lambda query: (200, json.dumps(query["challenge"]).encode()),
    "no text": lambda query: (200, b'{"challenge": 7}'),
    "bare text": lambda query: (200, query["challenge"].encode()),
    "another status": lambda query: (201, json.dumps({"challenge": query["challenge"]}).encode()),
    "a redirect": lambda query: (302, json.dumps({"challenge": query["challenge"]}).encode()),
    "too long": lambda query: (200, b'{"challenge": "' + b"x" * 100_000 + b'"}'),
    "half a character": lambda query: (200, b'{"challenge": "\\ud800"}'),
    "refused": lambda query: (403, b"no"),
}


@pytest.mark.parametrize("how", UNVERIFIED)
def test_an_address_that_does_not_answer_the_challenge_is_not_called(hooks: Hooks, how):
    hooks.receiver.challenged = UNVERIFIED[how]
    answer = hooks.call("POST", body=hooks.wish())
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["type"] == "challenge_failed"
    assert not Subscription.objects.exists()


def test_a_program_that_names_anothers_host_in_vain_does_not_have_it_rest_for_them(hooks: Hooks, settings):
    """SR-7.8: what one application tries in vain counts against it alone, whoever else is at the same host."""
    hooks.receiver.challenged = lambda query: (0, b"")
    with hooks_of(settings, client="legacy-client") as others:
        for _ in range(7):
            vain = others.call("POST", body=others.wish(callback_url=hooks.receiver.callback))
            assert vain.status_code == 422
    hooks.receiver.challenged = echoes
    assert hooks.call("POST", body=hooks.wish()).status_code == 201


def test_what_is_behind_an_address_cannot_be_told_from_the_answer(hooks: Hooks, settings):
    """SR-7.7: a private address, a dead one, and one that answers something else are one and the same."""
    hooks.receiver.challenged = UNVERIFIED["refused"]
    plain = hooks.call("POST", body=hooks.wish())
    settings.EGRESS_LOOPBACK_PORTS = [*settings.EGRESS_LOOPBACK_PORTS, 9]
    for address in (
        "http://127.0.0.1:9/", "https://10.0.0.1/", "https://169.254.169.254/latest/", "https://[::1]/",
        "https://127.0.0.1/", "https://100.64.0.1/", "https://localhost/", "https://[64:ff9b::7f00:1]/",
        "https://nowhere.invalid/",
    ):  # fmt: skip
        answer = hooks.call("POST", body=hooks.wish(callback_url=address))
        assert (answer.status_code, answer.content) == (422, plain.content), address


@pytest.mark.parametrize(
    "address",
    [
        "http://a.example/", "https://a.example:8443/", "https://u:p@a.example/", "https://a.example/#part",
        "https://a.example/a b", "ftp://a.example/", "//a.example/", "a.example", "https://", "https://a.example\\@b/",
        "http://127.0.0.1:1/", "https://ä.example/", "https://a.example:x/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_only_a_plain_https_address_can_be_subscribed(hooks: Hooks, address):
    answer = hooks.call("POST", body=hooks.wish(callback_url=address))
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "callback_url"]
    assert hooks.receiver.handshakes == 0


def test_outside_the_demo_world_no_loopback_address_is_called(hooks: Hooks, settings):
    settings.DEMO = False
    assert hooks.call("POST", body=hooks.wish()).status_code == 422
    assert hooks.receiver.handshakes == 0


def test_a_new_address_has_to_answer_before_it_is_taken(hooks: Hooks):
    (made,) = hooks.subscribe("workout", "create")
    same = {"verification_token": TOKEN, "callback_url": made["callback_url"]}
    assert hooks.call("PUT", f"/{made['id']}", same).status_code == 200
    assert hooks.receiver.handshakes == 1
    hooks.receiver.challenged = UNVERIFIED["refused"]
    elsewhere = {"verification_token": TOKEN, "callback_url": f"{made['callback_url']}elsewhere"}
    assert hooks.call("PUT", f"/{made['id']}", elsewhere).status_code == 422
    assert hooks.call("GET", f"/{made['id']}").json() == made


def test_a_subscription_that_nobody_renewed_is_over(hooks: Hooks):
    (made,) = hooks.subscribe("workout", "create")
    Subscription.objects.update(expires_at=timezone.now())
    assert hooks.call("GET").json() == []
    assert hooks.call("PUT", f"/renew/{made['id']}").status_code == 403
    hooks.subscribe("workout", "create")  # its place is free, even before the sweep
    assert sweeping.end_expired_subscriptions() == 0
    assert Subscription.objects.filter(ended_at=None).count() == 1
