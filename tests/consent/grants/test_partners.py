"""A partner is suspended for all members by one row; a reviewed manifest is in force from its row."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.log.models import Entry
from consent.gate import door, snapshots
from consent.gate.decide import decide
from consent.gate.release import Refusal
from consent.gate.shapes import Reason, Request
from consent.grants import clock, partners
from consent.grants.errors import UnknownPartner
from consent.grants.models import Grant, Partner
from consent.manifests import register
from consent.manifests.register import ManifestRefused
from consent.manifests.shapes import Channel, Direction
from consent.manifests.written import digest, read, written
from integrations.oauth import demo
from tests.factories import log_workout, make_connection, make_grant

pytestmark = pytest.mark.django_db
SAHHA = demo.manifest(demo.PROGRAMS[0])
SCORE = "export:sleep_score"


def reason(grant: Grant, flow: str) -> Reason:
    """Ask the gate about a flow, as the next decision of any process would."""
    read_again = Grant.objects.as_decided_on().get(ref=grant.ref)
    direction, _, data_type = flow.partition(":")
    snapshot = snapshots.of_grant(read_again)
    return decide(
        Request(grant.partner, Direction(direction), data_type, clock.now()), snapshot, snapshots.policy()
    ).reason


def test_suspending_is_one_row_and_in_force_for_the_very_next_decision():
    grants = [make_grant() for _ in range(3)]
    with CaptureQueriesContext(connection) as said:
        partners.suspend("strava", by="ringfence")
    touched = [each["sql"] for each in said if each["sql"].startswith(("UPDATE", "INSERT"))]
    assert all("consent_grants_partner" in sql or "audit" in sql for sql in touched)

    assert {reason(grant, "export:workout") for grant in grants} == {Reason.PARTNER_SUSPENDED}
    assert Entry.objects.filter(kind="partner.suspended", partner="strava").count() == 1

    partners.suspend("strava", by="ringfence")  # pressed twice, it is one change
    assert Partner.objects.get(slug="strava").epoch == 2
    partners.reinstate("strava", by="ringfence")
    assert {reason(grant, "export:workout") for grant in grants} == {Reason.PERMITTED}


def test_a_delivery_of_a_suspended_partner_is_refused_at_the_door():
    grant = make_grant()
    make_connection(grant)
    (delivery,) = log_workout(grant.member)
    partners.suspend("strava", by="ringfence")
    answer = door.release(
        grant_ref=grant.ref, flow="export:workout", document_ref=delivery.document_ref, references={}
    )
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.PARTNER_SUSPENDED


def test_a_partners_standing_costs_no_statement_of_its_own():
    partners.review(SAHHA, by="reviewer")
    grant = make_grant(partner="sahha", on=(SCORE,))
    assert reason(grant, SCORE) is Reason.PERMITTED
    with CaptureQueriesContext(connection) as asked:
        read_again = Grant.objects.as_decided_on().prefetch_related("toggles").get(ref=grant.ref)
        snapshots.of_grant(read_again)
        snapshots.policy()
    assert len(asked) == 2  # the grant with all that belongs to it, and its toggles


def test_a_process_that_knows_another_manifest_reads_the_row_again():
    partners.review(SAHHA, by="reviewer")
    grant = make_grant(partner="sahha", on=(SCORE,))
    without = replace(SAHHA, flows=tuple(flow for flow in SAHHA.flows if flow.key != SCORE))
    row = Partner.objects.get(slug="sahha")
    row.manifest, row.digest = written(without), digest(written(without))  # as another process would
    row.save()
    assert reason(grant, SCORE) is Reason.FLOW_NOT_DECLARED

    Partner.objects.filter(slug="sahha").delete()
    assert reason(grant, SCORE) is Reason.UNKNOWN_PARTNER
    assert register.manifest_of("sahha") is None


def test_a_row_that_asks_for_too_much_is_a_partner_that_nobody_knows():
    partners.review(SAHHA, by="reviewer")
    grant = make_grant(partner="sahha", on=(SCORE,))
    document = written(SAHHA)
    document["flows"][0] |= {
        "data_type": "temperature_trend",
        "fields": {"daily_readiness": ["temperature_deviation"]},
    }
    Partner.objects.filter(slug="sahha").update(manifest=document, digest=digest(document))
    assert reason(grant, SCORE) is Reason.UNKNOWN_PARTNER


@pytest.mark.parametrize(
    "change",
    [
        {"direction": Direction.IMPORT},
        {"channel": Channel.PUSH},
        {"data_type": "period", "fields": {"period": ("flow",)}},
        {"data_type": "temperature_trend", "fields": {"daily_readiness": ("temperature_deviation",)}},
        {"data_type": "readiness_detail", "fields": {"daily_readiness": ("contributors.hrv_balance",)}},
    ],
)
def test_a_review_stays_under_the_ceiling_of_self_service(change):
    curious = replace(SAHHA, flows=(*SAHHA.flows[1:], replace(SAHHA.flows[0], **change)))
    with pytest.raises(ManifestRefused):
        partners.review(curious, by="reviewer")
    assert not Partner.objects.exists()


def test_a_review_cannot_take_the_place_of_a_partner_in_code():
    with pytest.raises(ManifestRefused, match="another partner has this slug"):
        partners.review(replace(SAHHA, slug="technogym"), by="reviewer")
    with pytest.raises(UnknownPartner):
        partners.suspend("nobody", by="ringfence")


def test_a_manifest_comes_back_from_its_row_as_it_was_written():
    assert read(written(SAHHA)) == SAHHA


def test_the_same_review_twice_changes_nothing():
    first = partners.review(SAHHA, by="reviewer")
    again = partners.review(SAHHA, by="reviewer2")
    assert first.changed_at == again.changed_at
    assert Entry.objects.filter(kind="partner.reviewed").count() == 1
