"""The log and the outbox agree one to one, and every way in which they might not is found."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from audit import ports
from audit.log.models import Entry
from audit.ports import Finding
from audit.proofs import reconciling
from consent.grants import clock
from consent.grants.services import withdraw
from integrations.connectors.port import Delivered, Rejected, TryLater
from integrations.deliveries import claiming, ending, outcomes, sweeping
from integrations.deliveries.models import Delivery
from integrations.privacy.erasing import erase
from tests.factories import WORKOUT_OUT, log_workout, make_connection, make_grant, make_member
from tests.support.flushing import triggers_lifted
from tests.support.reconciled import DAY, append, copied, entry_of, findings, reconcile

pytestmark = pytest.mark.django_db


def send(delivery: Delivery, outcome) -> Delivery:
    """Claim a delivery and let it end so; the partner is not asked."""
    Delivery.objects.filter(id=delivery.id).update(next_attempt_at=clock.now())
    claimed = claiming.claim(delivery.id)
    assert claimed is not None
    outcomes.commit(claimed, outcome, None)
    return Delivery.objects.get(id=delivery.id)


@pytest.fixture
def member():
    member = make_member()
    make_connection(make_grant(member))
    return member


@pytest.fixture
def delivered(member) -> Delivery:
    (delivery,) = log_workout(member)
    return send(delivery, Delivered("1"))


def test_whatever_became_of_deliveries_log_and_outbox_agree(member, delivered):
    """Delivered, rejected, tried again, cut off, cancelled, and one that still waits."""
    (rejected,), (again,), (lost,), (cancelled,), _ = (log_workout(member) for _ in range(5))
    send(rejected, Rejected("malformed"))
    send(again, TryLater("server_error"))
    send(again, TryLater("no_answer", may_have_arrived=True))
    send(again, Delivered("2"))
    assert claiming.claim(lost.id) is not None
    Delivery.objects.filter(id=lost.id).update(lease_until=clock.now())
    sweeping.bring_back_lapsed()
    send(lost, Delivered("3"))
    assert findings() == []

    withdraw(grant_ref=cancelled.grant_id)
    ending.cancel_waiting(cancelled.grant_id)

    result = reconcile()
    assert (result.ok, result.erased, result.dropped) == (True, 0, 0)
    assert result.acts >= 9
    known = [kind for claims in ports.claims().values() for kind in claims.kinds]
    assert result.entries == Entry.objects.filter(kind__in=known).count()
    assert len(known) == len(set(known))


def test_the_result_is_an_event_that_names_the_first(delivered):
    Delivery.objects.update(outcome_event=None)
    result = reconcile(actor="operator")
    entry = Entry.objects.get(kind="audit.reconciled")
    assert entry.facts == result.told()
    assert entry.facts["differ"] == 2
    assert {"ref": str(delivered.id), "finding": "act_without_entry"} in entry.facts["first"]


@pytest.mark.django_db(transaction=True)
def test_a_delivery_whose_entries_were_left_out_is_found(delivered):
    with triggers_lifted():
        Entry.objects.filter(kind__in=["release.permitted", "delivery.delivered"]).delete()
    assert findings() == [Finding.ACT_WITHOUT_ENTRY] * 2


def test_a_delivery_that_was_put_in_by_hand_is_found(delivered):
    Delivery.objects.create(
        grant=delivered.grant,
        grant_epoch=1,
        flow=WORKOUT_OUT,
        toggle_epoch=1,
        document_ref=uuid4(),
        kind="workout",
        day=delivered.day,
        state="delivered",
        attempt=1,
        next_attempt_at=clock.now(),
        created_at=clock.now(),
        ended_at=clock.now(),
        decision_event=delivered.decision_event,
        outcome_event=delivered.outcome_event,
    )
    assert findings() == [Finding.OTHERWISE] * 2


def test_an_entry_whose_delivery_was_taken_away_is_found(delivered):
    Delivery.objects.all().delete()
    assert findings() == [Finding.ENTRY_WITHOUT_ACT] * 2


def test_an_outcome_that_was_changed_is_found(delivered):
    Delivery.objects.update(state="dead", trouble="rejected")
    assert set(findings()) == {Finding.OTHERWISE}


def test_an_entry_that_tells_of_another_flow_or_grant_is_found(delivered):
    copied(entry_of(delivered.decision_event), flow="export:readiness_score")
    copied(entry_of(delivered.decision_event), grant=str(make_grant().ref))
    assert findings() == [Finding.OTHERWISE] * 2


@pytest.mark.parametrize("which", ["decision_event", "outcome_event"])
def test_what_is_told_twice_is_found(delivered, which):
    copied(entry_of(getattr(delivered, which)))
    assert findings() == [Finding.TWICE]


def test_an_attempt_that_never_was_is_found(delivered):
    sent = entry_of(delivered.outcome_event)
    append("delivery.may_have_arrived", {**sent.facts, "attempt": 2}, like=sent)
    assert findings() == [Finding.OTHERWISE]


def test_rows_that_went_with_their_member_are_accounted_for(member, delivered):  # SR-8.3
    erase(member_id=member.id, actor="member")
    result = reconcile()
    assert (result.ok, result.erased) == (True, 2)


def test_a_grant_that_is_told_as_erased_and_stands_is_found(delivered):
    sent = entry_of(delivered.outcome_event)
    append("grant.erased", {"grant": str(delivered.grant_id)}, like=sent)
    assert findings() == [Finding.OTHERWISE]


def test_rows_past_their_term_are_accounted_for_and_not_a_day_before(delivered, settings):
    Delivery.objects.all().delete()
    old = entry_of(delivered.decision_event).at
    settings.RETENTION_DAYS = {**settings.RETENTION_DAYS, "ended_deliveries": 0}
    result = reconcile()
    assert (result.ok, result.dropped) == (True, 2)
    settings.RETENTION_DAYS = {**settings.RETENTION_DAYS, "ended_deliveries": 1}
    assert reconcile(since=old - DAY).differ == 2


def test_yesterday_is_reconciled_once(delivered, monkeypatch):
    noon = datetime.combine(timezone.now().astimezone(UTC).date(), datetime.min.time(), UTC) + DAY + DAY / 2
    monkeypatch.setattr(timezone, "now", lambda: noon - DAY / 2 + timedelta(minutes=1))
    assert reconciling.daily() is None  # too early
    monkeypatch.setattr(timezone, "now", lambda: noon)
    first = reconciling.daily()
    assert first is not None
    assert (first.ok, first.entries) == (True, 2)
    assert reconciling.daily() is None
    assert Entry.objects.filter(kind="audit.reconciled").count() == 1


def test_no_day_is_left_out_when_the_worker_was_away(delivered, monkeypatch):
    midnight = datetime.combine(timezone.now().astimezone(UTC).date(), datetime.min.time(), UTC) + DAY
    monkeypatch.setattr(timezone, "now", lambda: midnight + DAY / 2)
    first = reconciling.daily()
    assert reconcile(since=midnight, until=midnight + DAY).ok  # an operator's look is no day done
    monkeypatch.setattr(timezone, "now", lambda: midnight + 3 * DAY + DAY / 2)
    second = reconciling.daily()
    assert first is not None
    assert second is not None
    assert (first.until, second.since, second.until) == (midnight, midnight, midnight + 3 * DAY)
