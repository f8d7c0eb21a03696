"""G12 to G15: exports against PostgreSQL's own COPY, their first bytes, and the memory they take."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import django
from django.conf import settings
from django.db import connection

from bench.goals import Goal

WANTED = {
    "csv": ("G12", 0.7, 128),
    "jsonl": ("G13", 0.33, 128),
    "parquet": ("G14", 0.7, 256),
}  # id, of COPY, MiB
FIRST = 0.2  # seconds
COPY = """COPY (SELECT id, event_id, at, kind, subject, partner, types, outcome, reason, encode(leaf, 'hex'),
convert_from(body, 'UTF8') FROM audit_log_entry) TO STDOUT (FORMAT csv)"""
SMALL = 200_000  # rows: up to it, each is measured in five rounds


def goals(size: int) -> Iterator[Goal]:
    """Yield the rows a second of each format against COPY's, pair by pair; then first bytes and memory."""
    rounds = 5 if size <= SMALL else 1
    copies: dict[str, list[float]] = {form: [] for form in WANTED}
    rates: dict[str, list[float]] = {form: [] for form in WANTED}
    peaks: dict[str, dict[str, float]] = {}
    for _ in range(rounds):
        for form in WANTED:
            copies[form].append(_copied())
            told = _in_a_process(form, part=1.0)
            rates[form].append(told["rows"] / told["seconds"])
            peaks[form] = told
    for form, (name, wanted, _) in WANTED.items():
        rate, copied = median(rates[form]), median(copies[form])
        ratio = median(ours / theirs for ours, theirs in zip(rates[form], copies[form], strict=True))
        yield Goal(
            name, f"{form} of {size:,} entries, {rate:,.0f} rows/s, joined to their indices, in order, hashed and on "
            f"the disk, against COPY of the table ({copied:,.0f} rows/s), medians of {rounds}", ratio, wanted,
        )  # fmt: skip
        yield Goal(name, f"the first bytes of {form}", peaks[form]["first"], FIRST, True, "s")
    for form, (_, _, most) in WANTED.items():
        tenth = _in_a_process(form, part=0.1)
        whole = peaks[form]
        yield Goal(
            "G15", f"{form}: memory of the process for all {whole['rows']:,} rows against {tenth['rows']:,}",
            whole["peak"] / tenth["peak"], 1.1, True,
        )  # fmt: skip
        yield Goal("G15", f"{form}: what it adds to an idle process", whole["grown"], most, True, "MiB")


def _copied() -> float:
    """Return the rows a second of COPY into a file."""
    with TemporaryDirectory(dir=settings.VAR_DIR) as folder, connection.cursor() as cursor:
        began = time.perf_counter()
        with (Path(folder) / "copy.csv").open("wb") as file:
            with cursor.copy(COPY) as rows:
                for part in rows:
                    file.write(part)
            file.flush()
            os.fsync(file.fileno())
        return float(cursor.rowcount / (time.perf_counter() - began))


def _in_a_process(form: str, *, part: float) -> dict[str, float]:
    """Export the newest part of the log in a process of its own; return what it took."""
    command = [sys.executable, "-m", "bench.audit_exports", form, str(part)]
    done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 (our own command)
    return dict(json.loads(done.stdout))


def measured(form: str, part: float) -> dict[str, float]:
    """Write one export; return its rows, seconds, seconds to the first bytes, and MiB of memory at most and more."""
    from audit.exports import writing
    from audit.log.filters import Filters
    from audit.log.models import Entry
    from bench.audit_entries import YEAR

    newest = Entry.objects.order_by("-at").values_list("at", flat=True)[0]
    filters = Filters() if part == 1 else Filters(since=newest - YEAR * part - timedelta(minutes=1))
    first = _first_bytes(form)
    idle = _memory("VmRSS")
    if form != "jsonl":
        from audit.exports.formats import parquet  # noqa: F401 (whoever exports often has Arrow at hand)

    with TemporaryDirectory(dir=settings.VAR_DIR) as folder:
        began = time.perf_counter()
        done = writing.write(
            filters=filters, format=form, path=Path(folder) / f"log.{form}", at=datetime.now(UTC)
        )
        taken = time.perf_counter() - began
    peak = _memory("VmHWM")
    return {"rows": done.rows, "seconds": taken, "first": first, "peak": peak, "grown": peak - idle}


def _first_bytes(form: str) -> float:
    """Return the seconds until the first rows of an export are there."""
    from audit.exports import columns, reading
    from audit.exports.selection import Selection
    from audit.log.filters import Filters
    from audit.proofs import selectors

    said = [columns.LINES] if form == "jsonl" else columns.CELLS
    began = time.perf_counter()
    pages = reading.pages(Selection(Filters(), getattr(selectors.latest(), "size", 0)), said, _silent)
    next(pages)
    taken = time.perf_counter() - began
    pages.close()
    return taken


_silent: Callable[[int], None] = lambda done: None  # noqa: E731


def _memory(name: str) -> float:
    """Return the memory of this process in MiB: VmRSS now, VmHWM at its highest."""
    told = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith(name))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(measured(sys.argv[1], float(sys.argv[2]))))
