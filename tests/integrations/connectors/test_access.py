"""Credentials: refreshed by one, stored once rotated, and for nothing but goodbye when the yes is over."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from consent.grants.services import withdraw
from integrations.connectors import vault
from integrations.connectors.access import access, for_ending
from integrations.connectors.errors import NotLinked
from integrations.connectors.models import Connection, Status
from integrations.connectors.port import PartnerTrouble
from integrations.egress import Deadline
from records.members.keyring import SealBroken
from tests.factories import make_connection, make_grant

pytestmark = pytest.mark.django_db(transaction=True)
SOON = timedelta(seconds=5)


def refreshes(simulator) -> int:
    calls = [call for call in simulator.received if call["path"].endswith("/oauth/token")]
    return sum("refresh_token" in str(call["body"]) for call in calls)


def ready(connection: Connection):
    return access(connection, deadline=Deadline.in_(10))


def test_eight_workers_at_once_refresh_once_and_all_get_the_new_token(strava_simulator):
    connection = make_connection(make_grant(), tokens=strava_simulator.tokens(), expires_in=SOON)
    got, barrier = [], threading.Barrier(8)

    def worker() -> None:
        barrier.wait(timeout=10)
        try:
            got.append(ready(connection).access_token)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=worker) for _ in range(8)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(timeout=30)
    connection.refresh_from_db()
    assert refreshes(strava_simulator) == 1
    assert got == [vault.open_credentials(connection).access_token] * 8
    assert strava_simulator.tokens_alive(got[0])


def test_a_rotated_refresh_token_is_kept_and_serves_the_next_time(strava_simulator):
    connection = make_connection(make_grant(), tokens=strava_simulator.tokens(), expires_in=SOON)
    first = ready(connection)
    assert first == vault.open_credentials(Connection.objects.get())
    assert first.refresh_token != vault.open_credentials(connection).refresh_token  # the old one is dead now
    Connection.objects.update(expires_at=connection.created_at)
    assert ready(connection).refresh_token != first.refresh_token
    assert refreshes(strava_simulator) == 2
    assert Connection.objects.get().status == Status.OPEN


def test_a_dead_refresh_token_breaks_the_link(strava_simulator):
    connection = make_connection(make_grant(), tokens=strava_simulator.tokens(), expires_in=SOON)
    strava_simulator.remove_app()
    with pytest.raises(NotLinked):
        ready(connection)
    assert Connection.objects.get().status == Status.BROKEN


def test_a_partner_in_trouble_breaks_nothing_and_lets_the_next_one_try(strava_simulator):
    connection = make_connection(make_grant(), tokens=strava_simulator.tokens(), expires_in=SOON)
    strava_simulator.fail("503")
    with pytest.raises(PartnerTrouble):
        ready(connection)
    assert Connection.objects.get().status == Status.OPEN
    assert ready(connection).access_token


def test_credentials_of_a_yes_that_is_over_serve_for_goodbye_only(strava_simulator):
    connection = make_connection(make_grant(), tokens=strava_simulator.tokens())
    withdraw(grant_ref=connection.grant_ref)
    with pytest.raises(NotLinked):
        ready(connection)
    assert for_ending(connection) is not None


def test_sealed_credentials_open_in_no_other_row(strava_simulator):
    one, other = make_connection(make_grant()), make_connection(make_grant())
    other.credentials = one.credentials
    with pytest.raises(SealBroken):
        vault.open_credentials(other)


def test_no_token_shows_in_print(strava_simulator):
    connection = make_connection(make_grant())
    credentials = vault.open_credentials(connection)
    shown = f"{credentials!r} {credentials} {connection!r} {connection}"
    assert credentials.access_token not in shown
    assert credentials.refresh_token not in shown
