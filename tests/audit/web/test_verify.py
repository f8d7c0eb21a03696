"""The state of the log on every page, checking it again, and what an outsider needs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from audit.log.models import Entry
from audit.proofs import signing, verification
from audit.proofs.models import Verification
from audit.web import checks
from audit.web.models import Check
from integrations import work
from tests.audit.web.conftest import acts, happened, sequenced, text
from tests.support.flushing import triggers_lifted

PAGE = "/compliance/verify/"


@pytest.fixture
def sound(db) -> list[Entry]:
    entries = [happened() for _ in range(4)]
    sequenced()
    return entries


def tamper(entry: Entry) -> None:
    with triggers_lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_log_entry SET partner = 'alexa' WHERE id = %s", [entry.id])


def test_a_short_log_is_checked_at_once(desk, sound):
    answer = desk.post(PAGE)
    page = text(desk.get(PAGE))

    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert "Log intact" in page
    assert "All 4 entries match" in page
    assert "Witness: Ringfence itself" in page
    assert "Log intact" in text(desk.get("/compliance/"))
    assert acts("audit.verified")[-1].facts["ok"] is True


def test_a_change_behind_our_back_is_told_with_its_index(desk, sound):  # SR-8.5
    tamper(sound[2])

    desk.post(PAGE)
    for path in (PAGE, "/compliance/"):
        page = desk.get(path)
        assert "Log broken at index 2" in text(page)
        assert "The 2 entries before it match." in text(page)
        assert 'href="/compliance/entries/at/2/"' in page.content.decode()


def test_a_forged_verdict_is_called_that_on_every_page(desk, sound):
    tamper(sound[2])
    desk.post(PAGE)
    sequenced()
    told = Verification.objects.values().get()
    forged = {**told, "id": None, "ok": True, "finding": "", "first_bad": None, "at": timezone.now()}
    Verification.objects.create(**forged)

    for path in (PAGE, "/compliance/", "/compliance/exports/"):
        page = text(desk.get(path))
        assert "Log intact" not in page
        assert "The last verdict is not in the log" in page
    page = text(desk.get(PAGE))
    assert "Somebody wrote it there, or took its entry away." in page
    assert page.index("Not in the log") < page.index("Broken")


def test_a_check_of_a_moment_ago_says_that_its_entry_is_not_signed_yet(desk, sound):
    said = "The log has yet to sign its entry about this check."
    desk.post(PAGE)
    assert said in text(desk.get(PAGE))
    sequenced()
    assert said not in text(desk.get(PAGE))
    assert "Log intact" in text(desk.get(PAGE))


def test_while_the_log_is_broken_the_exports_say_so(desk, sound):
    assert "Log broken" not in text(desk.get("/compliance/exports/"))
    tamper(sound[2])
    desk.post(PAGE)
    assert "Log broken at index 2" in text(desk.get("/compliance/exports/"))


def test_who_checks_is_named_in_the_log_by_a_pseudonym(desk, auditor, sound):
    desk.post(PAGE)
    body = bytes(acts("audit.verified")[-1].body).decode()
    assert auditor.email not in body
    assert '"actor":"operator"' not in body


def test_a_long_log_is_checked_by_the_worker_and_the_page_tells_how_far_it_is(desk, sound, monkeypatch):
    monkeypatch.setattr(checks, "SHORT", 3)
    desk.post(PAGE)
    desk.post(PAGE)  # a second press asks for no second check
    asked = Check.objects.get()
    Check.objects.update(done=1, size=4)

    page = text(desk.get(PAGE))
    assert "Checking now" in page
    assert "1 of 4 entries" in page
    assert verification.latest() is None

    for job in work.due():
        job.run()
    assert "Log intact" in text(desk.get(PAGE))
    assert Check.objects.get(ref=asked.ref).open is False
    assert list(checks.due()) == []


def test_a_check_whose_worker_fell_silent_begins_anew(desk, sound, monkeypatch):
    monkeypatch.setattr(checks, "SHORT", 3)
    desk.post(PAGE)
    Check.objects.update(seen_at=timezone.now())
    assert list(checks.due()) == []

    Check.objects.update(seen_at=timezone.now() + timedelta(hours=5))  # the clock was set back since
    assert len(list(checks.due())) == 1
    Check.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    (ref,) = checks.due()
    checks.run(ref)
    assert verification.latest().ok


def test_without_a_key_the_page_says_what_to_do_and_still_stands(desk, sound, settings):
    settings.LOG_KEY, settings.LOG_KEY_TROUBLE = "", ""
    answer = desk.post(PAGE)

    assert answer.status_code == 409
    assert "Set RINGFENCE_LOG_KEY" in text(answer)
    assert desk.get("/compliance/").status_code == 200


def test_an_outsider_finds_key_checkpoint_and_script(desk, sound):
    page = text(desk.get(PAGE))
    script = desk.get("/compliance/verify/verify_ringfence.py")

    assert signing.vkey() in page
    assert f"{signing.origin()} 4 " in page
    assert script["Content-Disposition"] == 'attachment; filename="verify_ringfence.py"'
    assert script.content.startswith(b"#!/usr/bin/env python3")
    assert script.headers["X-Content-Type-Options"] == "nosniff"


def test_an_empty_log_has_a_page_too(desk):
    assert "No checkpoint was signed yet." in text(desk.get(PAGE))
    assert desk.post(PAGE).status_code == 303
