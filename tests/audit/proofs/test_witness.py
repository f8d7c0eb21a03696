"""What is kept outside the database: whoever rolls it back, forks it or edits the file is stopped (SR-8.2, SR-8.5).

A stopped sequencer signs nothing and loses nothing: entries are written and wait.
"""

import shutil
from base64 import b64encode
from pathlib import Path

import pytest
from django.db import connection

from audit.log.models import Entry, Waiting
from audit.proofs import notes, publishing, selectors, sequencer, signing, witness
from audit.proofs.errors import WitnessRefused
from audit.proofs.models import Checkpoint, Head, Leaf, Tile
from tests.audit.proofs.logging_acts import append, plain_root
from tests.audit.proofs.worlds import witnessed
from tests.support.flushing import triggers_lifted

pytestmark = pytest.mark.django_db(transaction=True)
ANOTHER_KEY = b64encode(b"\7" * 32).decode()


def grow(*counts: int) -> None:
    for count in counts:
        append(count)
        assert sequencer.run() == count


def stopped(because: str) -> None:
    """The sequencer stops with this sentence; a new entry is written all the same, and nothing is signed."""
    signed, waiting = list(Checkpoint.objects.values_list("note", flat=True)), Waiting.objects.count()
    seen = in_the_file()
    append(1)
    with pytest.raises(sequencer.SequencerStopped, match=because):
        sequencer.run()
    assert Waiting.objects.count() == waiting + 1
    assert list(Checkpoint.objects.values_list("note", flat=True)) == signed
    assert in_the_file() == seen


def in_the_file() -> bytes:
    return witness.path().read_bytes() if witness.path().exists() else b""


def goes_on() -> None:
    """What waited gets its index, and the tree is the plain one."""
    while sequencer.run():
        pass
    assert Leaf.objects.count() == Entry.objects.count()
    assert bytes(selectors.head().root) == plain_root()
    assert witnessed()[-1] == publishing.published() == selectors.latest().note


def roll_back(size: int, root: bytes) -> None:
    """Take the tree back to an earlier state, as a restored backup would."""
    with triggers_lifted():
        Leaf.objects.filter(index__gte=size).delete()
        Checkpoint.objects.filter(size__gt=size).delete()
        Head.objects.update(size=size, root=root)
        for tile in Tile.objects.filter(level=0):
            tile.hashes = bytes(tile.hashes)[: size * 32]
            tile.save()


def test_the_witness_keeps_every_checkpoint_in_order():
    grow(2, 3, 1)
    kept = [notes.open_checkpoint(note, signing.vkeys()).size for note in witnessed()]
    assert kept == [2, 5, 6]
    assert witnessed() == list(Checkpoint.objects.order_by("size").values_list("note", flat=True))
    assert "this machine" in witness.name()  # said honestly: it is our own


def test_a_database_that_was_rolled_back_is_found_and_nothing_is_signed():
    grow(2, 3)
    roll_back(2, bytes(Checkpoint.objects.get(size=2).root))
    stopped("rolled back")


def test_a_database_that_was_rolled_back_and_grew_on_is_found():
    grow(2, 3)
    roll_back(2, bytes(Checkpoint.objects.get(size=2).root))
    append(6)
    sequencer.sequence(100)  # somebody else's tree, of the same entries and more
    stopped("rolled back|does not begin with")


def test_a_fork_is_found():
    grow(2, 3)
    with triggers_lifted():
        forged = bytes(31) + b"\1"
        Head.objects.update(root=forged)
        Checkpoint.objects.filter(size=5).update(root=forged)
    stopped("does not begin with")


def test_a_database_that_began_anew_is_told_from_the_old_one():
    grow(4)
    with triggers_lifted():
        for table in (Leaf, Checkpoint, Head, Tile):
            table.objects.all().delete()
    stopped("begun anew")
    witness.path().unlink()
    stopped("begun anew")  # the published files remember too
    shutil.rmtree(publishing.folder())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_log_waiting")
        cursor.execute("INSERT INTO audit_log_waiting (entry) SELECT id FROM audit_log_entry")
    goes_on()


