"""Two writers at one member's documents: the ring's own sync and a partner's notice arrive together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from records import generator, selectors, services
from records.admission import NewDocument
from records.members import keys
from records.members.models import Member

ROUNDS = 25
NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)


def _save_together(key, *documents: NewDocument) -> None:
    start = Barrier(len(documents))

    def save(document: NewDocument) -> None:
        try:
            start.wait()
            services.save(owner_key=key, documents=[document], at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(documents)) as writers:
        list(writers.map(save, documents))


@pytest.mark.django_db(transaction=True)
def test_one_real_workout_is_one_record_however_closely_two_devices_tell_of_it():
    """Without the hold on a member's documents, PostgreSQL kept both in 25 of 25 rounds."""
    key = keys.key_of(Member.objects.create_user("together@records.example", "x").id)
    for number in range(ROUNDS):
        start = NOON - timedelta(days=5 * number)
        body = generator.workout(start=start, minutes=30, seed="together").body
        own, brought = NewDocument("workout", body), NewDocument("workout", body, "strava", str(number))
        _save_together(key, own, brought)

    assert [each.origin for each in selectors.references(key=key)] == ["ring"] * ROUNDS


@pytest.mark.django_db(transaction=True)
def test_the_same_document_from_two_writers_is_stored_once():
    key = keys.key_of(Member.objects.create_user("twice@records.example", "x").id)
    for number in range(ROUNDS):
        night = generator.night(of=NOON.date() - timedelta(days=number), timezone="UTC", seed="twice")
        _save_together(key, night[0], night[0])

    assert len(selectors.references(key=key)) == ROUNDS
