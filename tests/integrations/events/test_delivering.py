"""How an event is tried, given up, sent again by hand; how a subscription ends; what a stop waits for."""

import json
import logging
from datetime import UTC, datetime, timedelta
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.log.models import Entry
from audit.oversight import retention
from consent.grants import clock
from consent.grants.services import turn_off
from integrations import work
from integrations.deliveries.lifecycle import State
from integrations.events import schedule, sending
from integrations.events.models import EventDelivery, Subscription
from tests.integrations.api.asking import Asker
from tests.integrations.events.hooks import (
    Hooks,
    kinds_in_log,
    later,
    let_ring_save,
    oura_signature,
    work_off,
)
from tests.integrations.events.test_events import tag


@pytest.fixture
def subscribed(hooks: Hooks, asker: Asker) -> Hooks:
    hooks.subscribe("enhanced_tag")
    let_ring_save(asker.member, tag("tag_generic_caffeine"))
    return hooks


def state() -> tuple[str, int, str]:
    event = EventDelivery.objects.order_by("number").first()
    return event.state, event.attempt, event.trouble


def test_ten_tries_in_about_an_hour():
    """SR-7.5, the first schedule."""
    ref = UUID(int=5)
    waits = [schedule.delay(number, ref=ref) or timedelta(0) for number in range(1, 10)]
    assert schedule.TRIES == 10
    assert schedule.delay(10, ref=ref) is None
    assert timedelta(minutes=48) < sum(waits, timedelta()) < timedelta(minutes=75)
    assert schedule.delay(1, ref=ref) == schedule.delay(1, ref=ref) != schedule.delay(1, ref=UUID(int=6))


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120), ("0", 0), ("999999999999", 86_400), ("Fri, 20 Nov 2026 12:05:00 GMT", 300),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0), ("Fri, 20 Nov 2027 12:05:00 GMT", 86_400),
        ("", None), ("soon", None), ("-5", None), ("1.5", None), ("١٢", None), (None, None),
    ],
)  # fmt: skip
def test_retry_after_is_read_both_ways(told, seconds):
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert schedule.asked(told, at=at) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_taken_for_arrived(subscribed: Hooks, status):
    subscribed.receiver.statuses = [status]
    work_off()
    assert state() == (State.DELIVERED, 1, "")


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
def test_anything_else_is_tried_again_under_the_same_id_with_a_signature_of_its_time(
    subscribed: Hooks, status
):
    subscribed.receiver.statuses = [status]
    work_off()
    assert state() == (State.PENDING, 1, f"answered_{status}")
    later()
    work_off()
    assert state() == (State.DELIVERED, 2, "")
    (first, one), (second, other) = subscribed.receiver.events
    assert first["webhook-id"] == second["webhook-id"]
    assert one == other
    for headers in (first, second):
        stamped = headers["x-oura-timestamp"]
        assert headers["x-oura-signature"] == oura_signature(subscribed.secret, stamped, one)
    # What was answered otherwise has arrived, most likely: it counts as a disclosure.
    assert kinds_in_log() == ["event.permitted", "event.may_have_arrived", "event.permitted", "event.sent"]


def test_retry_after_is_honoured(subscribed: Hooks):
    subscribed.receiver.statuses, subscribed.receiver.answered_with = [503], {"Retry-After": "1800"}
    work_off()
    wait = EventDelivery.objects.get().next_attempt_at - clock.now()
    assert timedelta(minutes=29) < wait <= timedelta(minutes=30)


def test_what_is_never_taken_is_a_dead_letter_that_can_be_sent_again_through_the_gate(subscribed: Hooks):
    subscribed.receiver.statuses = [500] * 10
    for _ in range(schedule.TRIES):
        later()
        work_off()
    assert state() == (State.DEAD, 10, "answered_500")
    event = EventDelivery.objects.get()
    out = StringIO()
    call_command("events", "dead", stdout=out)
    assert json.loads(out.getvalue())["event"] == str(event.ref)
    call_command("events", "replay", str(event.ref), stdout=out)
    work_off()
    assert state() == (State.DELIVERED, 11, "")
    assert len({headers["webhook-id"] for headers, _ in subscribed.receiver.events}) == 1
    replayed = json.loads(bytes(Entry.objects.get(kind="event.replayed").body))
    assert (replayed["actor"], bool(replayed["facts"]["operator"])) == ("operator", True)
    assert kinds_in_log()[-3:] == ["event.replayed", "event.permitted", "event.sent"]


def test_a_dead_letter_is_not_sent_again_once_the_gate_says_no(subscribed: Hooks, asker: Asker):
    work_off()
    event = EventDelivery.objects.get()
    EventDelivery.objects.update(state=State.DEAD, trouble="answered_500")
    turn_off(grant_ref=asker.grant.ref, flow="export:tag")
    call_command("events", "replay", str(event.ref), stdout=StringIO())
    work_off()
    assert len(subscribed.receiver.events) == 1
    assert state()[0] == State.CANCELLED


@pytest.mark.parametrize("why", ["unknown", "no id", "delivered", "ended"])
def test_a_replay_in_vain_says_why(subscribed: Hooks, why):
    work_off()
    event = EventDelivery.objects.get()
    if why == "ended":
        EventDelivery.objects.update(state=State.DEAD)
        Subscription.objects.update(ended_at=clock.now(), ended_why="deleted")
    named = {"unknown": str(uuid4()), "no id": "7"}.get(why, str(event.ref))
    with pytest.raises(CommandError):
        call_command("events", "replay", named)


