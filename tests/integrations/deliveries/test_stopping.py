"""Once "stopped" is shown nothing more is sent: what waits is cancelled, what is under way awaited (P2, SR-7.2)."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connections

from consent.grants import clock
from consent.grants.models import Grant
from consent.grants.ports import aftermath
from consent.grants.services import turn_off, withdraw
from integrations import egress_breaker, work
from integrations.connectors.models import Connection, Status
from integrations.deliveries import schedule
from integrations.deliveries.lifecycle import State
from integrations.deliveries.models import Delivery
from integrations.deliveries.sending import deliver
from tests.factories import READINESS_OUT, WORKOUT_OUT, log_night, log_workout, make_connection, make_grant
from tests.integrations.deliveries.fast_partner import fast_partner

pytestmark = pytest.mark.django_db(transaction=True)
TAKES = 0.8  # seconds that the partner takes for an upload


@pytest.fixture
def partner(settings):
    egress_breaker.forget()
    with fast_partner(settings, takes=TAKES) as server:
        yield server


@pytest.fixture
def grant(partner):
    grant = make_grant(on=[WORKOUT_OUT, READINESS_OUT])
    make_connection(grant)
    return grant


def send_beside_us(delivery: Delivery, partner) -> threading.Thread:
    """Start a send and return once it has reached the partner."""

    def sending() -> None:
        try:
            deliver(delivery.id)
        finally:
            connections.close_all()

    thread = threading.Thread(target=sending)
    thread.start()
    until = time.monotonic() + 10
    while not partner.arrivals and time.monotonic() < until:
        time.sleep(0.005)
    assert partner.arrivals
    return thread


@pytest.mark.parametrize("flow", [None, WORKOUT_OUT])
def test_settling_waits_for_a_send_under_way(grant, partner, flow):
    (delivery,) = log_workout(grant.member)
    thread = send_beside_us(delivery, partner)
    turn_off(grant_ref=grant.ref, flow=flow) if flow else withdraw(grant_ref=grant.ref)
    settlement = aftermath().settle(grant_ref=grant.ref, flow=flow)
    waited = time.monotonic() - partner.arrivals[0]
    thread.join(timeout=10)
    assert settlement.settled
    assert waited >= TAKES
    assert Delivery.objects.get().state == State.DELIVERED  # decided before, and counts as sent


def test_a_send_that_outlasts_the_wait_is_told(grant, partner, settings):
    (delivery,) = log_workout(grant.member)
    settings.DELIVERY_LEASE_SECONDS = 30
    thread = send_beside_us(delivery, partner)
    settings.DELIVERY_LEASE_SECONDS = 0.3  # a tenth of a second of patience
    withdraw(grant_ref=grant.ref)
    assert aftermath().settle(grant_ref=grant.ref).still_open == 1
    thread.join(timeout=10)


def test_a_worker_that_went_away_is_not_waited_for_longer_than_a_send_may_last(grant, partner):
    (delivery,) = log_workout(grant.member)
    now = clock.now()
    Delivery.objects.update(
        state=State.SENDING, token=delivery.id, lease_until=now + timedelta(seconds=20), send_until=now
    )
    withdraw(grant_ref=grant.ref)
    assert aftermath().settle(grant_ref=grant.ref).settled


def test_a_switch_turned_off_cancels_its_own_flow_alone(grant, partner):
    (score,) = log_night(grant.member)
    (workout,) = log_workout(grant.member)
    turn_off(grant_ref=grant.ref, flow=READINESS_OUT)
    aftermath().settle(grant_ref=grant.ref, flow=READINESS_OUT)
    states = dict(Delivery.objects.values_list("id", "state"))
    assert states == {score.id: State.CANCELLED, workout.id: State.PENDING}


def test_settling_cancels_nothing_while_the_yes_stands(grant, partner):
    log_workout(grant.member)
    aftermath().settle(grant_ref=grant.ref)
    assert Delivery.objects.get().state == State.PENDING


def test_a_yes_that_ran_out_is_found_by_the_sweep(grant, partner):
    log_workout(grant.member)
    Grant.objects.update(granted_at=clock.now() - timedelta(days=365), expires_at=clock.now())
    work.sweep()
    grant.refresh_from_db()
    assert grant.status == "expired"
    assert Delivery.objects.get().state == State.CANCELLED
    assert Connection.objects.get().status == Status.ENDING


def test_a_partner_that_never_takes_it_leaves_a_dead_letter(grant, partner):
    partner.shutdown()
    partner.server_close()
    (delivery,) = log_workout(grant.member)
    for _ in range(len(schedule.DELAYS) + 1):
        Delivery.objects.update(next_attempt_at=clock.now())
        egress_breaker.forget()
        deliver(delivery.id)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempt, delivery.failures) == (State.DEAD, 10, 10)
    assert list(work.due()) == []
