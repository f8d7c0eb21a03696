"""Starting Ringfence in a process of its own, with an environment of the test's choice and nothing else."""

import base64
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOOD_SECRET = "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
GOOD_KEYS = "k1:" + base64.b64encode(bytes(range(32))).decode()
PRODUCTION = {
    "SECRET_KEY": GOOD_SECRET,
    "RINGFENCE_MASTER_KEYS": GOOD_KEYS,
    "ALLOWED_HOSTS": "ringfence.example",
    "EMAIL_URL": "smtp+tls://mail.ringfence.example:587",
}


def environment(var: Path, **names: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "RINGFENCE_VAR": str(var), "PYTHONPATH": str(ROOT), **names}


def manage(*arguments: str, var: Path, **names: str) -> subprocess.CompletedProcess[str]:
    """Run one management command to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(var, **names),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that a refused start printed; fail when it started, or printed more than a sentence."""
    assert done.returncode != 0, done.stdout
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]
