"""Allow, refuse, turn on, turn off, stop: each is one change with its receipt and its entry, or nothing at all."""

from datetime import date, timedelta

import jwt
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.log.models import Entry
from consent.grants import errors, receipts, selectors, services, signing
from consent.grants.lifecycle import Status
from consent.grants.models import Grant, Receipt
from tests.consent.conftest import NOON

WORKOUTS = "export:workout"
READINESS = "export:readiness_score"


def allow(member, notice, *flows: str, at=NOON) -> Receipt:
    return services.allow(member=member, partner="strava", flows=frozenset(flows), notice=notice, at=at)


def kinds() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def test_a_yes_covers_what_was_switched_on_and_nothing_else(member, notice) -> None:
    grant = allow(member, notice, WORKOUTS).grant

    assert {toggle.flow for toggle in grant.toggles.all() if toggle.on} == {WORKOUTS}
    assert grant.toggles.count() == len(notice.document["flows"])  # the others are there, and off
    assert grant.expires_at == NOON + timedelta(days=365)


def test_a_yes_covers_the_day_it_was_given_where_the_member_lives(member, notice) -> None:
    late = NOON.replace(hour=3)  # in New York it is still the evening before

    assert allow(member, notice, WORKOUTS, at=late).grant.history_from == date(2026, 11, 19)


