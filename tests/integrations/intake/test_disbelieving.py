"""A partner's message may be forged: whatever would delete, end or take in something is asked of the partner itself.

Strava's messages may come unsigned, and its athletes' and activities' numbers are public (facts of Strava, section 4).
"""

import time
from datetime import timedelta

import pytest

from consent.grants import clock
from consent.grants.services import turn_off
from integrations.connectors.models import Connection, Status
from integrations.intake.lifecycle import State
from integrations.intake.models import InboundNotice
from integrations.simulators.strava import training
from tests.factories import make_connection, make_grant, make_member
from tests.integrations.intake.test_inbound import (
    HEART_RATE_IN,
    WORKOUT_IN,
    connection,
    imported,
    kinds,
    message,
    removal,
    tell,
    work_off,
)

__all__ = ["connection"]
pytestmark = pytest.mark.django_db(transaction=True)
NEIGHBOUR = 10_000_002


def take_in_one(simulator) -> int:
    key = simulator.log_activity(tell=False)
    tell(message(object_id=key))
    work_off()
    return key


def deletion(key: int, *, later: int = 1) -> dict[str, object]:
    return message(object_id=key, aspect_type="delete", event_time=int(time.time()) + later)


def test_a_forged_removal_ends_nothing_when_the_access_token_is_merely_old(connection, strava_simulator):
    """An access token lives six hours: a 401 to an old one is no end of the link."""
    take_in_one(strava_simulator)
    strava_simulator.expire_access_tokens()
    Connection.objects.update(expires_at=clock.now() - timedelta(hours=1))
    tell(removal())
    work_off()
    connection.refresh_from_db()
    assert connection.status == Status.OPEN
    assert imported(connection) == ["workout"]
    assert "grant.revoked" not in kinds()


def test_a_true_removal_is_found_out_with_an_old_access_token_too(connection, strava_simulator):
    take_in_one(strava_simulator)
    strava_simulator.remove_app()
    Connection.objects.update(expires_at=clock.now() - timedelta(hours=1))
    tell(removal())
    work_off()
    connection.refresh_from_db()
    assert connection.status == Status.ENDED
    assert imported(connection) == []
    assert "grant.revoked" in kinds()


def test_a_forged_deletion_deletes_nothing(connection, strava_simulator):
    key = take_in_one(strava_simulator)
    tell(deletion(key))
    work_off()
    assert imported(connection) == ["workout"]
    assert InboundNotice.objects.filter(state=State.DONE).count() == 2


def test_a_true_deletion_is_followed_with_the_switches_off_too(connection, strava_simulator):
    key = take_in_one(strava_simulator)
    for flow in (WORKOUT_IN, HEART_RATE_IN):
        turn_off(grant_ref=connection.grant_ref, flow=flow)
    tell(deletion(key))
    work_off()
    assert imported(connection) == ["workout"]
    strava_simulator.delete_activity(key)
    tell(deletion(key, later=60))
    work_off()
    assert imported(connection) == []


def test_a_deletion_that_can_no_longer_be_asked_about_is_believed(connection, strava_simulator):
    """Deleted at Strava is deleted here within 48 hours, whatever has become of the link (API Policy 6.3)."""
    key = take_in_one(strava_simulator)
    Connection.objects.update(status=Status.BROKEN)
    tell(deletion(key))
    work_off()
    assert imported(connection) == []


def test_a_workout_of_somebody_else_is_not_taken_in(connection, strava_simulator, monkeypatch):
    """An athlete may see what others made public: a message naming such an activity does not make it the member's."""
    key = strava_simulator.log_activity(tell=False, beats=[(0, 110), (60, 120)])
    shown = training.shown
    theirs = {"athlete": {"id": NEIGHBOUR, "resource_state": 1}}
    monkeypatch.setattr(training, "shown", lambda *told: shown(*told) | theirs)
    tell(message(object_id=key))
    work_off()
    assert imported(connection) == []
    assert InboundNotice.objects.get().state == State.DONE


def test_a_message_for_another_account_does_not_stand_in_the_way_of_the_true_one(
    connection, strava_simulator
):
    make_connection(make_grant(make_member(), on=[WORKOUT_IN]), account=str(NEIGHBOUR))
    key = strava_simulator.log_activity(tell=False)
    told = message(object_id=key)
    tell({**told, "owner_id": NEIGHBOUR})
    tell(told)
    work_off()
    assert imported(connection) == ["workout"]
