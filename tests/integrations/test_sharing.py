"""Who gets a new document: every live yes that covers it, and nobody else."""

from datetime import timedelta

import pytest

from consent.gate import door
from consent.grants import clock
from consent.grants.services import turn_off, withdraw
from integrations import sharing
from integrations.connectors.models import Connection
from integrations.deliveries.models import Delivery
from integrations.intake.services import receive
from records.admission import NewDocument
from records.documents import Saved
from records.errors import DocumentMalformed
from tests.factories import (
    READINESS_OUT,
    WORKOUT_OUT,
    log_night,
    log_workout,
    make_connection,
    make_grant,
    make_member,
    make_workout,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def grant():
    grant = make_grant(on=[WORKOUT_OUT])
    make_connection(grant)
    return grant


def test_one_delivery_for_each_flow_that_carries_it_and_it_holds_references_only(grant):
    (delivery,) = log_workout(grant.member)
    assert (delivery.flow, delivery.grant_id, delivery.kind) == (WORKOUT_OUT, grant.ref, "workout")
    held = {field.name: getattr(delivery, field.name) for field in Delivery._meta.concrete_fields}
    assert "running" not in str(held)
    assert held["progress"] == {}


def test_a_switch_that_is_off_queues_nothing(grant):
    assert log_night(grant.member) == []
    turn_off(grant_ref=grant.ref, flow=WORKOUT_OUT)
    assert log_workout(grant.member) == []


def test_an_ended_yes_queues_nothing(grant):
    withdraw(grant_ref=grant.ref)
    assert log_workout(grant.member) == []


def test_stickers_move_only_when_the_member_acts():
    grant = make_grant(on=["export:sticker"])
    make_connection(grant)
    assert log_night(grant.member) == []


def test_nothing_from_before_the_yes_is_queued(grant):
    start = clock.now() - timedelta(days=2)
    assert log_workout(grant.member, start=start) == []


def test_a_day_that_is_over_takes_its_score_along():
    grant = make_grant(on=[WORKOUT_OUT, READINESS_OUT], at=clock.now() - timedelta(days=3))
    make_connection(grant)
    yesterday = make_workout(start=clock.now() - timedelta(days=1))
    assert [each.flow for each in receive(member=grant.member, documents=[yesterday])] == [WORKOUT_OUT]


def test_what_came_in_from_strava_goes_out_to_nobody(grant):
    body = make_workout().body
    came_in = NewDocument(kind="workout", body=body, origin="strava", external_id="77")
    assert receive(member=grant.member, documents=[came_in]) == []


def test_another_members_document_concerns_nobody_else(grant):
    assert log_workout(make_member()) == []


def test_the_same_document_again_is_queued_once(grant):
    workout = make_workout()
    assert len(receive(member=grant.member, documents=[workout])) == 1
    assert receive(member=grant.member, documents=[workout]) == []


def test_a_link_that_covers_nothing_queues_nothing(grant):
    Connection.objects.update(granted=["read"])
    assert log_workout(grant.member) == []
    Connection.objects.update(status="broken", granted=["read", "activity:write"])
    assert log_workout(grant.member) == []


def test_a_document_and_its_deliveries_are_saved_together_or_not_at_all(grant):
    sound, unsound = make_workout(), NewDocument(kind="workout", body={"id": "x"}, external_id="x")
    with pytest.raises(DocumentMalformed):
        receive(member=grant.member, documents=[sound, unsound])
    assert Delivery.objects.count() == 0
    assert list(door.export_own(member_id=grant.member_id)) == []


def test_a_removed_document_is_shared_with_nobody(grant):
    (delivery,) = log_workout(grant.member)
    gone = Saved(delivery.document_ref, "workout", delivery.day, "ring", removed=True)
    Delivery.objects.all().delete()
    assert sharing.share(grant.member, [gone], at=clock.now()) == []
