"""Whoever owns the database can lift more than its triggers: nothing stands where something has to, or of another form.

A check reads many entries at once. None of them may be told as whole because its neighbour makes up for it, and none
may end the check before there is a verdict (SR-8.5).
"""

from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from audit.log import chain
from audit.log.models import Entry, Tally, Waiting
from audit.proofs import publishing, tiles, witness
from audit.proofs.models import Checkpoint, Head, Leaf, Tile
from tests.audit.proofs.tampering import at, found, loosen, loosen_uniqueness, rechained
from tests.audit.proofs.worlds import SIZE, witnessed
from tests.support.sizes import size

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]
ENTRY, LEAF, TILE, CHECKPOINT, TALLY = (
    model._meta.db_table for model in (Entry, Leaf, Tile, Checkpoint, Tally)
)


def body(index: int) -> bytes:
    return bytes(at(index).get().body)


def leaf(index: int) -> bytes:
    return bytes(at(index).get().leaf)


@pytest.mark.parametrize("left", [None, b""])
def test_a_body_that_took_in_the_next(left):
    loosen(ENTRY, "body")
    both = body(9) + b"\0" + body(10)
    at(9).update(body=both)
    at(10).update(body=left)
    assert found().first_bad == 9


@pytest.mark.parametrize("width", [0, 1, 31, 33, 63, 64])
def test_fingerprints_that_are_whole_only_together(width):
    both = leaf(9) + leaf(10)
    at(9).update(leaf=both[:width])
    at(10).update(leaf=both[width:])
    assert found().first_bad == 9


@given(
    data=st.data(), index=st.integers(0, SIZE - 2), column=st.sampled_from(["body", "leaf", "types", "kind"])
)
@settings(max_examples=size(1000, least=60), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_two_neighbours_make_together_each_has_to_be_right(owner, data, index, column):
    form, joints = (bytes, [b"", b"\0", b"|"]) if column in {"body", "leaf"} else (str, ["", "\x1f", "|"])
    one, other = (form(getattr(at(each).get(), column)) for each in (index, index + 1))
    whole = data.draw(st.sampled_from(joints)).join([one, other])
    cut = data.draw(st.integers(0, len(whole)))
    left, right = whole[:cut], whole[cut:]
    assume((left, right) != (one, other))
    with transaction.atomic():
        at(index).update(**{column: left})
        at(index + 1).update(**{column: right})
        assert found().first_bad in (index, index + 1)
        transaction.set_rollback(True)


@pytest.mark.parametrize("column", ["body", "leaf", "kind", "types", "partner"])
def test_a_column_that_holds_nothing(column):
    loosen(ENTRY, column)
    at(SIZE - 1).update(**{column: None})
    assert found().first_bad == SIZE - 1


def test_the_newest_entry_that_went_into_the_one_before():
    """Only where text may hold a NUL, which is SQLite: all that a chunk says is the same, but for one row."""
    last = at(SIZE - 1).get()
    told = [last.event_id.hex, str(last.at.replace(tzinfo=None)), last.kind, last.subject, last.partner]
    said = "\x1f".join([*told, last.outcome, last.reason, last.types])
    changed = at(SIZE - 2)
    row = changed.get()
    loosen(LEAF)
    both: dict[str, Any] = {
        "body": body(SIZE - 2) + b"\0" + body(SIZE - 1),
        "leaf": leaf(SIZE - 2) + leaf(SIZE - 1),
    }
    if connection.vendor == "sqlite":
        both["types"] = f"{row.types}\0{said}"
    changed.update(**both)
    at(SIZE - 1).delete()
    Leaf.objects.filter(index=SIZE - 1).delete()
    Head.objects.update(size=SIZE - 1)
    assert found().first_bad == SIZE - 2


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b'"kind":"', b'"kind":"\xff', 1),
        lambda body: body.replace(b'"facts":{', b'"facts":{"deep":' + b"[" * 5000 + b"]" * 5000 + b",", 1),
        lambda body: body.replace(b'"kind":"', b'"kind":7,"was":"', 1),
        lambda body: body.replace(b'"kind":"', b'"kind":"\\ud800', 1),
        lambda body: b"",
        lambda body: b"[]",
    ],
    ids=["no UTF-8", "too deep", "a number", "half a character", "nothing", "a list"],
)
@pytest.mark.parametrize("leaf_too", [False, True])
def test_bytes_that_cannot_be_read(change, leaf_too):
    changed = change(body(9))
    assert changed != body(9)
    at(9).update(body=changed, **({"leaf": chain.leaf_hash(changed)} if leaf_too else {}))
    assert found().first_bad == 9


@pytest.mark.parametrize("index", [9, SIZE - 1])
def test_an_index_that_two_entries_have(index):
    other = Entry.objects.latest("pk")
    Waiting.objects.filter(entry=other.pk).delete()
    loosen(LEAF, key="index")
    Leaf.objects.bulk_create([Leaf(index=index, entry=other.pk, at=other.at)])
    assert found().first_bad == index


def test_a_tile_that_took_in_the_next():
    first, second = (Tile.objects.get(level=0, index=index) for index in (0, 1))
    Tile.objects.filter(pk=first.pk).update(hashes=bytes(first.hashes) + bytes(second.hashes))
    Tile.objects.filter(pk=second.pk).delete()
    assert found().first_bad == 256


