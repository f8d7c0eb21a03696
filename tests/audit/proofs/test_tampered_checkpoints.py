"""A history signed anew with the true key, or a checkpoint taken back: what lies outside tells of it (SR-8.5)."""

import pytest

from audit.log.models import Entry
from audit.proofs import notes, publishing, selectors, sequencer, signing, verification, witness
from audit.proofs.models import Checkpoint, Head, Tile
from audit.proofs.tree import EMPTY
from tests.audit.proofs.logging_acts import append
from tests.audit.proofs.tampering import allow_forks, found, rechained
from tests.audit.proofs.worlds import SIZE, witnessed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]


def test_everything_written_anew_from_a_point_and_signed_with_the_true_key_is_found_in_the_public_tiles():
    rechained(100, public_too=False)
    assert found().first_bad == 100


def test_with_the_public_tiles_written_anew_as_well_the_witness_tells_the_two_histories_apart():
    rechained(100, public_too=True)
    verdict = found()
    assert verdict.first_bad == 8  # the witness vouches for the first eight, next for 268
    assert "witness" in verdict.finding
    assert "written anew" in verdict.finding


def test_the_sequencer_signs_nothing_on_top_of_a_history_written_anew():
    rechained(100, public_too=True)
    append(1)
    with pytest.raises(sequencer.SequencerStopped):
        sequencer.run()


def test_a_checkpoint_rolled_back():
    Checkpoint.objects.filter(size=SIZE).delete()
    verdict = found()
    assert verdict.first_bad == SIZE - 1
    assert "lacks" in verdict.finding


def test_a_checkpoint_rewritten():
    other = notes.Checkpoint(signing.origin(), 268, EMPTY)
    Checkpoint.objects.filter(size=268).update(root=EMPTY, note=signing.sign(other))
    assert found().first_bad == 267


def test_a_checkpoint_whose_row_says_something_else_than_its_note():
    Checkpoint.objects.filter(size=268).update(root=EMPTY)
    assert found().first_bad == 267


def test_a_checkpoint_of_somebody_elses_key():
    note = Checkpoint.objects.get(size=268).note
    Checkpoint.objects.filter(size=268).update(
        note=note[:-20] + ("B" if note[-20] == "A" else "A") + note[-19:]
    )
    verdict = found()
    assert verdict.first_bad == 267
    assert "signature" in verdict.finding


def test_a_forked_checkpoint():
    allow_forks()
    other = notes.Checkpoint(signing.origin(), 268, bytes(Checkpoint.objects.get(size=275).root))
    Checkpoint.objects.create(
        size=268, root=other.root, note=signing.sign(other), at=Entry.objects.latest("pk").at
    )
    assert found().first_bad == 267


def test_the_last_line_of_the_witness_deleted():
    lines = witness.path().read_text().splitlines(keepends=True)
    witness.path().write_text("".join(lines[:-2]))
    verdict = found()
    assert verdict.first_bad == SIZE - 1
    assert "witness lacks" in verdict.finding


def test_a_checkpoint_cut_out_of_the_witness():
    kept = [note for note in witnessed() if note.split("\n")[1] != "268"]
    witness.path().write_text("".join(f"{note}\n" for note in kept))
    assert found().first_bad == 267


def test_a_witness_that_was_edited():
    text = witness.path().read_text()
    witness.path().write_text("something else\n" + text)
    assert "witness" in found().finding
    witness.path().write_text(text.replace("\n268\n", "\n\n268\n"))
    assert "was edited" in found().finding


def test_a_witness_whose_checkpoints_stand_in_another_order():
    witness.path().write_text("".join(f"{note}\n" for note in reversed(witnessed())))
    assert not verification.verify().ok


@pytest.mark.parametrize(("path", "byte", "index"), [("tile/0/000", 5 * 32, 5), ("tile/0/001.p/20", 32, 257)])
def test_an_edited_public_tile(path, byte, index):
    file = publishing.folder() / path
    content = bytearray(file.read_bytes())
    content[byte] ^= 1
    file.write_bytes(bytes(content))
    verdict = found()
    assert verdict.first_bad == index
    assert "published" in verdict.finding


def test_a_public_tile_that_is_gone():
    (publishing.folder() / "tile/0/000").unlink()
    assert found().first_bad == 0


def test_an_edited_tile_of_a_higher_level():
    tile = Tile.objects.get(level=1, index=0)
    Tile.objects.filter(pk=tile.pk).update(hashes=EMPTY + bytes(tile.hashes)[32:])
    assert found().first_bad == 0


def test_a_published_checkpoint_that_was_never_signed_here():
    publishing.publish_checkpoint(selectors.latest().note.replace("\n276\n", "\n277\n"))
    assert "signature" in found().finding


def test_a_head_with_another_root():
    Head.objects.update(root=EMPTY)
    assert found().first_bad == SIZE - 1
