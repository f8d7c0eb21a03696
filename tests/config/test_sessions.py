"""How long a browser stays signed in (SR-3.5)."""

import time

import pytest
from django.test import Client

from config.sessions import BEGAN, SEEN
from records.members.models import Member, Role

pytestmark = pytest.mark.django_db
MINUTE, HOUR = 60, 60 * 60


def signed_in(*, began: int, seen: int, role: str = Role.MEMBER) -> Client:
    """A browser that signed in `began` seconds ago and was last seen `seen` seconds ago."""
    client, now = Client(), int(time.time())
    client.force_login(Member.objects.create_user("lin@demo.example", role=role))
    session = client.session
    session[BEGAN], session[SEEN] = now - began, now - seen
    session.save()
    return client


def still_in(client: Client) -> bool:
    client.get("/accounts/login/")
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    ("role", "began", "seen", "stays"),
    [
        (Role.MEMBER, 11 * HOUR, 29 * MINUTE, True),
        (Role.MEMBER, 11 * HOUR, 31 * MINUTE, False),
        (Role.MEMBER, 12 * HOUR + 1, 1, False),
        (Role.COMPLIANCE, 7 * HOUR, 14 * MINUTE, True),
        (Role.COMPLIANCE, 7 * HOUR, 16 * MINUTE, False),
        (Role.SUPPORT, 8 * HOUR + 1, 1, False),
    ],
)
def test_a_sign_in_ends_after_its_idle_and_after_its_whole_time(
    role: str, began: int, seen: int, stays: bool
):
    assert still_in(signed_in(began=began, seen=seen, role=role)) is stays


def test_being_here_keeps_the_idle_end_away_but_not_the_last_one():
    client = signed_in(began=11 * HOUR, seen=20 * MINUTE)
    assert still_in(client)
    now = int(time.time())
    assert now - client.session[SEEN] < MINUTE
    assert now - client.session[BEGAN] >= 11 * HOUR
