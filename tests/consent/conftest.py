"""A member, and the notice they were shown."""

from datetime import UTC, datetime

import pytest

from consent.grants import selectors
from records.members.models import Member

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def member(db) -> Member:
    return Member.objects.create_user("lin@example.org", region="US", timezone="America/New_York")


@pytest.fixture
def notice(db):
    return selectors.current_notice("strava")
