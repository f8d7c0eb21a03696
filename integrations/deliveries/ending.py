"""After a stop: what waits is cancelled, what came in is deleted, and the partner is told until it answers.

A stop is in force without any of this. Whatever fails here is found again by the next sweep.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection as database
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from consent.gate import door
from consent.grants import clock
from consent.grants.lifecycle import Status as GrantStatus
from consent.grants.models import Grant
from consent.manifests.register import manifest_of
from integrations.connectors import access, record, registry
from integrations.connectors.models import Connection, Status
from integrations.connectors.port import PartnerTrouble
from integrations.deliveries import claiming, schedule, selectors, services
from integrations.deliveries.lifecycle import Event, State
from integrations.deliveries.models import Delivery
from integrations.egress import Deadline

log = logging.getLogger(__name__)
SECONDS_TO_TELL = 10.0
HELD = timedelta(seconds=30)  # longer than the call, so that two workers do not tell at once
ONCE_A_DAY = timedelta(days=1)  # when the schedule has run out; a partner is told until it answers


@transaction.atomic
def cancel_waiting(grant_ref: UUID, flow: str | None = None) -> int:
    """Cancel what waits under a yes that is over, and return how many. A row under a claim is left to the claim."""
    rows = Delivery.objects.filter(grant_id=grant_ref, state=State.PENDING)
    rows = rows.filter(flow=flow) if flow else rows
    if database.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    grant, at = Grant.objects.get(ref=grant_ref), clock.now()
    over = [(delivery, reason) for delivery in rows if (reason := claiming.stopped(delivery, grant))]
    for delivery, reason in over:
        services.close(delivery, Event.CANCEL, at=at, reason=reason)
    return len(over)


@transaction.atomic
def start(connection_id: UUID) -> None:
    """From now on a connection's credentials serve for ending only; without any, there is nobody to tell."""
    connection = Connection.objects.select_for_update().get(id=connection_id)
    if connection.status in {Status.ENDING, Status.ENDED}:
        return
    at = clock.now()
    connection.state_digest, connection.state_expires_at = "", None
    connection.refresh_lease_until = None
    if connection.credentials:
        connection.status, connection.next_attempt_at = Status.ENDING, at
    else:
        connection.status, connection.ended_at = Status.ENDED, at
        record.happened("connection.ended", connection, actor="ringfence", at=at, told=False)
    connection.save()


@transaction.atomic
def part_from_member(connection_id: UUID) -> None:
    """The member is being erased: of a link stays what the goodbye takes, until it is said; one without tokens goes."""
    start(connection_id)
    held = Connection.objects.select_for_update().get(id=connection_id)
    if held.status == Status.ENDED:
        held.delete()
        return
    held.member, held.account, held.granted = None, "", []
    held.save(update_fields=["member", "account", "granted"])


def find_ended() -> list[UUID]:
    """Return the connections whose grant is over and whose end nobody has begun."""
    live = Grant.objects.filter(
        ref=OuterRef("grant_ref"), epoch=OuterRef("grant_epoch"), status=GrantStatus.ACTIVE
    )
    open_still = Connection.objects.exclude(status__in=[Status.ENDING, Status.ENDED])
    return list(open_still.filter(~Exists(live)).values_list("id", flat=True))


def to_tell() -> list[UUID]:
    """Return the connections whose partner is to be told now."""
    waiting = Connection.objects.filter(status=Status.ENDING, next_attempt_at__lte=clock.now())
    return list(waiting.order_by("next_attempt_at").values_list("id", flat=True))


def tell(connection_id: UUID) -> bool:
    """Delete what came from the partner and tell it that it is over. True once it knows. Safe to run beside itself."""
    connection = _take(connection_id)
    if connection is None or selectors.under_way(connection.grant_ref).exists():
        return False
    forget(connection.id)
    credentials = access.for_ending(connection)
    connector = registry.find(connection.partner)
    told = False
    if credentials is not None and connector is not None and not _linked_anew(connection):
        try:
            connector.disconnect(credentials, deadline=Deadline.in_(SECONDS_TO_TELL))
        except PartnerTrouble as trouble:
            _again(connection, trouble)
            return False
        told = True
    end(connection, actor="ringfence", told=told)
    return True


def end_at_partner(connection_id: UUID) -> None:
    """It was the partner that ended it: what came in is deleted, and there is nobody left to tell."""
    connection = Connection.objects.get(id=connection_id)
    forget(connection.id)
    end(connection, actor="partner", told=bool(connection.credentials))


def end(connection: Connection, *, actor: str, told: bool) -> None:
    """Nothing of the link is kept. `told`: the partner knows of the end, and the log says so."""
    with transaction.atomic():
        held = Connection.objects.select_for_update().get(id=connection.id)
        if held.status == Status.ENDED:
            return
        at = clock.now()
        held.status, held.ended_at, held.told_at = Status.ENDED, at, at if told else None
        held.credentials = held.account = held.account_digest = ""
        held.expires_at = held.next_attempt_at = held.refresh_lease_until = None
        held.save()
        if told:
            record.happened("partner.told", held, actor=actor, at=at, attempt=held.attempts)
        record.happened("connection.ended", held, actor=actor, at=at, told=told)
        if held.member_id is None:
            held.delete()  # the member was erased: the row stood for the goodbye alone


def _take(connection_id: UUID) -> Connection | None:
    """Compare and set: this worker, and no other, tells for a while."""
    at = clock.now()
    due = Connection.objects.filter(id=connection_id, status=Status.ENDING, next_attempt_at__lte=at)
    if not due.update(next_attempt_at=at + HELD, attempts=F("attempts") + 1):
        return None
    return Connection.objects.get(id=connection_id)


def forget(connection_id: UUID) -> None:
    """Where the partner's rules ask for it, what came in goes with the yes it came under, once."""
    connection = Connection.objects.get(id=connection_id)
    manifest = manifest_of(connection.partner)
    if manifest is None or not manifest.imports_end:
        return
    if connection.member_id is None or connection.forgotten_at is not None:
        return
    with transaction.atomic():
        gone = door.forget_all(member_id=connection.member_id, origin=connection.partner)
        at = clock.now()
        Connection.objects.filter(id=connection.id).update(forgotten_at=at)
        if gone:
            record.happened("import.forgotten", connection, actor="ringfence", at=at, documents=len(gone))


def _linked_anew(connection: Connection) -> bool:
    """Whether a newer yes holds a link to the same account: goodbye would cut that one off."""
    anew = Connection.objects.filter(
        partner=connection.partner, account_digest=connection.account_digest, status=Status.OPEN
    )
    return anew.exclude(id=connection.id).exists()


def _again(connection: Connection, trouble: PartnerTrouble) -> None:
    at: datetime = clock.now()
    wait = schedule.delay(connection.attempts, ref=connection.id, asked=trouble.after) or ONCE_A_DAY
    Connection.objects.filter(id=connection.id, status=Status.ENDING).update(next_attempt_at=at + wait)
    log.info("partner not told yet", extra={"partner": connection.partner, "reason": trouble.trouble})