def test_410_ends_the_subscription_and_what_waits_for_it(hooks: Hooks, asker: Asker):
    hooks.subscribe("enhanced_tag", "create")
    let_ring_save(asker.member, tag("tag_generic_caffeine"), tag("tag_generic_caffeine", number=2))
    hooks.receiver.statuses = [410]
    work_off()
    assert len(hooks.receiver.events) == 1
    assert sorted(EventDelivery.objects.values_list("state", flat=True)) == [State.CANCELLED, State.DEAD]
    assert Subscription.objects.get().ended_why == "gone"
    assert hooks.call("GET").json() == []
    let_ring_save(asker.member, tag("tag_generic_caffeine", number=3))
    assert EventDelivery.objects.count() == 2
    hooks.subscribe("enhanced_tag", "create")  # anew, if they like


def test_an_address_that_fails_for_days_is_not_called_any_more(subscribed: Hooks):
    subscribed.receiver.statuses = [500]
    work_off()
    long_ago = clock.now() - schedule.DISABLE_AFTER
    Subscription.objects.filter(event_type="create").update(failing_since=long_ago)
    subscribed.receiver.statuses = [500]
    later()
    work_off()
    ended = Subscription.objects.get(event_type="create")
    assert ended.ended_why == "failing"
    assert Entry.objects.get(kind="subscription.ended").facts["reason"] == "failing"
    assert state()[0] == State.CANCELLED


def test_one_success_ends_the_count_of_failures(subscribed: Hooks):
    subscribed.receiver.statuses = [500]
    work_off()
    assert Subscription.objects.get(event_type="create").failing_since is not None
    later()
    work_off()
    assert Subscription.objects.get(event_type="create").failing_since is None


def test_events_of_one_document_keep_their_order_and_do_not_hold_up_others(hooks: Hooks, asker: Asker):
    """SR-7.4."""
    hooks.subscribe("enhanced_tag")
    let_ring_save(asker.member, tag("tag_generic_caffeine"))
    hooks.receiver.statuses = [500]
    work_off()
    let_ring_save(asker.member, tag("tag_generic_caffeine", minute=5), tag("tag_generic_caffeine", number=2))
    let_ring_save(asker.member, tag("custom"))
    hooks.receiver.events.clear()
    work_off()
    (other,) = hooks.told
    assert other["event_type"] == "create"
    later()
    work_off()
    of_one = [each["event_type"] for each in hooks.told if each["object_id"] != other["object_id"]]
    # The first had been tried and the document is gone: of what is not there any more only its end is told.
    assert of_one == ["delete"]


def test_an_update_waits_for_the_create_before_it(subscribed: Hooks, asker: Asker):
    subscribed.receiver.statuses = [500]
    work_off()
    let_ring_save(asker.member, tag("tag_generic_caffeine", minute=5))
    assert list(work.due()) == []
    update = EventDelivery.objects.get(event_type="update")
    sending.notify(update.ref)  # whoever comes by
    assert len(subscribed.receiver.events) == 1
    later()
    work_off()
    assert [each["event_type"] for each in subscribed.told] == ["create", "create", "update"]


def test_an_address_that_turns_private_after_the_challenge_is_not_called(subscribed: Hooks):
    """SR-7.7: the check is made anew at every send."""
    for address in ("https://10.0.0.1/", "https://127.0.0.1/", "http://127.0.0.1:9/"):
        Subscription.objects.update(callback_url=address)
        later()
        work_off()
    assert subscribed.receiver.events == []
    assert state()[0] == State.PENDING
    assert "event.may_have_arrived" not in kinds_in_log()  # nothing went out


def test_a_2xx_has_arrived_however_long_its_body_is_and_however_slowly_it_comes(subscribed: Hooks):
    """Nothing of it is read: a receiver that says 200 and much besides has the event (facts, section 6)."""
    subscribed.receiver.answers = b"x" * 200_000
    work_off()
    assert state() == (State.DELIVERED, 1, "")
    assert len(subscribed.receiver.events) == 1


def test_redirects_are_not_followed(subscribed: Hooks):
    subscribed.receiver.statuses = [307]
    subscribed.receiver.answered_with = {"Location": f"{subscribed.receiver.callback}elsewhere"}
    work_off()
    assert len(subscribed.receiver.events) == 1


def test_no_line_of_a_log_holds_an_address_a_secret_or_a_token(subscribed: Hooks, caplog):
    caplog.set_level(logging.DEBUG)
    work_off()
    written = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "/webhook/" not in written
    assert subscribed.secret not in written
    assert "whsec_" not in written


def test_a_worker_that_went_away_with_an_event_may_have_sent_it(subscribed: Hooks):
    work_off()
    past = clock.now() - timedelta(seconds=1)
    EventDelivery.objects.update(
        state=State.SENDING, ended_at=None, token=uuid4(), lease_until=past, send_until=past
    )
    work.sweep()
    assert kinds_in_log()[-1] == "event.may_have_arrived"
    work_off()
    assert state()[0] == State.DELIVERED
    assert len({headers["webhook-id"] for headers, _ in subscribed.receiver.events}) == 1


def test_what_has_ended_is_dropped_after_its_term(subscribed: Hooks, asker: Asker):
    work_off()
    retention.let_go(at=timezone.now() + timedelta(days=89))
    assert EventDelivery.objects.count() == 1
    for each in Subscription.objects.all():
        subscribed.call("DELETE", f"/{each.id}")
    retention.let_go(at=timezone.now() + timedelta(days=91))
    assert not EventDelivery.objects.exists()
    retention.let_go(at=timezone.now() + timedelta(days=91))
    assert not Subscription.objects.exists()
