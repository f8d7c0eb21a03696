"""Nobody does both parts of an act that takes two, and each part is in the log (SR-5.6, 9.2)."""

import pytest
from django.db import IntegrityError, transaction

from audit.log.models import Entry
from audit.oversight import holds, identity, proposals
from audit.oversight.errors import DecidedAlready, NeedsAnother, NotYours, ProposalRefused
from audit.oversight.models import Act, Hold, Proposal, State
from consent.grants import selectors as grants
from tests.audit.oversight.conftest import NOON
from tests.factories import make_grant, make_member

pytestmark = pytest.mark.django_db
HOUR = identity.SHOWN_FOR


def ask_for(act, by, **about):
    return proposals.propose(act=act, about=about, ticket="T-1", why="A court asks.", by=by.id, at=NOON)


def kinds():
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def test_who_proposes_a_hold_cannot_approve_it(first):
    proposal = ask_for(Act.HOLD, first, partner="strava")
    with pytest.raises(NeedsAnother):
        proposals.approve(ref=proposal.ref, by=first.id, at=NOON)
    assert Hold.objects.count() == 0


def test_the_database_itself_refuses_that_one_person_does_both_parts(first):
    proposal = ask_for(Act.HOLD, first, partner="strava")
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(ref=proposal.ref).update(
            state=State.APPROVED, decided_by=first.id, decided_at=NOON
        )


def test_an_approved_hold_stands_and_both_steps_are_in_the_log(first, second):
    proposal = ask_for(Act.HOLD, first, partner="strava")
    proposals.approve(ref=proposal.ref, by=second.id, at=NOON)
    assert [hold.partner for hold in holds.standing()] == ["strava"]
    assert kinds()[-2:] == ["hold.proposed", "hold.approved"]
    actors = {entry.subject for entry in Entry.objects.filter(kind__startswith="hold.")}
    assert actors == {""}


def test_a_declined_proposal_does_nothing_and_is_decided_for_good(first, second):
    proposal = ask_for(Act.HOLD, first, partner="strava")
    proposals.decline(ref=proposal.ref, by=second.id, at=NOON)
    with pytest.raises(DecidedAlready):
        proposals.approve(ref=proposal.ref, by=second.id, at=NOON)
    assert Hold.objects.count() == 0
    assert kinds()[-1] == "hold.declined"


def test_lifting_a_hold_takes_two_people_again(first, second):
    placed = ask_for(Act.HOLD, first, partner="strava")
    proposals.approve(ref=placed.ref, by=second.id, at=NOON)
    lift = ask_for(Act.LIFT, second, hold=str(holds.standing()[0].ref))
    with pytest.raises(NeedsAnother):
        proposals.approve(ref=lift.ref, by=second.id, at=NOON)
    assert holds.standing().count() == 1
    proposals.approve(ref=lift.ref, by=first.id, at=NOON)
    assert holds.standing().count() == 0


@pytest.mark.parametrize(
    ("about", "name"),
    [
        ({"partner": "no-such-partner"}, "partner"),
        ({"member": "nobody@tests.example"}, "member"),
        ({}, "member"),
    ],
)
def test_a_hold_that_makes_no_sense_names_its_field(first, about, name):
    with pytest.raises(ProposalRefused) as refused:
        ask_for(Act.HOLD, first, **about)
    assert refused.value.name == name


@pytest.mark.parametrize(
    ("ticket", "why", "name"),
    [
        ("", "Why.", "ticket"),
        ("T-1", "  ", "why"),
        ("T" * 65, "Why.", "ticket"),
        (
            "lin@example.org",
            "Why.",
            "ticket",
        ),  # what an entry holds cannot be erased with its member (SR-8.3)
        ("Lin Example", "Why.", "ticket"),
        ("=1+1", "Why.", "ticket"),
        ("T-1\x00", "Why.", "ticket"),
        ("T-1", "lin@example.org asked.", "why"),
    ],
)
def test_a_proposal_without_a_ticket_or_a_reason_is_refused(first, ticket, why, name):
    with pytest.raises(ProposalRefused) as refused:
        proposals.propose(
            act=Act.HOLD, about={"partner": "strava"}, ticket=ticket, why=why, by=first.id, at=NOON
        )
    assert refused.value.name == name


def test_a_hold_on_a_member_keeps_pseudonyms_and_no_address(first):
    grant = make_grant()
    proposal = ask_for(Act.HOLD, first, member=grant.member.email, partner="strava")
    assert proposal.about["subjects"] == [grants.subject_of(grant.member_id, "strava")]
    assert grant.member.email not in str(proposal.about)


def test_an_identity_is_shown_to_the_two_alone_for_an_hour_and_each_look_is_an_event(first, second):
    grant = make_grant()
    subject = grants.subject_of(grant.member_id, "strava")
    proposal = ask_for(Act.IDENTITY, first, subject=subject)
    with pytest.raises(NotYours):
        identity.show(ref=proposal.ref, to=first.id, at=NOON)
    proposals.approve(ref=proposal.ref, by=second.id, at=NOON)
    third = make_member("third@staff.example", role="compliance")
    with pytest.raises(NotYours):
        identity.show(ref=proposal.ref, to=third.id, at=NOON)
    with pytest.raises(NotYours):
        identity.show(ref=proposal.ref, to=first.id, at=NOON + HOUR)
    shown = identity.show(ref=proposal.ref, to=first.id, at=NOON)
    assert shown is not None
    assert (shown.email, shown.partner) == (grant.member.email, "strava")
    assert kinds()[-1] == "identity.shown"
    assert grant.member.email not in "".join(str(bytes(entry.body)) for entry in Entry.objects.all())


def test_a_pseudonym_that_the_log_does_not_know_is_not_looked_behind(first):
    with pytest.raises(ProposalRefused):
        ask_for(Act.IDENTITY, first, subject="0" * 32)
