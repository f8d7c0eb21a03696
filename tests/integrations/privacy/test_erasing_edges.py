"""Erasing a member while others write, under a legal hold, half way, and of whom it is not done."""

import threading
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection, connections

from audit.log.models import Entry
from audit.oversight import proposals
from audit.oversight.models import Act
from consent.gate import door
from consent.grants import clock
from consent.grants.models import Grant, Receipt
from integrations.connectors import linking, registry
from integrations.connectors.models import Connection
from integrations.privacy import erasing
from integrations.privacy.erasing import erase
from integrations.privacy.errors import Held, NotAMember
from integrations.strava.connector import StravaConnector
from records.members import keys
from records.members.keys import MemberErased
from records.members.models import Member, Role
from tests.factories import make_grant, make_member, make_workout
from tests.integrations.privacy.furnished import everything, furnish

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


@pytest.mark.django_db(transaction=True)
def test_what_was_saved_beside_the_erasure_leaves_no_row_behind():
    """Whoever waits for the erasure to commit finds no account, instead of saving under a key that is gone."""
    member = make_member()
    keys.key_of(member.id)
    failed: list[BaseException] = []

    def save() -> None:
        try:
            door.admit(member_id=member.id, documents=[make_workout() for _ in range(3)])
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    savers = [threading.Thread(target=save) for _ in range(3)]
    for saver in savers:
        saver.start()
    erase(member_id=member.id, actor="member")
    for saver in savers:
        saver.join()

    left = [table for table, value in everything() if table.startswith("records_") and value]
    assert left == []
    assert all(isinstance(error, MemberErased) for error in failed)


def test_accounts_of_staff_are_not_erased():
    staff = make_member(role=Role.COMPLIANCE)
    with pytest.raises(NotAMember):
        erase(member_id=staff.id, actor="operator")
    assert Member.objects.filter(id=staff.id).exists()


def test_under_a_legal_hold_sharing_ends_and_the_records_stay():
    member = furnish()
    first, second = make_member(role=Role.COMPLIANCE), make_member(role=Role.COMPLIANCE)
    proposal = proposals.propose(
        act=Act.HOLD,
        about={"member": member.email},
        ticket="T-1",
        why="A court asks.",
        by=first.id,
        at=clock.now(),
    )
    proposals.approve(ref=proposal.ref, by=second.id, at=clock.now())

    with pytest.raises(Held, match="stopped"):
        erase(member_id=member.id, actor="member")

    assert not Grant.objects.filter(member=member, status="active").exists()
    assert Receipt.objects.filter(grant__member=member).exists()
    assert list(door.export_own(member_id=member.id))
    assert "member.erased" not in kinds()


def test_a_hold_that_was_placed_while_sharing_was_being_stopped_keeps_the_records_too():
    member = furnish()
    before = [one for one in everything() if one[0].startswith("records_")]
    with pytest.raises(Held):
        place_a_hold_then_erase_on(member)
    assert [one for one in everything() if one[0].startswith("records_")] == before


def place_a_hold_then_erase_on(member: Member) -> None:
    """Go on as an erasure does that looked for holds a moment before this one stood."""
    first, second = (
        make_member(f"{each}@staff.example", role=Role.COMPLIANCE) for each in ("first", "second")
    )
    about = {"member": member.email}
    asked = proposals.propose(
        act=Act.HOLD, about=about, ticket="T-1", why="A court asks.", by=first.id, at=clock.now()
    )
    proposals.approve(ref=asked.ref, by=second.id, at=clock.now())
    erasing._erase(member, sessions=[], actor="member", told={}, at=None)


def test_a_failure_half_way_leaves_everything_but_the_stop_as_it_was():
    member = furnish()
    before = len(list(door.export_own(member_id=member.id)))
    with connection.cursor() as cursor, pytest.raises(Exception, match="planted"):
        _refuse_to_delete(cursor, "members_memberkey")
        try:
            erase(member_id=member.id, actor="member")
        finally:
            _let_delete(cursor, "members_memberkey")

    assert len(list(door.export_own(member_id=member.id))) == before
    assert "member.erased" not in kinds()
    assert not Grant.objects.filter(status="active").exists()
    assert erase(member_id=member.id, actor="member").grants == 2


def _refuse_to_delete(cursor, table: str) -> None:
    if connection.vendor == "sqlite":
        cursor.execute(
            f"CREATE TRIGGER planted BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'planted'); END"
        )
        return
    cursor.execute(
        "CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planted'; END $$"
    )
    cursor.execute(f"CREATE TRIGGER planted BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION planted()")


def _let_delete(cursor, table: str) -> None:
    cursor.execute(
        "DROP TRIGGER planted" if connection.vendor == "sqlite" else f"DROP TRIGGER planted ON {table}"
    )
    if connection.vendor != "sqlite":
        cursor.execute("DROP FUNCTION planted()")


def test_a_link_that_opens_while_the_member_is_erased_is_let_go_of(strava_simulator):
    """The partner's yes comes back to an account that is gone: nobody keeps its tokens, and the partner is told."""
    member = make_member()
    address = linking.begin(grant_ref=make_grant(member).ref, callback_base="http://testserver")
    state = parse_qs(urlsplit(address or "").query)["state"][0]

    class ErasedMeanwhile(StravaConnector):
        def connect(self, **answer):
            linked = super().connect(**answer)
            erase(member_id=member.id, actor="member")
            return linked

    registry.register(ErasedMeanwhile())
    try:
        answer = linking.complete(
            member_id=member.id,
            partner="strava",
            answer=linking.Callback(
                state=state, code=strava_simulator.authorize(), scope="read,activity:write"
            ),
            callback="http://testserver/connections/strava/callback/",
        )
    finally:
        registry.register(StravaConnector())

    assert answer is linking.Answer.STOPPED
    assert not Connection.objects.exists()
    assert not strava_simulator.tokens_alive()
