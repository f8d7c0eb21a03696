"""Every entry gets one index, in order and without a gap, and the tree is that of the entries' own bytes (SR-8.2)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from itertools import pairwise
from threading import Barrier

import pytest
from django.db import connection, connections, transaction

from audit.log.models import Entry, Tally, Waiting
from audit.proofs import selectors, sequencer, store, tiles, tree
from audit.proofs.models import Checkpoint, Head, Leaf, Tile
from tests.audit.proofs.logging_acts import append, leaves_in_order, plain_root
from tests.audit.proofs.trees import InMemory
from tests.support.sizes import size

pytestmark = pytest.mark.django_db(transaction=True)


def indices() -> list[int]:
    return list(Leaf.objects.order_by("index").values_list("index", flat=True))


def test_entries_get_indices_in_the_order_of_their_numbers_without_a_gap():
    numbers = append(10)
    assert sequencer.run(limit=7) == 7
    numbers += append(3)
    assert sequencer.run() == 6
    assert sequencer.run() == 0

    assert indices() == list(range(13))
    assert list(Leaf.objects.order_by("index").values_list("entry", flat=True)) == numbers
    assert selectors.index_of(numbers[4]) == 4
    assert selectors.leaf_of(4).at == Entry.objects.get(pk=numbers[4]).at
    assert not Waiting.objects.exists()


def test_the_root_is_that_of_the_plain_recursion_over_the_entries_bytes():
    for count in (1, 2, 254, 5):
        append(count)
        sequencer.run()
        head = selectors.head()
        assert head.size == Entry.objects.count()
        assert bytes(head.root) == plain_root()


def test_the_tiles_are_those_of_a_tree_that_grew_at_once():
    append(300)
    sequencer.run(limit=100)
    sequencer.run(limit=157)
    sequencer.run()

    plain = InMemory(leaves_in_order())
    assert Tile.objects.count() == 3
    for tile in tiles.grown(0, 300):
        run = plain.runs[tile.level * tiles.HEIGHT].hashes
        first = tile.number * tiles.FULL
        assert store.read_tile(tile.level, tile.number, tile.width) == b"".join(
            run[first : first + tile.width]
        )


def test_a_column_that_was_changed_does_not_reach_the_tree():
    """The leaf is hashed from the bytes; the column beside them is nobody's word."""
    with transaction.atomic():
        (number,) = append(1)
        with connection.cursor() as cursor:
            columns = "event_id, at, kind, subject, partner, outcome, reason, types, body"
            other = "'" + "0" * 30 + "11'" if connection.vendor == "sqlite" else "gen_random_uuid()"
            cursor.execute(
                f"INSERT INTO audit_log_entry ({columns}, leaf) "
                f"SELECT {other}, {columns.partition(', ')[2]}, %s FROM audit_log_entry WHERE id = %s",
                [b"\0" * 32, number],
            )
    sequencer.run()
    assert bytes(selectors.head().root) == plain_root()


def test_the_tally_is_a_count_of_the_entries():
    append(40)
    sequencer.run(limit=11)
    append(20)
    sequencer.run()

    counted = Counter(
        (entry.at.astimezone(UTC).date(), entry.partner, entry.kind, entry.outcome, entry.reason)
        for entry in Entry.objects.all()
    )
    fields = ("day", "partner", "kind", "outcome", "reason")
    assert {tuple(line[:5]): line[5] for line in Tally.objects.values_list(*fields, "count")} == counted


def test_nothing_is_signed_before_the_first_entry():
    assert sequencer.run() == 0
    assert selectors.latest() is None
    assert not Head.objects.exists()


def test_an_act_that_fails_takes_no_index():
    with pytest.raises(RuntimeError), transaction.atomic():
        append(3)
        raise RuntimeError("the act failed")
    append(2)
    sequencer.run()
    assert indices() == [0, 1]


@pytest.mark.postgres
def test_an_entry_that_commits_late_gets_a_later_index_and_nobody_waits():
    """Its number is lower than those that have an index; the sequencer does not wait for it, nor it for anyone."""
    written, sequenced = Barrier(2, timeout=20), Barrier(2, timeout=20)

    def slow_writer() -> int:
        try:
            with transaction.atomic():
                (number,) = append(1)
                written.wait()
                sequenced.wait()
            return number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        late = threads.submit(slow_writer)
        written.wait()
        early = append(2)
        assert sequencer.run() == 2
        sequenced.wait()
        assert late.result(20) < min(early)
    assert sequencer.run() == 1
    assert selectors.index_of(late.result()) == 2


def test_an_entry_that_is_gone_before_it_got_an_index_stays_in_line_and_blocks_nobody():
    gone = 0
    Waiting.objects.create(entry=gone)
    numbers = append(4)
    while sequencer.run(limit=1):
        pass
    assert list(Leaf.objects.order_by("index").values_list("entry", flat=True)) == numbers
    assert Waiting.objects.get().entry == gone


def test_two_sequencers_at_once_give_no_index_twice():
    rounds = size(60, least=10)

    def sequence(_: int) -> int:
        try:
            return sum(sequencer.run(limit=3) for _ in range(rounds))
        finally:
            connections.close_all()

    append(rounds)
    with ThreadPoolExecutor(2) as threads:
        done = sum(threads.map(sequence, range(2)))
    while count := sequencer.run():
        done += count

    assert done == rounds
    assert indices() == list(range(rounds))
    assert Leaf.objects.values("entry").distinct().count() == rounds
    assert bytes(selectors.head().root) == plain_root()


@pytest.mark.postgres
def test_a_sequencer_whose_head_is_held_on_another_machine_goes_away():
    append(1)
    sequencer.run()
    append(1)
    held, over = Barrier(2, timeout=20), Barrier(2, timeout=20)

    def elsewhere() -> None:
        try:
            with transaction.atomic():
                Head.objects.select_for_update().get()
                held.wait()
                over.wait()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        other = threads.submit(elsewhere)
        held.wait()
        assert sequencer.run() == 0
        over.wait()
        other.result(20)
    assert sequencer.run() == 1


def test_every_checkpoint_is_the_beginning_of_the_next():
    for count in (3, 1, 300, 17):
        append(count)
        sequencer.run()
    heads = list(Checkpoint.objects.order_by("size").values_list("size", "root"))
    assert [each for each, _ in heads] == [3, 4, 304, 321]
    for (old, old_root), (new, new_root) in pairwise(heads):
        proof = tree.consistency_proof(old, new, store.hashes(321))
        assert tree.verify_consistency(old, bytes(old_root), new, bytes(new_root), proof)


def test_a_tree_whose_tiles_were_changed_does_not_grow():
    append(5)
    sequencer.run()
    Tile.objects.update(hashes=b"\1" * 160)
    append(1)
    with pytest.raises(sequencer.SequencerStopped, match="audit verify"):
        sequencer.run()
    assert indices() == list(range(5))
    assert Waiting.objects.count() == 1
