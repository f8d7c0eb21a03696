"""What takes hours at ten million entries: begun once, never cut off after two minutes, in no send's way (SR-7.3)."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from audit.web.models import Check
from config.celery import app
from config.management.commands import worker
from integrations import tasks, work
from tests.factories import log_workout, make_connection, make_grant

LONG = ("copy", "export", "verify")


@pytest.mark.once
def test_a_long_job_has_hours_and_is_taken_off_the_queue_before_it_begins():
    for task in (tasks.run_long_job, tasks.daily):
        assert task.time_limit >= 6 * 3600
        assert task.acks_late is False
        assert not task.reject_on_worker_lost
    assert app.conf.task_time_limit == 120
    assert app.conf.task_acks_late is True


@pytest.mark.once
def test_every_job_says_whether_it_is_long():
    assert {verb for verb in work.VERBS if work.Job(verb, uuid4()).long} == set(LONG)


@pytest.mark.once
def test_the_days_work_is_no_part_of_the_sweep_that_two_minutes_end():
    assert app.conf.beat_schedule["daily"]["task"] == tasks.daily.name


@pytest.fixture
def waiting():
    """A check of the log and a workout for a partner, both due now."""
    grant = make_grant()
    make_connection(grant)
    (delivery,) = log_workout(grant.member)
    return Check.objects.create(actor="somebody", asked_at=timezone.now(), size=1), delivery


@pytest.mark.django_db
def test_a_sweep_rings_for_long_and_short_jobs_apart(waiting, settings):
    check, delivery = waiting
    tasks.sweep()
    rung: dict[str, Any] = {}
    with app.connection_for_read() as link:
        queue = link.SimpleQueue("celery")
        while len(rung) < 2:
            message = queue.get(timeout=5)
            message.ack()
            rung[message.headers["task"]] = message
    long = rung[tasks.run_long_job.name]
    assert long.payload[0] == ["verify", str(check.ref)]
    assert long.headers["expires"]  # a ring that nobody came for is not kept: the next sweep rings again
    assert rung[tasks.run_job.name].payload[0] == ["deliver", str(delivery.id)]


class Hands(ThreadPoolExecutor):
    """An executor that only remembers what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[object] = []

    def submit(self, do: object, /, *about: object, **_: object) -> Future[Any]:
        self.given += [getattr(one, "__self__", one) for one in about]
        return Future()


@pytest.mark.django_db(transaction=True)
def test_no_send_waits_behind_a_long_job(waiting):
    check, delivery = waiting
    hands, long_hands = Hands(), Hands()
    worker._Rounds(threading.Event()).round(hands, long_hands)
    assert work.Job("deliver", delivery.id) in hands.given
    assert {job.verb for job in hands.given if isinstance(job, work.Job)}.isdisjoint(LONG)
    assert long_hands.given == [work.daily, work.Job("verify", check.ref)]
