"""The log and the events agree one to one, and every way in which they might not is found."""

from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps

from audit.log.models import Entry
from audit.ports import Finding
from consent.grants import clock, partners
from integrations import work
from integrations.events import claiming, ending, outcomes, replaying
from integrations.events.models import EventDelivery, Subscription
from integrations.events.outcomes import Outcome
from integrations.privacy.erasing import erase
from tests.factories import make_workout
from tests.integrations.api.asking import Asker
from tests.integrations.events.hooks import Hooks, later, let_ring_save
from tests.support.flushing import triggers_lifted
from tests.support.reconciled import DAY, append, copied, entry_of, findings, reconcile

ARRIVED, NO_ANSWER = Outcome(arrived=True), Outcome(arrived=False, maybe=True, trouble="no_answer")
GONE = Outcome(arrived=False, maybe=True, trouble="answered_410", gone=True)


def told(asker: Asker, *ends: Outcome) -> EventDelivery:
    """Let a workout be saved, and its event tried once for each of these ends; the receiver is not asked."""
    let_ring_save(asker.member, make_workout())
    event = EventDelivery.objects.latest("number")
    for end in ends:
        attempt(event, end)
    return EventDelivery.objects.get(number=event.number)


def attempt(event: EventDelivery, end: Outcome) -> None:
    later()
    claimed = claiming.claim(event.ref)
    assert claimed is not None
    outcomes.commit(claimed, end)


def die(event: EventDelivery) -> None:
    EventDelivery.objects.filter(number=event.number).update(failures=9)
    attempt(event, NO_ANSWER)


@pytest.fixture
def sent(hooks: Hooks, asker: Asker) -> EventDelivery:
    hooks.subscribe("workout", "create")
    return told(asker, ARRIVED)


def test_whatever_became_of_events_log_and_rows_agree(hooks: Hooks, asker: Asker):
    """Sent, tried again, cut off, given up, begun anew twice, refused, cancelled, and one that still waits."""
    (subscription,) = hooks.subscribe("workout", "create")
    told(asker, ARRIVED)
    told(asker, NO_ANSWER, ARRIVED)
    lost, dead, refused = told(asker), told(asker), told(asker)
    later()
    assert claiming.claim(lost.ref) is not None
    EventDelivery.objects.filter(number=lost.number).update(lease_until=clock.now())
    work.sweep()
    attempt(lost, ARRIVED)
    for _ in range(2):
        die(dead)
        replaying.replay(dead.ref, operator="support")
    assert findings() == []
    die(dead)
    partners.suspend("sahha", by="tests")
    later()
    assert claiming.claim(refused.ref) is None
    partners.reinstate("sahha", by="tests")
    told(asker)
    ending.end(subscription["id"], why=ending.BY_OWNER, actor="partner")
    hooks.subscribe("workout", "create")
    told(asker)

    result = reconcile()
    assert (result.differences, result.erased, result.dropped) == ([], 0, 0)
    found = dict(EventDelivery.objects.values_list("number", "state"))
    assert (found[dead.number], found[refused.number]) == ("dead", "refused")
    assert sorted(found.values()).count("cancelled") == 1
    assert result.entries == Entry.objects.filter(kind__startswith="event.").count() >= 20


@pytest.mark.django_db(transaction=True)
def test_an_event_whose_entries_were_left_out_is_found(sent):
    with triggers_lifted():
        Entry.objects.filter(kind__startswith="event.").delete()
    assert findings() == [Finding.ACT_WITHOUT_ENTRY] * 2


def test_an_event_that_was_put_in_by_hand_is_found(sent):
    sent.number, sent.ref = None, uuid4()
    sent.save(force_insert=True)
    assert findings() == [Finding.OTHERWISE] * 2


def test_entries_whose_event_was_taken_away_are_found(sent):
    EventDelivery.objects.all().delete()
    assert findings() == [Finding.ENTRY_WITHOUT_ACT] * 2


def test_an_outcome_that_was_changed_is_found(sent):
    EventDelivery.objects.update(state="dead", trouble="answered_500")
    assert set(findings()) == {Finding.OTHERWISE}


@pytest.mark.parametrize("fact", ["grant", "subscription", "kind", "change"])
def test_an_entry_that_tells_of_something_else_is_found(sent, fact):
    copied(entry_of(sent.decision_event), **{fact: str(uuid4())})
    assert findings() == [Finding.OTHERWISE]


@pytest.mark.parametrize("which", ["decision_event", "outcome_event"])
def test_what_is_told_twice_is_found(sent, which):
    copied(entry_of(getattr(sent, which)))
    assert findings() == [Finding.TWICE]


def test_an_attempt_that_never_was_is_found(sent):
    told = entry_of(sent.outcome_event)
    append("event.may_have_arrived", {**told.facts, "attempt": 2}, like=told)
    assert findings() == [Finding.OTHERWISE]


def test_an_end_and_a_new_beginning_that_never_were_are_found(hooks: Hooks, asker: Asker):
    hooks.subscribe("workout", "create")
    event = told(asker)
    die(event)
    replaying.replay(event.ref, operator="support")
    assert findings() == []
    for kind in ("event.dead", "event.replayed"):
        copied(Entry.objects.get(kind=kind))
    assert findings() == [Finding.TWICE] * 2


def test_what_was_begun_anew_before_it_was_counted_is_counted_from_the_log(hooks: Hooks, asker: Asker):
    hooks.subscribe("workout", "create")
    event = told(asker)
    die(event)
    replaying.replay(event.ref, operator="support")
    EventDelivery.objects.update(replays=0)
    import_module("integrations.events.migrations.0002_how_often_an_event_was_begun_anew").bring_over(
        apps, None
    )
    assert findings() == []


def test_rows_that_went_with_their_member_are_accounted_for(sent, asker: Asker):  # SR-8.3
    told(asker, NO_ANSWER)
    told(asker, GONE)
    erase(member_id=asker.member.id, actor="member")
    result = reconcile()
    assert (result.ok, result.dropped) == (True, 0)
    assert result.erased == Entry.objects.filter(kind__startswith="event.").count()


def test_rows_past_their_term_are_accounted_for_and_not_a_day_before(sent, settings):
    Subscription.objects.all().delete()
    settings.RETENTION_DAYS = {**settings.RETENTION_DAYS, "ended_events": 0}
    result = reconcile()
    assert (result.ok, result.dropped) == (True, 2)
    settings.RETENTION_DAYS = {**settings.RETENTION_DAYS, "ended_events": 1}
    assert reconcile(since=entry_of(sent.decision_event).at - DAY).differ == 2
