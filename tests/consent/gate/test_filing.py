"""What a partner sends is filed under the day its own offset tells, so that a late run stays in its evening."""

from datetime import date

import pytest
from django.core.management import call_command

from consent.gate import door
from consent.gate.filing import filed
from records.admission import NewDocument

TODAY = date(2026, 11, 20)


def day_of(kind: str, **body) -> str:
    (only,) = filed(NewDocument(kind, body, "apple-health", "1"), body, today=TODAY)
    return only.body["day"]


@pytest.mark.parametrize(
    ("kind", "body", "day"),
    [
        ("workout", {"start_datetime": "2026-11-19T23:50:00-05:00"}, "2026-11-19"),
        ("steps_sample", {"start": "2026-11-18T08:00:00+02:00", "value": 12}, "2026-11-18"),
        ("glucose", {"time": "2026-11-17T08:00:00-08:00", "value": 101}, "2026-11-17"),
        (
            "workout_route",
            {"points": [{"time": "2026-11-16T08:00:00+00:00", "lat": 1.0, "lon": 2.0}]},
            "2026-11-16",
        ),
        ("profile", {"sex": "female"}, "2026-11-20"),
        ("workout_route", {"points": []}, "2026-11-20"),
    ],
)
def test_a_document_goes_under_its_own_local_day(kind, body, day) -> None:
    assert day_of(kind, **body) == day


def test_sorting_again_changes_nothing_while_the_vocabulary_stays(member, capsys) -> None:
    own = {
        "id": "p",
        "age": 40,
        "weight": 60.5,
        "height": 1.7,
        "biological_sex": "female",
        "email": "a@example.org",
    }
    door.admit(member_id=member.id, documents=[NewDocument("personal_info", own)])
    before = [each.fields for each in door.export_own(member_id=member.id)]

    call_command("resort")

    assert "1 members sorted again; 0 documents changed" in capsys.readouterr().out
    assert [each.fields for each in door.export_own(member_id=member.id)] == before
    assert door.newest_day(member_id=member.id) is None  # what is true now is of no day
