"""G9 and G10: eight writers append at once, each entry in a commit of its own, and the sequencer keeps up with them."""

import hashlib
import json
import multiprocessing
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any
from uuid import UUID

from django.db import connection, connections, transaction
from django.utils import timezone

from audit.log import chain
from audit.log.events import columns
from audit.log.services import append
from bench.audit_entries import an_event
from bench.audit_filling import sequence_all
from bench.goals import Goal

WRITERS = 8
SECONDS = 1.0  # a round of each
ROUNDS = 9
WHILE = 5.0  # seconds that they write beside the sequencer
FORK = multiprocessing.get_context("fork")

PLAIN = """CREATE TABLE bench_plain (LIKE audit_log_entry INCLUDING DEFAULTS INCLUDING INDEXES) PARTITION BY RANGE (at);
CREATE TABLE bench_plain_all PARTITION OF bench_plain DEFAULT;
INSERT INTO bench_plain {month}"""
CHAIN = """CREATE TABLE bench_chain (LIKE audit_log_entry INCLUDING DEFAULTS INCLUDING INDEXES);
CREATE TABLE bench_chain_head (one int PRIMARY KEY, hash bytea NOT NULL);
INSERT INTO bench_chain {month};
INSERT INTO bench_chain_head VALUES (1, '\\x00')"""
# Both begin as full as the month that we write to: a larger index costs each insert more, whoever keeps it.
MONTH = "SELECT * FROM audit_log_entry WHERE at >= date_trunc('month', now())"
AWAY = "DROP TABLE IF EXISTS bench_plain, bench_chain, bench_chain_head"
NAMES = ("event_id", "at", "kind", "subject", "partner", "outcome", "reason", "types", "body", "leaf")
INTO = f"INSERT INTO {{}} ({', '.join(NAMES)}) VALUES ({', '.join(['%s'] * len(NAMES))})"  # noqa: S608

Write = Callable[[], UUID | None]


def goals() -> Iterator[Goal]:
    """Yield what appending costs against a plain INSERT and a locked chain, then how the sequencer follows."""
    with connection.cursor() as cursor:
        cursor.execute(AWAY)
        for table in (PLAIN, CHAIN):
            cursor.execute(table.format(month=MONTH))
        cursor.execute("CHECKPOINT")
    ways = {"ours": _ours, "plain": _plain, "chain": _chained}
    rounds = [
        {name: len(_written(way, SECONDS)) / SECONDS for name, way in ways.items()} for _ in range(ROUNDS)
    ]
    with connection.cursor() as cursor:
        cursor.execute(AWAY)
    told = ", ".join(f"{name} {median(rates[name] for rates in rounds):,.0f}/s" for name in ways)
    yield Goal(
        "G9", f"8 writers append against INSERT and COMMIT of the same event into an equal table without triggers "
        f"({told}, each commit on the disk; medians of {ROUNDS} rounds)",
        median(rates["ours"] / rates["plain"] for rates in rounds), 0.75,
    )  # fmt: skip
    yield Goal(
        "G9", "8 writers append against a chain under one lock",
        median(rates["ours"] / rates["chain"] for rates in rounds), 2.5,
    )  # fmt: skip
    sequence_all()
    yield from _followed()


def _followed() -> Iterator[Goal]:
    """Yield how the sequencer follows eight writers at work. An entry is in when its checkpoint is public."""
    from audit.log.models import Entry
    from audit.proofs.models import Leaf

    began = timezone.now()
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
    entries = dict(Entry.objects.filter(at__gte=began).values_list("pk", "event_id"))
    leaves = Leaf.objects.filter(entry__gte=min(entries)).values_list("entry", "index")
    index: dict[UUID | None, int] = {entries[number]: place for number, place in leaves if number in entries}
    sizes, times = [size for _, size in heads], [at for at, _ in heads]
    lags, within = [], 0
    for at, event in written:
        place = bisect_left(sizes, index.get(event, 1 << 62) + 1)
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


def _written(way: Callable[[], Write], seconds: float) -> list[tuple[float, UUID | None]]:
    """Return when each entry was committed, and its id, by WRITERS processes that write for so long."""
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
    done: list[tuple[float, UUID | None]] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        event = write()
        done.append((time.monotonic(), event))
    told.put(done)


def _ours() -> Write:
    """The event canonicalised, hashed, and appended as every act of Ringfence does it."""

    def write() -> UUID:
        event = an_event()
        with transaction.atomic():
            append(event)
        return event.event_id

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
