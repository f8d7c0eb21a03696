"""After a stop: the partner is told until it answers, and nothing of the link is kept."""

import pytest
from django.db import transaction

from audit.log.models import Entry
from consent.gate import door
from consent.grants import clock
from consent.grants.ports import Standing, aftermath
from consent.grants.services import withdraw
from integrations import work
from integrations.connectors.models import Connection, Status
from integrations.deliveries import ending
from integrations.deliveries.lifecycle import State
from integrations.deliveries.models import Delivery
from records.admission import NewDocument
from tests.factories import log_workout, make_connection, make_grant, make_workout

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connection(strava_simulator):
    return make_connection(make_grant(), tokens=strava_simulator.tokens())


def test_a_stop_cancels_what_waits_tells_the_partner_and_keeps_nothing(connection, strava_simulator):
    log_workout(connection.member)
    withdraw(grant_ref=connection.grant_ref)
    settlement = aftermath().settle(grant_ref=connection.grant_ref)
    assert settlement.settled
    assert Delivery.objects.get().state == State.CANCELLED
    assert aftermath().partner_side(grant_ref=connection.grant_ref).standing is Standing.ENDING

    assert ending.tell(connection.id)
    side = aftermath().partner_side(grant_ref=connection.grant_ref)
    assert side.standing is Standing.ENDED
    assert side.told_at is not None
    assert not strava_simulator.tokens_alive()
    connection.refresh_from_db()
    assert (connection.credentials, connection.account, connection.account_digest) == ("", "", "")
    kinds = list(Entry.objects.order_by("id").values_list("kind", flat=True))
    assert kinds[-2:] == ["partner.told", "connection.ended"]


def test_the_sweep_alone_does_all_of_it(connection, strava_simulator):
    """Stopping is one row: nothing above has to succeed, and what was not done is found."""
    log_workout(connection.member)
    withdraw(grant_ref=connection.grant_ref)
    work.sweep()
    for job in list(work.due()):
        job.run()
    assert Delivery.objects.get().state == State.CANCELLED
    assert Connection.objects.get().status == Status.ENDED
    assert not strava_simulator.tokens_alive()


def test_a_partner_that_does_not_answer_is_told_again(connection, strava_simulator):
    withdraw(grant_ref=connection.grant_ref)
    aftermath().settle(grant_ref=connection.grant_ref)
    strava_simulator.fail("503")
    assert not ending.tell(connection.id)
    connection.refresh_from_db()
    assert connection.status == Status.ENDING
    assert connection.next_attempt_at > clock.now()
    assert not ending.tell(connection.id)  # not yet
    Connection.objects.update(next_attempt_at=clock.now())
    assert ending.tell(connection.id)


def test_what_came_in_from_the_partner_is_deleted_and_the_rings_own_stays(connection):
    member = connection.member
    ours = make_workout()
    theirs = NewDocument(
        kind="workout", body={**make_workout(minutes=1).body}, origin="strava", external_id="77"
    )
    with transaction.atomic():
        door.admit(member_id=member.id, documents=[ours])
    before = {each.origin for each in door.export_own(member_id=member.id)}
    with transaction.atomic():
        door.admit(member_id=member.id, documents=[theirs])
    withdraw(grant_ref=connection.grant_ref)
    aftermath().settle(grant_ref=connection.grant_ref)
    ending.tell(connection.id)
    assert before == {each.origin for each in door.export_own(member_id=member.id)} == {"ring"}


def test_a_new_yes_to_the_same_account_is_not_cut_off_by_the_goodbye_to_the_old(connection, strava_simulator):
    withdraw(grant_ref=connection.grant_ref)
    aftermath().settle(grant_ref=connection.grant_ref)
    anew = make_connection(make_grant(connection.member), tokens=strava_simulator.tokens())
    assert ending.tell(connection.id)
    assert strava_simulator.tokens_alive()
    anew.refresh_from_db()
    assert anew.status == Status.OPEN


def test_a_connection_that_never_opened_ends_without_a_word(strava_simulator):
    grant = make_grant()
    aftermath().continue_address(grant_ref=grant.ref, callback_base="http://testserver")
    withdraw(grant_ref=grant.ref)
    aftermath().settle(grant_ref=grant.ref)
    assert Connection.objects.get().status == Status.ENDED
    assert strava_simulator.received == []


def test_a_goodbye_that_was_not_said_is_not_told_as_said(connection, strava_simulator):
    """Two members may use one account at the partner: it is not cut off under the other, and nobody claims it was."""
    make_connection(make_grant(), tokens=strava_simulator.tokens())
    withdraw(grant_ref=connection.grant_ref)
    aftermath().settle(grant_ref=connection.grant_ref)
    assert ending.tell(connection.id)
    assert strava_simulator.tokens_alive()
    side = aftermath().partner_side(grant_ref=connection.grant_ref)
    assert (side.standing, side.told_at) == (Standing.ENDED, None)
    assert "partner.told" not in Entry.objects.values_list("kind", flat=True)
    connection.refresh_from_db()
    assert connection.credentials == ""


def test_what_came_in_under_a_new_yes_stays_when_the_old_link_is_tidied_late(connection, strava_simulator):
    """The worker may be slow: by then the member may have said yes anew and taken in a workout."""
    member = connection.member
    old, new = (
        NewDocument(kind="workout", body={**make_workout(minutes=1).body}, origin="strava", external_id=key)
        for key in ("77", "78")
    )
    door.admit(member_id=member.id, documents=[old])
    withdraw(grant_ref=connection.grant_ref)
    aftermath().settle(grant_ref=connection.grant_ref)
    assert [each.origin for each in door.export_own(member_id=member.id)] == []  # with the stop, at once
    make_connection(make_grant(member), tokens=strava_simulator.tokens())
    door.admit(member_id=member.id, documents=[new])
    assert ending.tell(connection.id)
    assert [each.origin for each in door.export_own(member_id=member.id)] == ["strava"]
    assert Entry.objects.filter(kind="import.forgotten").count() == 1
