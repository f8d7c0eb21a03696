"""Working off what partners told us: fetch only what the member lets come in, and believe no message by itself."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q

from consent.gate import door
from consent.grants import clock
from consent.grants import selectors as grant_selectors
from consent.grants import services as grants
from consent.grants.errors import GrantAlreadyEnded
from integrations.connectors import access, record, registry, vault
from integrations.connectors import selectors as connections
from integrations.connectors.errors import NotLinked
from integrations.connectors.models import Connection, Status
from integrations.connectors.port import Incoming, LinkRefused, PartnerTrouble
from integrations.deliveries import ending, schedule
from integrations.deliveries import selectors as deliveries
from integrations.egress import Deadline
from integrations.intake import services
from integrations.intake.lifecycle import State
from integrations.intake.models import InboundNotice
from records.admission import NewDocument
from records.errors import RecordError

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
SECONDS_TO_FETCH = 10.0
OUR_UPLOADS_COME_BACK_WITHIN = timedelta(days=3)
LINKED = [Status.OPEN, Status.BROKEN]


@dataclass(frozen=True, slots=True)
class _Told:
    """One message, about one connection."""

    verb: str
    reference: str
    notice_ref: UUID


def due(*, limit: int = 20) -> list[UUID]:
    """Return the messages whose time has come; one whose worker went away comes again."""
    at = clock.now()
    ready = Q(state=State.PENDING, next_attempt_at__lte=at) | Q(state=State.WORKING, lease_until__lte=at)
    found = InboundNotice.objects.filter(ready).order_by("received_at")
    return list(found.values_list("id", flat=True)[:limit])


def work(ref: UUID) -> None:
    """Do what one message hints at, for every connection it is about. Safe to run twice, and beside itself."""
    notice = _claim(ref)
    if notice is None:
        return
    told = _Told(notice.verb, notice.reference, notice.id)
    about = Connection.objects.filter(
        partner=notice.partner, account_digest=notice.account_digest, status__in=LINKED
    )
    try:
        for connection in about:
            _work(connection, told)
    except PartnerTrouble as trouble:
        _later(notice, trouble.trouble, asked=trouble.after)
    except Exception:
        log.exception("a partner's message could not be worked off", extra={"ref": str(ref)})
        _later(notice, "error")
    else:
        _finish(notice, State.DONE, "")


def _work(connection: Connection, told: _Told) -> None:
    if told.verb == "deauthorised":
        _deauthorised(connection)
    elif told.verb == "deleted":
        _deleted(connection, told)
    else:
        _fetch(connection, told)


def _fetch(connection: Connection, told: _Told) -> None:
    """Fetch what was named, only what may come in, and let it in by the inbound gate."""
    grant = grant_selectors.grant_by_ref(connection.grant_ref)
    flows = services.flows_in(connection, connections.flows_on(grant))
    if not flows or connection.member_id is None:
        return
    deadline = Deadline.in_(SECONDS_TO_FETCH)
    try:
        credentials = access.access(connection, deadline=deadline)
    except NotLinked:
        return  # the member may choose Try again; what happened meanwhile is not fetched
    ours = deliveries.own_names(
        member_id=connection.member_id, partner=connection.partner, since=OUR_UPLOADS_COME_BACK_WITHIN
    )
    try:
        fetched = registry.connector_of(connection.partner).fetch(
            told.reference,
            account=vault.open_account(connection),
            flows=flows,
            ours=ours,
            credentials=credentials,
            deadline=deadline,
        )
    except LinkRefused:
        access.doubt(connection, credentials)
        raise PartnerTrouble("unauthorised") from None
    if fetched.gone:
        _forget(connection, told.reference)
    elif not fetched.echo:
        for document in fetched.documents:
            _admit(connection, document, told)


def _admit(connection: Connection, document: Incoming, told: _Told) -> None:
    new = NewDocument(
        kind=document.kind,
        body=document.fields,
        origin=connection.partner,
        external_id=document.external_id,
    )
    try:
        door.admit_import(
            grant_ref=connection.grant_ref,
            flow=f"import:{document.data_type}",
            document=new,
            references={"notice": str(told.notice_ref)},
        )
    except RecordError as error:  # the partner's form changed; the next message may be sound again
        log.warning("not admitted", extra={"partner": connection.partner, "reason": type(error).__name__})


def _deleted(connection: Connection, told: _Told) -> None:
    """A message may be forged: the partner must show it no more. Where it cannot be asked, the message is believed."""
    if not any(flow.startswith("import:") for flow in connections.covered_flows(connection)):
        _forget(connection, told.reference)
        return
    deadline = Deadline.in_(SECONDS_TO_FETCH)
    try:
        credentials = access.access(connection, deadline=deadline)
        gone = registry.connector_of(connection.partner).gone(
            told.reference, credentials=credentials, deadline=deadline
        )
    except NotLinked:
        gone = True
    except LinkRefused:
        access.doubt(connection, credentials)
        raise PartnerTrouble("unauthorised") from None
    if gone:
        _forget(connection, told.reference)


def _forget(connection: Connection, reference: str) -> None:
    """What is gone at the partner goes here too (Strava API Policy 6.3: within 48 hours)."""
    if connection.member_id is None or not reference:
        return
    with transaction.atomic():
        gone = door.forget(member_id=connection.member_id, origin=connection.partner, external_id=reference)
        if gone:
            record.happened(
                "import.deleted", connection, actor="partner", at=clock.now(), documents=len(gone)
            )


def _deauthorised(connection: Connection) -> None:
    """A message may be forged: the partner itself is asked before anything ends (facts of Strava, section 4)."""
    if _lets_us_in(connection):
        return
    try:
        grants.revoke(grant_ref=connection.grant_ref, by="partner")
    except GrantAlreadyEnded:
        log.info("ended already", extra={"grant": str(connection.grant_ref)})
    ending.cancel_waiting(connection.grant_ref)
    ending.start(connection.id)
    ending.end_at_partner(connection.id)


def _lets_us_in(connection: Connection) -> bool:
    """Ask with credentials of now: a no to an old access token, which lives for hours, is no end of the link."""
    deadline = Deadline.in_(SECONDS_TO_FETCH)
    try:
        credentials = access.access(connection, deadline=deadline)
    except NotLinked as missing:
        if missing.trouble == "link_changed":
            raise PartnerTrouble(missing.trouble) from None
        return missing.trouble != "link_broken"  # a grant that is over gets its goodbye from the sweep
    if registry.connector_of(connection.partner).alive(credentials, deadline=deadline):
        return True
    held = Connection.objects.get(id=connection.id)
    return access.for_ending(held) != credentials  # linked anew while we asked


@transaction.atomic
def _claim(ref: UUID) -> InboundNotice | None:
    at, token = clock.now(), uuid4()
    ready = Q(state=State.PENDING, next_attempt_at__lte=at) | Q(state=State.WORKING, lease_until__lte=at)
    taken = InboundNotice.objects.filter(ready, id=ref).update(
        state=State.WORKING, token=token, lease_until=at + LEASE, attempts=F("attempts") + 1
    )
    return InboundNotice.objects.get(id=ref) if taken else None


def _later(notice: InboundNotice, trouble: str, asked: timedelta | None = None) -> None:
    wait = schedule.delay(notice.attempts, ref=notice.id, asked=asked)
    if wait is None:
        _finish(notice, State.DEAD, trouble)
        return
    InboundNotice.objects.filter(id=notice.id, token=notice.token).update(
        state=State.PENDING, token=None, lease_until=None, trouble=trouble, next_attempt_at=clock.now() + wait
    )


def _finish(notice: InboundNotice, state: State, trouble: str, at: datetime | None = None) -> None:
    InboundNotice.objects.filter(id=notice.id, token=notice.token).update(
        state=state, token=None, lease_until=None, trouble=trouble, ended_at=at or clock.now()
    )
