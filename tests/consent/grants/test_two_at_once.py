"""Two acts on one grant at once: the second waits for the first, and then knows all that the first has changed."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from django.db import connection, transaction

from audit.log.models import Entry
from consent.grants import clock, services, signing
from consent.grants.errors import GrantAlreadyEnded
from consent.grants.models import Grant, Receipt
from tests.factories import READINESS_OUT, WORKOUT_OUT, make_grant

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
T = TypeVar("T")
BOTH = (WORKOUT_OUT, READINESS_OUT)


def one_after_the_other(first: Callable[[], object], second: Callable[[], T]) -> T:
    """Commit `first` only when `second`, on a connection of its own, waits for it; return what `second` gave."""
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            first()
            told = other.submit(_and_let_go, second)
            _until_somebody_waits()
        return told.result(timeout=10)


def _and_let_go(act: Callable[[], T]) -> T:
    try:
        return act()
    finally:
        connection.close()


def _until_somebody_waits() -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.005)
    raise AssertionError("Nobody waited: the two acts did not meet.")


def told_in(grant: Grant) -> list[tuple[int, str]]:
    return list(Receipt.objects.filter(grant=grant).order_by("number").values_list("number", "change"))


def test_a_stop_that_waited_for_a_switch_knows_that_it_is_off():
    grant = make_grant(on=BOTH)
    stop = one_after_the_other(
        lambda: services.turn_off(grant_ref=grant.ref, flow=READINESS_OUT),
        lambda: services.withdraw(grant_ref=grant.ref),
    )
    assert signing.document_of(stop)["event"]["flows"] == [
        WORKOUT_OUT
    ]  # what the end took away: one was off by then
    assert told_in(grant) == [(1, "allowed"), (2, "turned_off"), (3, "withdrawn")]
    times = list(Entry.objects.order_by("id").values_list("at", flat=True))
    assert times == sorted(set(times))  # taken after the lock: in the order in which the acts came into force


def test_a_switch_that_waited_for_another_leaves_that_one_off_in_its_receipt():
    grant = make_grant(on=BOTH)
    off = one_after_the_other(
        lambda: services.turn_off(grant_ref=grant.ref, flow=READINESS_OUT),
        lambda: services.turn_off(grant_ref=grant.ref, flow=WORKOUT_OUT),
    )
    assert [row["flow"] for row in signing.document_of(off)["flows"] if row["on"]] == []
    assert Entry.objects.get(event_id=off.event_id).facts["on"] == []


def test_a_switch_pressed_twice_at_once_is_one_change():
    grant = make_grant(on=BOTH)
    one_after_the_other(*[lambda: services.turn_off(grant_ref=grant.ref, flow=WORKOUT_OUT)] * 2)
    assert told_in(grant) == [(1, "allowed"), (2, "turned_off")]
    assert grant.toggles.get(flow=WORKOUT_OUT).epoch == 2


@pytest.mark.parametrize(
    "late",
    [
        lambda ref: services.withdraw(grant_ref=ref),
        lambda ref: services.revoke(grant_ref=ref, by="partner"),
        lambda ref: services.turn_off(grant_ref=ref, flow=WORKOUT_OUT),
        lambda ref: services.turn_on(grant_ref=ref, flow=READINESS_OUT),
    ],
)
def test_what_waited_for_a_stop_finds_the_grant_ended(late):
    grant = make_grant()
    with pytest.raises(GrantAlreadyEnded):
        one_after_the_other(lambda: services.withdraw(grant_ref=grant.ref), lambda: late(grant.ref))
    assert told_in(grant) == [(1, "allowed"), (2, "withdrawn")]
    grant.refresh_from_db()
    assert (grant.status, grant.epoch) == ("withdrawn", 2)


def test_a_yes_that_waited_for_a_stop_is_a_new_grant():
    grant = make_grant()
    one_after_the_other(
        lambda: services.withdraw(grant_ref=grant.ref), lambda: make_grant(grant.member, on=BOTH)
    )
    renewed = Grant.objects.get(status="active")
    assert told_in(renewed) == [(1, "allowed")]


def test_the_clock_that_waited_for_a_stop_ends_nothing():
    grant = make_grant(at=clock.now() - services.TERM - timedelta(days=1))
    ended = one_after_the_other(lambda: services.withdraw(grant_ref=grant.ref), services.expire)
    assert ended == []
    assert told_in(grant) == [(1, "allowed"), (2, "withdrawn")]


def test_the_clock_that_waited_for_a_renewal_ends_nothing():
    grant = make_grant(at=clock.now() - services.TERM - timedelta(days=1))
    ended = one_after_the_other(lambda: make_grant(grant.member), services.expire)
    assert ended == []
    assert told_in(grant) == [(1, "allowed"), (2, "changed")]