def test_a_missing_witness_file_is_not_the_same_as_an_empty_log():
    grow(2, 1)
    kept = witness.path().rename(witness.path().with_name("away"))
    stopped("missing")
    kept.rename(witness.path())
    goes_on()


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_witness_file_that_was_cut_stops_the_sequencer(left: int):
    grow(2, 1, 1)
    whole = witness.path().read_text()
    witness.path().write_text("".join(f"{note}\n" for note in witnessed()[:left]))
    stopped("edited or cut")
    witness.path().write_text(whole)
    goes_on()


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("\n3\n", "\n2\n"),
        lambda text: text + "something\n",
        lambda text: text + "something\n\nelse\n\n",
        lambda text: text[:-1],
        lambda text: text[:-9],
    ],
    ids=["another size", "a line more", "a block more", "the last line's end cut", "half a signature"],
)
def test_a_witness_file_that_was_edited_stops_the_sequencer(edit):
    grow(2, 1)
    whole = witness.path().read_text()
    witness.path().write_text(edit(whole))
    stopped("edited")
    witness.path().write_text(whole)
    goes_on()


def test_what_was_edited_further_up_is_found_when_all_is_read():
    grow(2, 1)
    witness.path().write_text("something\n" + witness.path().read_text().replace("\n\n", "\n", 1))
    with pytest.raises(WitnessRefused, match="edited"):
        witnessed()


def test_a_note_that_is_being_written_is_passed_over_wherever_it_breaks_off():
    grow(2, 1)
    first, second = witnessed()
    whole = witness.path().read_bytes()
    for end in range(len(f"{first}\n".encode()), len(whole)):
        witness.path().write_bytes(whole[:end])
        assert witnessed() == [first], end
    witness.path().write_bytes(whole)
    assert witnessed() == [first, second]


def test_a_check_reads_no_further_than_the_witness_was_long_when_it_began():
    grow(2)
    length = witness.length()
    grow(1)
    assert list(witness.read(length)) == witnessed()[:1]


def test_a_witness_file_that_was_overwritten_is_refused_without_reading_it_all():
    grow(2)
    with witness.path().open("ab") as file:
        file.truncate(1 << 32)  # zeros without a line, four gigabytes of them
    with pytest.raises(WitnessRefused, match="edited"):
        witnessed()


def test_a_key_that_did_not_sign_before_stops_the_sequencer(settings):
    grow(2)
    right = settings.LOG_KEY
    settings.LOG_KEY = ANOTHER_KEY
    stopped("not the key that signed")
    settings.LOG_KEY = right
    goes_on()


def test_a_new_key_goes_on_where_the_old_ones_verifier_key_is_named(settings):
    grow(2)
    old = signing.vkey()
    settings.LOG_KEY, settings.LOG_KEY_BEFORE = ANOTHER_KEY, [old]
    grow(1)
    first, second = witnessed()
    assert notes.open_checkpoint(first, [old]).size == 2
    assert notes.open_checkpoint(second, [signing.vkey()]).size == 3


@pytest.mark.parametrize(
    ("key", "because"), [("", "has no key"), ("short", "base64 of 32 bytes"), ("AAAA", "base64 of 32 bytes")]
)
def test_without_a_readable_key_nothing_is_signed_and_nothing_lost(settings, key: str, because: str):
    right = settings.LOG_KEY
    grow(1)
    settings.LOG_KEY = key
    stopped(because)
    settings.LOG_KEY = right
    goes_on()


def test_a_log_keeps_its_name(settings):
    grow(1)
    settings.BASE_URL = "http://elsewhere.example"
    stopped("RINGFENCE_BASE_URL")


def test_a_witness_that_cannot_be_written_to_stops_the_sequencer(settings, tmp_path: Path):
    (tmp_path / "file").touch()
    settings.AUDIT_WITNESS_FILE = str(tmp_path / "file" / "checkpoints")
    append(1)
    with pytest.raises(sequencer.SequencerStopped, match="cannot be kept"):
        sequencer.run()
    assert Waiting.objects.count() == 1
