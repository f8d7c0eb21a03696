"""A filter finds the entries it names and no others, in both forms; what makes no sense is refused by its name."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.log.events import Event, Outcome
from audit.log.filters import FilterRefused, Filters, parsed
from audit.log.models import Entry
from audit.log.selectors import found
from tests.support.writing import written

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PARTNERS, TYPES = {"strava", "oura"}, {"workout", "sleep", "sleep_score"}


def write(**changes) -> Entry:
    plain = {"kind": "release.permitted", "actor": "member", "subject": "s1", "at": NOON, "partner": "strava"}
    return written(Event(**{**plain, **changes}))


def by_sql(filters: Filters) -> list[int]:
    sql, params = filters.where("e", vendor=connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT e.id FROM audit_log_entry e WHERE {sql} ORDER BY e.id DESC", params)
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("filters", "meant"),
    [
        (Filters(), {0, 1, 2, 3}),
        (Filters(since=NOON), {0, 2, 3}),
        (Filters(until=NOON), {1}),
        (Filters(since=NOON - SECOND, until=NOON + SECOND), {0, 1, 3}),
        (Filters(subjects=("s2", "s3")), {1, 2}),
        (Filters(partner="oura"), {2}),
        (Filters(data_type="sleep"), {1, 2}),
        (Filters(data_type="sleep_score"), {3}),
        (Filters(kinds=("grant.given",)), {3}),
        (Filters(kinds=("grant.given", "release.permitted"), subjects=("s1",)), {0, 3}),
        (Filters(outcome="blocked"), {1}),
        (Filters(reason="toggle_off"), {1}),
        (Filters(outcome="out", reason="toggle_off"), set()),
    ],
)
def test_a_filter_finds_the_entries_it_names_and_no_others(filters: Filters, meant: set[int]) -> None:
    written = [
        write(types=("workout",), outcome=Outcome.OUT),
        write(
            types=("sleep", "workout"), subject="s2", outcome=Outcome.BLOCKED,
            at=NOON - SECOND, facts={"reason": "toggle_off"},
        ),
        write(types=("sleep",), subject="s3", partner="oura", at=NOON + SECOND),
        write(types=("sleep_score",), kind="grant.given", at=NOON + SECOND / 2),
    ]  # fmt: skip
    ids = [written[place].pk for place in sorted(meant, reverse=True)]

    assert list(found(filters).values_list("pk", flat=True)) == ids
    assert by_sql(filters) == ids
    assert Filters.of(filters.told()) == filters


@pytest.mark.django_db
def test_the_exact_moment_is_since_and_not_until() -> None:
    entry = write(at=NOON + timedelta(microseconds=1))
    moment = NOON + timedelta(microseconds=1)

    assert by_sql(Filters(since=moment)) == [entry.pk] == [one.pk for one in found(Filters(since=moment))]
    assert by_sql(Filters(until=moment)) == [] == list(found(Filters(until=moment)))


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-02-30"}, "since"),
        ({"until": "9999-12-31"}, "until"),
        ({"since": "0001-01-01T00:00+14:00"}, "since"),
        ({"since": "2026-11-20", "until": "2026-11-19"}, "until"),
        ({"since": "2026-11-20T12:00:00Z", "until": "2026-11-20T12:00:00Z"}, "until"),
        ({"partner": "nobody"}, "partner"),
        ({"data_type": "moods"}, "data_type"),
        ({"outcome": "sideways"}, "outcome"),
        ({"kind": "grant.given, '; DROP TABLE"}, "kind"),
        ({"kind": ",".join(f"kind.{n}" for n in range(21))}, "kind"),
        ({"subject": "s\0"}, "subject"),
        ({"reason": "toggle_off,no_grant"}, "reason"),
        ({"member": "nobody@tests.example"}, "member"),
        ({"member": "maya@tests.example", "subject": "s9"}, "member"),
    ],
)
@pytest.mark.once
def test_a_filter_that_makes_no_sense_is_refused_by_its_name(raw: dict[str, str], name: str) -> None:
    known = {"maya@tests.example": {"s1", "s2"}}
    with pytest.raises(FilterRefused) as refused:
        parsed(raw, partners=PARTNERS, data_types=TYPES, subjects_of=lambda email: known.get(email, set()))
    assert refused.value.name == name
    assert refused.value.message.endswith(".")


@pytest.mark.once
def test_what_a_person_types_is_read_as_meant() -> None:
    raw = {
        "since": "2026-11-20", "until": "2026-11-20", "partner": " strava ", "kind": "grant.given, release.permitted",
        "subject": "s2", "member": "maya@tests.example", "data_type": "", "page": "3",
    }  # fmt: skip
    filters = parsed(raw, partners=PARTNERS, data_types=TYPES, subjects_of=lambda _: {"s1", "s2"})

    midnight = datetime(2026, 11, 20, tzinfo=UTC)
    assert (filters.since, filters.until) == (midnight, midnight + timedelta(days=1))
    assert (filters.subjects, filters.partner) == (("s2",), "strava")
    assert filters.kinds == ("grant.given", "release.permitted")


@pytest.mark.once
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(["since", "until", "kind", "subject", "reason", "partner"]), st.text())
)
def test_whatever_is_typed_gives_filters_or_a_refusal(raw: dict[str, str]) -> None:
    try:
        filters = parsed(raw, partners=PARTNERS, data_types=TYPES)
    except FilterRefused as refused:
        filters, refused_by = Filters(), refused.name
    else:
        refused_by = ""
    assert Filters.of(filters.told()) == filters
    assert not refused_by or refused_by in raw
