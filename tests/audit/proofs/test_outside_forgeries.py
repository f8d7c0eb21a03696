"""Forgeries made by somebody who knows the rules: each is refused outside as well as by our own checks (SR-8.5)."""

import hashlib
import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from audit.outside import verify_ringfence as outside
from audit.proofs import notes, tree
from audit.proofs.multiproof import ProofRefused, multiproof_root
from tests.audit.proofs import papers
from tests.audit.proofs.papers import KEY, MEMORY, ORIGIN, SIZE, STRAVA, VKEY, written
from tests.audit.proofs.trees import leaves

pytestmark = pytest.mark.once
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def refused(folder: Path, paper: dict[str, Any], why: str) -> bool:
    with pytest.raises(outside.Fault, match=why):
        outside.check_proof(Namespace(file=written(folder, "paper.json", paper)), outside.trusted(VKEY))
    return True


def refused_export(folder: Path, content: bytes, manifest: dict[str, Any], why: str) -> bool:
    manifest = manifest | {"sha256": hashlib.sha256(content).hexdigest()}
    args = Namespace(file=written(folder, "e", content), manifest=written(folder, "m", manifest))
    with pytest.raises(outside.Fault, match=why):
        outside.check_export(args, outside.trusted(VKEY))
    return True


@pytest.mark.parametrize("index", [-1, 15, 8, 2**70 - 1])
def test_the_last_leaf_has_no_second_index(tmp_path: Path, index: int):
    receipt = papers.receipt(7, 8)
    proof, leaf = tree.inclusion_proof(7, 8, MEMORY), MEMORY.node(0, 7)
    assert refused(tmp_path, receipt | {"index": index}, "does not stand at index")
    assert not tree.verify_inclusion(leaf, index, 8, proof, tree.root(8, MEMORY))


def test_a_log_that_claims_another_size_under_the_same_root_is_refused(tmp_path: Path):
    root = tree.root(4, MEMORY)
    larger = notes.Checkpoint(ORIGIN, 8, root).signed(KEY)
    claim = {"kind": "ringfence.consistency.v1", "old": papers.note(4), "new": larger, "proof": []}
    assert refused(tmp_path, claim, "too short")
    assert not tree.verify_consistency(4, root, 8, root, [])
    shrunk = {**claim, "old": larger, "new": papers.note(4)}
    assert refused(tmp_path, shrunk, "not shown")
    assert not tree.verify_consistency(8, root, 4, root, [])


def test_a_log_that_shrank_is_refused(tmp_path: Path):
    proof = papers.consistency(8, SIZE)
    assert refused(
        tmp_path, proof | {"old": proof["new"], "new": proof["old"]}, "not shown|too long|too short"
    )


def test_every_base64_has_one_writing(tmp_path: Path):
    receipt = papers.receipt()
    for at, step in enumerate(receipt["proof"]):
        spare = step[:-2] + ALPHABET[ALPHABET.index(step[-2]) + 1] + "="
        proof = [*receipt["proof"][:at], spare, *receipt["proof"][at + 1 :]]
        assert refused(tmp_path, receipt | {"proof": proof}, "one form")


def test_a_bad_signature_of_the_trusted_key_is_not_outweighed_by_a_good_one(tmp_path: Path):
    note = papers.note()
    bad = notes.signature_line("another\n", ORIGIN, KEY)
    for both in (note + bad, note[: note.index("— ")] + bad + note[note.index("— ") :]):
        assert refused(tmp_path, papers.receipt() | {"checkpoint": both}, "does not belong")


def test_a_row_twice_is_refused():
    row = leaves(2)
    with pytest.raises(ProofRefused, match="out of order"):
        multiproof_root(2, [(0, row[0]), (0, row[1])], [])
    with pytest.raises(outside.Fault, match="out of order"):
        outside.Walk(iter([(0, row[0]), (0, row[1])]), iter([])).whole(2)


@pytest.mark.parametrize("more", [39, SIZE, 0])
def test_a_row_added_behind_the_last_is_not_passed_over(tmp_path: Path, more: int):
    content = papers.as_jsonl(STRAVA) + b'{"entry":{"made":"up"},"index":%d}\n' % more
    assert refused_export(tmp_path, content, papers.manifest("jsonl", content, STRAVA), "out of order")


def test_hashes_left_over_are_refused(tmp_path: Path):
    content = papers.as_jsonl(STRAVA)
    manifest = papers.manifest("jsonl", content, STRAVA)
    manifest["proof"] += papers.b64(tree.EMPTY)
    assert refused_export(tmp_path, content, manifest, "more hashes")


def test_a_signature_has_no_second_writing():
    """RFC 8032 section 5.1.7: S below the group's order, and points in their one encoding."""
    public, text = KEY.public_key().public_bytes_raw(), b"text\n"
    signature = KEY.sign(text)
    larger = int.from_bytes(signature[32:], "little") + outside.ORDER
    assert outside.signed(public, text, signature)
    assert not outside.signed(public, text, signature[:32] + larger.to_bytes(32, "little"))

    # With the neutral point as R, S is the challenge times the secret: whoever has the key can sign so.
    digest = hashlib.sha512(KEY.private_bytes_raw()).digest()
    secret = int.from_bytes(digest[:32], "little") & (1 << 254) - 8 | 1 << 254
    for encoded, right in ((1, True), (outside.P + 1, False)):
        point = encoded.to_bytes(32, "little")
        challenge = int.from_bytes(hashlib.sha512(point + public + text).digest(), "little")
        forged = point + (challenge * secret % outside.ORDER).to_bytes(32, "little")
        assert (
            outside.signed(public, text, forged) == notes.Verifier("n", public).signed(text, forged) == right
        )


def test_a_receipt_with_more_than_its_keys_is_refused(tmp_path: Path):
    assert refused(tmp_path, papers.receipt() | {"note": "and more"}, "keys are missing or unknown")
    assert json.loads(json.dumps(papers.receipt())).keys() == {
        "kind",
        "entry",
        "index",
        "checkpoint",
        "proof",
    }
