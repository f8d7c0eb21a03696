"""G9 and G10: eight writers append at once, each entry in a commit of its own, and the sequencer keeps up with them."""

import hashlib
import json
import multiprocessing
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, connections, transaction

from audit.log import chain
from audit.log.events import columns
from audit.log.services import append
from bench.audit_entries import an_event
from bench.audit_filling import sequence_all
from bench.goals import Goal

WRITERS = 8
SECONDS = 1.0  # a round of each
ROUNDS = 5
WHILE = 5.0  # seconds that they write beside the sequencer
FORK = multiprocessing.get_context("fork")

PLAIN = """CREATE TABLE bench_plain (LIKE audit_log_entry INCLUDING DEFAULTS INCLUDING INDEXES) PARTITION BY RANGE (at);
CREATE TABLE bench_plain_all PARTITION OF bench_plain DEFAULT"""
CHAIN = """CREATE TABLE bench_chain (LIKE audit_log_entry INCLUDING DEFAULTS INCLUDING INDEXES);
CREATE TABLE bench_chain_head (one int PRIMARY KEY, hash bytea NOT NULL);
INSERT INTO bench_chain_head VALUES (1, '\\x00')"""
AWAY = "DROP TABLE IF EXISTS bench_plain, bench_chain, bench_chain_head"
NAMES = ("event_id", "at", "kind", "subject", "partner", "outcome", "reason", "types", "body", "leaf")
INTO = f"INSERT INTO {{}} ({', '.join(NAMES)}) VALUES ({', '.join(['%s'] * len(NAMES))})"  # noqa: S608

Write = Callable[[], int | None]


def goals() -> Iterator[Goal]:
    """Yield what appending costs against a plain INSERT and a locked chain, then how the sequencer follows."""
    with connection.cursor() as cursor:
        cursor.execute(AWAY)
        cursor.execute(PLAIN)
        cursor.execute(CHAIN)
    ways = {"ours": _ours, "plain": _plain, "chain": _chained}
    rates = dict.fromkeys(ways, 0.0)
    for _ in range(ROUNDS):
        for name, way in ways.items():
            rates[name] = max(rates[name], len(_written(way, SECONDS)) / SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(AWAY)
    told = ", ".join(f"{name} {rate:,.0f}/s" for name, rate in rates.items())
    yield Goal(
        "G9", f"8 writers append against INSERT and COMMIT of the same event into an equal table without triggers "
        f"({told}, each commit on the disk)", rates["ours"] / rates["plain"], 0.75,
    )  # fmt: skip
    yield Goal("G9", "8 writers append against a chain under one lock", rates["ours"] / rates["chain"], 2.5)
    sequence_all()
    yield from _followed()


def _followed() -> Iterator[Goal]:
    """Yield how the sequencer follows eight writers at work. An entry is in when its checkpoint is public."""
    from audit.proofs.models import Leaf

    stop, told = FORK.Event(), FORK.Queue()
    connections.close_all()
    beside = FORK.Process(target=_follow, args=(stop, told))
    beside.start()
    written = _written(_ours, WHILE)
    end = time.monotonic()
    time.sleep(1.0)
    stop.set()
    heads: list[tuple[float, int]] = told.get()
    beside.join()
    index = dict(Leaf.objects.filter(entry__gte=min(n for _, n in written)).values_list("entry", "index"))
    sizes, times = [size for _, size in heads], [at for at, _ in heads]
    lags, within = [], 0
    for at, number in written:
        place = bisect_left(sizes, index.get(number, 1 << 62) + 1)
        lags.append(times[place] - at if place < len(times) else float("inf"))
        within += place < len(times) and times[place] <= end + 1
    lags.sort()
    yield Goal(
        "G10", f"entries under a public checkpoint one second after the last was written, against those accepted "
        f"({len(written) / WHILE:,.0f}/s beside the sequencer, on one machine)", within / len(written), 1,
    )  # fmt: skip
    yield Goal(
        "G10", f"from an entry's commit to a public checkpoint over it, p99 (p50 {lags[len(lags) // 2]:.2f} s, "
        f"{len(heads)} rounds)", lags[int(len(lags) * 0.99)], 1, True, "s",
    )  # fmt: skip


def _follow(stop: Any, told: Any) -> None:
    """Sequence as the worker does, and note when which size was public."""
    from audit.proofs import selectors, sequencer
    from config.management.commands.worker import rest_of_round

    heads: list[tuple[float, int]] = []
    while not stop.is_set():
        began = time.monotonic()
        taken = sequencer.run()
        if taken:
            heads.append((time.monotonic(), selectors.head().size))
        if taken < sequencer.BATCH:
            time.sleep(rest_of_round(began))
    told.put(heads)


def _written(way: Callable[[], Write], seconds: float) -> list[tuple[float, int]]:
    """Return when each entry was committed, and its number, by WRITERS processes that write for so long."""
    connections.close_all()
    ready, told = FORK.Barrier(WRITERS), FORK.Queue()
    writers = [FORK.Process(target=_write, args=(way, seconds, ready, told)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    done = [one for _ in writers for one in told.get()]
    for writer in writers:
        writer.join()
    return done


def _write(way: Callable[[], Write], seconds: float, ready: Any, told: Any) -> None:
    write = way()
    for _ in range(5):
        write()
    ready.wait()
    done: list[tuple[float, int]] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        number = write()
        done.append((time.monotonic(), number or 0))
    told.put(done)


def _ours() -> Write:
    """The event canonicalised, hashed, and appended as every act of Ringfence does it."""

    def write() -> int:
        with transaction.atomic():
            return append(an_event()).id

    return write


def _plain() -> Write:
    """The same event as plain JSON, neither canonical nor hashed, in a statement of one's own."""
    statement, leaf = INTO.format("bench_plain"), bytes(32)

    def write() -> None:
        entry = an_event().entry()
        row = {**columns(entry), "body": json.dumps(entry).encode(), "leaf": leaf}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [row[name] for name in NAMES])

    return write


def _chained() -> Write:
    """A hash chain: each entry's hash takes in the last one's, so that one writer waits for the other's commit."""
    statement = INTO.format("bench_chain")

    def write() -> None:
        entry = an_event().entry()
        row = {**columns(entry), "body": chain.canonical(entry)}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT hash FROM bench_chain_head WHERE one = 1 FOR UPDATE")
            row["leaf"] = hashlib.sha256(bytes(cursor.fetchone()[0]) + row["body"]).digest()
            cursor.execute(statement, [row[name] for name in NAMES])
            cursor.execute("UPDATE bench_chain_head SET hash = %s WHERE one = 1", [row["leaf"]])

    return write
