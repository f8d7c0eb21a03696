"""Whoever owns the database can lift its triggers and change what they like: each change is found, with its index.

Every test works as the owner with the triggers lifted (SR-8.5), on both databases.
"""

import pytest

from audit.log import chain
from audit.log.models import Entry, Waiting
from audit.proofs.models import Leaf, Tile
from tests.audit.proofs.logging_acts import append
from tests.audit.proofs.tampering import at, begin_anew, edited, found
from tests.audit.proofs.worlds import SIZE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]


def test_an_edited_entry():
    at(9).update(body=edited(9))
    assert found().first_bad == 9


@pytest.mark.parametrize("emptied", [True, False])
def test_an_entry_that_runs_into_the_next(emptied):
    """Entries are read many at once, with a byte between them that a changed one may hold too."""
    mine, following = (bytes(at(index).get().body) for index in (9, 10))
    at(9).update(body=mine + b"\0" + following)
    if emptied:
        at(10).update(body=b"")
    assert found().first_bad == 9


def test_an_entry_edited_together_with_its_fingerprint():
    at(9).update(body=edited(9), leaf=chain.leaf_hash(edited(9)))
    assert found().first_bad == 9


def test_an_entry_edited_with_its_fingerprint_and_its_tile_is_found_in_the_public_tiles():
    at(9).update(body=edited(9), leaf=chain.leaf_hash(edited(9)))
    tile = Tile.objects.get(level=0, index=0)
    hashes = bytearray(tile.hashes)
    hashes[9 * 32 : 10 * 32] = chain.leaf_hash(edited(9))
    Tile.objects.filter(pk=tile.pk).update(hashes=bytes(hashes))

    assert found().first_bad == 9


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "release.edited"),
        ("subject", "s9"),
        ("partner", "nobody"),
        ("outcome", "in"),
        ("reason", "other"),
    ],
)
def test_an_edited_column_is_tampering_too(column, value):
    at(8).update(**{column: value})
    verdict = found()
    assert verdict.first_bad == 8
    assert column in verdict.finding


def test_an_entry_moved_in_time():
    moved = at(30).get().at.replace(minute=1)
    at(30).update(at=moved)
    assert found().first_bad == 30
    Leaf.objects.filter(index=30).update(at=moved)
    assert found().first_bad == 30


@pytest.mark.parametrize("index", [0, 100, SIZE - 1])
def test_a_deleted_entry(index):
    at(index).delete()
    assert found().first_bad == index


def test_a_deleted_entry_whose_leaf_is_gone_too():
    at(100).delete()
    Leaf.objects.filter(index=100).delete()
    assert found().first_bad == 100


def test_an_entry_put_between_two_others():
    numbers = dict(Leaf.objects.values_list("index", "entry"))
    append(1)
    newest = Entry.objects.latest("pk")
    Leaf.objects.filter(index__gte=50).delete()
    Leaf.objects.create(index=50, entry=newest.pk, at=newest.at)
    Leaf.objects.bulk_create(
        Leaf(index=index + 1, entry=number, at=Entry.objects.get(pk=number).at)
        for index, number in numbers.items()
        if index >= 50
    )
    assert found().first_bad == 50


def test_an_entry_inserted_past_the_line():
    first = at(20).get()
    copied = {name: getattr(first, name) for name in ("kind", "subject", "partner", "body", "leaf", "at")}
    stray = Entry.objects.create(event_id="00000000-0000-4000-8000-000000000001", **copied)

    verdict = found()

    assert verdict.first_bad == SIZE
    assert f"Entry {stray.pk}" in verdict.finding


@pytest.mark.parametrize("index", [-1, SIZE, SIZE + 1000])
def test_an_entry_that_was_given_a_leaf_where_no_tree_has_one(index):
    """So the counts are equal, and the search shows an entry that no root covers."""
    new = Entry.objects.latest("pk")
    Waiting.objects.filter(entry=new.pk).delete()
    Leaf.objects.create(index=index, entry=new.pk, at=new.at)
    verdict = found()
    assert verdict.first_bad == SIZE
    assert f"index {index}" in verdict.finding


def test_an_entry_that_was_taken_out_of_line():
    assert Waiting.objects.count() == 1
    Waiting.objects.all().delete()
    assert found().first_bad == SIZE


def test_an_entry_that_vanished_while_it_waited():
    Entry.objects.latest("pk").delete()
    verdict = found()
    assert verdict.first_bad == SIZE
    assert "waited" in verdict.finding


def test_two_entries_swapped():
    one, other = at(40).get(), at(41).get()
    fields = ("kind", "subject", "partner", "outcome", "reason", "types", "body", "leaf")
    mine, theirs = ({name: getattr(row, name) for name in fields} for row in (one, other))
    at(40).update(**theirs)
    at(41).update(**mine)
    assert found().first_bad == 40


def test_two_leaves_swapped():
    one, other = Leaf.objects.get(index=40), Leaf.objects.get(index=270)
    Leaf.objects.filter(index__in=[40, 270]).delete()
    Leaf.objects.create(index=40, entry=other.entry, at=other.at)
    Leaf.objects.create(index=270, entry=one.entry, at=one.at)
    assert found().first_bad == 40


def test_the_newest_cut_off():
    at(SIZE - 1).delete()
    Leaf.objects.filter(index=SIZE - 1).delete()
    assert found().first_bad == SIZE - 1


@pytest.mark.parametrize("kept", [275, 270])
def test_the_newest_cut_off_without_a_trace_in_the_database(kept):
    begin_anew(kept, entries_too=True)
    assert found().first_bad == kept
