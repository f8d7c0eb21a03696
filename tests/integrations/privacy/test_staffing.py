"""Who works here in which role is given and taken for a ticket, and told by the log (SR-3.5, 3.7, 9.2)."""

import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from audit.log import operators
from audit.log.models import Entry
from consent.grants import clock, selectors
from integrations.deliveries.lifecycle import State
from integrations.oauth.bearer import Refused, find
from integrations.privacy import erasing
from integrations.privacy.errors import NotAMember
from integrations.tokens import services
from records.members.errors import LastPasskey
from records.members.mfa import keep_the_last_passkey
from records.members.models import Member, Role
from tests.audit.web.test_who_may_come_in import with_a_passkey
from tests.consent.web.conftest import PASSWORD, a_member, signed_in
from tests.factories import log_workout, make_connection, make_grant

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
    return Member.objects.get(pk=member.pk).role


def unchanged(*accounts: Member) -> bool:
    return [each.role for each in accounts] == [role_of(each) for each in accounts]


@pytest.mark.parametrize(
    "role", [role for role in Role.values if role not in {Role.MEMBER, Role.PARTNER_STAFF}]
)
def test_a_role_is_given_listed_and_taken_with_an_entry_for_each(kim, role, outside_the_demo):
    passkey(kim)

    for _ in range(2):  # asked twice, it is one change
        given = staff("appoint", kim.email.upper(), role, *TICKET)
    assert given == staff("list") == [{"email": kim.email, "role": role, "active": True}]
    for _ in range(2):
        taken = staff("dismiss", kim.email, *TICKET)

    assert taken == staff("list") == [{"email": kim.email, "role": role, "active": False}]
    entries = Entry.objects.filter(kind__startswith="staff.").order_by("id")
    assert [entry.kind for entry in entries] == ["staff.appointed", "staff.dismissed"]
    for entry in entries:
        assert (entry.facts["role"], entry.facts["ticket"]) == (role, "HD-4711")
        assert entry.facts["operator"] == operators.login()
        assert entry.subject == selectors.subject_of(kim.id, "")
        assert kim.email not in bytes(entry.body).decode()


def test_outside_the_demo_a_role_needs_a_passkey_and_a_ticket(kim, outside_the_demo):
    with pytest.raises(CommandError, match="no passkey"):
        staff("appoint", kim.email, Role.COMPLIANCE, *TICKET)
    passkey(kim)
    with pytest.raises(CommandError, match="--ticket: Give the number"):
        staff("appoint", kim.email, Role.COMPLIANCE)

    assert unchanged(kim)
    assert not Entry.objects.filter(kind__startswith="staff.").exists()


def test_nobody_has_two_roles_and_partners_people_have_none(kim):
    staff("appoint", kim.email, Role.COMPLIANCE, *TICKET)
    owner = a_member("owner@tests.example", role=Role.PARTNER_STAFF)

    for email in (kim.email, owner.email):
        with pytest.raises(CommandError, match="has one role only"):
            staff("appoint", email, Role.PARTNER_REVIEWER, *TICKET)
    with pytest.raises(CommandError, match="no role of staff"):
        staff("dismiss", owner.email, *TICKET)

    assert role_of(kim) == Role.COMPLIANCE
    assert unchanged(owner)


@pytest.mark.parametrize(
    "own",
    [
        make_grant,
        lambda member: services.create(member=member, note="My display"),
        lambda member: log_workout(member),
    ],
)
def test_an_account_with_anything_of_a_member_gets_no_role(kim, own):  # it could not be erased any more
    own(kim)

    with pytest.raises(CommandError, match="an account for work alone"):
        staff("appoint", kim.email, Role.SUPPORT, *TICKET)

    assert unchanged(kim)


@pytest.mark.parametrize(
    ("there", "meant"),
    [("b\u0131ll@tests.example", "bill@tests.example"), ("bill@tests.example", "bill@tests.example ")],
)
def test_a_look_alike_of_an_address_is_nobody(db, there, meant):
    account = a_member(there)

    with pytest.raises(CommandError, match="no account with this e-mail address"):
        staff("appoint", meant, Role.SUPPORT, *TICKET)

    assert unchanged(account)


def test_what_staff_shared_before_the_rule_has_stopped_when_they_are_gone(kim):
    grant = make_grant(kim)
    make_connection(grant)
    (delivery,) = log_workout(kim)
    key = services.create(member=kim, note="My display")[1]
    Member.objects.filter(pk=kim.pk).update(role=Role.SUPPORT)

    staff("dismiss", kim.email, *TICKET)

    grant.refresh_from_db()
    delivery.refresh_from_db()
    assert (grant.status, delivery.state) == ("revoked", State.CANCELLED)
    assert isinstance(find(key, at=clock.now()), Refused)


def test_who_was_dismissed_does_not_come_back_and_stays_accountable(kim):
    staff("appoint", kim.email, Role.COMPLIANCE, *TICKET)
    staff("dismiss", kim.email, *TICKET)

    with pytest.raises(CommandError, match="closed"):
        staff("appoint", kim.email, Role.COMPLIANCE, *TICKET)
    with pytest.raises(NotAMember):
        erasing.erase(member_id=kim.id, actor="operator")
    assert Client().login(username=kim.email, password=PASSWORD) is False
    assert Entry.objects.filter(kind__startswith="staff.").count() == 2


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


@pytest.mark.parametrize("role", [Role.COMPLIANCE, Role.MEMBER, Role.PARTNER_STAFF])
def test_staff_keep_their_last_passkey_and_nobody_else_has_to(kim, role):  # SR-3.7
    kim.role = role
    kim.save()
    browser = signed_in(kim)
    one, two = passkey(kim, "one"), passkey(kim, "two")
    with_a_passkey(browser, reauthenticated=True)

    answers = [browser.post(f"/accounts/2fa/webauthn/keys/{each.pk}/remove/") for each in (two, one)]

    past_the_form = browser.delete(f"/accounts/2fa/webauthn/keys/{one.pk}/remove/")

    kept = role == Role.COMPLIANCE
    assert past_the_form.status_code == 405
    assert [answer.status_code for answer in answers] == [302, 403 if kept else 302]
    assert Authenticator.objects.filter(user=kim).count() == kept
    if kept:
        said = answers[1].content.decode()
        assert "Add another passkey first. Who works here keeps at least one." in said


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_passkeys_that_go_at_once_leave_one(transactional_db):
    kim = a_member("kim@tests.example", role=Role.COMPLIANCE)
    there = Barrier(2)

    def go(key: Authenticator) -> bool:
        try:
            with transaction.atomic():
                there.wait(timeout=10)
                keep_the_last_passkey(key)
                key.delete()
        except LastPasskey:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as both:
        gone = list(both.map(go, [passkey(kim, "one"), passkey(kim, "two")]))

    assert sorted(gone) == [False, True]
    assert Authenticator.objects.filter(user=kim).count() == 1


def test_the_operator_is_who_the_system_knows_not_who_the_environment_says(monkeypatch):
    before = operators.login()
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "the.chief@tests.example")
    assert operators.login() == before
    monkeypatch.setattr("os.getuid", lambda: 3_999_999)
    assert operators.login() == "uid-3999999"
