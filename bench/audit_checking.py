"""G11: checking the whole log against the least that hashing it costs, and making one proof."""

import json
import math
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from random import Random
from statistics import median

from audit.log import chain
from audit.log.models import Entry
from audit.proofs import proving, selectors, store, tree, verification
from audit.proofs.models import Leaf
from audit.proofs.tiles import TileHashes
from bench.audit_entries import entries
from bench.goals import Goal, best

SAMPLE = 20_000  # entries that the plain pipeline hashes
PROOFS = 200
SMALL = 1_000_000  # entries: up to it, the whole log is checked five times
DRAW = Random(11)  # noqa: S311 (which entry is proved)


def goals() -> Iterator[Goal]:
    told = [json.loads(made.body) for made in islice(entries(SAMPLE, until=datetime.now(UTC)), SAMPLE)]
    pairs, size = [], getattr(selectors.latest(), "size", 0)
    for _ in range(5 if size <= SMALL else 1):
        plain = best(partial(_hashed, told), times=1, rounds=5) / SAMPLE
        pairs.append((plain, _whole()))
    plain, whole = (median(each) for each in zip(*pairs, strict=True))
    yield Goal(
        "G11", f"checking {size:,} entries from the database ({whole * 1e6:.1f} us each), against making them "
        f"canonical (RFC 8785), hashing and appending entries that lie in memory ({plain * 1e6:.1f} us), "
        f"medians of {len(pairs)}",
        median(ours / theirs for ours, theirs in pairs), 0.4,
    )  # fmt: skip
    yield from _proofs()


def _whole() -> float:
    """Return the seconds that checking the whole log takes for each of its entries."""
    began = time.perf_counter()
    verdict = verification.verify()
    if not verdict.ok:
        raise RuntimeError(f"The bench's own log does not verify: {verdict.finding}")
    return (time.perf_counter() - began) / verdict.size


def _hashed(told: Sequence[object]) -> bytes:
    edge = tree.Frontier()
    edge.extend([chain.leaf_hash(chain.canonical(entry)) for entry in told])  # type: ignore[arg-type]
    return edge.root()


def _proofs() -> Iterator[Goal]:
    size = getattr(selectors.latest(), "size", 0)
    drawn = [DRAW.randrange(size) for _ in range(PROOFS)]
    numbers = Leaf.objects.filter(index__in=drawn).values_list("entry", flat=True)
    refs = list(Entry.objects.filter(id__in=list(numbers)).values_list("event_id", flat=True))
    for ref in refs:
        proving.inclusion(ref)
    taken = sorted(best(partial(proving.inclusion, ref), times=1, rounds=3) for ref in refs)
    yield Goal(
        "G11", f"one inclusion proof, warm, p50 of {len(refs)} at {size:,} entries (p99 "
        f"{taken[int(len(taken) * 0.99)] * 1e3:.2f} ms)", taken[len(taken) // 2] * 1e3, 1, True, "ms",
    )  # fmt: skip
    levels = math.ceil(math.log(max(size, 2), 256))
    yield Goal(
        "G11", f"tiles read for one proof, the most of {len(drawn)} ({levels} levels of tiles)",
        max(_tiles(index, size) for index in drawn), 3 * levels, True, "",
    )  # fmt: skip


def _tiles(index: int, size: int) -> int:
    read = []

    def reader(level: int, number: int, width: int) -> bytes:
        read.append((level, number))
        return store.read_tile(level, number, width)

    tree.inclusion_proof(index, size, TileHashes(reader, size))
    return len(read)
