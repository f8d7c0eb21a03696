"""What partners tell us: written down once, believed by nobody, fetched only as far as the member lets it in."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from audit.log.models import Entry
from consent.gate import door
from consent.grants import clock
from consent.grants.services import turn_off
from integrations.connectors import subscriptions, vault
from integrations.connectors.models import Connection, PartnerSubscription, Status
from integrations.deliveries.models import Delivery
from integrations.deliveries.sending import deliver
from integrations.intake import inbound
from integrations.intake.lifecycle import State
from integrations.intake.models import InboundNotice
from tests.factories import WORKOUT_OUT, log_workout, make_connection, make_grant, make_member

pytestmark = pytest.mark.django_db(transaction=True)
WORKOUT_IN, HEART_RATE_IN = "import:workout", "import:heart_rate"
URL = "/webhooks/strava/"
SUBSCRIPTION = "4711"


@pytest.fixture
def connection(strava_simulator):
    grant = make_grant(make_member(), on=[WORKOUT_OUT, WORKOUT_IN, HEART_RATE_IN])
    row = PartnerSubscription(
        partner="strava", subscription=SUBSCRIPTION, callback="https://ringfence.example/"
    )
    row.verify_token = vault.seal_verify_token(row.id, "the-verify-token")
    row.save()
    return make_connection(grant, tokens=strava_simulator.tokens())


def message(**parts: object) -> dict[str, object]:
    return {
        "object_type": "activity",
        "object_id": 1,
        "aspect_type": "create",
        "updates": {},
        "owner_id": 10_000_001,
        "subscription_id": int(SUBSCRIPTION),
        "event_time": int(time.time()),
        **parts,
    }


def tell(body: object, **headers: str):
    raw = body if isinstance(body, bytes | str) else json.dumps(body)
    return Client(enforce_csrf_checks=True).post(URL, raw, content_type="application/json", headers=headers)


def work_off() -> None:
    for ref in inbound.due():
        inbound.work(ref)


def imported(connection) -> list[str]:
    kept = door.export_own(member_id=connection.member_id)
    return sorted(each.kind for each in kept if each.origin == "strava")


def kinds() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def test_the_handshake_is_answered_with_its_challenge(connection):
    asked = {"hub.mode": "subscribe", "hub.challenge": "c-15f7", "hub.verify_token": "the-verify-token"}
    answer = Client().get(URL, asked)
    assert (answer.status_code, answer.json()) == (200, {"hub.challenge": "c-15f7"})


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"hub.mode": "subscribe", "hub.challenge": "c", "hub.verify_token": "another"}, 403),
        ({"hub.mode": "subscribe", "hub.challenge": "c"}, 403),
        ({"hub.mode": "unsubscribe", "hub.challenge": "c", "hub.verify_token": "the-verify-token"}, 403),
        ({"hub.mode": "subscribe", "hub.verify_token": "the-verify-token"}, 400),
        ({}, 400),
    ],
)
def test_a_handshake_that_we_did_not_ask_for_is_refused(connection, asked, status):
    assert Client().get(URL, asked).status_code == status


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"null",
        b"[]",
        b'"activity"',
        b"{",
        b"\xff\xfe\x00",
        b"[" * 40_000,
        b'{"object_type": "activity"}',
        b'{"object_id": 1e999, "owner_id": "x", "subscription_id": 4711}',
        json.dumps(message(subscription_id=1)).encode(),
        json.dumps(message(owner_id=None)).encode(),
        json.dumps(message(object_id={"a": 1})).encode(),
        json.dumps(message(event_time="yesterday")).encode(),
    ],
)
def test_garbage_gets_a_plain_no_and_is_not_kept(connection, garbage):
    answer = tell(garbage)
    assert answer.status_code in {400, 403}
    assert answer["Content-Type"].startswith("text/plain")
    assert InboundNotice.objects.count() == 0


def test_a_message_that_is_too_long_is_not_read(connection):
    assert tell(b"x" * (64 * 1024 + 1)).status_code == 413


def test_a_message_told_three_times_is_one_row(connection):
    told = message()
    assert [tell(told).status_code for _ in range(3)] == [200, 200, 200]
    assert InboundNotice.objects.count() == 1


def test_a_message_about_an_account_we_do_not_know_is_taken_and_forgotten(connection):
    known, unknown = tell(message()), tell(message(owner_id=999, object_id=2))
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert InboundNotice.objects.count() == 1


def test_an_activity_of_today_comes_in_with_its_heart_rate_by_the_inbound_gate(connection, strava_simulator):
    start = clock.now() - timedelta(minutes=30)
    key = strava_simulator.log_activity(
        tell=False,
        start_date=f"{start:%Y-%m-%dT%H:%M:%SZ}",
        beats=[(0, 110), (60, 120), (120, 130)],
    )
    tell(message(object_id=key))
    work_off()
    assert InboundNotice.objects.get().state == State.DONE
    assert imported(connection) == ["heartrate", "workout"]
    assert kinds().count("import.permitted") == 2
    assert Delivery.objects.count() == 0  # what came in from Strava goes out to nobody


def test_with_the_switches_off_nothing_is_even_fetched(strava_simulator, connection):
    for flow in (WORKOUT_IN, HEART_RATE_IN):
        turn_off(grant_ref=connection.grant_ref, flow=flow)
    tell(message(object_id=strava_simulator.log_activity(tell=False)))
    strava_simulator.forget_received()
    work_off()
    assert imported(connection) == []
    assert strava_simulator.received == []


def test_what_the_partner_did_not_agree_to_is_not_fetched_either(strava_simulator, connection):
    Connection.objects.update(granted=["read", "activity:write"])
    tell(message(object_id=strava_simulator.log_activity(tell=False)))
    strava_simulator.forget_received()
    work_off()
    assert imported(connection) == []
    assert strava_simulator.received == []


def test_an_activity_of_another_day_is_refused_and_the_refusal_recorded(connection, strava_simulator):
    old = datetime.now(UTC) - timedelta(days=2)
    key = strava_simulator.log_activity(tell=False, start_date=f"{old:%Y-%m-%dT%H:%M:%SZ}")
    tell(message(object_id=key))
    work_off()
    assert imported(connection) == []
    assert "import.refused" in kinds()


def test_our_own_upload_does_not_come_back(connection, strava_simulator):
    (delivery,) = log_workout(connection.member)
    for _ in range(5):
        Delivery.objects.filter(state="pending").update(next_attempt_at=clock.now())
        deliver(delivery.id)
    (activity,) = strava_simulator.activities
    tell(message(object_id=activity["id"]))
    work_off()
    assert InboundNotice.objects.get().state == State.DONE
    assert imported(connection) == []


def test_what_is_deleted_at_the_partner_is_deleted_here(connection, strava_simulator):
    key = strava_simulator.log_activity(tell=False)
    tell(message(object_id=key))
    work_off()
    assert "workout" in imported(connection)
    strava_simulator.delete_activity(key)
    for _ in range(2):
        tell(message(object_id=key, aspect_type="delete", event_time=int(time.time()) + 1))
        work_off()
    assert imported(connection) == []
    assert kinds().count("import.deleted") == 1  # the act has its entry, once


def removal() -> dict[str, object]:
    return message(
        object_type="athlete", object_id=10_000_001, aspect_type="update", updates={"authorized": "false"}
    )


def test_a_forged_removal_ends_nothing(connection, strava_simulator):
    """Strava's messages may be unsigned: the partner itself is asked (facts of Strava, section 4)."""
    assert tell(removal()).status_code == 200
    work_off()
    connection.refresh_from_db()
    assert connection.status == Status.OPEN
    assert InboundNotice.objects.get().state == State.DONE