def test_each_change_leaves_one_receipt_and_one_entry_that_name_each_other(member, notice) -> None:
    given = allow(member, notice, WORKOUTS, READINESS)
    off = services.turn_off(grant_ref=given.grant_id, flow=READINESS, at=NOON)
    services.turn_on(grant_ref=given.grant_id, flow=READINESS, at=NOON)
    services.withdraw(grant_ref=given.grant_id, at=NOON)

    assert kinds() == ["grant.given", "toggle.off", "toggle.on", "grant.withdrawn"]
    assert list(Receipt.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
    assert Entry.objects.get(event_id=off.event_id).facts["receipt"] == str(off.ref)


def test_a_receipt_read_back_from_its_signature_tells_the_same_flows(member, notice) -> None:
    receipt = allow(member, notice, WORKOUTS)

    signed = signing.read(receipt.jws, signing.jwks())

    assert receipts.flows_of(signed) == receipts.flows_of(signing.document_of(receipt))
    assert {flow for flow, (on, _) in receipts.flows_of(signed).items() if on} == {WORKOUTS}


def test_a_receipt_whose_words_were_changed_no_longer_verifies(member, notice) -> None:
    head, body, signature = allow(member, notice, WORKOUTS).jws.split(".")
    forged = f"{head}.{body[:-4]}AAAA.{signature}"

    with pytest.raises(jwt.InvalidTokenError):
        signing.read(forged, signing.jwks())


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_to_change_a_receipt(member, notice) -> None:
    receipt = allow(member, notice, WORKOUTS)

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Receipt.objects.filter(ref=receipt.ref).update(change="withdrawn")


def test_a_no_is_recorded_and_touches_nothing(member, notice) -> None:
    live = allow(member, notice, WORKOUTS).grant
    services.refuse(member=member, partner="strava", notice=notice, at=NOON)

    live.refresh_from_db()
    assert live.status == Status.ACTIVE
    assert kinds()[-1] == "consent.refused"


def test_a_second_yes_changes_the_live_grant_and_makes_no_second_one(member, notice) -> None:
    first = allow(member, notice, WORKOUTS)
    second = allow(member, notice, READINESS)

    assert first.grant_id == second.grant_id
    assert {toggle.flow for toggle in second.grant.toggles.all() if toggle.on} == {READINESS}
    assert second.change == receipts.Change.CHANGED


def test_the_database_allows_one_live_grant_per_partner(member, notice) -> None:
    grant = allow(member, notice, WORKOUTS).grant

    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(
            member=member,
            partner="strava",
            granted_at=NOON,
            expires_at=grant.expires_at,
            history_from=grant.history_from,
            notice=notice,
        )


def test_the_database_refuses_a_purpose_of_advertising_or_sale(member, notice) -> None:
    grant = allow(member, notice, WORKOUTS).grant

    with pytest.raises(IntegrityError), transaction.atomic():
        grant.toggles.filter(flow=WORKOUTS).update(purpose="advertising")


def test_a_stop_ends_the_grant_raises_its_epoch_and_is_final(member, notice) -> None:
    grant = allow(member, notice, WORKOUTS).grant
    services.withdraw(grant_ref=grant.ref, at=NOON)

    grant.refresh_from_db()
    assert (grant.status, grant.epoch, grant.ended_at) == (Status.WITHDRAWN, 2, NOON)
    with pytest.raises(errors.GrantAlreadyEnded):
        services.withdraw(grant_ref=grant.ref, at=NOON)
    with pytest.raises(errors.GrantAlreadyEnded):
        services.turn_on(grant_ref=grant.ref, flow=READINESS, at=NOON)


def test_after_a_stop_a_new_yes_is_a_new_grant(member, notice) -> None:
    first = allow(member, notice, WORKOUTS).grant
    services.withdraw(grant_ref=first.ref, at=NOON)

    assert allow(member, notice, WORKOUTS).grant_id != first.ref
    assert selectors.grants_of(member).count() == 2  # the ended one is evidence


def test_switching_off_and_on_again_raises_the_switchs_epoch(member, notice) -> None:
    grant = allow(member, notice, WORKOUTS).grant
    services.turn_off(grant_ref=grant.ref, flow=WORKOUTS, at=NOON)
    services.turn_on(grant_ref=grant.ref, flow=WORKOUTS, at=NOON)

    toggle = grant.toggles.get(flow=WORKOUTS)
    assert (toggle.on, toggle.epoch) == (True, 2)


def test_the_clock_ends_a_grant_at_the_very_moment_it_runs_out(member, notice) -> None:
    grant = allow(member, notice, WORKOUTS).grant

    assert services.expire(at=grant.expires_at - timedelta(seconds=1)) == []
    assert services.expire(at=grant.expires_at) == [grant.ref]
    assert services.expire(at=grant.expires_at) == []  # safe to run again
    grant.refresh_from_db()
    assert grant.status == Status.EXPIRED


@pytest.mark.parametrize(
    ("partner", "flows", "error"),
    [
        ("strava", {"export:sleep"}, errors.UnknownFlow),
        ("strava", {"export:workout", "export:period"}, errors.UnknownFlow),
        ("strava", set(), errors.NothingTurnedOn),
        ("nobody", {"export:workout"}, errors.UnknownPartner),
    ],
)
def test_a_yes_to_what_the_partner_does_not_have_stores_nothing(
    member, notice, partner, flows, error
) -> None:
    with pytest.raises(error):
        services.allow(member=member, partner=partner, flows=frozenset(flows), notice=notice, at=NOON)

    assert not Grant.objects.exists()
    assert not Entry.objects.exists()


def test_a_yes_to_a_notice_that_is_no_longer_shown_is_asked_for_again(member, notice) -> None:
    notice.digest = "sha256:" + "0" * 64

    with pytest.raises(errors.NoticeChanged):
        allow(member, notice, WORKOUTS)


def test_the_log_knows_a_member_by_another_pseudonym_for_each_partner(member, notice) -> None:
    allow(member, notice, WORKOUTS)
    written = bytes(Entry.objects.get().body).decode()

    assert selectors.subject_of(member.id, "strava") != selectors.subject_of(member.id, "open")
    assert selectors.subject_of(member.id, "strava") in written
    assert str(member.id) not in written
    assert member.email not in written


def test_the_notice_shows_womens_health_first_in_what_never_leaves(notice) -> None:
    assert "cycle" in notice.document["never"][0]
    assert notice.digest.startswith("sha256:")
    assert selectors.current_notice("strava") == notice  # the same text is the same notice


def test_a_switch_pressed_twice_is_one_change_with_one_receipt(member, notice) -> None:
    given = allow(member, notice, WORKOUTS, READINESS)
    off = [services.turn_off(grant_ref=given.grant_id, flow=READINESS) for _ in range(2)]
    on = [services.turn_on(grant_ref=given.grant_id, flow=READINESS) for _ in range(2)]
    assert off[0].ref == off[1].ref
    assert on[0].ref == on[1].ref
    grant = Grant.objects.get()
    assert list(grant.receipts.order_by("number").values_list("change", flat=True)) == [
        "allowed",
        "turned_off",
        "turned_on",
    ]
    assert grant.toggles.get(flow=READINESS).epoch == 2
    assert Entry.objects.filter(kind__startswith="toggle.").count() == 2


@pytest.mark.parametrize(
    "act",
    [
        lambda ref: services.withdraw(grant_ref=ref),
        lambda ref: services.revoke(grant_ref=ref, by="partner"),
        lambda ref: services.turn_off(grant_ref=ref, flow=WORKOUTS),
    ],
)
def test_a_stop_takes_five_statements(member, notice, act) -> None:  # G8
    """The lock, what stands, the change, the entry, the receipt."""
    given = allow(member, notice, WORKOUTS, READINESS)
    selectors.notice_by_digest(notice.digest)  # read once in a process

    with CaptureQueriesContext(connection) as said:
        act(given.grant_id)

    told = [each["sql"].split()[0] for each in said]
    told = [word for word in told if word not in {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"}]
    assert told == ["SELECT", "SELECT", "UPDATE", "INSERT", "INSERT"]
