"""Exports from the command line: written where one says, an event each, with the log's own word about the file."""

import json
import threading
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit.log.models import Entry
from audit.proofs import sequencer
from tests.audit.exports.worlds import SIZE, a_log, an_event, check, events, write
from tests.factories import make_grant, make_member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    return a_log(settings, tmp_path)


def command(*options: str, wait: float = 0) -> dict:
    out = StringIO()
    call_command("audit", "export", *options, "--wait", str(wait), stdout=out)
    return json.loads(out.getvalue())


def test_the_command_writes_and_says_what_it_wrote(log, tmp_path):
    path = tmp_path / "e.csv"
    told = command("--format", "csv", "--out", str(path), "--partner", "strava", "--since", "2026-11-21")

    meant = [one for one in log if one.partner == "strava" and one.at.day > 20]
    assert (told["rows"], told["checkpoint"], told["file"]) == (len(meant), SIZE, str(path))
    assert told["filters"] == {"partner": "strava", "since": "2026-11-21T00:00:00.000000Z"}
    assert check(path)[0] == 0
    (event,) = events()
    assert (event["actor"], event["facts"]["sha256"]) == ("operator", told["sha256"])
    assert (event["id"], told["event_proof"]) == (told["event"], False)


def test_the_command_waits_a_moment_for_the_log_to_sign_its_entry(log, tmp_path):
    path = tmp_path / "e.parquet"

    def sign():
        while not sequencer.run():
            time.sleep(0.02)
        connection.close()

    worker = threading.Thread(target=sign)
    worker.start()
    told = command("--format", "parquet", "--out", str(path), wait=20)
    worker.join()

    assert told["event_proof"] is True
    assert check(path)[0] == 0


def test_an_export_of_which_the_proof_comes_later_is_checked_with_it(log, tmp_path):
    path, proof, out = tmp_path / "e.pdf", tmp_path / "proof.json", StringIO()
    told = command("--format", "pdf", "--out", str(path))
    assert check(path)[0] == 3

    sequencer.run()
    call_command("audit", "prove", "--event", told["event"], stdout=out)
    proof.write_text(out.getvalue())
    assert check(path, more=["--event-proof", str(proof)])[0] == 0
    call_command("audit", "verify", "--file", str(path), "--event-proof", str(proof), stdout=StringIO())


def test_the_command_writes_a_folder_by_day(log, tmp_path):
    told = command("--format", "parquet", "--out", str(tmp_path / "days"), "--by-day")

    assert told["rows"] == SIZE
    assert sorted(part.name for part in (tmp_path / "days").glob("day=*"))[0] == "day=2026-11-20"


def test_a_member_is_found_by_address_and_named_by_pseudonym_only(log, tmp_path):
    member = make_member("maya.exports@tests.example")
    make_grant(member)
    given = Entry.objects.order_by("-id").first()
    write(an_event(SIZE, subject=given.subject, partner=given.partner))
    told = command("--format", "jsonl", "--out", str(tmp_path / "m.jsonl"), "--member", member.email)

    rows = [json.loads(line)["entry"] for line in (tmp_path / "m.jsonl").read_bytes().splitlines()]
    assert rows
    assert {row["subject"] for row in rows} <= set(told["filters"]["subjects"])
    left = (
        "".join(path.read_text() for path in tmp_path.glob("m.jsonl*"))
        + json.dumps(events())
        + json.dumps(told)
    )
    assert member.email not in left


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--partner", "nobody"], "partner"),
        (["--data-type", "moods"], "data_type"),
        (["--since", "soon"], "since"),
        (["--since", "2026-11-20", "--until", "2026-11-01"], "until"),
        (["--member", "nobody@tests.example"], "member"),
        (["--kind", "no kind"], "kind"),
        (["--by-day"], "by-day"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named_and_nothing_is_written(log, tmp_path, options, named):
    path = tmp_path / "e.csv"
    with pytest.raises(CommandError, match=f"^{named}: "):
        command("--format", "csv", "--out", str(path), *options)
    assert not path.exists()
    assert events() == []


def test_about_a_member_a_ticket_is_asked_for_outside_the_demo(log, tmp_path, settings):
    settings.DEMO = False
    options = ["--format", "csv", "--out", str(tmp_path / "e.csv"), "--member", "x@tests.example"]
    with pytest.raises(CommandError, match="--ticket"):
        command(*options)


@pytest.mark.postgres
def test_the_session_gets_its_memory_setting_back(log, tmp_path):
    def work_mem():
        with connection.cursor() as cursor:
            cursor.execute("SHOW work_mem")
            return cursor.fetchone()[0]

    before = work_mem()
    command("--format", "csv", "--out", str(tmp_path / "e.csv"))
    assert work_mem() == before != "64MB"