@pytest.mark.parametrize("hashes", [None, b"", b"short"])
def test_a_tile_that_holds_nothing(hashes):
    loosen(TILE, "hashes")
    Tile.objects.filter(level=0, index=1).update(hashes=hashes)
    assert found().first_bad == 256


def test_a_checkpoint_that_cannot_be_read_hides_no_entry_before_it():
    at(100).update(kind="release.edited")
    Checkpoint.objects.filter(size=SIZE - 1).update(note="something else")
    assert found().first_bad == 100


def test_a_witness_that_was_edited_further_on_hides_no_entry_before_it():
    at(5).update(kind="release.edited")
    witness.path().write_text("".join(f"{note}\n" for note in witnessed()[:2]) + "some\n\nthing\n\n— a b\n\n")
    assert found().first_bad == 5


@pytest.mark.parametrize("column", ["note", "root", "size"])
def test_a_checkpoint_that_holds_nothing_ends_in_a_verdict(column):
    loosen(CHECKPOINT, column)
    Checkpoint.objects.filter(size=268).update(**{column: None})
    found()


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    [
        f"ALTER TABLE {ENTRY} ALTER body TYPE text USING encode(body, 'escape')",
        f"ALTER TABLE {ENTRY} ALTER leaf TYPE text USING encode(leaf, 'hex')",
        f"UPDATE {LEAF} SET at = 'infinity' WHERE \"index\" = 9",
        f"ALTER TABLE {ENTRY} ALTER kind TYPE char(60)",
        f'ALTER TABLE {LEAF} ALTER "index" TYPE numeric',
    ],
)
def test_a_column_of_another_type_ends_in_a_verdict(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
    found()


@pytest.mark.sqlite
@pytest.mark.parametrize("column", ["body", "leaf"])
def test_bytes_that_became_text(column):
    with connection.cursor() as cursor:
        number = Leaf.objects.get(index=9).entry
        cursor.execute(f"UPDATE {ENTRY} SET {column} = CAST({column} AS TEXT) WHERE id = %s", [number])
    assert found().first_bad == 9


@pytest.mark.sqlite
@pytest.mark.parametrize("column", ["kind", "subject", "partner", "types"])
def test_text_that_became_bytes_is_no_text(column):
    """A check would read the same, and no search by it would find the entry any more."""
    with connection.cursor() as cursor:
        number = Leaf.objects.get(index=9).entry
        cursor.execute(f"UPDATE {ENTRY} SET {column} = CAST({column} AS BLOB) WHERE id = %s", [number])
    verdict = found()
    assert verdict.first_bad == 9
    assert "no text" in verdict.finding


@pytest.mark.parametrize("size", [-1, (1 << 53) + 1, 1 << 62])
def test_a_head_that_names_no_size(size):
    Head.objects.update(size=size)
    assert "size" in found().finding


def test_what_a_finding_repeats_is_cut_to_what_an_entry_can_hold():
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {TALLY} ALTER kind TYPE text")
    line = Tally.objects.order_by("day")[0]
    Tally.objects.filter(pk=line.pk).update(kind="\x1b" * 5000)
    finding = found().finding
    assert "counts" in finding
    assert finding.isprintable()


def test_a_leaf_without_an_index_and_a_place_in_line_without_an_entry_count_as_none():
    other = Entry.objects.latest("pk")
    Waiting.objects.filter(entry=other.pk).delete()
    loosen(LEAF, "index", key="index")
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO {LEAF} ("index", entry, at) VALUES (NULL, %s, %s)', [other.pk, other.at])
    assert found().first_bad == SIZE


def test_a_tile_that_is_there_twice():
    tile = Tile.objects.get(level=0, index=1)
    loosen_uniqueness(TILE)
    Tile.objects.bulk_create([Tile(level=0, index=1, hashes=bytes(tile.hashes)[::-1])])
    assert found().first_bad == 256


def test_a_day_that_is_counted_twice():
    line = Tally.objects.order_by("day")[0]
    loosen_uniqueness(TALLY)
    line.pk = None
    Tally.objects.bulk_create([line])
    assert "counts" in found().finding


def test_a_public_tile_beside_which_a_full_one_lies():
    part, full = (publishing.folder() / tiles.Tile(0, 1, width).path for width in (SIZE % 256, 256))
    full.write_bytes(part.read_bytes().ljust(256 * 32, b"\2"))
    part.write_bytes(part.read_bytes()[::-1])
    assert found().first_bad == 256


@pytest.mark.parametrize(
    "change",
    [lambda path: path.write_bytes(path.read_bytes() + b"1"), lambda path: (path.unlink(), path.mkdir())],
)
def test_a_public_tile_of_another_length_or_kind(change):
    change(publishing.folder() / "tile/0/000")
    assert found().first_bad == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n")),
        lambda path: (path.unlink(), path.mkdir()),
    ],
)
def test_a_public_checkpoint_in_another_form_hides_no_entry(change):
    change(publishing.folder() / "checkpoint")
    assert "published checkpoint" in found().finding
    at(100).update(kind="release.edited")
    assert found().first_bad == 100


def test_a_spoilt_checkpoint_hides_no_history_that_was_written_anew():
    rechained(100, public_too=True)
    Checkpoint.objects.filter(size=268).update(note="something else")
    assert found().first_bad == 8
