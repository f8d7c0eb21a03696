"""A log that nobody touched is found whole, also while it grows; each check is kept and is an entry itself (SR-8.5)."""

from threading import Event, Thread

import pytest
from django.db import connection
from django.test import override_settings

from audit.log.models import Entry, Tally, Waiting
from audit.proofs import publishing, rows, selectors, sequencer, tiles, verification
from audit.proofs.errors import LogKeyRefused
from audit.proofs.models import Verification
from tests.audit.proofs.logging_acts import append, plain_root
from tests.audit.proofs.worlds import BATCHES, SIZE, grow, outside

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept_outside(settings, tmp_path):
    outside(settings, tmp_path)


def test_an_untouched_log_is_whole_however_often_it_is_asked():
    grow(*BATCHES)
    root = plain_root()

    first = verification.verify()
    sequencer.run()
    second = verification.verify()

    assert (first.ok, first.size, first.root, first.first_bad, first.finding) == (True, SIZE, root, None, "")
    assert (second.ok, second.size) == (True, SIZE + 1)
    assert first.witness == "the tests"


def test_an_empty_log_is_whole():
    verdict = verification.verify()
    assert (verdict.ok, verdict.size) == (True, 0)


def test_a_log_longer_than_a_chunk_is_read_in_chunks(monkeypatch):
    monkeypatch.setattr(rows, "CHUNK", 100)
    grow(*BATCHES)
    seen = []

    assert verification.verify(lambda done, size: seen.append((done, size))).ok
    assert seen == [(100, SIZE), (200, SIZE), (SIZE, SIZE)]


def test_entries_that_wait_for_their_index_are_no_fault():
    grow(5)
    append(4)
    verdict = verification.verify()
    assert (verdict.ok, verdict.size, Waiting.objects.count()) == (True, 5, 5)


def test_each_check_is_kept_and_is_itself_an_entry():
    assert verification.latest() is None
    grow(5)

    verdict = verification.verify(actor="staff-7")

    entry = Entry.objects.get(kind="audit.verified")
    assert verification.latest() == verdict
    assert entry.facts["size"] == 5
    assert entry.facts["root"] == selectors.latest().root.hex()
    assert '"actor":"staff-7"' in bytes(entry.body).decode()
    assert Verification.objects.count() == 1


def test_times_of_whole_seconds_and_of_other_zones_are_no_fault():
    grow(1)
    entry = Entry.objects.get()
    assert entry.at.microsecond == 0
    grow(2)
    assert verification.verify().ok


def test_days_that_are_counted_wrong_are_named():
    grow(30)
    Tally.objects.filter(day="2026-11-21").update(count=99)

    verdict = verification.verify()

    assert (verdict.ok, verdict.first_bad) == (False, None)
    assert "2026-11-21" in verdict.finding


def test_without_any_key_nothing_can_be_checked_and_the_sentence_says_what_to_set():
    grow(3)
    with (
        override_settings(LOG_KEY="", LOG_KEY_BEFORE=[]),
        pytest.raises(LogKeyRefused, match="RINGFENCE_LOG_KEY"),
    ):
        verification.verify()
    assert not Verification.objects.exists()


def test_a_checkpoint_of_a_killed_sequencer_that_the_witness_has_not_seen_yet_is_no_fault(settings, tmp_path):
    grow(3, 4)
    witness, public = tmp_path / "witness" / "checkpoints", tmp_path / "public" / "1" / "checkpoint"
    before = witness.read_text(), public.read_text()
    grow(2)
    witness.write_text(before[0])
    public.write_text(before[1])

    assert verification.verify().ok


def test_a_tile_that_was_filled_since_the_checkpoint_is_no_fault():
    """Its part goes once the full one is there; so the part is looked for first, and no moment is without either."""
    grow(*BATCHES)
    part, full = (
        publishing.folder() / tiles.Tile(0, 1, width).path for width in (SIZE % tiles.FULL, tiles.FULL)
    )
    full.write_bytes(part.read_bytes().ljust(tiles.FULL * 32, b"\2"))
    assert verification.verify().ok
    part.unlink()
    assert verification.verify().ok


@pytest.mark.django_db(transaction=True)
def test_a_check_beside_a_sequencer_at_work_raises_no_false_alarm():
    grow(300)
    ended = Event()

    def go_on_growing() -> None:
        try:
            for count in (1, 2, 250, 1, 30, 1, 1, 200, 1, 1):
                append(count)
                sequencer.run()
        finally:
            ended.set()
            connection.close()

    worker = Thread(target=go_on_growing)
    worker.start()
    verdicts: list[verification.Verdict] = []
    while not ended.is_set() or not verdicts:
        verdicts.append(verification.verify())
    worker.join()
    verdicts.append(verification.verify())

    assert [verdict.finding for verdict in verdicts if not verdict.ok] == []
    assert verdicts[-1].size > verdicts[0].size
