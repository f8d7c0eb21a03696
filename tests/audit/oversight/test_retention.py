"""Each kind of record goes at its term, a hold beats the term, and the log itself is never cut."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from audit.log.models import Entry
from audit.oversight import proposals, retention
from audit.oversight.errors import ProposalRefused
from audit.oversight.models import Act
from consent.gate import door
from consent.grants import clock, services
from consent.grants.lifecycle import Status
from consent.grants.models import Grant, Notice, Receipt
from integrations.deliveries.models import Delivery
from tests.factories import WORKOUT_OUT, make_grant

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def years(count):
    return timedelta(days=366 * count)


def hold(first, second, **about):
    proposal = proposals.propose(
        act=Act.HOLD, about=about, ticket="T-1", why="A court asks.", by=first.id, at=clock.now()
    )
    proposals.approve(ref=proposal.ref, by=second.id, at=clock.now())


def ended_grant(**fields):
    grant = make_grant(**fields)
    services.withdraw(grant_ref=grant.ref)
    return grant


def a_delivery(grant, state="cancelled"):
    now = clock.now()
    return Delivery.objects.create(
        grant=grant,
        grant_epoch=grant.epoch,
        flow=WORKOUT_OUT,
        toggle_epoch=1,
        document_ref=grant.ref,
        kind="workout",
        day=now.date(),
        state=state,
        next_attempt_at=now,
        created_at=now,
        ended_at=now,
    )


def test_an_ended_grant_goes_after_six_years_with_its_receipts_and_not_a_day_before():
    ended_grant()
    six_years = timedelta(days=retention.terms()["ended_grants"])
    retention.let_go(at=clock.now() + six_years - DAY)
    assert (Grant.objects.count(), Receipt.objects.count()) == (1, 2)
    assert retention.let_go(at=clock.now() + six_years + DAY)["ended_grants"] == 1
    assert (Grant.objects.count(), Receipt.objects.count()) == (0, 0)


def test_a_live_grant_is_never_past_its_term():
    grant = make_grant()
    retention.let_go(at=clock.now() + years(40))
    assert Grant.objects.get().ref == grant.ref


def test_a_hold_on_the_member_beats_the_term_and_lifts_nothing_else(first, second):
    held, other = ended_grant(), ended_grant()
    hold(first, second, member=held.member.email)
    retention.let_go(at=clock.now() + years(7))
    assert [grant.ref for grant in Grant.objects.all()] == [held.ref]
    assert other.ref != held.ref


def test_a_hold_never_opens_a_stopped_grant_again(first, second):
    grant = ended_grant()
    hold(first, second, partner="strava")
    grant.refresh_from_db()
    assert grant.status == Status.WITHDRAWN
    answer = door.release(grant_ref=grant.ref, flow=WORKOUT_OUT, document_ref=grant.ref, references={})
    assert answer.reason == "grant_withdrawn"


def test_an_ended_delivery_goes_after_ninety_days_but_one_that_arrived_stays_while_its_grant_lives():
    live, over = make_grant(), ended_grant()
    arrived = a_delivery(live, "delivered")
    a_delivery(over, "delivered")
    assert retention.let_go(at=clock.now() + timedelta(days=91))["ended_deliveries"] == 1
    assert [left.id for left in Delivery.objects.all()] == [arrived.id]


def test_a_notice_that_no_grant_refers_to_goes_and_the_next_one_takes_a_new_number():
    ended_grant()
    first_version = Notice.objects.get().version
    retention.let_go(at=clock.now() + years(7))
    assert Notice.objects.count() == 0
    make_grant()
    assert Notice.objects.get().version == first_version


def test_the_log_is_never_cut_and_says_what_was_let_go():
    ended_grant()
    before = Entry.objects.count()
    retention.let_go(at=clock.now() + years(100))
    newest = Entry.objects.order_by("-id")[0]
    assert newest.kind == "retention.applied"
    assert newest.facts["dropped"]["ended_grants"] == 1
    assert Entry.objects.count() == before + 1


def test_two_people_change_a_term_and_none_goes_below_what_the_law_asks(first, second):
    proposal = proposals.propose(
        act=Act.TERM,
        about={"name": "ended_deliveries", "days": "30"},
        ticket="T-2",
        why="Less is kept.",
        by=first.id,
        at=clock.now(),
    )
    assert retention.terms()["ended_deliveries"] == 90
    proposals.approve(ref=proposal.ref, by=second.id, at=clock.now())
    assert retention.terms()["ended_deliveries"] == 30
    for name, days, field in (
        ("ended_grants", "30", "days"),
        ("log_entries", "30", "name"),
        ("exports", "x", "days"),
    ):
        with pytest.raises(ProposalRefused) as refused:
            proposals.propose(
                act=Act.TERM,
                about={"name": name, "days": days},
                ticket="T",
                why="W",
                by=first.id,
                at=clock.now(),
            )
        assert refused.value.name == field


def test_records_are_let_go_once_a_day_whichever_worker_comes_first():
    retention.daily()
    grant = ended_grant()
    Grant.objects.filter(ref=grant.ref).update(
        granted_at=clock.now() - years(9), ended_at=clock.now() - years(8)
    )
    retention.daily()
    assert Grant.objects.count() == 1
    cache.clear()
    retention.daily()
    assert Grant.objects.count() == 0
