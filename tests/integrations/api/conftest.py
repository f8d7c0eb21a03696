"""What the tests of the partner API stand on."""

import pytest

from tests.factories import make_member
from tests.integrations.api.asking import Asker, keep_days, make_asker


@pytest.fixture
def asker(db) -> Asker:
    """A program that may have everything, of a member with three days."""
    member = make_member(timezone="UTC")
    keep_days(member)
    return make_asker(member)
