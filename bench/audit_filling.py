"""Filling the log: by COPY through its own trigger, and into its tree by its own sequencer."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice

import django
from django.db import connection, transaction

from bench.audit_entries import COLUMNS, YEAR, Made, entries

AT_ONCE = 50_000  # entries a COPY
APART = 100_000  # the last of them are copied in and sequenced one after the other, each timed


def fill(rows: int) -> tuple[float, float]:
    """Bring the log to `rows` entries; return how many a second were copied in, and how many taken from the backlog."""
    until = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_log_prepare_months(%s::date, 15)", [(until - YEAR).date()])
    made = entries(rows, until=until)
    with sequencing_beside():
        told = time.monotonic()
        for done in range(0, rows - APART, AT_ONCE):
            copy_in(list(islice(made, min(AT_ONCE, rows - APART - done))))
            if time.monotonic() - told > 20:
                told = time.monotonic()
                print(f"  filling: {done:,} of {rows:,} entries", flush=True)
    sequence_all()
    rates = _apart(list(made))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) audit_log_entry")
        for table in ("audit_proofs_leaf", "audit_proofs_tile", "audit_log_tally", "audit_log_waiting"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
    return rates


def _apart(last: list[Made]) -> tuple[float, float]:
    began = time.perf_counter()
    for first in range(0, len(last), AT_ONCE):
        copy_in(last[first : first + AT_ONCE])
    copied = time.perf_counter() - began
    began = time.perf_counter()
    sequence_all()
    return len(last) / copied, len(last) / (time.perf_counter() - began)


def copy_in(some: list[Made]) -> None:
    statement = f"COPY audit_log_entry ({COLUMNS}) FROM STDIN"
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(statement) as into:
        into.write("".join([made.line for made in some]))


def sequence_all() -> int:
    """Sequence until nothing waits; return how many."""
    from audit.log.models import Waiting
    from audit.proofs import sequencer

    done = 0
    while (taken := sequencer.run()) or Waiting.objects.exists():
        done += taken
    return done


@contextmanager
def sequencing_beside() -> Iterator[None]:
    """Run a sequencer in a process of its own meanwhile."""
    child = subprocess.Popen([sys.executable, "-m", "bench.audit_filling"], stdin=subprocess.PIPE)
    try:
        yield
    finally:
        child.communicate()


def main() -> None:
    """Sequence as the worker does, until whoever began us is through."""
    import select

    from integrations import work

    while not select.select([sys.stdin], [], [], 0.2)[0]:
        work.sequence()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    main()
