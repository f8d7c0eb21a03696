"""What the tests of webhook events stand on."""

import pytest

from tests.factories import make_member
from tests.integrations.api.asking import Asker, make_asker
from tests.integrations.events.hooks import hooks_of


@pytest.fixture
def hooks(db, settings):
    """A program that listens."""
    with hooks_of(settings) as made:
        yield made


@pytest.fixture
def asker(hooks) -> Asker:
    """A member who lets that program have everything."""
    return make_asker(make_member(timezone="UTC"))
