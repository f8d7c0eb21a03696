"""The log's own signed entry vouches for an exported file: offline, for every format, and for no other file."""

import hashlib
import json
import shutil

import pytest

from audit.exports.manifest import path_of
from audit.log.filters import Filters
from audit.log.models import Entry
from audit.proofs import proving
from tests.audit.exports.worlds import SIZE, a_log, an_event, check, recorded, the_manifest, write

pytestmark = pytest.mark.django_db(transaction=True)
BINARY = ["parquet", "pdf"]
Proof = dict


@pytest.fixture
def log(settings, tmp_path):
    return a_log(settings, tmp_path)


def rewritten(path, **changes) -> tuple[int, str]:
    """Check the file with its manifest changed, and put the manifest back."""
    honest = path_of(path).read_bytes()
    path_of(path).write_text(json.dumps(json.loads(honest) | changes))
    try:
        return check(path)
    finally:
        path_of(path).write_bytes(honest)


def proof_with(path, name, change) -> Proof:
    proof = the_manifest(path)["event_proof"]
    return proof | {name: change(proof[name])}


@pytest.mark.parametrize("form", ["csv", "jsonl", "fhir", *BINARY])
def test_the_log_vouches_for_a_file_of_every_format(log, tmp_path, form):
    path = recorded(form, tmp_path)
    code, said = check(path)

    assert (code, said[:10]) == (0, "Verified: ")
    assert f"at index {SIZE}, under its checkpoint of {SIZE + 1} entries" in said
    assert ("take csv, jsonl or fhir" in said) == (form in BINARY)


@pytest.mark.parametrize("form", BINARY)
def test_no_byte_of_the_file_can_be_changed_and_the_manifest_made_to_fit(log, tmp_path, form):
    path = recorded(form, tmp_path)
    whole = path.read_bytes()
    for place in (0, len(whole) // 2, len(whole) - 1):
        forged = bytearray(whole)
        forged[place] ^= 1
        path.write_bytes(forged)
        assert check(path)[0] == 1
        code, said = rewritten(path, sha256=hashlib.sha256(forged).hexdigest())
        assert (code, "The file is not the one that the log recorded" in said) == (1, True)


WAYS = {
    "entry": lambda entry: entry.replace("operator", "0perator", 1),
    "index": lambda index: index - 1,
    "proof": lambda proof: [*proof[:-1], proof[-1].swapcase()],
    "checkpoint": lambda note: note.replace(f"\n{SIZE + 1}\n", f"\n{SIZE + 2}\n"),
    "kind": lambda kind: kind.replace("1", "2"),
}


@pytest.mark.parametrize("form", ["jsonl", *BINARY])
def test_nothing_in_the_proof_of_the_entry_can_be_changed(log, tmp_path, form):
    path = recorded(form, tmp_path)
    for name, change in WAYS.items():
        code, said = rewritten(path, event_proof=proof_with(path, name, change))
        assert (code, said[:13]) == (1, "Not verified."), name
    for name in WAYS:
        proof = the_manifest(path)["event_proof"]
        assert rewritten(path, event_proof={key: proof[key] for key in proof if key != name})[0] == 1, name


@pytest.mark.parametrize(
    "claims",
    [
        {"rows": SIZE},
        {"format": "pdf"},
        {"filters": {}},
        {"filters": {"partner": "alexa"}},
        {"event": "00000000-0000-4000-8000-000000000000"},
    ],
)
def test_the_manifest_cannot_say_more_than_the_log_recorded(log, tmp_path, claims):
    """Fewer filters would pass off a part as the whole: the rows of a Parquet file cannot contradict them here."""
    code, said = rewritten(recorded("parquet", tmp_path), **claims)
    assert (code, said[:13]) == (1, "Not verified."), said


def test_an_older_checkpoint_cannot_be_claimed(log, tmp_path):
    path, before = recorded("parquet", tmp_path), recorded("pdf", tmp_path)
    code, said = rewritten(path, checkpoint=the_manifest(before)["checkpoint"])
    assert (code, "its checkpoint is not what the log recorded" in said) == (1, True)


def test_no_other_entry_vouches_for_a_file(log, tmp_path):
    path, other = recorded("parquet", tmp_path), recorded("pdf", tmp_path)
    given = the_manifest(other)["event_proof"]
    assert rewritten(path, event_proof=given)[0] == 1
    assert "SHA-256" in rewritten(path, event_proof=given, event=the_manifest(other)["event"])[1]

    facts = json.loads(the_manifest(path)["event_proof"]["entry"])["facts"]
    write(an_event(SIZE, facts=facts))
    stray = Entry.objects.order_by("-id")[0].event_id
    code, said = rewritten(path, event_proof=proving.inclusion(stray), event=str(stray))
    assert (code, "not the one about this export" in said) == (1, True)


def test_without_the_proof_the_rows_speak_for_themselves_and_a_binary_file_does_not(log, tmp_path):
    for form, code in (("csv", 0), ("parquet", 3), ("pdf", 3)):
        found, said = rewritten(recorded(form, tmp_path), event_proof=None)
        assert found == code, form
        assert ("manage.py audit prove" in said) == (code == 3)


def test_a_folder_by_day_is_held_against_its_list_and_the_list_against_the_log(log, tmp_path):
    folder = recorded("parquet", tmp_path, Filters(), by_day=True)
    sums, manifest = folder / "_SHA256SUMS", path_of(folder)
    honest, listed = manifest.read_bytes(), sums.read_bytes()
    assert check(sums, manifest)[0] == 0

    part = next(folder.glob("day=*/part.parquet"))
    content = part.read_bytes()
    part.write_bytes(content[:-1])
    assert "was changed" in check(sums, manifest)[1]
    part.unlink()
    assert "is missing" in check(sums, manifest)[1]
    part.write_bytes(content)
    for added in (part.with_name("more.parquet"), folder / "day=2026-01-01"):
        added.symlink_to(part.parent)
        assert "does not name" in check(sums, manifest)[1]
        added.unlink()

    forged = listed.replace(listed[:64], b"0" * 64, 1)
    sums.write_bytes(forged)
    told = json.loads(honest) | {"sha256": hashlib.sha256(forged).hexdigest()}
    manifest.write_text(json.dumps(told | {"by_day": False}))
    assert "not the one that the log recorded" in check(sums, manifest)[1]
    sums.write_bytes(listed)
    manifest.write_text(json.dumps(json.loads(honest) | {"by_day": False}))
    assert "does not say that this is a folder" in check(sums, manifest)[1]

    manifest.write_bytes(honest)
    shutil.rmtree(part.parent)
    assert check(sums, manifest)[0] == 1


def test_a_list_cannot_point_out_of_its_folder(log, tmp_path):
    folder = recorded("parquet", tmp_path, Filters(), by_day=True)
    sums = folder / "_SHA256SUMS"
    sums.write_text(f"{'0' * 64}  ../{path_of(folder).name}\n")
    digest = hashlib.sha256(sums.read_bytes()).hexdigest()
    path_of(folder).write_text(json.dumps(the_manifest(folder) | {"sha256": digest, "event_proof": None}))
    assert "Line 1 of the list" in check(sums, path_of(folder))[1]
