"""A log that somebody is about to tamper with."""

import pytest

from audit.proofs import verification
from tests.audit.proofs.tampering import lift_the_triggers
from tests.audit.proofs.worlds import BATCHES, grow, outside


@pytest.fixture
def owner(db, settings, tmp_path):
    """A whole log in the hands of the database's owner: no trigger fires any more, none stands in line by itself."""
    outside(settings, tmp_path)
    grow(*BATCHES)
    assert verification.verify().ok
    lift_the_triggers()  # the test's transaction brings them back when it ends
