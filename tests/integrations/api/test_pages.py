"""Paging: complete, nothing twice, the token works alone, opens for nobody else, and tells nothing."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest

from consent.grants import services
from records import generator
from tests.factories import make_member
from tests.integrations.api.asking import TODAY, Asker, keep, keep_days, make_asker, wide

LETTERS = re.compile(r"[A-Za-z0-9_.-]+")


@pytest.fixture
def paged(db, settings) -> Asker:
    """A program that gets four rows a page, of a member with ten days."""
    settings.API_PAGE_ROWS = 4
    member = make_member(timezone="UTC")
    keep_days(member, 10)
    return make_asker(member)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["daily_sleep", "ring_battery_level"])
def test_pages_hold_everything_once_and_in_order(paged, settings, name):
    rows = paged.all_of(name, **wide())
    settings.API_PAGE_ROWS = 10_000
    assert rows == paged.all_of(name, **wide())
    assert len(rows) == {"daily_sleep": 10, "ring_battery_level": 240}[name]


@pytest.mark.django_db
def test_what_comes_in_between_pages_doubles_and_loses_nothing(paged):
    there = {each["id"] for each in paged.all_of("workout", **wide())}
    page = paged.get("workout", wide()).json()
    seen = [each["id"] for each in page["data"]]
    days = [TODAY - timedelta(days=back) for back in (1, 5, 9)]
    keep(paged.member, [generator.workout(start=_noon(day), minutes=20, seed="new") for day in days])
    while token := page["next_token"]:
        page = paged.get("workout", {"next_token": token}).json()
        seen += [each["id"] for each in page["data"]]
    assert len(seen) == len(set(seen))
    assert there <= set(seen) <= {each["id"] for each in paged.all_of("workout", **wide())}


@pytest.mark.django_db
def test_a_token_works_alone_or_beside_the_first_parameters_and_is_never_the_same(paged):
    first = paged.get("daily_sleep", wide()).json()
    tokens = {paged.get("daily_sleep", wide()).json()["next_token"] for _ in range(5)} | {first["next_token"]}
    assert len(tokens) == 6
    assert len({len(token) for token in tokens}) == 1
    assert all(LETTERS.fullmatch(token) for token in tokens)
    alone = paged.get("daily_sleep", f"next_token={first['next_token']}").json()["data"]
    beside = paged.get("daily_sleep", {**wide(1), "next_token": first["next_token"]}).json()["data"]
    assert alone == beside
    assert len(alone) == 4


@pytest.mark.django_db
def test_a_full_last_page_has_no_next_token_and_no_page_is_empty(paged, settings):
    settings.API_PAGE_ROWS = 5
    first = paged.get("daily_sleep", wide()).json()
    last = paged.get("daily_sleep", {"next_token": first["next_token"]}).json()
    assert (len(first["data"]), len(last["data"]), last["next_token"]) == (5, 5, None)


@pytest.mark.django_db
def test_a_token_that_was_changed_or_is_somebody_else_s_is_400(paged):
    token = paged.get("daily_sleep", wide()).json()["next_token"]
    stranger = make_asker(make_member(timezone="UTC"))
    assert stranger.get("daily_sleep", {"next_token": token}).status_code == 400
    assert paged.get("sleep", {"next_token": token}).status_code == 400
    head, _, body = token.rpartition(".")
    for changed in (
        *(f"{head}.{body[:at]}{'A' if body[at] != 'A' else 'B'}{body[at + 1:]}" for at in range(0, len(body), 37)),
        f"{head}.{body[:-1]}{'A' if body[-1] != 'A' else 'Q'}", token[:-2], f"{token}=", f"{token}!", "v1.t1..", "...",
    ):  # fmt: skip
        answer = paged.get("daily_sleep", {"next_token": changed})
        assert answer.status_code == 400, changed
        assert set(answer.json()) == {"status", "title", "detail"}
        assert changed not in answer.content.decode() or len(changed) < 8


@pytest.mark.django_db
def test_a_token_ends_with_its_grant(paged):
    token = paged.get("daily_sleep", wide()).json()["next_token"]
    services.withdraw(grant_ref=paged.grant.ref)
    assert paged.get("daily_sleep", {"next_token": token}).status_code == 401
    again = make_asker(paged.member)
    assert again.get("daily_sleep", {"next_token": token}).status_code == 400


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
