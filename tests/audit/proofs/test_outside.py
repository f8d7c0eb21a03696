"""An outsider with one file and a key checks what we hand out, and nobody changes a byte unseen (SR-8.5)."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.outside import verify_ringfence as outside
from audit.proofs import notes
from tests.audit.proofs import papers
from tests.audit.proofs.papers import SIZE, STRAVA, VKEY, b64, written
from tests.support.sizes import size

pytestmark = pytest.mark.once
SCRIPT = Path(outside.__file__)
Answer = tuple[int, str]
Check = Callable[..., Answer]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Check:
    """Run the script's command line in this process: exit code and what it said."""

    def run(*words: object, key: str = VKEY) -> Answer:
        monkeypatch.setattr(sys, "argv", ["verify_ringfence.py", *map(str, words), "--key", key])
        try:
            code = outside.main()
        except SystemExit as left:
            code = int(left.code or 0)
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


@pytest.fixture
def checked(check: Check, tmp_path: Path) -> Callable[[dict[str, Any] | bytes], Answer]:
    """Check a receipt or a consistency proof."""
    return lambda content: check("proof", written(tmp_path, "proof.json", content))


def exported(check: Check, folder: Path, form: str, content: bytes, manifest: dict[str, Any]) -> Answer:
    file = written(folder, f"export.{form}", content)
    return check("export", file, "--manifest", written(folder, "manifest.json", manifest))


def test_the_script_is_one_file_that_needs_only_the_standard_library():
    tree = ast.parse(SCRIPT.read_text())
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported <= sys.stdlib_module_names


def test_it_runs_alone_somewhere_else_without_our_packages(tmp_path: Path):
    alone = written(tmp_path, "verify.py", SCRIPT.read_bytes())
    receipt = written(tmp_path, "receipt.json", papers.receipt())
    command = [sys.executable, "-I", "-S", str(alone), "proof", str(receipt), "--key", VKEY]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Verified: the entry stands at index 13 of {papers.ORIGIN}")
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize(("index", "of"), [(0, 1), (0, 2), (6, 7), (13, 40), (39, 40), (31, 33)])
def test_a_members_receipt_verifies(checked, index: int, of: int):
    assert checked(papers.receipt(index, of))[0] == 0


@pytest.mark.parametrize(("old", "new"), [(0, 9), (1, 2), (7, 7), (8, 40), (13, 40), (32, 33), (39, 40)])
def test_two_checkpoints_of_one_history_verify(checked, old: int, new: int):
    assert checked(papers.consistency(old, new)) == (
        0,
        f"Verified: the {old} entries of {papers.ORIGIN} are the beginning of its {new} entries, unchanged.\n",
    )


def test_a_checkpoint_verifies_under_its_own_key_only(check, tmp_path: Path):
    file = written(tmp_path, "checkpoint", papers.note().encode())
    assert check("checkpoint", file)[0] == 0
    assert check("checkpoint", file, key=papers.STRANGER) == (
        1,
        f"Not verified. The checkpoint is not signed by the key given, {papers.ORIGIN}.\n",
    )


def test_a_log_rewritten_and_signed_again_is_found(checked):
    proof = papers.consistency()
    forged = notes.Checkpoint(papers.ORIGIN, 13, papers.MEMORY.node(0, 0)).signed(papers.KEY)
    code, said = checked({**proof, "old": forged})
    assert (code, "history was rewritten" in said) == (1, True)


RECEIPT = json.dumps(papers.receipt(), ensure_ascii=False).encode()
CONSISTENCY = json.dumps(papers.consistency()).encode()
quickly = settings(
    max_examples=size(2500), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@pytest.mark.parametrize("original", [RECEIPT, CONSISTENCY], ids=["receipt", "consistency"])
@given(at=st.integers(0, 5000), byte=st.integers(0, 255))
@quickly
def test_a_changed_byte_is_refused_or_means_the_same(checked, original: bytes, at: int, byte: int):
    broken = bytearray(original)
    broken[at % len(original)] = byte
    code, said = checked(bytes(broken))
    assert code == (0 if means(bytes(broken)) == means(original) else 1)
    assert said.startswith("Verified: " if code == 0 else "Not verified. ")


def means(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


@given(
    content=st.binary(max_size=60)
    | st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from([*papers.receipt(), "old", "new"]), inner)
        ),
    ).map(lambda one: json.dumps(one).encode())
)
@quickly
def test_any_other_bytes_are_refused_in_one_sentence(checked, content: bytes):
    code, said = checked(content)
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("Not verified. ")


