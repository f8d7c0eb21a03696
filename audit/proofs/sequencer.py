"""The sequencer: gives waiting entries their index in the tree, without a gap, and publishes a checkpoint.

Writers never wait for it and it never waits for them: an entry that commits late comes in a later batch, whatever its
number. One batch is one short transaction; files are written after it. Whoever holds the witness file and the head's
row is the one sequencer there is. Killed at any step, the next run finishes what it left (SR-8.2).
"""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from django.db import connection, transaction

from audit.log import chain
from audit.log.models import Entry, Waiting
from audit.proofs import checkpoints, signing, store, tiles, witness
from audit.proofs.errors import SequencerStopped
from audit.proofs.models import Checkpoint, Head, Leaf
from audit.proofs.tree import EMPTY, Frontier

__all__ = ["BATCH", "SequencerStopped", "run"]

log = logging.getLogger(__name__)
BATCH = 5_000  # entries a transaction
COLUMNS = ("day", "partner", "kind", "outcome", "reason")


class Taken(NamedTuple):
    """What the sequencer reads of an entry."""

    entry: int
    at: datetime
    partner: str
    kind: str
    outcome: str
    reason: str
    body: bytes

    @property
    def tallied(self) -> tuple[str, str, str, str, str]:
        """The line of the day's counts that it belongs to."""
        return (
            self.at.astimezone(UTC).date().isoformat(),
            self.partner,
            self.kind,
            self.outcome,
            self.reason,
        )


def run(limit: int = BATCH) -> int:
    """Put at most `limit` waiting entries into the tree and publish its checkpoint; return how many.

    0 when nothing waits or another sequencer is at work. Raises SequencerStopped with a sentence that says what to do;
    entries then go on waiting and none is lost. Call it outside any transaction.
    """
    signing.key()
    try:
        with witness.held(create=not Checkpoint.objects.exists()) as held:
            if held is None:
                return 0
            checkpoints.settle(held)
            done = sequence(limit)
            if done:
                log.debug("batch committed", extra={"step": 2, "count": done})
                checkpoints.settle(held)
            return done
    except OSError as trouble:
        raise SequencerStopped(
            f"The checkpoint cannot be kept: {trouble.strerror} ({trouble.filename or witness.path()})."
        ) from trouble
    except tiles.TileRefused as broken:
        raise SequencerStopped(
            f"The stored tree is damaged: {broken} Ask `manage.py audit verify` where, and restore the database."
        ) from broken


def sequence(limit: int) -> int:
    """Give the oldest waiting entries their indices, in one transaction; return how many."""
    if not Waiting.objects.exists():
        return 0
    Head.objects.get_or_create(log=signing.LOG, defaults={"size": 0, "root": EMPTY})
    with transaction.atomic(durable=True):
        head = Head.objects.select_for_update(skip_locked=True).filter(log=signing.LOG).first()
        taken = _take(limit) if head else []
        if head is None or not taken:
            return 0
        _grow(head, taken)
        _tally(taken)
        Waiting.objects.filter(entry__in=[one.entry for one in taken]).delete()
        log.debug("batch written", extra={"step": 1})
    return len(taken)


def _take(limit: int) -> Sequence[Taken]:
    """Return the oldest entries in line. A number whose entry is gone stays in line, as evidence, and blocks nobody."""
    after = -1
    while numbers := list(
        Waiting.objects.filter(entry__gt=after).order_by("entry").values_list("entry", flat=True)[:limit]
    ):
        fields = ("id", "at", "partner", "kind", "outcome", "reason", "body")
        rows = Entry.objects.filter(id__in=numbers).order_by("id").values_list(*fields)
        taken = [Taken(*row) for row in rows]
        if len(taken) < len(numbers):
            log.error(
                "entries are gone that waited for their index", extra={"count": len(numbers) - len(taken)}
            )
        if taken:
            return taken
        after = numbers[-1]
    return []


def _grow(head: Head, taken: Sequence[Taken]) -> None:
    """Append to the tree. The leaf is hashed from the entry's bytes; the column beside them is not asked."""
    edge = Frontier.at(head.size, store.hashes(head.size))
    if edge.root() != bytes(head.root):
        raise SequencerStopped(
            f"The stored tiles do not lead to the root of the {head.size} entries in the tree: they were changed. "
            "Ask `manage.py audit verify` where, and restore the database."
        )
    leaves = [
        Leaf(index=index, entry=one.entry, at=one.at) for index, one in enumerate(taken, start=head.size)
    ]
    Leaf.objects.bulk_create(leaves)
    runs = edge.extend([chain.leaf_hash(bytes(one.body)) for one in taken])
    store.keep(tiles.written(runs, store.read_tile))
    head.size, head.root = edge.size, edge.root()
    head.save(update_fields=["size", "root"])


def _tally(taken: Sequence[Taken]) -> None:
    """Add the batch to the days' counts, in one statement."""
    counts = Counter(one.tallied for one in taken)
    values = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(counts))
    parameters: list[str | int] = []
    for line, count in counts.items():
        parameters += [*line, count]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO audit_log_tally ({', '.join(COLUMNS)}, count) VALUES {values} "  # noqa: S608 (no input)
            f"ON CONFLICT ({', '.join(COLUMNS)}) DO UPDATE SET count = audit_log_tally.count + excluded.count",
            parameters,
        )
