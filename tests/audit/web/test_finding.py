"""The same page whichever way it was found: walked, gathered, or looked through in part."""

import pytest
from django.db import connection

from audit.log.filters import Filters
from audit.web import finding
from tests.audit.web.conftest import SUBJECT, happened, text

on_postgres = pytest.mark.postgres
FILTERS = [
    Filters(),
    Filters(partner="alexa"),
    Filters(data_type="workout"),
    Filters(data_type="glucose"),
    Filters(data_type="workout", partner="alexa"),
    Filters(subjects=(SUBJECT,), outcome="out"),
]


@pytest.fixture
def some(db) -> None:
    for number in range(2 * finding.PAGE + 5):
        happened(partner=("strava", "alexa")[number % 7 == 0], types=(("workout", "steps")[number % 2],))


def pages(filters: Filters) -> list[int]:
    """Every entry that is found, page by page."""
    seen: list[int] = []
    before: int | None = None
    for _ in range(1000):
        page = finding.page_of(filters, before=before)
        seen += [entry.id for entry in page.entries]
        before = page.after
        if before is None:
            return seen
    raise AssertionError("The pages do not end.")


@on_postgres
@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_what_is_gathered_is_what_is_walked(some, filters):
    walked, gathered = finding._walked(filters, None), finding._gathered(filters, None)
    assert [entry.id for entry in gathered] == [entry.id for entry in walked]
    middle = walked[len(walked) // 2].id if walked else 1
    assert [e.id for e in finding._gathered(filters, middle)] == [
        e.id for e in finding._walked(filters, middle)
    ]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_looking_through_parts_finds_the_same_without_a_gap_or_a_repeat(some, filters, monkeypatch):
    whole = pages(filters)
    monkeypatch.setattr(finding, "LOOKED_THROUGH", 20)
    monkeypatch.setattr(finding, "OUT_OF_ORDER", 5)
    monkeypatch.setattr(finding, "WAYS", ())  # as where all others took too long

    assert pages(filters) == whole


def test_the_page_says_how_far_back_it_looked(desk, some, monkeypatch):
    monkeypatch.setattr(finding, "LOOKED_THROUGH", 10)
    monkeypatch.setattr(finding, "OUT_OF_ORDER", 0)
    monkeypatch.setattr(finding, "WAYS", ())

    page = text(desk.get("/compliance/?data_type=glucose"))

    assert "None found so far" in page
    assert "only the entries back to" in page
    assert "Look further back" in page


@on_postgres
def test_what_takes_too_long_is_cut_off_and_nothing_else_is(db):
    def slow():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s)", [finding.PATIENCE / 1000 + 0.1])
        return []

    assert finding._in_time(slow) is None
    with connection.cursor() as cursor:  # the limit was for that one question
        cursor.execute("SELECT pg_sleep(%s)", [finding.PATIENCE / 1000 + 0.1])
