"""The second schedule of SR-7.5, and the table of a delivery's states (SR-7.1). Pure."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.deliveries import schedule
from integrations.deliveries.lifecycle import NEXT, Event, NoSuchStep, State, advance

SECONDS = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]


@pytest.mark.parametrize(("failures", "seconds"), list(enumerate(SECONDS, start=1)))
def test_each_failure_waits_its_time_a_fifth_either_way(failures, seconds):
    waits = {schedule.delay(failures, ref=uuid4()).total_seconds() for _ in range(200)}
    assert min(waits) >= seconds * 0.8
    assert max(waits) <= seconds * 1.2
    assert len(waits) > 100  # spread, so that a partner that comes back is not overrun


def test_the_tenth_failure_is_the_last():
    assert schedule.delay(10, ref=uuid4()) is None
    assert schedule.delay(10, ref=uuid4(), asked=timedelta(seconds=1)) is None


@given(st.timedeltas())
def test_what_a_partner_asks_for_is_honoured_up_to_a_day(asked):
    wait = schedule.delay(1, ref=uuid4(), asked=asked)
    assert wait is not None
    assert timedelta(0) <= wait <= timedelta(hours=24)
    if timedelta(0) <= asked <= timedelta(hours=24):
        assert wait == asked


@pytest.mark.parametrize(
    ("zone", "ends"),
    [
        ("UTC", datetime(2026, 11, 21, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 11, 21, 8, tzinfo=UTC)),
        ("Europe/Helsinki", datetime(2026, 11, 20, 22, tzinfo=UTC)),
    ],
)
def test_a_day_ends_where_the_member_lives(zone, ends):
    assert schedule.end_of_day(date(2026, 11, 20), zone) == ends


@given(st.sampled_from(State), st.lists(st.sampled_from(Event), max_size=8))
def test_an_ended_delivery_never_wakes(state, events):
    for event in events:
        ended = state.final
        try:
            state = advance(state, event)
        except NoSuchStep:
            continue
        assert not ended


def test_only_a_claimed_delivery_arrives():
    assert [state for state in State if Event.ARRIVE in NEXT[state]] == [State.SENDING]
