"""`manage.py audit`: JSON on standard output; what is wrong as one sentence on standard error and exit code 1."""

import base64
import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.log.models import Entry
from audit.outside import verify_ringfence
from audit.proofs import notes, selectors, signing
from tests.audit.proofs import papers
from tests.audit.proofs.logging_acts import append
from tests.audit.proofs.tampering import at, edited, lift_the_triggers
from tests.audit.proofs.worlds import grow, outside

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_log(settings, tmp_path):
    outside(settings, tmp_path)


def said(*words: str) -> str:
    out = StringIO()
    call_command("audit", *words, stdout=out)
    return out.getvalue()


def test_verify_tells_that_the_log_is_whole_and_whose_witness_was_asked():
    grow(3, 5)
    told = json.loads(said("verify"))
    assert (told["ok"], told["size"], told["first_bad"], told["witness"]) == (True, 8, None, "the tests")


def test_verify_prints_the_verdict_and_ends_with_the_finding():
    grow(3, 5)
    lift_the_triggers()
    at(4).update(body=edited(4))
    out = StringIO()

    with pytest.raises(CommandError, match="index 4") as ended:
        call_command("audit", "verify", stdout=out)

    assert ended.value.returncode == 1
    assert json.loads(out.getvalue())["first_bad"] == 4


def test_verify_without_a_key_says_what_to_set(settings):
    settings.LOG_KEY, settings.LOG_KEY_BEFORE = "", []
    with pytest.raises(CommandError, match="RINGFENCE_LOG_KEY"):
        said("verify")


def test_the_checkpoint_is_printed_as_it_was_signed():
    with pytest.raises(CommandError, match="worker"):
        said("checkpoint")
    grow(3)
    assert said("checkpoint") == selectors.latest().note
    assert notes.open_checkpoint(said("checkpoint"), signing.vkeys()).size == 3


def test_a_printed_proof_satisfies_the_script_for_outsiders(tmp_path: Path):
    grow(3, 5)
    event = Entry.objects.order_by("pk")[4].event_id
    file = tmp_path / "proof.json"

    file.write_text(said("prove", "--event", str(event)))

    command = [sys.executable, verify_ringfence.__file__, "proof", str(file), "--key", signing.vkey()]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (checked.returncode, "index 4" in checked.stdout) == (0, True)
    assert Entry.objects.get(kind="audit.viewed").facts == {"entry": str(event)}


@pytest.mark.parametrize(
    ("event", "sentence"),
    [("nonsense", "--event is the id"), ("00000000-0000-4000-8000-000000000000", "no such entry")],
)
def test_what_cannot_be_proved_is_one_sentence(event, sentence):
    grow(1)
    with pytest.raises(CommandError, match=sentence):
        said("prove", "--event", event)


def test_an_entry_that_waits_is_said_to_wait():
    entry = Entry.objects.get(pk=append(1)[0])
    with pytest.raises(CommandError, match="Try again in a second"):
        said("prove", "--event", str(entry.event_id))


@pytest.fixture
def an_export(settings, tmp_path: Path) -> Path:
    """An export of another log's life, under the key that signed it."""
    settings.LOG_KEY = base64.b64encode(bytes([1]) * 32).decode()
    settings.BASE_URL = "https://ringfence.example"
    content = papers.as_jsonl(papers.STRAVA)
    papers.written(tmp_path, "export.jsonl.manifest.json", papers.manifest("jsonl", content, papers.STRAVA))
    return papers.written(tmp_path, "export.jsonl", content)


def test_an_export_is_checked_with_its_manifest(an_export: Path):
    assert json.loads(said("verify", "--file", str(an_export)))["ok"]
    beside = str(an_export.with_name("export.jsonl.manifest.json"))
    assert json.loads(said("verify", "--file", str(an_export), "--manifest", beside))["ok"]


def test_an_export_from_before_a_change_of_key_is_checked_with_the_key_of_then(an_export: Path, settings):
    settings.LOG_KEY_BEFORE = [signing.vkey()]
    settings.LOG_KEY = base64.b64encode(bytes([2]) * 32).decode()
    assert json.loads(said("verify", "--file", str(an_export)))["ok"]


def test_an_export_that_was_changed_is_refused(an_export: Path):
    an_export.write_bytes(an_export.read_bytes().replace(b"strava", b"garmin", 1))
    with pytest.raises(CommandError, match="changed"):
        said("verify", "--file", str(an_export))


def test_an_export_without_its_manifest_or_that_is_none_is_one_sentence(an_export: Path, tmp_path: Path):
    with pytest.raises(CommandError, match="cannot be read"):
        said("verify", "--file", str(tmp_path / "nowhere"))
    an_export.write_bytes(b"\xff\x00")
    with pytest.raises(CommandError):
        said("verify", "--file", str(an_export))


def test_a_report_is_asked_for_by_the_same_command():
    assert json.loads(said("report", "processing"))["report"] == "processing"


def test_what_the_command_hands_over_the_command_finds_whole(tmp_path: Path):
    grow(3, 5)
    out = tmp_path / "log.jsonl"
    asked = ("--format", "jsonl", "--partner", "strava", "--out", str(out), "--wait", "0")
    assert json.loads(said("export", *asked))["rows"] == 3

    assert json.loads(said("verify", "--file", str(out)))["ok"]

    out.write_bytes(out.read_bytes().replace(b"toggle_off", b"toggle_odd", 1))
    with pytest.raises(CommandError):
        said("verify", "--file", str(out))
