"""What consent asks of this floor after its own commit (`consent.grants.ports`)."""

import logging
import time
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError

from consent.grants import selectors as grants
from consent.grants.lifecycle import Status as GrantStatus
from consent.grants.models import Grant
from consent.grants.ports import PartnerSide, Settlement, Standing
from integrations.connectors import linking
from integrations.connectors import selectors as connections
from integrations.connectors.models import Connection, Status
from integrations.deliveries import claiming, ending, others, selectors

log = logging.getLogger(__name__)
LOOK_AGAIN = 0.05
STANDING = {
    Status.WAITING: Standing.WAITING,
    Status.REFUSED: Standing.REFUSED,
    Status.BROKEN: Standing.BROKEN,
    Status.ENDING: Standing.ENDING,
    Status.ENDED: Standing.ENDED,
}


class DeliveriesAftermath:
    """The port, filled when Django starts."""

    def continue_address(self, *, grant_ref: UUID, callback_base: str) -> str | None:
        """Return where the member goes on to after Allow, or None when the partner's link is there or not needed."""
        return linking.begin(grant_ref=grant_ref, callback_base=callback_base)

    def partner_side(self, *, grant_ref: UUID) -> PartnerSide:
        """Return how far the partner's side of a grant is."""
        grant = grants.grant_by_ref(grant_ref)
        connection = connections.connection_of(grant_ref)
        if grant.status != GrantStatus.ACTIVE:
            return _side_of_an_ended(connection)
        on = connections.flows_on(grant)
        if not connections.scopes_of(grant.partner, on):
            return PartnerSide(Standing.NOT_NEEDED)
        if connection is None:
            return PartnerSide(Standing.WAITING, uncovered=on)
        if connection.status != Status.OPEN:
            return PartnerSide(STANDING[Status(connection.status)], uncovered=on, told_at=connection.told_at)
        uncovered = on - connections.covered_flows(connection)
        return PartnerSide(Standing.PARTIAL if uncovered else Standing.CONNECTED, uncovered=uncovered)

    def settle(self, *, grant_ref: UUID, flow: str | None = None) -> Settlement:
        """Cancel what waits, then wait for sends under way, at most as long as one send may last (SR-7.2).

        Called outside any transaction, after the stop has committed. Tidying may fail: the sweep finds what is left.
        """
        try:
            ending.cancel_waiting(grant_ref, flow)
            others.cancel_waiting(grant_ref)
            _start_ending(grant_ref)
        except DatabaseError:
            log.exception("tidying waits for the sweep", extra={"grant": str(grant_ref)})
        return Settlement(still_open=_wait_for_sends(grant_ref, flow))


def _side_of_an_ended(connection: Connection | None) -> PartnerSide:
    if connection is None:
        return PartnerSide(Standing.NOT_NEEDED)
    standing = Standing.ENDED if connection.status == Status.ENDED else Standing.ENDING
    return PartnerSide(standing, told_at=connection.told_at)


def _start_ending(grant_ref: UUID) -> None:
    connection = connections.connection_of(grant_ref)
    over = Grant.objects.filter(ref=grant_ref).exclude(status=GrantStatus.ACTIVE).exists()
    if connection is not None and over:
        ending.start(connection.id)
        ending.forget(connection.id)  # now: a new yes may take in anew before a worker comes by


def _wait_for_sends(grant_ref: UUID, flow: str | None) -> int:
    patience = settings.DELIVERY_LEASE_SECONDS / claiming.SHARE_OF_LEASE
    until = time.monotonic() + patience
    while still_open := selectors.under_way(grant_ref, flow).count() + others.under_way(grant_ref, flow):
        if time.monotonic() >= until:
            return still_open
        time.sleep(LOOK_AGAIN)
    return 0
