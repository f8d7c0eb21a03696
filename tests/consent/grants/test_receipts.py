"""What a receipt and its entry say of a grant that is over, and that the database lets nobody rewrite it."""

import pytest
from django.db import DatabaseError, connection, transaction

from audit.log.models import Entry
from consent.grants import receipts, receipts_fhir, services
from consent.grants.models import Receipt
from tests.consent.conftest import NOON

READINESS, WORKOUTS = "export:readiness_score", "export:workout"


@pytest.mark.parametrize(
    "end",
    [lambda ref: services.withdraw(grant_ref=ref), lambda ref: services.revoke(grant_ref=ref, by="partner")],
)
def test_after_the_end_of_a_grant_nothing_is_on_in_its_receipt_nor_in_its_entry(member, notice, end) -> None:
    flows = frozenset({WORKOUTS, READINESS})
    given = services.allow(member=member, partner="strava", flows=flows, notice=notice, at=NOON)

    ended: Receipt = end(given.grant_id)

    assert {flow for flow, (on, _) in receipts.flows_of(ended.document).items() if on} == set()
    fhir = receipts_fhir.resource(ended.document)
    assert receipts_fhir.flows_of(fhir) == receipts.flows_of(ended.document)
    facts = Entry.objects.get(event_id=ended.event_id).facts
    assert facts["on"] == []
    assert facts["flows"] == ended.document["event"]["flows"] == sorted(flows)  # what the end took away


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["consent_grants_receipt", "consent_grants_notice"])
def test_evidence_cannot_be_rewritten_past_the_ordinary_triggers(member, notice, table) -> None:  # SR-8.4
    services.allow(member=member, partner="strava", flows=frozenset({WORKOUTS}), notice=notice, at=NOON)
    statement = (
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
        if connection.vendor == "sqlite"
        else f"SET LOCAL session_replication_role = replica; UPDATE {table} SET document = '{{}}'"
    )

    with (
        pytest.raises(DatabaseError, match="never changes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
