"""Credentials ready for one send: refreshed by exactly one worker at a time, stored as soon as they are rotated.

A refresh kills the old refresh token at once (Strava's authentication page, read 2026-11-20), so whoever refreshes
holds a lease, the network is outside any transaction, and the others wait for what the first one brings.
"""

import time
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from consent.grants import clock
from consent.grants.lifecycle import Status as GrantStatus
from consent.grants.models import Grant
from integrations.connectors import record, registry, vault
from integrations.connectors.errors import NotLinked
from integrations.connectors.models import Connection, Status
from integrations.connectors.port import Credentials, LinkRefused, PartnerTrouble
from integrations.egress import Deadline

FRESH_FOR = timedelta(seconds=60)  # tokens that die sooner are refreshed first
LEASE = timedelta(seconds=30)  # longer than any deadline: a slow refresh is never repeated beside itself
LOOK_AGAIN = 0.1


def access(connection: Connection, *, deadline: Deadline) -> Credentials:
    """Return credentials for sending or fetching, while the grant of this epoch is live.

    Raises NotLinked when there are none that may be used, PartnerTrouble when the partner does not refresh them now.
    """
    while True:
        connection = Connection.objects.get(id=connection.id)
        _require_live(connection)
        at = clock.now()
        if connection.expires_at is not None and connection.expires_at > at + FRESH_FOR:
            return vault.open_credentials(connection)
        if _take_lease(connection, until=at + LEASE, at=at):
            return _refresh(connection, lease=at + LEASE, deadline=deadline)
        if deadline.remaining() <= LOOK_AGAIN:
            raise PartnerTrouble("refresh_under_way")
        time.sleep(LOOK_AGAIN)


def for_ending(connection: Connection) -> Credentials | None:
    """Return what is left to say goodbye with, however old."""
    return vault.open_credentials(connection) if connection.credentials else None


def doubt(connection: Connection, refused: Credentials) -> None:
    """The partner refused these credentials although they looked fresh: let the next one refresh them first."""
    held = Connection.objects.filter(id=connection.id, status=Status.OPEN).first()
    if held is not None and vault.open_credentials(held).access_token == refused.access_token:
        Connection.objects.filter(id=held.id, credentials=held.credentials).update(expires_at=clock.now())


def break_off(connection_id: UUID, refused: Credentials, *, at: datetime, trouble: str) -> None:
    """The partner no longer takes these credentials. Within a transaction. The member may choose Try again."""
    held = Connection.objects.select_for_update().filter(id=connection_id, status=Status.OPEN).first()
    if held is None or vault.open_credentials(held) != refused:
        return  # the link was made anew meanwhile
    held.status, held.refresh_lease_until = Status.BROKEN, None
    held.save(update_fields=["status", "refresh_lease_until"])
    record.happened("connection.broken", held, actor="partner", at=at, reason=trouble)


def _require_live(connection: Connection) -> None:
    if connection.status != Status.OPEN:
        raise NotLinked("not_linked" if connection.status != Status.BROKEN else "link_broken")
    live = Grant.objects.filter(
        ref=connection.grant_ref, epoch=connection.grant_epoch, status=GrantStatus.ACTIVE
    ).exists()
    if not live:
        raise NotLinked("grant_ended")


def _take_lease(connection: Connection, *, until: datetime, at: datetime) -> bool:
    """Compare and set: the same sealed tokens still there, and nobody refreshing them."""
    free = Q(refresh_lease_until=None) | Q(refresh_lease_until__lte=at)
    return bool(
        Connection.objects.filter(free, id=connection.id, credentials=connection.credentials).update(
            refresh_lease_until=until
        )
    )


def _refresh(connection: Connection, *, lease: datetime, deadline: Deadline) -> Credentials:
    connector = registry.connector_of(connection.partner)
    mine = Connection.objects.filter(id=connection.id, refresh_lease_until=lease)
    held = vault.open_credentials(connection)
    try:
        fresh = connector.refresh(held, deadline=deadline)
    except LinkRefused:
        with transaction.atomic():
            break_off(connection.id, held, at=clock.now(), trouble="refresh_refused")
        raise NotLinked("link_broken") from None
    except PartnerTrouble:
        mine.update(refresh_lease_until=None)
        raise
    stored = mine.update(
        credentials=vault.seal_credentials(connection.id, fresh),
        expires_at=fresh.expires_at,
        refresh_lease_until=None,
    )
    if not stored:
        raise NotLinked("link_changed")
    _require_live(Connection.objects.get(id=connection.id))
    return fresh
