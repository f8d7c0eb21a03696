"""One entry: its story in plain words, what belongs to it, its proof step by step, and each look an event."""

import json
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from audit.log.models import Entry
from audit.proofs import signing
from audit.web.selectors import SHOWN
from tests.audit.web.conftest import SUBJECT, acts, happened, sequenced, text
from tests.support.flushing import triggers_lifted

SCRIPT = Path(settings.BASE_DIR) / "audit/outside/verify_ringfence.py"


def address(entry: Entry, ending: str = "") -> str:
    return f"/compliance/entries/{entry.event_id}/{ending}"


@pytest.mark.parametrize(
    ("kind", "facts", "story"),
    [
        ("delivery.delivered", {}, "Strava received workouts and said so."),
        (
            "release.refused",
            {"reason": "toggle_off"},
            "Workouts was to go to Strava. The gate refused, so nothing was sent. The toggle of this flow was off.",
        ),
        ("grant.given", {}, "The member allowed Strava to have: workouts."),
        ("something.new", {}, "Something: new"),
    ],
)
def test_an_entry_tells_its_story_with_the_auditor_s_reason(desk, kind, facts, story):
    page = text(desk.get(address(happened(kind, **facts))))

    assert story in page
    assert SUBJECT in page
    assert "Strava, Inc." in page


def test_looking_at_an_entry_is_an_event_about_its_member(desk, auditor):
    entry = happened()
    desk.get(address(entry))

    (look,) = acts("audit.viewed")
    assert look.facts == {"viewed": str(entry.event_id)}
    assert (look.subject, look.partner) == (entry.subject, "strava")
    assert auditor.email not in bytes(look.body).decode()


def test_a_fact_leads_to_the_entry_that_it_names_and_a_strange_one_leads_nowhere(desk):
    decision = happened("release.permitted")
    link = f'href="{address(decision)}">{decision.event_id}'

    assert link in desk.get(address(happened(entry=str(decision.event_id)))).content.decode()
    strangers: list[object] = ["no-such-thing", 7, None, ["a", {"b": 1}], {"c": []}]
    for strange in strangers:
        answer = desk.get(address(happened(entry=strange)))
        assert answer.status_code == 200
        assert link not in answer.content.decode()


def test_an_entry_that_is_not_there_is_no_page(desk):
    assert desk.get(f"/compliance/entries/{uuid4()}/").status_code == 404
    assert acts("audit.viewed") == []


def test_what_belongs_to_a_delivery_is_its_decision_and_the_yes_behind_it(desk):
    yes = happened("grant.given", grant="g1")
    other = happened("delivery.delivered", grant="g1", delivery="d0")
    decision = happened("release.permitted", grant="g1", delivery="d1")
    happened("delivery.delivered", subject="f" * 32, grant="g9", delivery="d1")
    arrived = happened("delivery.delivered", grant="g1", delivery="d1", entry=str(decision.event_id))

    page = desk.get(address(arrived)).content.decode().partition('id="h-b"')[2]

    assert str(yes.event_id) in page
    assert str(decision.event_id) in page
    assert str(other.event_id) not in page
    assert "ffffffff" not in page


def test_of_the_hundreds_that_belong_to_an_old_yes_the_nearest_are_shown_and_the_way_to_all(desk):
    yes = happened("grant.given", grant="g1")
    answers = [happened("api.answered", grant="g1") for _ in range(SHOWN + 2)]

    page = desk.get(address(yes)).content.decode().partition('id="h-b"')[2]

    assert [str(each.event_id) in page for each in answers] == [True] * SHOWN + [False] * 2
    assert "There are more; the nearest are shown." in page
    assert f"?subject={SUBJECT}" in page
    assert "There are more" not in text(desk.get(address(happened("grant.given", grant="g2"))))


def test_a_sound_entry_is_checked_step_by_step(desk):
    entries = [happened() for _ in range(5)]
    sequenced()

    page = text(desk.post(address(entries[2], "check/")))

    assert "This entry is unchanged." in page
    assert "3 more hashes lead to that checkpoint's root." in page
    assert "Ringfence itself" in page  # whose witness it is
    assert acts("audit.checked")[-1].facts["ok"] is True


def test_an_entry_that_waits_for_its_index_says_so(desk):
    page = text(desk.post(address(happened(), "check/")))
    assert "This entry could not be proved." in page
    assert "It has no index yet" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "UPDATE audit_log_entry SET leaf = %s WHERE id = %s",
            "Does not hold: The hash of the entry's bytes",
        ),
        (
            "UPDATE audit_log_entry SET body = %s WHERE id = %s",
            "Does not hold: The hash of the entry's bytes",
        ),
    ],
)
def test_an_entry_that_was_changed_behind_our_back_fails_its_check(desk, change, said):
    entry = happened()
    happened()
    sequenced()
    with triggers_lifted(), connection.cursor() as cursor:
        cursor.execute(change, [b"x" * 32, entry.id])

    page = text(desk.post(address(entry, "check/")))

    assert "This entry could not be proved." in page
    assert said in page
    assert acts("audit.checked")[-1].facts["ok"] is False


def test_an_entry_rewritten_with_its_hash_leads_to_no_root(desk):
    entry = happened()
    happened()
    sequenced()
    from audit.log.chain import leaf_hash

    forged = bytes(entry.body).replace(b"workout", b"spo2---")
    with triggers_lifted(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_log_entry SET body = %s, leaf = %s, types = ' spo2--- ' WHERE id = %s",
            [forged, leaf_hash(forged), entry.id],
        )

    page = text(desk.post(address(entry, "check/")))

    assert "no way leads to that checkpoint's root" in page


def test_the_proof_is_a_file_that_the_stand_alone_script_accepts(desk, tmp_path):  # SR-8.5
    entry = happened()
    happened()
    sequenced()

    answer = desk.get(address(entry, "proof.json"))
    (tmp_path / "proof.json").write_bytes(answer.content)
    done = subprocess.run(
        [sys.executable, SCRIPT, "proof", tmp_path / "proof.json", "--key", signing.vkey()],
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer["Content-Disposition"].startswith("attachment")
    assert done.returncode == 0, done.stdout + done.stderr
    assert acts("audit.proved")[-1].facts == {"proved": str(entry.event_id)}
    assert json.loads(answer.content)["index"] == 0


def test_before_its_checkpoint_there_is_no_proof_yet(desk):
    answer = desk.get(address(happened(), "proof.json"))
    assert answer.status_code == 409
    assert "Try again in a second" in text(answer)


def test_an_index_leads_to_its_entry_and_a_missing_one_is_a_finding(desk):
    entry = happened()
    sequenced()
    assert desk.get("/compliance/entries/at/0/")["Location"] == address(entry)

    for nothing in (999, 2**70):
        answer = desk.get(f"/compliance/entries/at/{nothing}/")
        assert answer.status_code == 404
        assert "There is no entry at this index" in text(answer)


def test_a_look_asks_the_database_a_handful_of_times(desk, django_assert_max_num_queries):
    entries = [happened(delivery="d1") for _ in range(40)]
    sequenced()
    desk.get(address(entries[0]))
    with django_assert_max_num_queries(18):
        desk.get(address(entries[20]))
