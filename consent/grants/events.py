"""What consent writes into the log. References and choices; never a health value."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from audit.log.events import Event
from consent.grants.models import Grant, Notice


def notice_served(*, subject: str, notice: Notice, at: datetime) -> Event:
    return Event(
        kind="notice.served",
        actor="ringfence",
        subject=subject,
        partner=notice.partner,
        at=at,
        facts={"notice": notice.digest, "version": notice.version, "locale": notice.locale},
    )


def consent_refused(*, subject: str, notice: Notice, at: datetime) -> Event:
    return Event(
        kind="consent.refused",
        actor="member",
        subject=subject,
        partner=notice.partner,
        at=at,
        facts={"notice": notice.digest},
    )


def grant_changed(
    kind: str,
    *,
    grant: Grant,
    actor: str,
    subject: str,
    receipt: UUID,
    number: int,
    flows: Collection[str],
    on: Collection[str],
    at: datetime,
) -> Event:
    """One change of a grant. `flows` are those that it touched; `on` those that are on after it, none once it ended."""
    return Event(
        kind=kind,
        actor=actor,
        subject=subject,
        partner=grant.partner,
        types=tuple({flow.partition(":")[2] for flow in flows}),
        at=at,
        event_id=uuid4(),
        facts={
            "grant": str(grant.ref),
            "epoch": grant.epoch,
            "status": str(grant.status),
            "flows": sorted(flows),
            "on": sorted(on),
            "notice": grant.notice_id,
            "receipt": str(receipt),
            "receipt_number": number,
        },
    )
