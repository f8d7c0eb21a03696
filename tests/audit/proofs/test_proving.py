"""Proofs read out of the tiles: our own checks and the stand-alone script accept them; for nothing there is none."""

import json
import subprocess
import sys
from base64 import b64decode
from itertools import combinations_with_replacement
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.log import chain
from audit.log.models import Entry
from audit.outside import verify_ringfence
from audit.proofs import notes, proving, selectors, signing, tree
from audit.proofs.errors import EntryUnknown, EntryWaits, NoCheckpoint
from audit.proofs.models import Leaf
from tests.audit.proofs.logging_acts import append
from tests.audit.proofs.worlds import BATCHES, SIZE, grow, outside

pytestmark = pytest.mark.django_db
SIZES = [3, 8, 268, 275, 276]


@pytest.fixture(autouse=True)
def a_log(settings, tmp_path):
    outside(settings, tmp_path)
    grow(*BATCHES)


def opened(note: str) -> notes.Checkpoint:
    return notes.open_checkpoint(note, signing.vkeys())


def unpacked(proof: list[str]) -> list[bytes]:
    return [b64decode(one) for one in proof]


def event_at(index: int):
    return Entry.objects.get(pk=selectors.leaf_of(index).entry).event_id


def test_an_entry_is_shown_to_stand_where_it_stands():
    for index in (0, 7, 255, 256, 267, SIZE - 1):
        given = proving.inclusion(event_at(index))

        checkpoint, leaf = opened(given["checkpoint"]), chain.leaf_hash(given["entry"].encode())
        assert (given["index"], checkpoint.size) == (index, SIZE)
        assert tree.verify_inclusion(leaf, index, SIZE, unpacked(given["proof"]), checkpoint.root)


def test_a_leaf_is_shown_under_any_checkpoint_that_covers_it():
    leaf = bytes(Entry.objects.get(event_id=event_at(100)).leaf)
    for size in (268, 275, None):
        given = proving.leaf_inclusion(leaf, size)

        checkpoint = opened(given["checkpoint"])
        assert checkpoint.size == (size or SIZE)
        assert tree.verify_inclusion(leaf, 100, checkpoint.size, unpacked(given["proof"]), checkpoint.root)
        assert "entry" not in given


def test_each_checkpoint_is_the_beginning_of_every_later_one():
    for old, new in combinations_with_replacement(SIZES, 2):
        given = proving.consistency(old, new)

        before, now = opened(given["old"]), opened(given["new"])
        assert (before.size, now.size) == (old, new)
        assert tree.verify_consistency(old, before.root, new, now.root, unpacked(given["proof"]))


def test_the_script_for_outsiders_accepts_what_is_given_and_no_changed_copy(tmp_path):
    receipt, grown = proving.inclusion(event_at(100)), proving.consistency(8)
    assert checked(tmp_path, receipt) == checked(tmp_path, grown) == 0
    assert checked(tmp_path, {**receipt, "index": 101}) == 1
    assert checked(tmp_path, {**grown, "old": grown["new"]}) == 1


def checked(folder: Path, proof: dict) -> int:
    file = folder / "proof.json"
    file.write_text(json.dumps(proof))
    command = [sys.executable, verify_ringfence.__file__, "proof", str(file), "--key", signing.vkey()]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_a_proof_takes_a_handful_of_statements_however_large_the_log():
    event, leaf = event_at(100), bytes(Entry.objects.first().leaf)
    for ask in (
        lambda: proving.inclusion(event),
        lambda: proving.leaf_inclusion(leaf),
        lambda: proving.consistency(8),
    ):
        with CaptureQueriesContext(connection) as statements:
            ask()
        assert len(statements) <= 4


def test_an_entry_that_waits_is_said_to_wait():
    number = append(1)[0]
    with pytest.raises(EntryWaits, match="no index yet"):
        proving.inclusion(Entry.objects.get(pk=number).event_id)


def test_an_entry_that_nobody_signed_for_yet_waits_as_well():
    number = append(1)[0]
    entry = Entry.objects.get(pk=number)
    Leaf.objects.create(index=SIZE, entry=number, at=entry.at)
    with pytest.raises(EntryWaits):
        proving.inclusion(entry.event_id)


def test_what_was_never_logged_or_signed_has_no_proof():
    with pytest.raises(EntryUnknown):
        proving.inclusion(uuid4())
    with pytest.raises(EntryUnknown):
        proving.leaf_inclusion(bytes(32))
    with pytest.raises(NoCheckpoint):
        proving.consistency(4)
    with pytest.raises(NoCheckpoint):
        proving.leaf_inclusion(bytes(Entry.objects.get(event_id=event_at(100)).leaf), 8)
    with pytest.raises(tree.NotInTheTree):
        proving.consistency(275, 8)
