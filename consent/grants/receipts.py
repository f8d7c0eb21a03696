"""What a receipt says, in the fields of ISO/IEC TS 27560:2023. Pure.

Each form of a receipt (page, JSON, JWS, FHIR), parsed alone, yields the same table of flows: `flows_of` reads it back.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from consent.grants.lifecycle import Status

SCHEMA = "ISO/IEC TS 27560:2023"


class Change(StrEnum):
    """What a receipt is for."""

    ALLOWED = "allowed"
    CHANGED = "changed"
    TURNED_ON = "turned_on"
    TURNED_OFF = "turned_off"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    EXPIRED = "expired"


def document(
    *,
    ref: UUID,
    number: int,
    change: Change,
    changed: Collection[str],
    at: datetime,
    subject: str,
    notice_digest: str,
    notice: Mapping[str, Any],
    grant_ref: UUID,
    status: str,
    granted_at: datetime,
    expires_at: datetime,
    history_from: str,
    on: Mapping[str, Collection[str]],
    controller: str,
) -> dict[str, Any]:
    """Return one receipt. `on` maps the flows switched on after the change to the fields their yes covers; under a
    grant that has ended none of them is on.

    `subject` is the member's pseudonym for this connection; no name and no address is in a receipt.
    """
    still_on = on if status == Status.ACTIVE else {}
    return {
        "record_metadata": {
            "schema_version": SCHEMA,
            "record_id": str(ref),
            "number": number,
            "pii_principal_id": subject,
            "issued_at": at.isoformat(),
        },
        "event": {"change": change.value, "flows": sorted(changed), "at": at.isoformat(), "status": status},
        "notice": {
            "digest": notice_digest,
            "language": notice["locale"],
            "retention": notice["retention"],
            "privacy_url": notice["privacy_url"],
        },
        "parties": [
            {"role": "controller", "name": controller},
            {
                "role": "recipient",
                "id": notice["partner"],
                "name": notice["legal_entity"],
                "country": notice["country"],
            },
        ],
        "consent": {
            "grant": str(grant_ref),
            "given_at": granted_at.isoformat(),
            "expires_at": expires_at.isoformat(),
            "history_from": history_from,
            "not_for": ["advertising", "sale"],
            "withdrawal": "Any page, at the top: Stop sharing. It takes effect at once.",
        },
        "flows": [_row(flow, still_on) for flow in notice["flows"]],
    }


def flows_of(receipt: Mapping[str, Any]) -> dict[str, tuple[bool, tuple[str, ...]]]:
    """Return the table of flows that a receipt holds: flow, whether it is on, and its fields."""
    return {row["flow"]: (row["on"], tuple(row["fields"])) for row in receipt["flows"]}


def _row(flow: Mapping[str, Any], on: Mapping[str, Collection[str]]) -> dict[str, Any]:
    is_on = flow["flow"] in on
    return {
        "flow": flow["flow"],
        "name": flow["name"],
        "purpose": flow["purpose"],
        "why": flow["why"],
        "on": is_on,
        "fields": sorted(on[flow["flow"]]) if is_on else [],
    }
