"""The compliance face opens to the compliance role alone, signed in with a passkey (SR-3.7, SR-9.2)."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from records.members.models import Role
from tests.audit.web.conftest import happened, staff, text
from tests.consent.web.conftest import signed_in
from tests.consent.web.test_every_page import assert_kept_to_the_policy

PAGES = ["/compliance/", "/compliance/verify/", "/compliance/exports/", "/compliance/reports/"]
PAGES += [f"/compliance/reports/{name}/" for name in ("accounting", "recipients", "processing", "breach")]


def addresses() -> list[str]:
    return [*PAGES, reverse("compliance:entry", args=[happened().event_id])]


def with_a_passkey(desk: Client, **record: object) -> None:
    """What the library keeps in the session when a passkey was shown."""
    session = desk.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [
        *records,
        {"method": "mfa", "type": "webauthn", "at": time.time(), **record},
    ]
    session.save()


def test_who_is_not_signed_in_is_led_to_the_sign_in(client, db):
    for address in addresses():
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/?next=/compliance/")


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.COMPLIANCE])
def test_for_every_other_role_there_is_no_such_page(db, role):  # SR-9.2
    desk = signed_in(staff("somebody@example.org", role))
    assert {desk.get(address).status_code for address in addresses()} == {404}


def test_an_auditor_comes_to_the_records_after_sign_in(desk, auditor, client):
    answer = client.post(
        "/accounts/login/", {"login": auditor.email, "password": "a-long-password-of-lin"}, follow=True
    )
    assert answer.request["PATH_INFO"] == "/compliance/"


def test_every_page_keeps_to_the_policy_and_to_itself(desk):  # SR-4.2
    for address in addresses():
        answer = desk.get(address)
        assert answer.status_code == 200
        assert_kept_to_the_policy(answer, address)
        assert "no-store" in answer["Cache-Control"]
        page = answer.content.decode()
        assert page.count("<h1") == 1
        assert "@" not in page  # pseudonyms only: nobody's address
        assert 'href="/stop/"' not in page  # the auditor's header, not the member's


def test_outside_the_demo_a_password_alone_is_not_enough(desk, settings):  # SR-3.7
    settings.DEMO = False
    for address in addresses():
        answer = desk.get(address)
        assert answer.status_code == 403
        assert "A password alone is not enough." in text(answer)
        assert "/accounts/2fa/webauthn/" in answer.content.decode()


@pytest.mark.parametrize("record", [{"passwordless": True}, {}])
def test_outside_the_demo_a_passkey_opens_alone_or_after_the_password(desk, settings, record):  # SR-3.7
    settings.DEMO = False
    with_a_passkey(desk, **record)
    assert desk.get("/compliance/").status_code == 200


def test_a_code_app_is_no_passkey(desk, settings):  # SR-3.7
    settings.DEMO = False
    with_a_passkey(desk, type="totp")
    assert desk.get("/compliance/").status_code == 403
