"""Exports from the pages: asked for with a search's filters, made by the worker, taken once ready, gone after a day."""

import json
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from audit.exports import services
from audit.exports.models import Export
from audit.proofs import signing
from tests.audit.web.conftest import acts, happened, sequenced, text

PAGE = "/compliance/exports/"
SCRIPT = Path(settings.BASE_DIR) / "audit/outside/verify_ringfence.py"


@pytest.fixture(autouse=True)
def some_in_the_log(db, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    for partner in ("strava", "strava", "alexa"):
        happened(partner=partner)
    sequenced()


def asked(desk, **typed: str) -> str:
    answer = desk.post(PAGE, {"format": "csv", **typed})
    assert answer.status_code == 303, text(answer)
    return answer["Location"]


def made(desk, **typed: str) -> str:
    address = asked(desk, **typed)
    for ref in services.due():
        services.run(ref)
    return address


def content(answer) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "fhir", "pdf"])
def test_each_format_can_be_asked_for_and_taken(desk, form):
    address = made(desk, format=form, partner="strava")
    page = text(desk.get(address))
    export = Export.objects.get()

    answer = desk.get(f"{address}{export.file}")

    assert "Ready" in page
    assert "2 entries." in page
    assert "Recipient: Strava" in page
    assert answer["Content-Disposition"] == f'attachment; filename="{export.file}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert len(content(answer)) > 100
    assert acts("audit.downloaded")[-1].facts == {"export": str(export.ref), "file": export.file}
    assert acts("audit.exported")[-1].facts["rows"] == 2


def test_what_was_taken_verifies_offline(desk, tmp_path):
    address = made(desk)
    for name in [Export.objects.get().file, f"{Export.objects.get().file}.manifest.json"]:
        (tmp_path / name).write_bytes(content(desk.get(address + name)))
    file = tmp_path / Export.objects.get().file

    done = subprocess.run(
        [
            sys.executable,
            SCRIPT,
            "export",
            file,
            "--manifest",
            f"{file}.manifest.json",
            "--key",
            signing.vkey(),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Verified: all 3 rows" in done.stdout


def test_the_page_says_when_the_log_has_signed_for_the_file(desk):
    address = made(desk, format="parquet")
    answer = desk.get(address)
    assert "has yet to sign its entry about this export" in text(answer)
    assert 'hx-trigger="every 2s"' in answer.content.decode()

    sequenced()
    for ref in services.due():
        services.run(ref)
    answer = desk.get(address)
    assert "The manifest carries the proof." in text(answer)
    assert 'hx-trigger="every 2s"' not in answer.content.decode()


def test_the_form_begins_with_the_filters_of_the_search(desk):
    page = desk.get(f"{PAGE}?partner=alexa&outcome=out&since=2026-11-01&until=2026-11-20").content.decode()
    assert '<option value="alexa" selected>' in page
    assert '<option value="out" selected>' in page
    assert 'value="2026-11-01"' in page
    assert "/compliance/exports/?partner=strava" in desk.get("/compliance/?partner=strava").content.decode()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"partner": "nobody"}, "partner"),
        ({"since": "2026-11-20", "until": "2026-11-01"}, "until"),
        ({"format": "docx"}, "format"),
    ],
)
def test_what_makes_no_sense_is_named_and_nothing_is_exported(desk, typed, field):
    answer = desk.post(PAGE, {"format": "csv", **typed})
    assert answer.status_code == 422
    assert f'<a href="#f-{field}">' in answer.content.decode()
    assert Export.objects.count() == 0


def test_its_filters_are_told_as_they_were_typed(desk):
    page = text(desk.get(asked(desk, since="2026-11-01", until="2026-11-20", outcome="out")))
    assert "From: 1 November 2026. To: 20 November 2026. Outcome: Sent out" in page


def test_while_it_is_written_the_page_tells_how_far_it_is(desk):
    address = asked(desk)
    Export.objects.update(state="running", looked_through=1, size=4)
    answer = desk.get(address)
    assert "25 percent of the log looked through." in text(answer)
    assert 'hx-trigger="every 2s"' in answer.content.decode()
    assert desk.get(address + Export.objects.get().file).status_code == 404


def test_one_that_was_not_finished_says_why_and_can_be_started_again(desk):
    address = asked(desk)
    Export.objects.update(state="failed", trouble="There is no room left.")
    assert "There is no room left." in text(desk.get(address))

    assert desk.post(f"{address}again/").status_code == 303
    assert Export.objects.get().state == "asked"


def test_after_a_day_its_files_are_gone_and_the_page_says_so(desk):  # SR-9.3
    address = made(desk)
    file = Export.objects.get().file
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    answer = desk.get(address + file)  # not even before the sweep came by
    assert answer.status_code == 410
    assert "deleted after 24 hours" in text(answer)
    assert "Expired" in text(desk.get(address))

    services.expire()
    assert "Expired" in text(desk.get(address))
    assert "Expired" in text(desk.get(PAGE))


@pytest.mark.parametrize("name", ["..%2F..%2Fsecret_key", "manifest.json", "%00", "a" * 300])
def test_no_other_file_can_be_taken(desk, name):
    assert desk.get(f"{made(desk)}{name}").status_code == 404


def test_the_history_names_pseudonyms_only(desk, auditor):
    made(desk)
    assert auditor.email not in desk.get(PAGE).content.decode()
    assert auditor.email not in bytes(acts("audit.exported")[-1].body).decode()
    assert json.loads(bytes(acts("audit.exported")[-1].body))["actor"] not in {"", "operator"}


def test_nothing_is_exported_by_who_proved_long_ago_who_they_are(desk):  # SR-3.6
    session = desk.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 600
    session.save()

    answer = desk.post(f"{PAGE}?partner=strava", {"format": "csv", "partner": "strava"})

    assert answer.status_code == 303
    assert answer["Location"].endswith("next=%2Fcompliance%2Fexports%2F%3Fpartner%3Dstrava")
    assert Export.objects.count() == 0