@pytest.mark.parametrize(
    "content", [b"[" * 100_000, b'{"kind":' * 5_000, b'{"index":' + b"9" * 5_000 + b"}", b"\xff\xfe", b""]
)
def test_bytes_that_break_readers_do_not_break_this_one(checked, content: bytes):
    assert checked(content)[0] == 1


def test_a_key_twice_in_a_receipt_is_refused(checked):
    assert checked(RECEIPT[:-1] + b', "index": 13}') == (
        1,
        "Not verified. A key stands twice in an object of the file.\n",
    )


@pytest.mark.parametrize("form", sorted(papers.WRITERS))
@pytest.mark.parametrize("indexes", [STRAVA, list(range(SIZE)), [], [39]], ids=len)
def test_an_export_with_its_manifest_verifies(check, tmp_path: Path, form: str, indexes: list[int]):
    content = papers.WRITERS[form](indexes)
    code, said = exported(check, tmp_path, form, content, papers.manifest(form, content, indexes))
    assert (code, said.partition(" rows")[0]) == (0, f"Verified: all {len(indexes)}")


@pytest.mark.parametrize("form", sorted(papers.WRITERS))
def test_a_row_taken_out_put_in_or_moved_is_found_even_under_a_new_manifest(check, tmp_path: Path, form: str):
    for indexes in (
        STRAVA[1:],
        STRAVA[:-1],
        [*STRAVA, 38],
        [STRAVA[1], STRAVA[0], *STRAVA[2:]],
        [0, *STRAVA],
        [*STRAVA, 39, 40],
    ):
        content = papers.WRITERS[form]([index % SIZE for index in indexes])
        forged = papers.manifest(form, content, STRAVA) | {"rows": len(indexes)}
        assert exported(check, tmp_path, form, content, forged)[0] == 1


@given(data=st.data(), form=st.sampled_from(["jsonl", "csv"]))
@quickly
def test_no_changed_byte_of_an_export_passes(check, tmp_path: Path, form: str, data: st.DataObject):
    content = papers.WRITERS[form](STRAVA)
    at, byte = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 255))
    broken = content[:at] + bytes([byte]) + content[at + 1 :]
    code, said = exported(check, tmp_path, form, broken, papers.manifest(form, content, STRAVA))
    assert (code, said.count("\n")) == (int(broken != content), 1)


@pytest.mark.parametrize(
    ("column", "was", "becomes"),
    [
        ("outcome", b"permit", b"refuse"),
        ("partner", b'"sahha"', b'"open"'),
        ("types", b" sleep workout ", b" workout "),
    ],
)
def test_an_edited_cell_is_named_with_its_row(check, tmp_path: Path, column: str, was: bytes, becomes: bytes):
    lines = papers.as_csv(list(range(SIZE))).splitlines(keepends=True)
    lines[5] = lines[5].replace(was, becomes, 1)
    content = b"".join(lines)
    forged = papers.manifest("csv", content, list(range(SIZE)))
    said = f"Not verified. Row 6, index 4: {column!r} is not what the entry says.\n"
    assert exported(check, tmp_path, "csv", content, forged) == (1, said)


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_edited_entry_is_named_where_the_manifest_carries_the_leaf_hashes(
    check, tmp_path: Path, form: str
):
    content = papers.WRITERS[form](STRAVA)
    manifest = papers.manifest(form, content, STRAVA) | {"leaves_file": "leaves"}
    lines = "".join(line + "\n" for line in b64(*(papers.MEMORY.node(0, index) for index in STRAVA)))
    written(tmp_path, "leaves", lines.encode())
    assert exported(check, tmp_path, form, content, manifest)[0] == 0

    edited = content.replace(b"gate", b"door")
    assert exported(check, tmp_path, form, edited, manifest) == (
        1,
        "Not verified. Index 0: the entry was changed.\n",
    )


