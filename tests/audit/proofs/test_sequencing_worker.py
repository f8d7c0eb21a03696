"""Who runs the sequencer: the worker in a thread of its own, its single round, and Celery (SR-8.2)."""

import os
import signal
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit.log import services as log
from audit.log.events import Event
from audit.log.models import Waiting
from audit.log.partitions import AHEAD, prepare_months
from audit.proofs import publishing, selectors
from config.celery import app
from integrations import tasks
from tests.audit.proofs.logging_acts import append
from tests.config.start import manage
from tests.integrations.deliveries.test_kills import ROOT, database_address

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30.0  # seconds, of which a process takes some to start


def start_worker(*arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DATABASE_URL": database_address()}
    command = [sys.executable, "manage.py", "worker", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)


@pytest.fixture(params=[(), ("--only-the-log",)], ids=["with all else", "alone"])
def worker(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    started = start_worker(*request.param)
    yield started
    started.kill()
    started.communicate()


def sequenced_by(worker: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and worker.poll() is None:
        if not Waiting.objects.exists() and publishing.published():
            return True
        time.sleep(0.02)
    return False


def waits(numbers: list[int]) -> bool:
    return Waiting.objects.filter(entry__in=numbers).count() == len(numbers)


def test_a_worker_publishes_what_comes_and_ends_cleanly_on_term(worker: subprocess.Popen[bytes]):
    append(3)
    assert sequenced_by(worker)
    append(2)
    assert sequenced_by(worker)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=15) == 0
    newest = selectors.latest()
    assert newest is not None
    assert newest.size >= 5  # the sweep writes entries of its own
    assert publishing.published() == newest.note


def test_a_stopped_sequencer_says_why_and_the_worker_goes_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RINGFENCE_LOG_KEY", "short")
    numbers = append(1)
    worker = start_worker()
    patience = threading.Timer(PATIENCE, worker.kill)
    patience.start()
    try:
        assert worker.stderr is not None
        lines = iter(worker.stderr.readline, b"")
        said = next(line for line in lines if b"sequencer is stopped" in line)
        assert b"RINGFENCE_LOG_KEY is not the base64 of 32 bytes" in said
        assert b'"critical"' in said
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=15)
        assert worker.returncode == 0
    finally:
        patience.cancel()
        worker.kill()
    assert waits(numbers)


def test_a_single_round_sequences_too():
    numbers = append(2)
    call_command("worker", once=True)
    assert not waits(numbers)


def test_a_single_round_whose_sequencer_is_stopped_fails_with_the_sentence(settings):
    settings.LOG_KEY, settings.LOG_KEY_TROUBLE = "", "Set RINGFENCE_LOG_KEY."
    numbers = append(1)
    with pytest.raises(CommandError, match=r"no key, so no checkpoint can be signed. Set RINGFENCE_LOG_KEY"):
        call_command("worker", once=True)
    assert waits(numbers)


@pytest.mark.parametrize(
    ("content", "mode", "because"),
    [
        (None, 0, "only you can read"),
        (b"0" * 44, 0o644, "chmod 600"),
        (b"\xff" * 32, 0o600, "cannot be read"),
    ],
    ids=["missing", "open to others", "no text"],
)
def test_a_key_file_that_cannot_be_used_stops_the_sequencer_and_nothing_else(
    tmp_path: Path, content: bytes | None, mode: int, because: str
):
    """Pages start without the key; the sequencer's own sentence says what is wrong (SR-6.3)."""
    key = tmp_path / "key"
    if content:
        key.write_bytes(content)
        key.chmod(mode)
    append(1)
    surroundings = {name: os.environ[name] for name in ("AUDIT_WITNESS_FILE", "AUDIT_PUBLISH_DIR")}
    surroundings |= {"DEMO": "1", "DATABASE_URL": database_address(), "RINGFENCE_LOG_KEY_FILE": str(key)}
    assert manage("check", var=tmp_path, **surroundings).returncode == 0
    done = manage("worker", "--once", var=tmp_path, **surroundings)
    assert done.returncode == 1
    assert because in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_celery_that_finds_the_sequencer_stopped_says_why_once_a_minute(
    settings, caplog: pytest.LogCaptureFixture
):
    settings.LOG_KEY = "short"
    append(1)
    for _ in range(3):
        tasks.sequence()
    said = [record for record in caplog.records if record.levelname == "CRITICAL"]
    assert len(said) == 1
    assert "base64 of 32 bytes" in said[0].getMessage()
    settings.LOG_KEY = b64encode(bytes(32)).decode()
    tasks.sequence()
    assert not Waiting.objects.exists()


def test_celery_sequences_every_half_second_by_the_same_function():
    append(2)
    tasks.sequence()
    assert not Waiting.objects.exists()
    beat = app.conf.beat_schedule["sequence"]
    assert beat["task"] == tasks.sequence.name
    assert beat["schedule"] <= 0.5
    assert beat["options"]["expires"] <= 1  # a round that nobody came for is not made up for


@pytest.mark.postgres
def test_months_are_made_ahead():
    prepare_months()
    today = datetime.now(UTC)
    months = [divmod(today.year * 12 + today.month - 1 + ahead, 12) for ahead in range(AHEAD)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")
        made = {name for (name,) in cursor.fetchall()}
    assert {f"audit_log_entry_{year}_{month + 1:02d}" for year, month in months} <= made
    assert prepare_months() == 0


@pytest.mark.postgres
def test_a_month_that_began_while_no_worker_was_there_keeps_no_other_from_being_made():
    """Its entries lie in the last resort, where they are as whole as anywhere."""
    late = datetime(2031, 5, 3, tzinfo=UTC)
    with transaction.atomic(), connection.cursor() as cursor:
        log.append(Event(kind="audit.searched", actor="somebody", subject="", at=late))
        cursor.execute("SELECT audit_log_prepare_months('2031-04-01', 4)")
        assert cursor.fetchone() == (3,)
        cursor.execute("SELECT tableoid::regclass::text FROM audit_log_entry WHERE at = %s", [late])
        assert cursor.fetchone() == ("audit_log_entry_other",)
        transaction.set_rollback(True)
