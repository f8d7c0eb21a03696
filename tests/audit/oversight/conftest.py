"""Two people of compliance, and a member with a yes to Strava."""

from datetime import UTC, datetime

import pytest

from records.members.models import Member, Role
from tests.factories import make_member

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def first(db) -> Member:
    return make_member("first@staff.example", role=Role.COMPLIANCE)


@pytest.fixture
def second(db) -> Member:
    return make_member("second@staff.example", role=Role.COMPLIANCE)
