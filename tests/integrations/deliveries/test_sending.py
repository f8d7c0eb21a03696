"""One workout on its way: queued with the document, decided at the moment of leaving, sent once, written down."""

from datetime import timedelta

import pytest

from audit.log.models import Entry
from consent.grants import clock
from consent.grants.models import Grant
from consent.grants.services import turn_off, turn_on, withdraw
from integrations import work
from integrations.connectors.models import Connection
from integrations.connectors.port import Rejected
from integrations.deliveries import claiming, outcomes, sweeping
from integrations.deliveries.lifecycle import State
from integrations.deliveries.models import Delivery
from integrations.deliveries.sending import deliver
from tests.factories import (
    READINESS_OUT,
    WORKOUT_OUT,
    log_night,
    log_workout,
    make_connection,
    make_grant,
    make_member,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def grant(strava_simulator):
    grant = make_grant(make_member())
    make_connection(grant, tokens=strava_simulator.tokens())
    return grant


def kinds(delivery: Delivery) -> list[str]:
    """The events of one delivery, oldest first."""
    entries = Entry.objects.order_by("id")
    return [each.kind for each in entries if each.facts.get("delivery") == str(delivery.id)]


def send(delivery: Delivery) -> Delivery:
    """Make attempts until the partner is done with it."""
    for _ in range(6):
        Delivery.objects.filter(id=delivery.id, state=State.PENDING).update(next_attempt_at=clock.now())
        deliver(delivery.id)
        delivery.refresh_from_db()
        if delivery.trouble != "processing":
            break
    return delivery


def test_a_workout_arrives_once_and_the_log_tells_it_in_order(grant, strava_simulator):
    (delivery,) = log_workout(grant.member)
    send(delivery)
    deliver(delivery.id)
    assert delivery.state == State.DELIVERED
    assert len(strava_simulator.activities) == 1
    assert delivery.reference == str(strava_simulator.activities[0]["id"])
    assert kinds(delivery) == ["release.permitted", "delivery.delivered"]


def test_a_workout_without_activity_heart_rate_never_leaves_and_the_refusal_is_recorded(
    grant, strava_simulator
):
    (delivery,) = log_workout(grant.member, with_heart_rate=False)
    send(delivery)
    assert (delivery.state, delivery.trouble) == (State.REFUSED, "source_not_allowed")
    decided = Entry.objects.get(event_id=str(delivery.decision_event))
    ended = Entry.objects.get(event_id=str(delivery.outcome_event))
    assert decided.id < ended.id
    assert decided.at <= ended.at  # the log's times follow its order
    assert strava_simulator.received == []
    assert kinds(delivery) == ["release.refused", "delivery.refused"]


def test_a_workout_queued_before_a_withdrawal_never_leaves(grant, strava_simulator):
    (delivery,) = log_workout(grant.member)
    withdraw(grant_ref=grant.ref)
    send(delivery)
    assert (delivery.state, delivery.trouble) == (State.CANCELLED, "grant_withdrawn")
    assert strava_simulator.received == []
    assert kinds(delivery) == ["delivery.cancelled"]


def test_a_workout_queued_under_an_earlier_yes_to_the_switch_never_leaves(grant, strava_simulator):
    (delivery,) = log_workout(grant.member)
    turn_off(grant_ref=grant.ref, flow=WORKOUT_OUT)
    turn_on(grant_ref=grant.ref, flow=WORKOUT_OUT)  # the epoch of the switch has risen
    send(delivery)
    assert (delivery.state, delivery.trouble) == (State.CANCELLED, "toggle_off")
    assert strava_simulator.received == []


def test_a_new_yes_to_the_same_partner_wakes_nothing_of_the_old_one(grant, strava_simulator):
    (delivery,) = log_workout(grant.member)
    withdraw(grant_ref=grant.ref)
    anew = make_grant(grant.member)
    make_connection(anew, tokens=strava_simulator.tokens())
    send(delivery)
    assert delivery.state == State.CANCELLED
    assert strava_simulator.received == []


@pytest.mark.parametrize("trouble", ["500", "503", "429", "garbage", "nothing", "lost"])
def test_a_partner_in_trouble_gets_the_workout_later_and_once(grant, strava_simulator, trouble, settings):
    settings.DELIVERY_LEASE_SECONDS = 9
    strava_simulator.fail(trouble)
    (delivery,) = log_workout(grant.member)
    deliver(delivery.id)
    delivery.refresh_from_db()
    assert delivery.state == State.PENDING
    assert delivery.next_attempt_at > clock.now()
    send(delivery)
    assert delivery.state == State.DELIVERED
    assert len(strava_simulator.activities) == 1


def test_a_send_without_an_answer_counts_as_a_disclosure(grant, strava_simulator, settings):
    settings.DELIVERY_LEASE_SECONDS = 6
    strava_simulator.fail("lost")
    (delivery,) = log_workout(grant.member)
    deliver(delivery.id)
    assert kinds(delivery) == ["release.permitted", "delivery.may_have_arrived"]


def test_an_old_token_is_refreshed_and_the_workout_goes(grant, strava_simulator):
    strava_simulator.fail("401")
    (delivery,) = log_workout(grant.member)
    send(delivery)
    assert delivery.trouble == "unauthorised"
    send(delivery)
    assert delivery.state == State.DELIVERED
    assert any(call["path"].endswith("/oauth/token") for call in strava_simulator.received)


def test_tokens_that_stay_refused_break_the_link_and_nothing_is_asked_of_the_gate(grant, strava_simulator):
    strava_simulator.remove_app()
    (delivery,) = log_workout(grant.member)
    send(delivery)
    send(delivery)
    assert Connection.objects.get(grant_ref=grant.ref).status == "broken"
    before = len(kinds(delivery))
    send(delivery)
    assert (delivery.state, delivery.trouble) == (State.PENDING, "not_linked")
    assert len(kinds(delivery)) == before


def test_a_link_that_stands_again_wakes_what_waited(grant, strava_simulator):
    (delivery,) = log_workout(grant.member)
    Connection.objects.filter(grant_ref=grant.ref).update(status="broken")
    deliver(delivery.id)
    Connection.objects.filter(grant_ref=grant.ref).update(status="open")
    assert sweeping.wake_linked() == 1
    assert [job.ref for job in work.due()] == [delivery.id]


def test_a_score_waits_for_a_workout_of_its_day_and_rides_on_it(strava_simulator):
    grant = make_grant(on=[WORKOUT_OUT, READINESS_OUT])
    make_connection(grant, tokens=strava_simulator.tokens())
    (score,) = log_night(grant.member)
    send(score)
    assert (score.state, score.trouble) == (State.PENDING, "no_carrier")
    assert strava_simulator.received == []

    (workout,) = log_workout(grant.member)
    send(workout)
    assert score.id in [job.ref for job in work.due()]  # woken, a minute early
    send(score)
    assert score.state == State.DELIVERED
    assert score.reference == workout.reference


def test_a_score_without_a_workout_ends_with_its_day(strava_simulator):
    grant = make_grant(on=[WORKOUT_OUT, READINESS_OUT])
    make_connection(grant, tokens=strava_simulator.tokens())
    (score,) = log_night(grant.member)
    deliver(score.id)
    Delivery.objects.filter(id=score.id).update(expires_at=clock.now() - timedelta(seconds=1))
    send(score)
    assert (score.state, score.trouble) == (State.EXPIRED, "no_carrier")
    assert strava_simulator.received == []


def test_what_a_worker_took_and_never_brought_back_is_told_and_tried_again(grant, strava_simulator, settings):
    (delivery,) = log_workout(grant.member)
    now = clock.now()
    Delivery.objects.filter(id=delivery.id).update(
        state=State.SENDING,
        token=delivery.id,
        lease_until=now - timedelta(seconds=1),
        send_until=now - timedelta(seconds=21),
    )
    assert sweeping.bring_back_lapsed() == 1
    send(delivery)
    assert delivery.state == State.DELIVERED
    assert kinds(delivery)[0] == "delivery.may_have_arrived"


def test_a_row_under_a_lease_is_nobody_elses(grant, strava_simulator):
    (delivery,) = log_workout(grant.member)
    now = clock.now()
    Delivery.objects.filter(id=delivery.id).update(
        state=State.SENDING,
        token=delivery.id,
        lease_until=now + timedelta(seconds=30),
        send_until=now + timedelta(seconds=10),
    )
    deliver(delivery.id)
    assert sweeping.bring_back_lapsed() == 0
    assert strava_simulator.received == []


def test_a_worker_that_comes_back_too_late_changes_nothing(grant, strava_simulator):
    """Each change is compare-and-set (SR-7.1): its lease ran out, another one delivered meanwhile."""
    (delivery,) = log_workout(grant.member)
    late = claiming.claim(delivery.id)
    assert late is not None
    Delivery.objects.update(lease_until=clock.now())
    assert sweeping.bring_back_lapsed() == 1
    again = claiming.claim(delivery.id)
    assert again is not None
    outcomes.commit(late, Rejected("late"), None)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.token) == (State.SENDING, again.delivery.token)
    assert "delivery.dead" not in kinds(delivery)


def test_what_is_not_due_is_not_sent(grant, strava_simulator):
    (delivery,) = log_workout(grant.member)
    Delivery.objects.update(next_attempt_at=clock.now() + timedelta(minutes=1))
    deliver(delivery.id)
    assert strava_simulator.received == []
    assert list(work.due()) == []


def test_an_older_epoch_is_refused_whatever_else_is_true(grant, strava_simulator):
    (delivery,) = log_workout(grant.member)
    Grant.objects.update(epoch=grant.epoch + 1)
    deliver(delivery.id)
    delivery.refresh_from_db()
    assert delivery.state == State.CANCELLED
    assert strava_simulator.received == []


def test_an_upload_that_the_partner_forgot_is_sent_again(grant, strava_simulator):
    """Asked for its number, the partner knows none: the workout would be lost if that number were kept (P6)."""
    (delivery,) = log_workout(grant.member)
    Delivery.objects.update(progress={"upload_id": "987654321"})
    send(delivery)
    assert (delivery.state, delivery.progress.get("upload_id", "")) == (State.PENDING, "")
    send(delivery)
    assert delivery.state == State.DELIVERED
    assert len(strava_simulator.uploads) == 1
