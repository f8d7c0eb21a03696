"""The reports on pages: a ticket for each look at one member, the same lines in each form, no address on any page."""

import csv
import io
import json
import time

import pytest

from audit import ports
from tests.audit.web.conftest import acts, happened, text
from tests.consent.web.conftest import share

ACCOUNTING = "/compliance/reports/accounting/"
TICKET = {"ticket": "T-17"}


@pytest.fixture
def shared(lin) -> None:
    grant = share(lin, "export:workout")
    subjects = ports.people().subjects_of(lin.email)
    (subject,) = (each for each, partner in subjects.items() if partner == "strava")
    happened(subject=subject, grant=str(grant.ref), delivery="d1")


def test_an_accounting_says_who_got_what_when_and_why(desk, lin, shared):
    page = text(desk.post(ACCOUNTING, {"member": lin.email, **TICKET, "as": "page"}))

    assert "Strava: Workouts" in page
    assert "the member's yes is in the log" in page
    assert "45 CFR 164.528" in page


@pytest.mark.parametrize("name", ["accounting", "recipients", "processing", "breach"])
def test_each_report_is_the_same_in_every_form(desk, lin, shared, name):
    typed = {"member": lin.email, **TICKET, "partner": "strava", "since": "2020-01-01", "until": "2099-12-31"}
    address = f"/compliance/reports/{name}/"

    page = text(desk.post(address, {**typed, "as": "page"}))
    table = desk.post(address, {**typed, "as": "csv"})
    told = json.loads(desk.post(address, {**typed, "as": "json"}).content)

    rows = list(csv.DictReader(io.StringIO(b"".join(table.streaming_content).decode())))
    assert table["Content-Disposition"].startswith(f'attachment; filename="{name}-')
    assert told["report"] == name
    assert rows
    assert "Strava" in page
    assert all(law in page for law in told["law"])
    assert len(acts("audit.reported")) == 3
    assert lin.email not in "".join(bytes(each.body).decode() for each in acts("audit.reported"))


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"member": "lin@example.org", "ticket": ""}, "ticket", "Give the number of the ticket"),
        ({"member": "lin@example.org", "ticket": "x" * 99}, "ticket", "at most 64"),
        ({"member": "nobody@example.org", "ticket": "T-1"}, "member", "There is no member with this e-mail"),
    ],
)
def test_a_look_at_one_member_needs_a_ticket_and_a_member(desk, lin, typed, field, said):  # SR-9.2
    answer = desk.post(ACCOUNTING, typed)

    assert answer.status_code == 422
    assert said in text(answer)
    assert f'<a href="#f-{field}">' in answer.content.decode()
    assert acts("audit.reported") == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"since": "2026-11-01", "until": "2026-11-20"}, "partner"),
        ({"partner": "strava", "since": "2026-11-20", "until": "2026-11-01"}, "until"),
        ({"partner": "strava", "since": "", "until": ""}, "since"),
        ({"reason": "no_such_reason", "since": "2026-11-01", "until": "2026-11-20"}, "reason"),
    ],
)
def test_a_breach_is_looked_for_by_something_and_within_days(desk, typed, field):
    answer = desk.post("/compliance/reports/breach/", typed)
    assert answer.status_code == 422
    assert f'<a href="#f-{field}">' in answer.content.decode()


def test_data_goes_out_only_to_who_proved_lately_who_they_are(desk, lin, shared):  # SR-3.6
    session = desk.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 600
    session.save()

    answer = desk.post(ACCOUNTING, {"member": lin.email, **TICKET})

    assert answer.status_code == 303
    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Fcompliance%2Freports%2Faccounting%2F"
    assert acts("audit.reported") == []
