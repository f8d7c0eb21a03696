"""Keeping a web server and a worker together: they start together, end together, and leave nothing behind."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import FrameType

PR_SET_PDEATHSIG = 1
GRACE = 10.0  # seconds between asking to end and killing
PULSE = 0.2

Child = subprocess.Popen[bytes]


class Asked(Exception):
    """Somebody pressed Ctrl-C, closed the terminal or sent TERM."""


def port_is_free(port: int) -> bool:
    """Whether we could listen there. A port in TIME_WAIT counts as free, one with a listener does not."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def loopback_addresses(port: int) -> list[str]:
    """`localhost` means ::1 first on many machines, so listen there too where there is one."""
    addresses = [f"127.0.0.1:{port}"]
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("::1", port))
    except OSError:
        return addresses
    return [*addresses, f"[::1]:{port}"]


def start(command: Sequence[str], environment: Mapping[str, str]) -> Child:
    """Start a child in a session of its own, so that Ctrl-C reaches it through us, once."""
    return subprocess.Popen(
        command,
        env=dict(environment),
        start_new_session=True,
        preexec_fn=_end_with_parent(os.getpid()),
    )


def _end_with_parent(parent: int):  # type: ignore[no-untyped-def]
    """Have the kernel end the child when we are killed and can end nothing ourselves (Linux)."""

    def ask_the_kernel() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return ask_the_kernel


def listen_for_the_end() -> None:
    def asked(number: int, frame: FrameType | None) -> None:
        raise Asked

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, asked)


def answers(port: int, child: Child, patience: float = 30.0) -> bool:
    """Wait until the web server listens; False when it ended or took too long."""
    until = time.monotonic() + patience
    while time.monotonic() < until and child.poll() is None:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(PULSE)
    return False


def wait_for_any(children: Sequence[Child]) -> Child:
    """Return the first child that ended. Raises Asked when we are to end."""
    while True:
        for child in children:
            if child.poll() is not None:
                return child
        time.sleep(PULSE)


def stop(children: Sequence[Child]) -> None:
    """Ask every child and its own children to end; kill what is left after GRACE."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + GRACE
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=max(0.0, until - time.monotonic()))
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        child.wait()
