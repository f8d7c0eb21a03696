"""A log that somebody is about to tamper with."""

import pytest

from audit.proofs import verification
from tests.audit.proofs.worlds import BATCHES, grow, outside
from tests.support.flushing import triggers_lifted


@pytest.fixture
def owner(settings, tmp_path):
    """A whole log in the hands of the database's owner: no trigger fires any more, none stands in line by itself."""
    outside(settings, tmp_path)
    grow(*BATCHES)
    assert verification.verify().ok
    with triggers_lifted():
        yield
