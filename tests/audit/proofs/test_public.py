"""What anyone may read of the log without an account: checkpoint, tiles, key and proofs; never an entry (CONTRACT)."""

from base64 import b64decode

import pytest

from audit.log.models import Entry
from audit.proofs import notes, selectors, signing, store, tiles, tree
from audit.proofs.models import Checkpoint
from tests.audit.proofs.logging_acts import append
from tests.audit.proofs.worlds import BATCHES, SIZE, grow, outside

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_log(settings, tmp_path):
    outside(settings, tmp_path)
    grow(*BATCHES)


def test_the_checkpoint_is_text_that_no_cache_answers_for(client):
    answer = client.get("/audit/1/checkpoint")

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    assert notes.open_checkpoint(answer.content.decode(), signing.vkeys()).size == SIZE


def test_the_key_is_one_line_that_checks_the_checkpoint(client):
    vkey = client.get("/audit/1/key").content.decode().strip()
    note = client.get("/audit/1/checkpoint").content.decode()
    assert notes.open_checkpoint(note, [vkey]).origin == signing.origin()


def test_an_outsider_computes_the_root_from_the_tiles_alone(client):
    def read(level: int, number: int, width: int) -> bytes:
        return client.get(f"/audit/1/{tiles.Tile(level, number, width).path}").content

    checkpoint = notes.open_checkpoint(client.get("/audit/1/checkpoint").content.decode(), signing.vkeys())
    assert tree.root(checkpoint.size, tiles.TileHashes(read, checkpoint.size)) == checkpoint.root


def test_a_tile_is_bytes_that_may_be_kept(client):
    for path, width, kept in (
        ("0/000", 256, "immutable"),
        ("0/001.p/20", 20, "86400"),
        ("1/000.p/1", 1, "86400"),
    ):
        answer = client.get(f"/audit/1/tile/{path}")
        assert answer["Content-Type"] == "application/octet-stream"
        assert kept in answer["Cache-Control"]
        assert len(answer.content) == 32 * width


def test_a_narrower_tile_is_the_beginning_of_the_full_one(client):
    assert client.get("/audit/1/tile/0/000.p/8").content == store.read_tile(0, 0, 256)[: 8 * 32]


def test_what_no_checkpoint_covers_is_shown_to_nobody(client):
    append(1)
    assert client.get("/audit/1/tile/0/001.p/21").status_code == 404


def test_whatever_is_no_tile_of_ours_is_not_found(client):
    paths = [
        "0/0",
        "0/000.p/256",
        "0/000.p/0",
        "0/000.p/08",
        "00/000",
        "0/002",
        "2/000",
        "0/x000/000",
        "0/001",
        "64/000",
        "0/000/",
        "entries/000",
        "0/../1/000",
        "-1/000",
        "0/001.p/21",
        "0/%2e%2e",
        "0/000.p/8.p/8",
        "0/000%00",
    ]
    answered = {path: client.get(f"/audit/1/tile/{path}").status_code for path in paths}
    assert answered == dict.fromkeys(paths, 404)


def test_there_is_one_log_and_no_way_to_write(client):
    assert client.get("/audit/2/checkpoint").status_code == 404
    for path in ("checkpoint", "key", "tile/0/000", "proof/consistency", "proof/inclusion"):
        assert client.post(f"/audit/1/{path}").status_code in {403, 405}


def test_consistency_is_proved_to_anyone(client):
    answer = client.get("/audit/1/proof/consistency?old=8&new=268")

    given = answer.json()
    before, now = (notes.open_checkpoint(given[name], signing.vkeys()) for name in ("old", "new"))
    proof = [b64decode(one) for one in given["proof"]]
    assert tree.verify_consistency(8, before.root, 268, now.root, proof)
    assert set(answer["Content-Security-Policy"].split("; ")) == {
        "default-src 'none'",
        "frame-ancestors 'none'",
    }


def test_whoever_has_an_entry_gets_its_proof_and_nobody_gets_an_entry(client):
    entry = Entry.objects.get(pk=selectors.leaf_of(9).entry)
    leaf = bytes(entry.leaf)

    answer = client.get(f"/audit/1/proof/inclusion?leaf={leaf.hex()}&size=268")

    given = answer.json()
    proof = [b64decode(one) for one in given["proof"]]
    root = bytes(Checkpoint.objects.get(size=268).root)
    assert tree.verify_inclusion(leaf, given["index"], 268, proof, root)
    assert set(given) == {"kind", "leaf", "index", "proof", "checkpoint"}


def test_a_question_that_makes_no_sense_is_told_why(client):
    none = "0" * 64
    for query, status, named in (
        ("consistency", 422, "old"),
        ("consistency?old=x", 422, "old"),
        ("consistency?old=08", 422, "old"),
        ("consistency?old=-1", 422, "old"),
        ("consistency?old=8&old=9", 422, "old"),
        ("consistency?old=268&new=8", 422, "old"),
        ("consistency?old=8&new=9999999999999999999999", 422, "new"),
        ("consistency?old=4", 422, "size"),
        ("inclusion", 422, "leaf"),
        ("inclusion?leaf=zz", 422, "leaf"),
        ("inclusion?leaf=" + "A" * 64, 422, "leaf"),
        (f"inclusion?leaf={none}", 404, "error"),
        (f"inclusion?leaf={none}&size=7", 422, "size"),
        (f"inclusion?leaf={none}&size=1.5", 422, "size"),
    ):
        answer = client.get(f"/audit/1/proof/{query}")
        assert answer.status_code == status, query
        assert named in answer.content.decode(), query
        assert answer.json()["error"].endswith("."), query


def test_an_entry_that_waits_is_asked_for_again(client):
    leaf = bytes(Entry.objects.get(pk=append(1)[0]).leaf).hex()
    answer = client.get(f"/audit/1/proof/inclusion?leaf={leaf}")
    assert (answer.status_code, answer["Retry-After"]) == (404, "1")
    assert "Try again" in answer.json()["error"]
