"""The pages of what takes two people: one proposes, another decides, and only they see an identity (SR-5.6, 9.2)."""

import pytest
from django.urls import reverse

from audit.log.models import Entry
from audit.oversight import holds
from audit.oversight.models import Proposal
from consent.grants import selectors as grants
from tests.audit.web.conftest import staff, text
from tests.consent.web.conftest import signed_in
from tests.factories import make_grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague():
    return signed_in(staff("colleague@example.org"))


def propose(desk, act, **typed):
    said = {"ticket": "T-7", "why": "A court asks.", **typed}
    return desk.post(reverse("compliance:propose", args=[act]), said)


def decide(desk, answer):
    return desk.post(reverse(f"compliance:{answer}", args=[Proposal.objects.latest("proposed_at").ref]))


def test_a_hold_waits_for_a_colleague_and_then_stands(desk, colleague):
    assert propose(desk, "hold", partner="strava").status_code == 303
    page = text(desk.get(reverse("compliance:oversight")))
    assert "You proposed this. A colleague decides it." in page
    assert holds.standing().count() == 0
    assert decide(colleague, "approve").status_code == 303
    assert holds.standing().count() == 1
    assert "Everybody's records with Strava" in text(desk.get(reverse("compliance:oversight")))


def test_who_proposed_it_is_refused_with_a_reason_and_nothing_changes(desk):
    propose(desk, "hold", partner="strava")
    answer = decide(desk, "approve")
    assert answer.status_code == 409
    assert "Ask a colleague" in text(answer)
    assert holds.standing().count() == 0


def test_a_declined_proposal_changes_nothing(desk, colleague):
    propose(desk, "hold", partner="strava")
    decide(colleague, "decline")
    assert holds.standing().count() == 0
    assert "Declined" in text(desk.get(reverse("compliance:oversight")))


def test_what_makes_no_sense_is_422_with_the_field_named_and_what_was_typed_kept(desk):
    answer = propose(desk, "term", name="ended_grants", days="12")
    assert answer.status_code == 422
    assert "Days: Write a number of days from" in text(answer)
    assert 'value="12"' in answer.content.decode()
    assert propose(desk, "hold", partner="strava", ticket="").status_code == 422
    assert Proposal.objects.count() == 0


def test_an_identity_is_shown_to_the_two_and_leaves_no_address_in_the_log(desk, colleague):
    grant = make_grant()
    propose(desk, "identity", subject=grants.subject_of(grant.member_id, "strava"))
    ref = Proposal.objects.get().ref
    shown = reverse("compliance:identity", args=[ref])
    assert desk.post(shown).status_code == 409
    decide(colleague, "approve")
    assert grant.member.email in text(desk.post(shown))
    assert grant.member.email not in text(desk.get(reverse("compliance:oversight")))
    assert desk.get(shown).status_code == 405
    third = signed_in(staff("third@example.org"))
    assert grant.member.email not in text(third.post(shown))
    assert Entry.objects.filter(kind="identity.shown").count() == 1
    assert all(grant.member.email.encode() not in bytes(entry.body) for entry in Entry.objects.all())


@pytest.mark.parametrize("role", ["member", "support", "partner_reviewer"])
def test_for_everybody_else_there_is_no_such_page(role):
    other = signed_in(staff(f"{role}@example.org", role))
    assert other.get(reverse("compliance:oversight")).status_code == 404
    assert propose(other, "hold", partner="strava").status_code == 404


def test_an_act_that_does_not_exist_is_404(desk):
    assert desk.get(reverse("compliance:propose", args=["publish"])).status_code == 404
