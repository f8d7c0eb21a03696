"""`make run` in real processes: it serves, it stops, and nothing is left behind (CONTRACT, facts of the runtime)."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import running
from tests.config.start import ROOT, environment

pytestmark = pytest.mark.once
FIRST_START, SECOND_START, STOPPING = 120, 10, 12  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def up(var: Path, port: int) -> subprocess.Popen[bytes]:
    """Start everything as `make run` does, with its state in `var`."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env=environment(var, DEMO="1", PORT=str(port)),
        stdout=(var / "said").open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def answer(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return str(response.read().decode())
    except OSError:
        return ""


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def served_within(seconds: float, runner: subprocess.Popen[bytes], port: int) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until and runner.poll() is None:
        if answer(f"http://127.0.0.1:{port}/healthz") == "ok":
            return True
        time.sleep(0.2)
    return False


def left_behind(var: Path) -> list[int]:
    """Return the processes that run with this test's state folder in their environment."""
    found, mark = [], f"RINGFENCE_VAR={var}".encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if mark in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def nothing_left_within(seconds: float, var: Path) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not left_behind(var):
            return True
        time.sleep(0.2)
    return False


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for process in left_behind(tmp_path):
        os.kill(process, signal.SIGKILL)


@pytest.mark.skipif(
    sys.platform != "linux", reason="Only Linux tells children that their parent was killed: use Linux"
)
def test_one_command_serves_and_leaves_nothing_however_it_ends(var: Path):
    port = free_port()
    runner = up(var, port)
    assert served_within(FIRST_START, runner, port), (var / "said").read_text()
    assert answer(f"http://localhost:{port}/healthz") == "ok"
    assert '"ready": true' in answer(f"http://127.0.0.1:{port}/readyz")
    long = (
        "x" * 6_000
    )  # a next_token with many fields beside the parameters it repeats, or a client's long state
    assert status(f"http://127.0.0.1:{port}/v2/usercollection/sleep?next_token={long}") == 401
    assert len(left_behind(var)) >= 3  # the runner, the web server and its worker, the delivery worker
    assert (var / "ringfence.sqlite3").stat().st_mode & 0o077 == 0  # SR-8.4

    runner.send_signal(signal.SIGINT)
    assert runner.wait(STOPPING) == 0
    assert nothing_left_within(1, var)
    said = (var / "said").read_text()
    assert "lin@demo.example" in said
    assert f"http://127.0.0.1:{port}/" in said

    began = time.monotonic()
    runner = up(var, port)
    assert served_within(FIRST_START, runner, port), (var / "said").read_text()
    assert time.monotonic() - began < SECOND_START

    runner.kill()
    runner.wait(5)
    assert nothing_left_within(STOPPING, var), left_behind(var)


def test_when_one_child_ends_the_other_is_stopped_too():
    quick = running.start([sys.executable, "-c", "pass"], os.environ)
    endless = running.start([sys.executable, "-c", "import time; time.sleep(600)"], os.environ)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        assert running.wait_for_any([endless, quick]) is quick
        running.stop([endless, quick])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert endless.poll() is not None


def test_a_child_that_ignores_the_request_to_end_is_killed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(running, "GRACE", 0.5)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    child = running.start([sys.executable, "-c", deaf], os.environ)
    time.sleep(0.5)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        running.stop([child])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert child.poll() == -signal.SIGKILL
