"""Opening a connection: the way to the partner with a fresh state, and the way back with its answer."""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from uuid import UUID

from django.db import transaction

from consent.grants import clock
from consent.grants.lifecycle import Status as GrantStatus
from consent.grants.models import Grant
from integrations.connectors import record, registry, selectors, vault
from integrations.connectors.errors import CallbackRefused
from integrations.connectors.models import Connection, Status
from integrations.connectors.port import Credentials, Linked, LinkRefused, PartnerTrouble
from integrations.egress import Deadline

log = logging.getLogger(__name__)
STATE_LIVES = timedelta(minutes=10)
SECONDS_TO_CONNECT = 10.0
CALLBACK_PATH = "/connections/{partner}/callback/"


class Answer(StrEnum):
    """How the way to the partner ended."""

    OPENED = "opened"
    PARTIAL = "partial"  # opened, for less than the switches say
    REFUSED = "refused"
    TRY_AGAIN = "try_again"  # the partner did not answer as it should
    STOPPED = "stopped"  # the member stopped before the partner answered


@dataclass(frozen=True, slots=True)
class Callback:
    """What the partner sent the browser back with. `error` is the partner's word, `scope` its list."""

    state: str
    code: str = ""
    error: str = ""
    scope: str | None = None


def begin(*, grant_ref: UUID, callback_base: str) -> str | None:
    """Return where the member goes on to at the partner, or None when the link is not needed or covers all already.

    A link that is open stays open meanwhile: asking for more takes nothing away.
    """
    with transaction.atomic():
        grant = Grant.objects.select_for_update().get(ref=grant_ref)
        wanted = selectors.flows_on(grant)
        connector = registry.find(grant.partner)
        if connector is None or grant.status != GrantStatus.ACTIVE:
            return None
        connection = selectors.connection_of(grant_ref)
        needed = selectors.scopes_of(grant.partner, wanted)
        if not needed or (connection is not None and wanted <= selectors.covered_flows(connection)):
            return None
        state = secrets.token_urlsafe(32)
        _await_answer(grant, state, at=clock.now())
    callback = callback_base.rstrip("/") + CALLBACK_PATH.format(partner=grant.partner)
    return connector.authorize_address(flows=wanted, state=state, callback=callback)


def complete(*, member_id: UUID, partner: str, answer: Callback, callback: str) -> Answer:
    """Take the partner's answer for the member who was sent there, once. Raises CallbackRefused.

    The code is changed for tokens outside any transaction; a stop that comes meanwhile wins (the tokens are then kept
    for saying goodbye only).
    """
    connection = _take_state(member_id=member_id, partner=partner, state=answer.state)
    if answer.error == "access_denied":
        return _refused(connection, trouble="access_denied")
    if answer.error or not answer.code:
        return _not_answered(connection)
    try:
        linked = registry.connector_of(partner).connect(
            code=answer.code,
            granted=answer.scope,
            callback=callback,
            deadline=Deadline.in_(SECONDS_TO_CONNECT),
        )
    except LinkRefused:
        return _refused(connection, trouble="code_refused")
    except PartnerTrouble:
        return _not_answered(connection)
    try:
        return _opened(connection, linked)
    except (Grant.DoesNotExist, Connection.DoesNotExist):  # the member was erased while the partner answered
        _let_go(partner, linked.credentials)
        return Answer.STOPPED


def _await_answer(grant: Grant, state: str, *, at: datetime) -> None:
    digest, expires = _digest(state), at + STATE_LIVES
    connection, made = Connection.objects.get_or_create(
        grant_ref=grant.ref,
        defaults={
            "grant_epoch": grant.epoch,
            "member_id": grant.member_id,
            "partner": grant.partner,
            "state_digest": digest,
            "state_expires_at": expires,
            "created_at": at,
        },
    )
    if made:
        return
    connection.state_digest, connection.state_expires_at = digest, expires
    if connection.status == Status.REFUSED:
        connection.status = Status.WAITING
    connection.save(update_fields=["state_digest", "state_expires_at", "status"])


def _take_state(*, member_id: UUID, partner: str, state: str) -> Connection:
    """Use up a state. Unknown, another's, used or late: the same refusal, and nothing changes."""
    with transaction.atomic():
        connection = (
            Connection.objects.select_for_update()
            .filter(
                member_id=member_id,
                partner=partner,
                state_digest=_digest(state),
                state_expires_at__gt=clock.now(),
            )
            .first()
        )
        if connection is None:
            raise CallbackRefused
        connection.state_digest, connection.state_expires_at = "", None
        connection.save(update_fields=["state_digest", "state_expires_at"])
        return connection


def _refused(connection: Connection, *, trouble: str) -> Answer:
    with transaction.atomic():
        connection = Connection.objects.select_for_update().get(id=connection.id)
        if connection.status == Status.WAITING:
            connection.status = Status.REFUSED
            connection.save(update_fields=["status"])
        record.happened("connection.refused", connection, actor="partner", at=clock.now(), reason=trouble)
    return Answer.PARTIAL if connection.status == Status.OPEN else Answer.REFUSED


def _not_answered(connection: Connection) -> Answer:
    """A link that stands goes on as it was: the member was after more."""
    return Answer.PARTIAL if connection.status == Status.OPEN else Answer.TRY_AGAIN


def _opened(connection: Connection, linked: Linked) -> Answer:
    """Keep the tokens. With the grant over, they are kept for ending only."""
    with transaction.atomic():
        grant = Grant.objects.select_for_update().get(ref=connection.grant_ref)
        connection = Connection.objects.select_for_update().get(id=connection.id)
        at = clock.now()
        live = grant.status == GrantStatus.ACTIVE and grant.epoch == connection.grant_epoch
        if left := _left_behind(connection, linked):
            transaction.on_commit(partial(_let_go, connection.partner, left))
        _fill(connection, linked)
        connection.status = Status.OPEN if live else Status.ENDING
        connection.ended_at, connection.next_attempt_at = None, None if live else at
        connection.save()
        if not live:
            return Answer.STOPPED
        uncovered = selectors.flows_on(grant) - selectors.covered_flows(connection)
        kind = "connection.partial" if uncovered else "connection.opened"
        record.happened(kind, connection, actor="partner", at=at, uncovered=sorted(uncovered))
    return Answer.PARTIAL if uncovered else Answer.OPENED


def _left_behind(connection: Connection, linked: Linked) -> Credentials | None:
    """Return the tokens of another account that the link had until now, unless somebody else is linked to it too."""
    before = connection.account_digest
    if not connection.credentials or before == vault.account_digest(connection.partner, linked.account):
        return None
    same = Connection.objects.filter(partner=connection.partner, account_digest=before, status=Status.OPEN)
    return None if same.exclude(id=connection.id).exists() else vault.open_credentials(connection)


def _let_go(partner: str, left: Credentials) -> None:
    """Say goodbye for an account that the member left for another. Nobody holds its tokens from now on."""
    try:
        registry.connector_of(partner).disconnect(left, deadline=Deadline.in_(SECONDS_TO_CONNECT))
    except PartnerTrouble as trouble:
        log.warning("account left not told", extra={"partner": partner, "reason": trouble.trouble})


def _fill(connection: Connection, linked: Linked) -> None:
    connection.account = vault.seal_account(connection.id, linked.account)
    connection.account_digest = vault.account_digest(connection.partner, linked.account)
    connection.credentials = vault.seal_credentials(connection.id, linked.credentials)
    connection.expires_at = linked.credentials.expires_at
    connection.granted = sorted(linked.granted)
    connection.refresh_lease_until = None


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
