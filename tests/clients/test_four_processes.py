"""What ends reading ends it in every process at once: the very next request is refused, whichever process it meets.

Four processes of gunicorn on PostgreSQL, each of which has just served the same token (SR-2.10, SR-5.6).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import requests
from django.db import connection

from consent.grants import partners, services
from records.members.models import Member, Membership
from tests.clients.serving import processes
from tests.factories import make_member
from tests.integrations.api.asking import Asker, keep_days, make_asker
from tests.support.sizes import size

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres, pytest.mark.slow]

PROCESSES = 4
TRIES = size(200)
AT_ONCE = 8  # enough that no process is left out for long
READ = "/v2/usercollection/daily_sleep"


@dataclass(frozen=True)
class House:
    """The four processes, and connections that ask them."""

    at: str
    askers: ThreadPoolExecutor
    others: frozenset[int]  # who was connected before them

    def asked(self, asker: Asker) -> int:
        """Ask once over a connection of its own: whichever process is free takes it."""
        told = {"Authorization": f"Bearer {asker.token}", "Connection": "close"}
        return requests.get(f"{self.at}{READ}", headers=told, timeout=60).status_code

    def asked_by(self, count: int, asker: Asker) -> set[int]:
        return set(self.askers.map(lambda _: self.asked(asker), range(count)))


def lapse(asker: Asker) -> None:
    Member.objects.filter(pk=asker.member.pk).update(membership=Membership.LAPSED)


def renew(asker: Asker) -> None:
    Member.objects.filter(pk=asker.member.pk).update(membership=Membership.ACTIVE)


def suspend(asker: Asker) -> None:
    partners.suspend(asker.grant.partner, by="tests")


def reinstate(asker: Asker) -> None:
    partners.reinstate(asker.grant.partner, by="tests")


def withdraw(asker: Asker) -> None:
    services.withdraw(grant_ref=asker.grant.ref)


def nothing(asker: Asker) -> None:
    """Nothing undoes a withdrawal."""


LAPSED = (lapse, renew, 403)
SUSPENDED = (suspend, reinstate, 401)
WITHDRAWN = (withdraw, nothing, 401)


@pytest.fixture
def house() -> Iterator[House]:
    others = connected()
    with processes(PROCESSES) as at, ThreadPoolExecutor(AT_ONCE) as askers:
        yield House(at, askers, others)


def test_the_very_next_request_is_refused_in_every_process(house: House):
    member = make_member(timezone="UTC")
    keep_days(member, 2)
    let_through = []
    for _ in range(TRIES):
        asker = make_asker(member)
        assert house.asked_by(AT_ONCE, asker) == {200}
        for stop, undo, status in (LAPSED, SUSPENDED, WITHDRAWN):
            stop(asker)
            told = {house.asked(asker)} | house.asked_by(PROCESSES, asker)
            let_through += [(stop.__name__, told)] if told != {status} else []
            undo(asker)
        assert house.asked(asker) == 401  # a withdrawn yes does not wake
    assert let_through == []
    assert len(connected() - house.others) == PROCESSES  # each of them has asked the database


def connected() -> frozenset[int]:
    """Return the database's clients beside this test."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
        return frozenset(pid for (pid,) in cursor.fetchall())
