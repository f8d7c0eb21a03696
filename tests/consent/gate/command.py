"""The real `gate check`, asked from outside."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def check(given: Iterable[dict | bytes]) -> tuple[list[dict], int, str]:
    """Ask the command, in a process of its own whose database cannot be reached: its answers, exit code and errors."""
    sent = b"\n".join(each if isinstance(each, bytes) else json.dumps(each).encode() for each in given)
    environment = {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere"}
    done = subprocess.run(
        [sys.executable, "manage.py", "gate", "check"],
        cwd=ROOT, input=sent, capture_output=True, env=environment, timeout=120, check=False,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode, done.stderr.decode()
