"""The compliance journey in a real Chromium: find, open, verify, report, and check offline with the lone script."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Page, expect

from audit.proofs import signing
from records.members.models import Member
from tests.audit.web.conftest import PASSWORD, happened, sequenced, staff

pytestmark = [pytest.mark.browser, pytest.mark.once]
SCRIPT = Path(settings.BASE_DIR) / "audit/outside/verify_ringfence.py"


def come_in(page: Page, address: str, auditor: Member) -> None:
    page.goto(f"{address}/accounts/login/")
    page.fill("#id_login", auditor.email)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/compliance/")


def checked_offline(*arguments: object) -> str:
    """What the stand-alone script says, run as an outsider runs it."""
    command = [sys.executable, "-I", SCRIPT, *arguments, "--key", signing.vkey()]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def desk(page: Page, live_server, transactional_db) -> Page:
    """An auditor's browser on the page of records, with a few days in the log."""
    for day in range(12):
        happened(days_ago=day, delivery=f"d{day}")
        happened("import.permitted", types=("heart_rate",), days_ago=day, reason="permitted")
    for _ in range(7):
        happened("release.refused", partner="alexa", types=("sleep_score",), days_ago=4, reason="toggle_off")
    sequenced()
    come_in(page, live_server.url, staff("auditor@example.org"))
    return page


def test_an_auditor_finds_a_record_and_proves_it(desk: Page, tmp_path, console):
    desk.get_by_role("link", name="See those 7").click()
    expect(desk.locator("#h-r + p")).to_have_text("7 found, newest first")

    desk.get_by_role("link", name="Clear").click()
    desk.get_by_label("Recipient").select_option("strava")
    desk.get_by_label("Outcome").select_option("out")
    desk.get_by_role("button", name="Search").click()
    expect(desk.locator("#h-r + p")).to_have_text("12 found, newest first")

    desk.locator("table.fold tbody th a").last.click()
    expect(desk.locator("h1")).to_contain_text("Entry")
    expect(desk.locator("main")).to_contain_text("Strava received workouts and said so.")

    desk.get_by_role("button", name="Check this entry").click()
    expect(desk.locator("#proof")).to_contain_text("This entry is unchanged.")

    with desk.expect_download() as coming:
        desk.get_by_role("link", name="Download the proof (JSON)").click()
    coming.value.save_as(tmp_path / "proof.json")
    assert "Verified: the entry stands at index" in checked_offline("proof", tmp_path / "proof.json")
    told = json.loads((tmp_path / "proof.json").read_text())
    assert json.loads(told["entry"])["kind"] == "delivery.delivered"
    assert console == []


def test_an_auditor_exports_what_was_found_and_an_outsider_checks_it(desk: Page, tmp_path, settings, console):
    settings.VAR_DIR = tmp_path / "var"
    desk.get_by_label("Recipient").select_option("alexa")
    desk.get_by_role("button", name="Search").click()
    desk.get_by_role("link", name="Export these results").click()
    expect(desk.get_by_label("Recipient")).to_have_value("alexa")
    desk.get_by_role("button", name="Make this export").click()
    expect(desk.get_by_role("heading", name="Waits for the worker")).to_be_visible()

    call_command("worker", once=True)

    expect(desk.get_by_role("heading", name="Ready")).to_be_visible(
        timeout=15_000
    )  # the page looks again by itself
    expect(desk.locator("main")).to_contain_text("7 entries.")
    for link in desk.get_by_role("link", name="Download").all():
        with desk.expect_download() as coming:
            link.click()
        coming.value.save_as(tmp_path / coming.value.suggested_filename)
    (manifest,) = tmp_path.glob("*.manifest.json")
    said = checked_offline(
        "export", tmp_path / manifest.name.removesuffix(".manifest.json"), "--manifest", manifest
    )
    assert "Verified: all 7 rows" in said
    assert console == []


def test_an_auditor_checks_the_whole_log_and_reads_who_witnesses(desk: Page, live_server, console):
    expect(desk.locator("#verify")).to_contain_text("Not checked yet")
    desk.get_by_role("button", name="Check now").click()
    desk.wait_for_url("**/compliance/verify/")
    expect(desk.get_by_role("heading", name="Log intact")).to_be_visible()
    expect(desk.locator("main")).to_contain_text("Witness: Ringfence itself")
    assert console == []


def test_a_mistyped_search_keeps_what_was_typed_and_holds_the_focus(desk: Page, live_server):
    desk.goto(f"{live_server.url}/compliance/?since=2026-11-20&until=2026-11-01&reason=toggle_off")

    assert desk.title().startswith("Error: ")
    assert desk.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert desk.get_by_label("Reason").input_value() == "toggle_off"
    desk.get_by_role("link", name="To: To is before From.").click()
    assert desk.evaluate("document.activeElement.id") == "f-until"


def test_on_a_phone_no_label_stands_before_nothing(desk: Page):
    """Entries about no member and no recipient have cells without content, which fold away."""
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.reload()
    cells = desk.locator("table.fold tbody td")
    empty = cells.filter(has_not_text=re.compile(r"\S"))
    assert empty.count() > 0  # the search before was written down
    assert not any(cell.is_visible() for cell in empty.all())
    assert cells.filter(has_text="Strava").first.is_visible()
