"""A member who is signed in through the real sign-in page, with a made-up yesterday."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from consent.gate import door
from consent.grants import clock, selectors, services
from consent.grants.models import Grant
from records import generator
from records.members.models import Member

PASSWORD = "a-long-password-of-lin"
CANARY = "canary-in-a-note"  # free text: it never leaves, and is on no page of these


def a_member(email: str, **fields: object) -> Member:
    member = Member.objects.create_user(email, PASSWORD, timezone="America/New_York", **fields)
    EmailAddress.objects.create(user=member, email=email, verified=True, primary=True)
    return member


def signed_in(member: Member) -> Client:
    client = Client()
    answer = client.post("/accounts/login/", {"login": member.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def share(member: Member, *flows: str, partner: str = "strava") -> Grant:
    notice = selectors.current_notice(partner)
    receipt = services.allow(member=member, partner=partner, flows=frozenset(flows), notice=notice)
    return receipt.grant


@pytest.fixture
def lin(db) -> Member:
    member = a_member("lin@example.org")
    here = ZoneInfo(member.timezone)
    yesterday = clock.now().astimezone(here).date() - timedelta(days=1)
    nights = generator.night(of=yesterday, timezone=member.timezone, seed="lin", cycle=True)
    day = generator.day(of=yesterday, timezone=member.timezone, seed="lin", cycle=True)
    run = generator.workout(start=datetime.combine(yesterday, time(18, 2), here), minutes=31, label=CANARY)
    door.admit(member_id=member.id, documents=[*nights, *day, run])
    return member


@pytest.fixture
def noah(db) -> Member:
    return a_member("noah@example.org")


@pytest.fixture
def browser_of_lin(lin: Member) -> Client:
    return signed_in(lin)
