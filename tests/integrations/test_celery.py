"""The same work under a real Celery and a real Redis: a message is a doorbell, the row is the truth (SR-7.1)."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from config.celery import app
from integrations import work
from integrations.deliveries.lifecycle import State
from integrations.deliveries.models import Delivery
from tests.factories import log_workout, make_connection, make_grant
from tests.integrations.deliveries.test_kills import ROOT, database_address

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

REDIS = shutil.which("redis-server")
NO_REDIS = "There is no redis-server on this machine. Make it possible: apt install redis-server"
CI = os.environ.get("CI", "").lower() in {"1", "true"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_redis(port: int, folder: Path) -> subprocess.Popen[bytes]:
    command = [str(REDIS), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.05)
    server.kill()
    raise AssertionError("redis-server did not start")


@pytest.fixture
def broker(settings, tmp_path):
    """A broker that a test may kill; rings go to it."""
    if REDIS is None:
        pytest.fail(NO_REDIS) if CI else pytest.skip(NO_REDIS)
    port = free_port()
    server = start_redis(port, tmp_path)
    settings.BROKER_URL = f"redis://127.0.0.1:{port}/0"
    before = app.conf.broker_url
    app.conf.broker_url = settings.BROKER_URL
    app._after_fork()  # connections of an earlier test lead to no broker at all
    yield server
    app._after_fork()  # its connections led to the broker that is gone
    app.conf.broker_url = before
    server.kill()
    server.wait()


@pytest.fixture
def celery_worker(broker, strava_simulator, settings):
    """`celery worker` as an operator starts it."""
    names = ("STRAVA_API_URL", "STRAVA_TOKEN_URL", "STRAVA_REVOKE_URL", "STRAVA_CLIENT_SECRET", "BROKER_URL")
    environment = {
        **os.environ,
        **{name: getattr(django_settings, name) for name in names},
        "DATABASE_URL": database_address(),
        "EGRESS_LOOPBACK_PORTS": str(strava_simulator.port),
    }
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        "--pool",
        "threads",
        "--concurrency",
        "2",
    ]
    worker = subprocess.Popen(
        [*command, "--loglevel", "ERROR"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    yield worker
    worker.terminate()
    try:
        worker.wait(timeout=15)
    except subprocess.TimeoutExpired:
        worker.kill()


@pytest.fixture
def member(strava_simulator):
    grant = make_grant()
    make_connection(grant, tokens=strava_simulator.tokens())
    return grant.member


def wait_for(delivery: Delivery, state: State, *, seconds: float = 40) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        delivery.refresh_from_db()
        if delivery.state == state:
            return
        if delivery.trouble == "processing":
            work.Job("deliver", delivery.id).run()
        time.sleep(0.1)
    raise AssertionError(f"still {delivery.state} ({delivery.trouble})")


def test_a_ring_wakes_celery_and_the_workout_arrives(celery_worker, member, strava_simulator):
    (delivery,) = log_workout(member)
    wait_for(delivery, State.DELIVERED)
    assert len(strava_simulator.activities) == 1


def test_a_message_holds_a_reference_and_nothing_else(broker, member, settings):
    (delivery,) = log_workout(member)
    with app.connection_for_read() as link:
        message = link.SimpleQueue("celery").get(timeout=5)
    assert message.payload[0] == [str(delivery.id)]
    assert message.payload[1] == {}


def test_a_killed_broker_loses_nothing(broker, member, strava_simulator):
    broker.kill()
    broker.wait()
    (delivery,) = log_workout(member)  # saved although nobody can be rung
    assert Delivery.objects.get().state == State.PENDING
    work.sweep()
    for _ in range(5):
        for job in list(work.due()):
            job.run()
        time.sleep(0.5)
    wait_for(delivery, State.DELIVERED)
    assert len(strava_simulator.activities) == 1


def test_without_a_broker_nobody_is_rung(member, settings):
    assert settings.BROKER_URL == ""
    assert len(log_workout(member)) == 1
