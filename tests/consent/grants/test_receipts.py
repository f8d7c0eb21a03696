"""What a receipt and its entry say of a grant that is over, and that the database lets nobody rewrite it."""

import base64
from uuid import UUID

import pytest
import rfc8785
from django.db import DatabaseError, connection, transaction

from audit.log.models import Entry
from consent.grants import notices, receipts, receipts_fhir, services, signing
from consent.grants.models import Receipt
from consent.manifests.register import manifests
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

    said = signing.document_of(ended)
    assert {flow for flow, (on, _) in receipts.flows_of(said).items() if on} == set()
    fhir = receipts_fhir.resource(said)
    assert receipts_fhir.flows_of(fhir) == receipts.flows_of(said)
    facts = Entry.objects.get(event_id=ended.event_id).facts
    assert facts["on"] == []
    assert facts["flows"] == said["event"]["flows"] == sorted(flows)  # what the end took away


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("table", "column"), [("consent_grants_receipt", "jws"), ("consent_grants_notice", "document")]
)
def test_evidence_cannot_be_rewritten_past_the_ordinary_triggers(
    member, notice, table, column
) -> None:  # SR-8.4
    services.allow(member=member, partner="strava", flows=frozenset({WORKOUTS}), notice=notice, at=NOON)
    statement = (
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
        if connection.vendor == "sqlite"
        else f"SET LOCAL session_replication_role = replica; UPDATE {table} SET {column} = '{{}}'"
    )

    with (
        pytest.raises(DatabaseError, match="never changes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("legal_entity", ["", "".join(map(chr, range(1, 0x300))) + "\u2028\U0001f48d\uffff"])
def test_the_bytes_that_are_signed_are_rfc_8785_for_every_partner(legal_entity) -> None:
    for manifest in manifests():
        shown = {**notices.document(manifest, locale="en"), "legal_entity": legal_entity}
        document = receipts.document(
            ref=UUID(int=1),
            number=2**31 - 1,
            change=receipts.Change.CHANGED,
            changed=[flow.key for flow in manifest.flows],
            at=NOON,
            subject="a pseudonym",
            notice_digest=notices.digest(shown),
            notice=shown,
            grant_ref=UUID(int=2),
            status="active",
            granted_at=NOON,
            expires_at=NOON,
            history_from="2026-11-20",
            on={flow.key: flow.field_set for flow in manifest.flows[::2]},
            controller="Ringfence",
        )
        signed = signing.sign(document).split(".")[1]
        assert base64.urlsafe_b64decode(f"{signed}==") == rfc8785.dumps(document)
