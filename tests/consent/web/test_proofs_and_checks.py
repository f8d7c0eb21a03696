"""A member takes the proofs of their own lines away, and reads when the record was last checked and how it ended."""

import html
import json
import re
import subprocess
import sys

import pytest

from audit.log.models import Entry
from audit.outside import verify_ringfence
from audit.proofs import sequencer, signing, verification
from tests.consent.web import reading
from tests.consent.web.conftest import share, signed_in
from tests.consent.web.test_ledger_and_receipts import moved
from tests.consent.web.test_the_question import WORKOUTS, text
from tests.support.flushing import triggers_lifted


@pytest.fixture(autouse=True)
def kept_outside(settings, tmp_path):
    settings.AUDIT_PUBLISH_DIR = str(tmp_path / "public")
    settings.AUDIT_WITNESS_FILE = str(tmp_path / "witness")
    settings.AUDIT_WITNESS_NAME = "Ringfence itself (a file on this machine)"


@pytest.fixture
def line(lin):
    share(lin, WORKOUTS)
    entry = moved(lin, "delivery.delivered", WORKOUTS, delivery="d1")
    sequencer.run()
    return entry


def test_each_line_offers_its_proof(line, browser_of_lin):
    page = browser_of_lin.get("/activity/").content.decode()
    assert f'href="/activity/{line.event_id}/proof.json"' in page
    assert page.count("Download the proof") == page.count('<span class="mono">')


def test_the_proof_is_a_file_that_the_script_for_outsiders_accepts(line, browser_of_lin, tmp_path):  # SR-8.5
    answer = browser_of_lin.get(f"/activity/{line.event_id}/proof.json")

    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    assert json.loads(answer.json()["entry"])["id"] == str(line.event_id)
    file = tmp_path / "proof.json"
    file.write_bytes(answer.content)
    command = [sys.executable, verify_ringfence.__file__, "proof", str(file), "--key", signing.vkey()]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0


def test_another_members_line_has_no_proof(line, noah, client):  # SR-4.7
    address = f"/activity/{line.event_id}/proof.json"
    assert signed_in(noah).get(address).status_code == 404
    assert client.get(address).status_code == 302
    assert client.post(address).status_code in {302, 403, 405}


def test_what_is_no_line_of_the_ledger_has_no_proof_there(lin, browser_of_lin):
    decision = moved(lin, "release.permitted", WORKOUTS)
    sequencer.run()
    assert browser_of_lin.get(f"/activity/{decision.event_id}/proof.json").status_code == 404


def test_a_line_of_this_moment_says_that_its_proof_comes_in_a_second(lin, browser_of_lin):
    entry = moved(lin, "delivery.delivered", WORKOUTS, delivery="d1")
    answer = browser_of_lin.get(f"/activity/{entry.event_id}/proof.json")
    assert (answer.status_code, answer["Retry-After"]) == (404, "1")
    assert "Please try again" in answer.json()["error"]


def test_nothing_is_said_of_checks_before_the_first(line, browser_of_lin):
    assert "checked the whole record" not in text(browser_of_lin.get("/activity/"))


def test_the_last_check_is_told_with_its_time_and_whose_copy_it_was_held_against(line, browser_of_lin):
    verification.verify()

    page = html.unescape(text(browser_of_lin.get("/activity/")))

    assert re.search(r"We last checked the whole record on \d+ \w+ \d{4} at \d\d:\d\d\.", page)
    assert "No line in it had been changed." in page
    assert "kept by: Ringfence itself (a file on this machine)." in page


def tamper(line):
    with triggers_lifted([Entry._meta.db_table]):
        Entry.objects.filter(pk=line.pk).update(partner="alexa")


def test_a_check_that_found_something_is_told_as_that(line, browser_of_lin):
    tamper(line)
    verification.verify()

    answer = browser_of_lin.get("/activity/")

    assert "Something in it did not fit." in text(answer)
    assert "No line in it had been changed" not in text(answer)
    assert "index 1" not in text(answer)


@pytest.mark.parametrize("ok", [True, False])
def test_a_checked_ledger_reads_at_grade_six_or_lower(line, browser_of_lin, ok):
    if not ok:
        tamper(line)
    verification.verify()
    sentences = reading.sentences_of(browser_of_lin.get("/activity/").content.decode())
    assert reading.grade(sentences) <= 6.0
