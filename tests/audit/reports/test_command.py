"""`manage.py audit report`: a report on standard output, or one sentence that says what to change."""

import csv
import json
from argparse import ArgumentParser
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from audit.log.models import Entry
from audit.oversight import proposals
from audit.oversight.models import Act
from audit.reports import command
from tests.audit.reports.acts import linked, now, send_workout
from tests.factories import make_member

pytestmark = pytest.mark.django_db


def report(*words: str) -> str:
    """Ask as on a command line, and return what is printed."""
    parser = ArgumentParser()
    command.arguments(parser)
    options: dict[str, Any] = vars(parser.parse_args(list(words)))
    return "".join(command.answer(options, operator="ada", at=now()))


def test_the_verb_prints_the_report_with_the_terms_that_two_people_changed(capsys):
    asked = proposals.propose(
        act=Act.TERM,
        about={"name": "ended_deliveries", "days": 30},
        ticket="T-3",
        why="We look back a month.",
        by=make_member(role="compliance").id,
        at=now(),
    )
    proposals.approve(ref=asked.ref, by=make_member(role="compliance").id, at=now())

    call_command("audit", "report", "processing")

    told = json.loads(capsys.readouterr().out)
    assert (told["report"], told["time_limits"]["ended_deliveries"]) == ("processing", "30 days")


def test_an_accounting_is_json_by_default():
    grant = linked()
    send_workout(grant)

    told = json.loads(report("accounting", "--member", grant.member.email, "--ticket", "T-1"))

    assert (told["report"], told["disclosures"]) == ("accounting", 1)
    assert Entry.objects.get(kind="audit.reported").facts["ticket"] == "T-1"


def test_a_table_is_csv_with_a_header():
    header, *lines = csv.reader(report("processing", "--format", "csv").splitlines())

    assert header[0] == "purpose"
    assert len(lines) > 10


def test_the_recipients_and_a_breach_are_asked_for_by_their_names():
    grant = linked()
    send_workout(grant)
    day = f"{now():%Y-%m-%d}"

    assert json.loads(report("recipients", "--member", grant.member.email))["recipients"]
    window = ("--since", "2026-01-01", "--until", day)
    assert json.loads(report("breach", "--partner", "strava", *window))["subjects"] == 1


def test_outside_the_demo_a_report_about_a_member_needs_a_ticket(settings):  # SR-9.2
    settings.DEMO = False
    grant = linked()

    with pytest.raises(CommandError, match="--ticket ID"):
        report("accounting", "--member", grant.member.email)
    assert not Entry.objects.filter(kind="audit.reported").exists()

    report("accounting", "--member", grant.member.email, "--ticket", "T-2")
    assert Entry.objects.get(kind="audit.reported").facts["operator"] == "ada"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("accounting", "--member", "nobody@tests.example"), "member: There is no member"),
        (("accounting", "--member", "\0"), "member: There is no member"),
        (("breach", "--partner", "strava"), "--since TIME and --until TIME"),
        (
            ("breach", "--partner", "strava", "--since", "soon", "--until", "2026-11-20"),
            "since: this is no time",
        ),
        (("breach", "--partner", "strava", "--since", "2026-11-20", "--until", "2026-11-18"), "until: "),
        (("breach", "--partner", "x", "--since", "2026-11-18", "--until", "2026-11-20"), "no partner 'x'"),
    ],
)
def test_what_cannot_be_made_is_one_sentence_that_names_what_to_change(words: tuple[str, ...], says: str):
    with pytest.raises(CommandError, match=says):
        report(*words)


def test_no_address_gets_into_the_log_as_a_ticket():
    for ticket in ("lin@example.org", "Lin Example"):
        with pytest.raises(CommandError, match="number alone"):
            report("accounting", "--member", "lin@example.org", "--ticket", ticket)
