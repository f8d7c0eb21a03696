"""A PostgreSQL of the benches' own: its commits wait for the disk, as they do in service."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support import postgres

# fsync, synchronous_commit and full_page_writes stay on, which is PostgreSQL's default.
SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "8GB", "maintenance_work_mem": "256MB"}


@contextmanager
def environment(keep: Path | None) -> Iterator[dict[str, str]]:
    """Yield what a process needs in its environment to work on that database, with the log's files beside it.

    `keep` is a folder in which the filled log stays for another run.
    """
    home = keep or Path(tempfile.mkdtemp(prefix="bench-", dir="/tmp"))
    home.mkdir(mode=0o755, exist_ok=True)
    home.chmod(0o755)
    try:
        data = home / "data"
        if not data.exists():
            with postgres.server(data) as address, psycopg.connect(address, autocommit=True) as cursor:
                for name, value in SETTINGS.items():
                    cursor.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        with postgres.server(data) as address:
            yield {**os.environ, "DATABASE_URL": address, "RINGFENCE_VAR": str(home / "var"), "DEMO": "1"}
    finally:
        if keep is None:
            shutil.rmtree(home, ignore_errors=True)


def run() -> int:
    """Run the benches that need it, each in a process of its own on that database; return 0 if both went well."""
    kept = os.environ.get("BENCH_KEEP", "")
    with environment(Path(kept).resolve() if kept else None) as surroundings:
        api = subprocess.run([sys.executable, "-m", "bench.api"], env=surroundings, check=False)
        audit = subprocess.run([sys.executable, "-m", "bench.audit"], env=surroundings, check=False)
    return api.returncode or audit.returncode