def test_the_proof_may_lie_in_a_file_beside_the_manifest_and_nowhere_else(check, tmp_path: Path):
    content = papers.as_jsonl(STRAVA)
    manifest = papers.manifest("jsonl", content, STRAVA)
    lines = "".join(f"{one}\n" for one in manifest.pop("proof"))
    written(tmp_path, "export.proof", lines.encode())
    assert exported(check, tmp_path, "jsonl", content, manifest | {"proof_file": "export.proof"})[0] == 0
    for elsewhere in ("../export.proof", str(tmp_path / "export.proof"), "missing", "", 7, "a\0b"):
        assert exported(check, tmp_path, "jsonl", content, manifest | {"proof_file": elsewhere})[0] == 1


def test_a_format_that_it_cannot_read_is_checked_in_part_and_it_says_so(check, tmp_path: Path):
    manifest = papers.manifest("parquet", b"PAR1", [0])
    code, said = exported(check, tmp_path, "parquet", b"PAR1", manifest)
    assert (code, "Not checked: the rows" in said) == (3, True)
    assert exported(check, tmp_path, "parquet", b"PAR2", manifest)[0] == 1
    assert (
        exported(
            check, tmp_path, "parquet", b"PAR1", manifest | {"checkpoint": papers.note(key=papers.OTHER)}
        )[0]
        == 1
    )


@pytest.mark.parametrize(
    "change", [{"rows": 3}, {"kind": "x"}, {"format": 3}, {"sha256": ""}, {"proof": None}, {"checkpoint": 1}]
)
def test_a_manifest_that_does_not_fit_is_refused(check, tmp_path: Path, change: dict[str, Any]):
    content = papers.as_jsonl(STRAVA)
    assert (
        exported(check, tmp_path, "jsonl", content, papers.manifest("jsonl", content, STRAVA) | change)[0]
        == 1
    )


def test_the_key_in_the_file_under_test_counts_for_nothing(check, tmp_path: Path):
    content = papers.as_jsonl(STRAVA)
    forged = papers.manifest("jsonl", content, STRAVA)
    forged |= {"key": papers.STRANGER, "checkpoint": papers.note(key=papers.OTHER)}
    assert exported(check, tmp_path, "jsonl", content, forged)[0] == 1


def test_wrong_usage_is_told_from_a_failed_check(check, tmp_path: Path):
    receipt = written(tmp_path, "receipt.json", papers.receipt())
    assert check("proof", receipt, key="no key")[0] == 2
    assert check("proof", receipt, key=VKEY[:-1])[0] == 2
    assert check("export", receipt)[0] == 2
    assert check("unheard-of", receipt)[0] == 2
    assert check("proof", tmp_path / "missing")[0] == 1
    key_file = written(tmp_path, "key", VKEY.encode() + b"\n")
    done = [sys.executable, str(SCRIPT), "proof", str(receipt), "--key-file", str(key_file)]
    assert subprocess.run(done, check=False, capture_output=True).returncode == 0


@given(
    st.binary(max_size=80),
    st.sampled_from([papers.KEY, papers.OTHER]),
    st.integers(0, 95),
    st.integers(0, 255),
)
@settings(max_examples=60, deadline=None)
def test_its_own_ed25519_agrees_with_the_one_we_sign_with(text: bytes, key, at: int, flip: int):
    public, signature = key.public_key().public_bytes_raw(), key.sign(text)
    both = bytearray(public + signature)
    both[at] ^= flip
    theirs = notes.Verifier("n", bytes(both[:32])).signed(text, bytes(both[32:]))
    assert outside.signed(bytes(both[:32]), text, bytes(both[32:])) == theirs == (flip == 0)
