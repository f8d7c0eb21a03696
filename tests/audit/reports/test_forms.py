"""A report as JSON and as a table: whole, safe to open, tied to a head of the log, and without a health value."""

import csv
import json

import pytest

from audit.log.chain import EntryRefused
from audit.proofs.models import Checkpoint
from audit.reports import services, tables
from audit.reports.breach import Criteria
from audit.reports.services import Asker
from audit.reports.shapes import Report
from integrations.connectors.port import Delivered
from integrations.deliveries import claiming, outcomes
from tests.audit.reports.acts import ASKER, DAY, NOON, linked, now, send_workout
from tests.factories import log_workout

ROOT = bytes(range(32))


def every_report(grant) -> list[Report]:
    email, at = grant.member.email, now()
    return [
        services.accounting(email=email, asker=ASKER, at=at),
        services.recipients(email=email, asker=ASKER, at=at),
        services.processing(asker=ASKER, at=at),
        services.breach(criteria=Criteria(partner="strava"), since=at - DAY, until=at, asker=ASKER, at=at),
    ]


@pytest.mark.django_db
def test_every_report_says_its_law_its_window_and_the_head_of_the_log_it_was_made_at():
    Checkpoint.objects.create(size=7, root=ROOT, note="", at=NOON)
    grant = linked()
    send_workout(grant)

    for report in every_report(grant):
        told = json.loads(json.dumps(report.told()))
        assert told["law"]
        assert told["title"]
        assert told["notes"]
        assert told["checkpoint"] == {
            "size": 7,
            "root": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "at": "2026-11-20T12:00:00Z",
        }


@pytest.mark.django_db
def test_a_report_made_before_anything_was_signed_says_so():
    assert services.processing(asker=ASKER, at=NOON).told()["checkpoint"] is None


@pytest.mark.django_db
def test_every_report_is_a_table_whose_lines_stand_alone():
    grant = linked()
    send_workout(grant)

    for report in every_report(grant):
        header, *lines = csv.reader(tables.csv_of(report))
        assert lines
        assert {len(line) for line in lines} == {len(header)}
        assert all(line[header.index("law")] == "; ".join(report.law) for line in lines)


@pytest.mark.once
@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", ' "=1', "\uff1d1"])
def test_no_cell_is_a_formula(cell: str):  # SR-4.11
    assert tables.safe(cell) == "'" + cell


@pytest.mark.once
@pytest.mark.parametrize("cell", ["Workouts", "Strava, Inc.", "“Open”", "", 12])
def test_what_is_no_formula_stays_as_it_is(cell: str | int):
    assert tables.safe(cell) == str(cell)


@pytest.mark.django_db
def test_no_report_holds_a_health_value():  # SR-8.1
    canary = "horse_riding"
    grant = linked()
    (delivery,) = log_workout(grant.member, activity=canary)
    claimed = claiming.claim(delivery.id)
    assert claimed is not None
    assert claimed.release.fields["activity"] == canary  # it did leave
    outcomes.commit(claimed, Delivered("1"), None)

    reports = every_report(grant)

    assert reports[0].told()["disclosures"] == 1
    for report in reports:
        assert canary not in json.dumps(report.told()) + "".join(tables.csv_of(report))


@pytest.mark.django_db
def test_no_report_is_handed_out_that_could_not_be_written_down():  # SR-8.6
    too_long = Asker(actor="operator" * 1000)

    with pytest.raises(EntryRefused):
        services.processing(asker=too_long, at=NOON)