def test_a_true_removal_ends_the_yes_and_deletes_what_came_in(connection, strava_simulator):
    tell(message(object_id=strava_simulator.log_activity(tell=False)))
    work_off()
    strava_simulator.remove_app()
    tell(removal())
    work_off()
    connection.refresh_from_db()
    assert connection.status == Status.ENDED
    assert imported(connection) == []
    assert {"grant.revoked", "import.forgotten", "connection.ended"} <= set(kinds())


def test_a_partner_in_trouble_is_asked_again_later(connection, strava_simulator):
    key = strava_simulator.log_activity(tell=False)
    tell(message(object_id=key))
    strava_simulator.fail("500")
    work_off()
    notice = InboundNotice.objects.get()
    assert notice.state == State.PENDING
    assert notice.next_attempt_at > clock.now()
    InboundNotice.objects.update(next_attempt_at=clock.now())
    work_off()
    assert "workout" in imported(connection)


def test_a_subscription_is_asked_for_once_and_its_handshake_answered(strava_simulator, live_server, settings):
    settings.BASE_URL = live_server.url
    strava_simulator.may_call(int(live_server.url.rpartition(":")[2]))
    assert subscriptions.ensure() == 1
    assert subscriptions.subscription_of("strava")
    assert subscriptions.ensure() == 0
    paths = [call["path"] for call in strava_simulator.received if call["method"] == "POST"]
    assert len([path for path in paths if path.endswith("/push_subscriptions")]) == 1


def test_our_own_upload_does_not_come_back_before_we_know_its_number_either(connection, strava_simulator):
    """Strava may tell us of the activity while our own upload still waits for its number (loop guard)."""
    (delivery,) = log_workout(connection.member)
    for _ in range(5):
        Delivery.objects.filter(state="pending").update(next_attempt_at=clock.now())
        deliver(delivery.id)
    Delivery.objects.update(reference="", progress={})
    (activity,) = strava_simulator.activities
    tell(message(object_id=activity["id"]))
    work_off()
    assert InboundNotice.objects.get().state == State.DONE
    assert imported(connection) == []
    assert "import.refused" not in kinds()
