"""A verifier that we did not write agrees: Go's sumdb/note and sumdb/tlog, from Debian's packages (SR-8.2, 8.5)."""

import json
import os
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.log.chain import leaf_hash
from audit.proofs import notes, tree
from audit.proofs.notes import Checkpoint, Verifier
from tests.audit.proofs.trees import InMemory

pytestmark = pytest.mark.once
PACKAGES = Path("/usr/share/gocode")
ORIGIN = "ringfence.example/audit/1"
KEY = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
VKEY = Verifier.of(ORIGIN, KEY).vkey
ENTRIES = [f'{{"facts":{{"n":{number}}},"kind":"disclosure.made"}}' for number in range(70)]
MEMORY = InMemory([leaf_hash(entry.encode()) for entry in ENTRIES])
SIZES = (1, 2, 3, 7, 8, 64, 65, 70)
Ask = Callable[[list[dict]], list[str]]


@pytest.fixture(scope="session")
def outsider(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Build Go's verifier once; ask it about a list of items, be told `accepted` or `refused: why` for each."""
    if not shutil.which("go") or not (PACKAGES / "src/golang.org/x/mod").is_dir():
        missing = "Needs Go's own verifier: apt-get install golang-go golang-golang-x-mod-dev"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    room = tmp_path_factory.mktemp("go")
    program = room / "outsider"
    build = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": str(PACKAGES),
        "GOCACHE": str(room / "cache"),
        "GOFLAGS": "",
        "CGO_ENABLED": "0",
    }
    source = Path(__file__).parent / "go" / "outsider.go"
    subprocess.run(["go", "build", "-o", str(program), str(source)], env=build, check=True, cwd=room)

    def ask(items: list[dict]) -> list[str]:
        done = subprocess.run(
            [str(program)], input=json.dumps(items), capture_output=True, text=True, check=True
        )
        answers = json.loads(done.stdout)
        assert len(answers) == len(items)
        return answers

    return ask


def b64(*hashes: bytes) -> list[str]:
    return [b64encode(one).decode() for one in hashes]


def root(size: int) -> str:
    return b64(tree.root(size, MEMORY))[0]


def inclusion(index: int, size: int) -> dict:
    proof = b64(*tree.inclusion_proof(index, size, MEMORY))
    return {
        "kind": "inclusion",
        "entry": ENTRIES[index],
        "index": index,
        "size": size,
        "root": root(size),
        "proof": proof,
    }


def consistency(old: int, size: int) -> dict:
    proof = b64(*tree.consistency_proof(old, size, MEMORY))
    return {
        "kind": "consistency",
        "old": old,
        "oldroot": root(old),
        "size": size,
        "root": root(size),
        "proof": proof,
    }


def tampered(item: dict) -> list[dict]:
    """The item with each of its parts changed, one at a time."""
    size, proof = item["size"], item["proof"]
    changed: list[dict] = [{"root": root(size - 1) if size > 1 else root(2)}, {"proof": [*proof, root(1)]}]
    changed += [{"proof": [*proof[:at], root(1), *proof[at + 1 :]]} for at in range(len(proof))]
    changed += [{"proof": proof[:-1]}] if proof else []
    if item["kind"] == "inclusion":
        changed += [{"entry": item["entry"] + " "}, {"index": item["index"] + 1}, {"index": -1}]
    else:
        changed += [{"oldroot": root(item["old"] + 1)}, {"old": 0}]
    return [{**item, **change} for change in changed if {**item, **change} != item]


INCLUSIONS = [inclusion(index, size) for size in SIZES for index in {0, size // 3, size // 2, size - 1}]
CONSISTENCIES = [consistency(old, size) for size in SIZES for old in range(1, size + 1, 5) if old < 70]


@pytest.mark.parametrize("items", [INCLUSIONS, CONSISTENCIES], ids=["inclusion", "consistency"])
def test_every_proof_of_ours_is_accepted_and_every_tampered_one_refused(outsider: Ask, items: list[dict]):
    assert outsider(items) == ["accepted"] * len(items)

    altered = [change for item in items for change in tampered(item)]
    assert len(altered) > 2 * len(items)
    assert [one for one in outsider(altered) if not one.startswith("refused")] == []


def test_a_checkpoint_of_ours_opens_and_every_tampered_one_is_refused(outsider: Ask):
    note = Checkpoint(ORIGIN, 70, tree.root(70, MEMORY)).signed(KEY)
    stranger = Verifier.of(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)).vkey
    witnessed = note + notes.signature_line(note.partition("\n\n")[0] + "\n", "witness.example", KEY)
    assert (
        outsider([{"kind": "note", "note": one, "vkey": VKEY} for one in (note, witnessed)])
        == ["accepted"] * 2
    )

    altered = [note[:at] + ("A" if one != "A" else "B") + note[at + 1 :] for at, one in enumerate(note)]
    asked = [{"kind": "note", "note": one, "vkey": VKEY} for one in altered]
    asked.append({"kind": "note", "note": note, "vkey": stranger})
    assert [one for one in outsider(asked) if not one.startswith("refused")] == []
    assert [one for one in altered if opens(one)] == []


def opens(note: str) -> bool:
    try:
        notes.open_checkpoint(note, [VKEY])
    except notes.NoteRefused:
        return False
    return True
