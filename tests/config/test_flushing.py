"""Between tests the log is emptied, and in every test it refuses to be (SR-8.4)."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction

from audit.log import services
from audit.log.events import Event
from audit.log.models import Entry


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_every_test_begins_with_an_empty_log_that_refuses_deletion(time: str):
    assert Entry.objects.count() == 0
    with transaction.atomic():
        services.append(
            Event(
                kind="grant.withdrawn",
                actor="member",
                subject=time,
                partner="strava",
                facts={},
                at=datetime(2026, 11, 20, tzinfo=UTC),
            )
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.all()._raw_delete("default")
    assert Entry.objects.count() == 1
