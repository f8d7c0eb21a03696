"""The house as gunicorn serves it: several processes on the test's own database, at any free port of the loopback."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from tests.integrations.deliveries.test_kills import ROOT, database_address

PATIENCE = 60.0  # seconds; four processes take some to start on a busy machine


@contextmanager
def processes(count: int) -> Iterator[str]:
    """Serve from `count` processes until the block ends; gives the base address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        listening.set_inheritable(True)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        command = [
            sys.executable, "-m", "gunicorn", "--bind", f"fd://{listening.fileno()}", "--workers", str(count),
            "--log-level", "warning", "--graceful-timeout", "1", "--preload", "config.wsgi:application",
        ]  # fmt: skip
        environment = {**os.environ, "DATABASE_URL": database_address()}
        web = subprocess.Popen(
            command, cwd=ROOT, env=environment, pass_fds=[listening.fileno()], stderr=subprocess.DEVNULL
        )
        try:
            _await(address, web)
            yield address
        finally:
            web.send_signal(signal.SIGTERM)
            try:
                web.wait(timeout=15)
            except subprocess.TimeoutExpired:
                web.kill()


def _await(address: str, web: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and web.poll() is None:
        try:
            if requests.get(f"{address}/healthz", timeout=PATIENCE).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise AssertionError("the processes answer")
