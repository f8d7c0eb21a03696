"""What the tests of the member API stand on: two members, each with a key, a connection and its receipts."""

import pytest

from tests.factories import READINESS_OUT, WORKOUT_OUT, make_grant, make_member
from tests.integrations.tokens.keys import SCORE, OwnProgram, make_key


def make_asking(note: str = "My shell") -> OwnProgram:
    """A member who shares two types with Strava and one with a program of their own, which asks."""
    member = make_member()
    make_grant(member, on=[WORKOUT_OUT, READINESS_OUT])
    return make_key(member, note, on=(SCORE,))


@pytest.fixture
def mine(db) -> OwnProgram:
    return make_asking()


@pytest.fixture
def theirs(db) -> OwnProgram:
    return make_asking("The shell of somebody else")
