"""What the log's wing is told about names, words and people: all of the register, and nobody who was erased."""

import pytest

from audit import ports
from consent.gate import audit_ports
from consent.gate.shapes import Reason
from consent.grants import selectors
from consent.grants.letting_go import letting_go
from consent.manifests.register import manifests
from records.members.models import Member, MemberKey
from records.vocabulary.data_types import DATA_TYPES, WOMENS_HEALTH
from tests.factories import make_grant, make_member


@pytest.mark.django_db
def test_every_registered_partner_has_a_name_an_address_and_the_flows_of_its_manifest() -> None:
    told = ports.catalogue().recipients()

    assert {"strava", "own-program", "clue", "headspace"} <= set(told) == {each.slug for each in manifests()}
    for manifest in manifests():
        recipient = told[manifest.slug]
        assert (recipient.name, recipient.country) == (manifest.name, manifest.country)
        assert recipient.legal_entity
        assert recipient.privacy_url
        assert [each.flow for each in recipient.activities] == [flow.key for flow in manifest.flows]


@pytest.mark.once
def test_an_auditor_can_read_the_name_of_every_type_that_a_request_may_have_named() -> None:
    labels = ports.catalogue().data_types()

    assert set(labels) == set(DATA_TYPES)
    assert set(labels) >= WOMENS_HEALTH
    assert labels["readiness_score"] == "Readiness score"


@pytest.mark.once
def test_every_reason_has_a_sentence_and_a_word_of_somebody_else_stays_as_it_is() -> None:
    catalogue = ports.catalogue()

    assert all(catalogue.sentence(reason.value).endswith(".") for reason in Reason)
    assert catalogue.sentence("worker_gone") == "worker_gone"


def test_a_members_pseudonyms_are_one_for_each_partner_and_one_for_none(db) -> None:
    member = make_member("lin@tests.example")
    grant = make_grant(member)

    told = ports.people().subjects_of("Lin@tests.example")

    assert told[selectors.subject_of(member.id, grant.partner)] == "strava"
    assert sorted(told.values()) == sorted([each.slug for each in manifests()] + [""])
    assert len(set(told)) == len(told)


def test_a_partner_that_left_the_register_still_has_its_pseudonym(db) -> None:
    grant = make_grant()
    type(grant).objects.filter(ref=grant.ref).update(partner="a-partner-that-left")

    told = ports.people().subjects_of(grant.member.email)

    assert told[selectors.subject_of(grant.member_id, "a-partner-that-left")] == "a-partner-that-left"


def test_nobody_is_told_of_an_address_that_has_no_account(db) -> None:
    assert ports.people().subjects_of("nobody@tests.example") == {}
    assert MemberKey.objects.count() == 0  # asking makes nobody


def test_a_pseudonym_leads_to_its_member_at_its_own_partner_only(db) -> None:
    member = make_grant().member
    subject = selectors.subject_of(member.id, "strava")

    assert ports.people().identify(subject, partner="strava") == ports.Identity(member.email, "strava")
    assert ports.people().identify(subject, partner="alexa") is None
    assert ports.people().identify("0" * 32, partner="strava") is None


def test_a_member_without_a_yes_to_that_partner_is_found_too(db, monkeypatch) -> None:
    monkeypatch.setattr(audit_ports, "BATCH", 2)  # so that several batches are read
    members = [make_member() for _ in range(5)]
    make_grant(members[0])
    subjects = [selectors.subject_of(member.id, "strava") for member in members]

    found = [ports.people().identify(subject, partner="strava") for subject in subjects]

    assert [each.email for each in found if each] == [member.email for member in members]


def test_an_erased_members_pseudonym_stands_for_nobody(db) -> None:  # SR-8.3
    member = make_grant().member
    subject, email = selectors.subject_of(member.id, "strava"), member.email
    with letting_go():
        Member.objects.get(id=member.id).delete()

    assert ports.people().identify(subject, partner="strava") is None
    assert ports.people().subjects_of(email) == {}


def test_staff_are_in_the_log_under_a_pseudonym_too(db) -> None:
    auditor = make_member(role="compliance")

    assert ports.people().staff(auditor.id) == selectors.subject_of(auditor.id, "")
