"""Writing a connection's acts into the log: references, counts and reasons, never a token, account or scope list."""

from datetime import datetime
from typing import Any
from uuid import UUID

from audit.log import services as log
from audit.log.events import Event
from consent.grants import selectors as grants
from integrations.connectors.models import Connection


def subject_of(member_id: UUID | None, partner: str) -> str:
    """Return the member's pseudonym for one partner; empty when the account is gone."""
    return grants.subject_of(member_id, partner) if member_id is not None else ""


def happened(kind: str, connection: Connection, *, actor: str, at: datetime, **facts: Any) -> UUID:
    """Append one event about a connection, in the caller's transaction, and return its id."""
    event = Event(
        kind=kind,
        actor=actor,
        subject=subject_of(connection.member_id, connection.partner),
        partner=connection.partner,
        facts={
            "connection": str(connection.id),
            "grant": str(connection.grant_ref),
            "epoch": connection.grant_epoch,
            **facts,
        },
        at=at,
    )
    log.append(event)
    return event.event_id
