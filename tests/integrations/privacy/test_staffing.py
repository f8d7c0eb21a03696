"""Who works here in which role is given and taken for a ticket, and told by the log (SR-3.5, 3.7, 9.2)."""

import json
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from audit.log.models import Entry
from consent.grants import selectors
from records.members.mfa import LastPasskey
from records.members.models import Member, Role
from tests.audit.web.test_who_may_come_in import with_a_passkey
from tests.consent.web.conftest import a_member, signed_in
from tests.factories import make_grant, make_member

pytestmark = pytest.mark.django_db
TICKET = ("--ticket", "HD-4711")


@pytest.fixture
def kim(db) -> Member:
    return a_member("kim@tests.example")


@pytest.fixture
def outside_the_demo(settings):
    settings.DEMO = False


def staff(*words: str) -> list[dict[str, str]]:
    said = StringIO()
    call_command("staff", *words, stdout=said)
    return [json.loads(line) for line in said.getvalue().splitlines()]


def passkey(member: Member, name: str = "key") -> Authenticator:
    return Authenticator.objects.create(user=member, type="webauthn", data={"name": name, "credential": {}})


def role_of(member: Member) -> str:
    member.refresh_from_db()
    return member.role


@pytest.mark.parametrize(
    "role", [role for role in Role.values if role not in {Role.MEMBER, Role.PARTNER_STAFF}]
)
def test_a_role_is_given_listed_and_taken_with_an_entry_for_each(kim, role, outside_the_demo):
    passkey(kim)

    staff("appoint", kim.email, role, *TICKET)
    assert role_of(kim) == role
    assert staff("list") == [{"email": kim.email, "role": role}]
    staff("dismiss", kim.email, *TICKET)

    assert role_of(kim) == Role.MEMBER
    assert staff("list") == []
    entries = Entry.objects.filter(kind__startswith="staff.").order_by("id")
    assert [entry.kind for entry in entries] == ["staff.appointed", "staff.dismissed"]
    for entry in entries:
        assert (entry.facts["role"], entry.facts["ticket"]) == (role, "HD-4711")
        assert entry.facts["operator"]
        assert entry.subject == selectors.subject_of(kim.id, "")
        assert kim.email not in bytes(entry.body).decode()


def test_outside_the_demo_a_role_needs_a_passkey_and_a_ticket(kim, outside_the_demo):
    with pytest.raises(CommandError, match="no passkey"):
        staff("appoint", kim.email, Role.COMPLIANCE, *TICKET)
    passkey(kim)
    with pytest.raises(CommandError, match="--ticket: Give the number"):
        staff("appoint", kim.email, Role.COMPLIANCE)

    assert role_of(kim) == Role.MEMBER
    assert not Entry.objects.filter(kind__startswith="staff.").exists()


def test_nobody_has_two_roles_and_no_member_with_consent_of_their_own_has_one(kim):
    staff("appoint", kim.email, Role.COMPLIANCE, *TICKET)
    lin = make_member("lin@tests.example")
    make_grant(lin)

    with pytest.raises(CommandError, match=r"compliance already\. Dismiss it first"):
        staff("appoint", kim.email, Role.PARTNER_REVIEWER, *TICKET)
    with pytest.raises(CommandError, match="Make one for work alone"):
        staff("appoint", lin.email, Role.SUPPORT, *TICKET)

    assert (role_of(kim), role_of(lin)) == (Role.COMPLIANCE, Role.MEMBER)


@pytest.mark.parametrize(
    "act", [("appoint", "nobody@tests.example", "support"), ("dismiss", "kim@tests.example")]
)
def test_who_is_not_there_or_has_no_role_is_told_so(kim, act):
    with pytest.raises(CommandError, match=r"no account|no role of staff"):
        staff(*act, *TICKET)


@pytest.mark.parametrize("act", ["appoint", "dismiss"])
def test_a_change_of_role_ends_every_session_of_the_account_and_no_other(kim, act):  # SR-3.5
    if act == "dismiss":
        staff("appoint", kim.email, Role.COMPLIANCE, *TICKET)
    there, other = signed_in(kim), signed_in(a_member("lin@tests.example"))

    staff(act, kim.email, *([Role.COMPLIANCE] if act == "appoint" else []), *TICKET)

    assert led_to_sign_in(there)
    assert not led_to_sign_in(other)


def led_to_sign_in(browser: Client) -> bool:
    answer = browser.get("/settings/")
    return answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")


def test_staff_keep_their_last_passkey_and_a_dismissed_account_does_not_have_to(kim):  # SR-3.7
    one, two = passkey(kim, "one"), passkey(kim, "two")
    staff("appoint", kim.email, Role.COMPLIANCE, *TICKET)

    two.delete()
    with pytest.raises(LastPasskey, match="Add another passkey first"), transaction.atomic():
        one.delete()
    staff("dismiss", kim.email, *TICKET)
    one.delete()

    assert not Authenticator.objects.filter(user=kim).exists()


@pytest.mark.django_db(transaction=True)
def test_the_page_says_why_the_last_passkey_stays(transactional_db):
    kim = a_member("kim@tests.example")
    staff("appoint", kim.email, Role.COMPLIANCE, *TICKET)
    browser = signed_in(kim)
    one = passkey(kim)
    with_a_passkey(browser, reauthenticated=True)

    answer = browser.post(f"/accounts/2fa/webauthn/keys/{one.pk}/remove/")

    assert answer.status_code == 403
    assert "Add another passkey first. Who works here keeps at least one." in answer.content.decode()
    assert Authenticator.objects.filter(pk=one.pk).exists()


def test_an_account_that_is_deleted_takes_its_passkey_along(kim):
    passkey(kim)
    staff("appoint", kim.email, Role.SUPPORT, *TICKET)

    Member.objects.get(pk=kim.pk).delete()

    assert not Authenticator.objects.exists()
