"""A sequencer that is killed leaves no gap, no duplicate, no lost event and one checkpoint a size (SR-8.2)."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise

import pytest
from django.db.models import Sum

from audit.log.models import Entry, Tally, Waiting
from audit.proofs import notes, publishing, selectors, sequencer, signing, store, tiles, tree
from audit.proofs.models import Checkpoint, Leaf
from tests.audit.proofs.logging_acts import append, plain_root
from tests.audit.proofs.test_checkpoints import read_published_tile
from tests.audit.proofs.worlds import witnessed
from tests.integrations.deliveries.test_kills import ROOT, database_address
from tests.support.sizes import size

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

STEPS = (1, 2, 3, 4, 5, 6)
KILLS = size(200)
LONGEST = 0.12  # seconds after the start
SEED = 20261120


class Sequencers:
    """Starts real processes that sequence this test's log; one at a time."""

    def __init__(self) -> None:
        environment = {**os.environ, "DATABASE_URL": database_address()}
        command = [sys.executable, "-m", "tests.audit.proofs.killed_sequencer"]
        pipe = subprocess.PIPE
        self.above = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True)

    def run(self, line: str) -> int:
        self.above.stdin.write(f"{line}\n")
        self.above.stdin.flush()
        return int(self.above.stdout.readline())


@pytest.fixture
def sequencers() -> Iterator[Sequencers]:
    started = Sequencers()
    yield started
    started.above.kill()
    started.above.wait()
    started.above.stdin.close()
    started.above.stdout.close()


def nothing_is_wrong(entries: int) -> None:
    assert Entry.objects.count() == entries
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(entries))
    assert set(Leaf.objects.values_list("entry", flat=True)) == set(
        Entry.objects.values_list("pk", flat=True)
    )
    assert not Waiting.objects.exists()
    assert Tally.objects.aggregate(all=Sum("count"))["all"] == entries
    assert bytes(selectors.head().root) == plain_root()
    every_checkpoint_is_consistent(entries)


def every_checkpoint_is_consistent(entries: int) -> None:
    kept = witnessed()
    opened = [notes.open_checkpoint(note, signing.vkeys()) for note in kept]
    assert kept == list(Checkpoint.objects.order_by("size").values_list("note", flat=True))
    assert kept[-1] == publishing.published()
    assert opened[-1].size == entries
    reader = store.hashes(entries)
    for old, new in pairwise(opened):
        assert old.size < new.size  # no second checkpoint for a size
        proof = tree.consistency_proof(old.size, new.size, reader)
        assert tree.verify_consistency(old.size, old.root, new.size, new.root, proof)


def what_the_world_sees_is_whole() -> None:
    """At this very moment: the public checkpoint is proved by the public files alone, and the witness has seen it."""
    if note := publishing.published():
        assert note in witnessed()
        seen = notes.open_checkpoint(note, signing.vkeys())
        assert tree.root(seen.size, tiles.TileHashes(read_published_tile, seen.size)) == seen.root


def test_killed_at_each_step_it_loses_nothing_and_gives_nothing_twice(sequencers):
    written = 0
    for step in STEPS:
        written += len(append(10))
        assert sequencers.run(f"step {step}") == -signal.SIGKILL
        what_the_world_sees_is_whole()
    assert sequencers.run("never") == 0
    nothing_is_wrong(written)


def test_killed_at_random_moments_it_loses_nothing_and_gives_nothing_twice(sequencers):
    """20 kills, ten times as many under `make verify`."""
    moments, written, killed = random.Random(SEED), 0, 0
    while killed < KILLS:
        written += len(append(60))
        killed += sequencers.run(f"after {moments.uniform(0, LONGEST):.4f}") == -signal.SIGKILL
        what_the_world_sees_is_whole()
    while sequencer.run():
        pass
    nothing_is_wrong(written)
