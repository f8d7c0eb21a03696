"""Every way in which deployed clients write a query, and every kind of garbage: a documented answer, never an echo."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from integrations.api.errors import Problem
from integrations.api.parameters import Asked, asked
from integrations.api.routes import COLLECTIONS
from tests.integrations.api.asking import TODAY, Asker, make_asker, wide

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BY_DAY, SERIES, PLAIN = (COLLECTIONS[name] for name in ("sleep", "heartrate", "ring_configuration"))


def days(**query: str) -> Asked | Problem:
    return asked(query, BY_DAY, now=NOW)


def moments(**query: str) -> Asked | Problem:
    return asked(query, SERIES, now=NOW)


@pytest.mark.once
@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("2026-01-31", date(2026, 1, 31)),
        ("2026-01-31T23:59:59", date(2026, 1, 31)),
        ("2026-01-31 23:59:59.123456", date(2026, 1, 31)),
        ("2026-01-31T23:59:59+14:00", date(2026, 1, 31)),
        ("2026-01-31T23:59:59Z", date(2026, 1, 31)),
    ],
)
def test_a_day_may_be_a_date_or_a_full_date_time(given_, expected):
    assert days(end_date=given_).until == expected


@pytest.mark.once
@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("2026-01-31T10:00:00+00:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        (
            "2026-01-31T10:00:00 00:00",
            datetime(2026, 1, 31, 10, tzinfo=UTC),
        ),  # a plus sign arrives as a blank
        ("2026-01-31T10:00:00 02:00", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ("2026-01-31T10:00:00-0200", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31 10:00:00.123456", datetime(2026, 1, 31, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2026-01-31T10:00:00.5Z", datetime(2026, 1, 31, 10, 0, 0, 500000, tzinfo=UTC)),
        ("2026-01-31T10:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
    ],
)
def test_a_moment_may_be_written_in_every_way_that_was_seen(given_, expected):
    assert moments(start_datetime=given_, end_datetime="2026-02-01").begin == expected


@pytest.mark.once
def test_what_is_not_given_is_today_and_the_day_before():
    assert days() == Asked(since=date(2026, 11, 19), until=date(2026, 11, 20))
    assert days(end_date="2026-03-10").since == date(2026, 3, 9)
    assert moments() == Asked(begin=NOW - timedelta(days=1), end=NOW)
    assert moments(end_datetime="2026-03-10").end == datetime(2026, 3, 10, 23, 59, 59, 999999, tzinfo=UTC)
    assert days(end_date="0001-01-01").since == date(1, 1, 1)


@pytest.mark.once
def test_start_after_end_is_400_and_what_cannot_be_read_is_422_without_an_echo():
    assert days(start_date="2026-03-02", end_date="2026-03-01").status == 400
    assert moments(start_datetime="2026-03-02", end_datetime="2026-03-01").status == 400
    for bad in (
        "soon",
        "2026-02-30",
        "2026-13-01",
        "20260101",
        "1e9",
        "\x00",
        "\ud800",
        "9" * 5000,
        "2026-01-01T25:00",
    ):
        for name, answer in (
            ("start_date", days(start_date=bad)),
            ("end_datetime", moments(end_datetime=bad)),
        ):
            assert answer.status == 422
            (problem,) = answer.body["detail"]
            assert problem["loc"] == ["query", name]
            assert set(problem) == {"loc", "msg", "type"}
            assert bad not in str(problem)
    assert moments(latest="maybe").status == 422
    assert moments(end_datetime="0001-01-01T00:00:00+14:00").status == 422


@pytest.mark.once
def test_unknown_and_empty_parameters_are_ignored():
    assert days(start_datetime="garbage", latest="true", a="b", start_date="") == days()
    assert moments(start_date="garbage") == moments()
    assert asked({"start_date": "garbage"}, PLAIN, now=NOW) == Asked()


@pytest.mark.django_db
def test_of_a_repeated_parameter_the_last_counts(asker):
    answer = asker.get("daily_sleep", f"start_date={TODAY}&end_date=soon&end_date={TODAY}")
    assert [document["day"] for document in answer.json()["data"]] == [str(TODAY)]


@pytest.mark.django_db
def test_the_newest_row_ignores_the_range(asker):
    rows = asker.all_of("heartrate", **wide())
    long_ago = {"start_datetime": "2020-01-01", "end_datetime": "2020-01-02"}
    (newest,) = asker.get("heartrate", {"latest": "true", **long_ago}).json()["data"]
    assert newest == max(rows, key=lambda row: row["timestamp_unix"])


class Garbage(TestCase):
    """Whatever is sent, the answer is one of the documented ones, in JSON."""

    asker: Asker

    @settings(max_examples=60)
    @given(
        st.sampled_from(list(COLLECTIONS)),
        st.dictionaries(
            st.sampled_from(
                [
                    "start_date",
                    "end_date",
                    "start_datetime",
                    "end_datetime",
                    "next_token",
                    "fields",
                    "latest",
                    "x",
                ]
            ),
            st.one_of(
                st.text(max_size=40), st.dates().map(str), st.datetimes().map(str), st.just("v1.t1.AAAA.AAAA")
            ),
            max_size=4,
        ),
    )
    def test_garbage_is_never_an_error_of_ours(self, name, query):
        encodable = {key: value.encode("utf-8", "replace").decode() for key, value in query.items()}
        answer = self.asker.get(name, encodable)
        assert answer.status_code in {200, 400, 422}
        assert answer.headers["Content-Type"] == "application/json"
        for value in encodable.values():
            assert len(value) < 12 or value not in answer.content.decode()

    @settings(max_examples=40)
    @given(st.text(alphabet=st.characters(exclude_characters="/?#%", codec="utf-8"), min_size=1, max_size=60))
    def test_any_id_is_found_or_is_not(self, text):
        answer = self.asker.get(f"sleep/{text}")
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/json"

    @classmethod
    def setUpTestData(cls) -> None:
        cls.asker = make_asker()
