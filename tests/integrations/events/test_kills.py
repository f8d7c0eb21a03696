"""A worker that is killed loses no event and makes no second one, whatever step it is at (P6)."""

import os
import signal
import subprocess
import sys
import time
from collections import defaultdict

import pytest

from integrations.deliveries.lifecycle import FINAL, State
from integrations.events.models import EventDelivery
from tests.factories import make_workout
from tests.integrations.api.asking import make_asker
from tests.integrations.deliveries.test_kills import NEVER, ROOT, database_address
from tests.integrations.events.hooks import Hooks, hooks_of, let_ring_save
from tests.support.sizes import size

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

STEPS = (3, 2, 4, 1)  # after the bytes have gone; before; when all is written down; before the claim
KILLS = size(20, least=2)
LEASE = 3  # seconds; a third of it is an attempt's deadline


def start_worker(hooks: Hooks, step: int) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "DATABASE_URL": database_address(),
        "EGRESS_LOOPBACK_PORTS": str(hooks.receiver.port),
        "DELIVERY_LEASE_SECONDS": str(LEASE),
    }
    command = [sys.executable, "-m", "tests.integrations.events.killed_worker", str(step)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


def test_every_event_arrives_under_one_id_however_often_the_worker_is_killed(transactional_db, settings):
    """20 kills over all steps under `make verify`; under `make test` one after and one before the bytes go."""
    with hooks_of(settings) as hooks:
        asker = make_asker()
        hooks.subscribe("workout", "create")
        for number in range(KILLS):
            let_ring_save(asker.member, make_workout(minutes=number + 1))
            worker = start_worker(hooks, STEPS[number % len(STEPS)])
            try:
                assert worker.wait(timeout=60) == -signal.SIGKILL
            finally:
                worker.kill()
        worker = start_worker(hooks, NEVER)
        try:
            until = time.monotonic() + 90
            while EventDelivery.objects.exclude(state__in=FINAL).exists() and time.monotonic() < until:
                time.sleep(0.1)
        finally:
            worker.kill()

        assert set(EventDelivery.objects.values_list("state", flat=True)) == {State.DELIVERED}  # none lost
        arrived = defaultdict(set)
        for headers, body in hooks.receiver.events:
            arrived[headers["webhook-id"]].add(body)
        refs = {str(ref) for ref in EventDelivery.objects.values_list("ref", flat=True)}
        assert set(arrived) == refs  # none invented
        assert len(refs) == KILLS
        assert [bodies for bodies in arrived.values() if len(bodies) > 1] == []  # however often it came
