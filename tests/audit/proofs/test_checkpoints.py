"""What is published can be checked by anyone with the files alone, and is whole at every moment (SR-8.2)."""

import pytest

from audit.proofs import checkpoints, notes, publishing, selectors, sequencer, signing, tiles, tree, witness
from audit.proofs.models import Checkpoint
from tests.audit.proofs.logging_acts import append, leaves_in_order
from tests.audit.proofs.trees import mth, path
from tests.audit.proofs.worlds import witnessed

pytestmark = pytest.mark.django_db(transaction=True)


def read_published_tile(level: int, number: int, width: int) -> bytes:
    """What a stranger reads: the tile of that width, or the full one where the partial has gone."""
    partial = publishing.folder() / tiles.Tile(level, number, width).path
    full = publishing.folder() / tiles.Tile(level, number).path
    return (partial if partial.exists() else full).read_bytes()[: width * 32]


def seen_by_the_world() -> notes.Checkpoint:
    return notes.open_checkpoint(published(), [signing.vkey()])


def published() -> str:
    note = publishing.published()
    assert note is not None
    return note


def test_the_published_files_alone_prove_every_entry():
    append(300)
    sequencer.run(limit=90)
    sequencer.run()
    leaves = leaves_in_order()
    seen = seen_by_the_world()
    reader = tiles.TileHashes(read_published_tile, seen.size)

    assert (seen.origin, seen.size, seen.root) == ("127.0.0.1/audit/1", 300, mth(leaves))
    assert tree.root(300, reader) == seen.root
    for index in (0, 89, 90, 255, 256, 299):
        assert tree.inclusion_proof(index, 300, reader) == path(index, leaves)


def test_an_old_checkpoint_is_still_proved_by_the_files_of_today():
    append(250)
    sequencer.run()
    old = seen_by_the_world()
    append(300)
    sequencer.run()
    new = seen_by_the_world()
    proof = tree.consistency_proof(250, 550, tiles.TileHashes(read_published_tile, 550))
    assert tree.verify_consistency(old.size, old.root, new.size, new.root, proof)


def test_a_partial_tile_goes_when_its_full_one_is_there():
    append(3)
    sequencer.run()
    assert (publishing.folder() / "tile/0/000.p/3").exists()
    append(255)
    sequencer.run()
    files = [each for each in publishing.folder().rglob("*") if each.is_file()]
    kept = sorted(str(each.relative_to(publishing.folder())) for each in files)
    assert kept == ["checkpoint", "tile/0/000", "tile/0/001.p/2", "tile/1/000.p/1"]


def test_nothing_new_is_signed_for_a_tree_that_did_not_grow():
    append(2)
    sequencer.run()
    seen = publishing.published()
    for _ in range(3):
        sequencer.run()
    assert publishing.published() == seen
    assert Checkpoint.objects.count() == len(witnessed()) == 1


def test_lost_files_are_published_again():
    append(260)
    sequencer.run()
    seen = publishing.published()
    for each in sorted(publishing.folder().rglob("*"), reverse=True):
        each.rmdir() if each.is_dir() else each.unlink()
    sequencer.run()
    assert publishing.published() == seen
    assert tree.root(260, tiles.TileHashes(read_published_tile, 260)) == seen_by_the_world().root


def test_a_checkpoint_file_that_is_not_ours_is_put_right():
    append(2)
    sequencer.run()
    seen = publishing.published()
    (publishing.folder() / "checkpoint").write_text("something else\n")
    sequencer.run()
    assert publishing.published() == seen


def test_a_published_checkpoint_that_the_witness_never_saw_stops_the_sequencer():
    append(2)
    sequencer.run()
    forged = notes.Checkpoint(signing.origin(), 2, b"\1" * 32)
    publishing.publish_checkpoint(signing.sign(forged))
    with pytest.raises(sequencer.SequencerStopped, match="does not begin with"):
        sequencer.run()


@pytest.mark.parametrize("cut", [0, 1, 40, 100], ids="{} bytes written".format)
def test_a_checkpoint_that_was_signed_but_not_wholly_witnessed_is_finished_first(cut: int):
    """The power failed while the note was being appended: the same note is completed, and no other is ever signed."""
    append(2)
    sequencer.run()
    public, kept = published(), witness.path().read_bytes()
    append(1)
    sequencer.run()
    note = selectors.latest().note
    publishing.publish_checkpoint(public)
    witness.path().write_bytes(kept + note.encode()[:cut])

    append(1)
    sequencer.run()
    assert witnessed() == list(Checkpoint.objects.order_by("size").values_list("note", flat=True))
    assert witnessed()[1] == note
    assert seen_by_the_world().size == 4


def test_a_row_that_nobody_signed_is_not_taken_for_an_unfinished_checkpoint():
    append(2)
    sequencer.run()
    append(1)
    sequencer.sequence(1)
    root = bytes(selectors.head().root)
    Checkpoint.objects.create(size=3, root=root, note="none\n", at=selectors.latest().at)
    with pytest.raises(sequencer.SequencerStopped):
        sequencer.run()
    assert seen_by_the_world().size == 2


def test_settling_twice_changes_nothing():
    append(3)
    sequencer.run()
    before = (publishing.published(), witnessed(), Checkpoint.objects.count())
    with witness.held(begins=lambda: False) as held:
        assert held is not None
        checkpoints.settle(held)
        checkpoints.settle(held)
    assert (publishing.published(), witnessed(), Checkpoint.objects.count()) == before
