"""A worker that is killed loses nothing and invents nothing, whatever step it is at (P6)."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.db import connection

from integrations.deliveries.lifecycle import FINAL, State
from integrations.deliveries.models import Delivery
from tests.factories import log_workout, make_connection, make_grant, make_member
from tests.support.sizes import size

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[3]
STEPS = (1, 2, 3, 4, 5, 6)
KILLS = size(30, least=len(STEPS))
NEVER = 0
LEASE = 6  # seconds; a third of it is an attempt's deadline


def database_address() -> str:
    """The test's own database, for another process."""
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{held['NAME']}"
    host = quote(str(held["HOST"]), safe="")
    login = quote(str(held["USER"])) + (f":{quote(held['PASSWORD'])}" if held["PASSWORD"] else "")
    port = f":{held['PORT']}" if held["PORT"] else ""
    return f"postgresql://{login}@{host}{port}/{held['NAME']}"


def start_worker(simulator, step: int) -> subprocess.Popen[bytes]:
    """Start a real worker process that kills itself where `step` is logged."""
    names = ("STRAVA_API_URL", "STRAVA_TOKEN_URL", "STRAVA_REVOKE_URL", "STRAVA_CLIENT_SECRET")
    environment = {
        **os.environ,
        **{name: getattr(django_settings, name) for name in names},
        "DATABASE_URL": database_address(),
        "EGRESS_LOOPBACK_PORTS": str(simulator.port),
        "DELIVERY_LEASE_SECONDS": str(LEASE),
    }
    command = [sys.executable, "-m", "tests.integrations.deliveries.killed_worker", str(step)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


def kill_at(simulator, step: int) -> None:
    worker = start_worker(simulator, step)
    try:
        assert worker.wait(timeout=60) == -signal.SIGKILL
    finally:
        worker.kill()


def let_finish(simulator, *, patience: float = 90) -> None:
    """Let a worker that nobody kills bring everything to its end, then end it as an operator would."""
    worker = start_worker(simulator, NEVER)
    try:
        until = time.monotonic() + patience
        while Delivery.objects.exclude(state__in=FINAL).exists() and time.monotonic() < until:
            time.sleep(0.2)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=15) == 0, "a worker ends cleanly on TERM"
    finally:
        worker.kill()


def test_every_permitted_workout_arrives_once_however_often_the_worker_is_killed(strava_simulator):
    """30 kills over all steps under `make verify`, each step once under `make test`."""
    member = make_member()
    make_connection(make_grant(member), tokens=strava_simulator.tokens())
    permitted, refused = [], []
    for number in range(KILLS):
        permitted += log_workout(member, minutes=number + 1)
        refused += log_workout(member, minutes=number + 1, with_heart_rate=False)
        kill_at(strava_simulator, STEPS[number % len(STEPS)])
    let_finish(strava_simulator)

    states = dict(Delivery.objects.values_list("id", "state"))
    assert [states[each.id] for each in permitted] == [State.DELIVERED] * KILLS  # none lost
    assert [states[each.id] for each in refused] == [State.REFUSED] * KILLS
    references = {each.reference for each in Delivery.objects.filter(state=State.DELIVERED)}
    arrived = [str(activity["id"]) for activity in strava_simulator.activities]
    assert len(arrived) == KILLS  # none twice, none invented
    assert set(arrived) == references
