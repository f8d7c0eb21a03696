"""The sequencer: gives waiting entries their index in the tree, without a gap, and publishes a checkpoint.

Writers never wait for it and it never waits for them: an entry that commits late comes in a later batch, whatever its
number. One batch is one short transaction; files are written after it. Whoever holds the witness file and the head's
row is the one sequencer there is. Killed at any step, the next run finishes what it left (SR-8.2).
"""

import logging

from django.db import transaction

from audit.log import chain
from audit.log.models import Waiting
from audit.proofs import batches, checkpoints, selectors, signing, store, tiles, witness
from audit.proofs.errors import SequencerStopped
from audit.proofs.models import Head
from audit.proofs.tree import EMPTY, Frontier

__all__ = ["BATCH", "SequencerStopped", "run"]

log = logging.getLogger(__name__)
BATCH = 5_000  # entries a transaction


def run(limit: int = BATCH) -> int:
    """Put at most `limit` waiting entries into the tree and publish its checkpoint; return how many.

    0 when nothing waits or another sequencer is at work. Raises SequencerStopped with a sentence that says what to do;
    entries then go on waiting and none is lost. Call it outside any transaction.
    """
    signing.key()
    try:
        with witness.held(begins=lambda: selectors.latest() is None) as held:
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
        batch = batches.take(limit) if head else batches.Batch()
        if head is None or not batch.numbers:
            return 0
        _grow(head, batch)
        log.debug("batch written", extra={"step": 1})
    return len(batch.numbers)


def _grow(head: Head, batch: batches.Batch) -> None:
    """Append to the tree. The leaf is hashed from the entry's bytes; the column beside them is not asked."""
    stored = store.near(head.size)
    edge = Frontier.at(head.size, tiles.TileHashes(stored, head.size))
    if edge.root() != bytes(head.root):
        raise SequencerStopped(
            f"The stored tiles do not lead to the root of the {head.size} entries in the tree: they were changed. "
            "Ask `manage.py audit verify` where, and restore the database."
        )
    batches.give_indices(head.size, batch)
    runs = edge.extend([chain.leaf_hash(body) for body in batch.bodies])
    store.keep(tiles.written(runs, stored))
    head.size, head.root = edge.size, edge.root()
    head.save(update_fields=["size", "root"])
