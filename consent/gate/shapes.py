"""What the gate is asked, what is true at that moment, and what it answers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from consent.grants.facts import GrantFacts
from consent.manifests.shapes import Channel, Direction


class Reason(StrEnum):
    """Why nothing leaves (or that it may). A closed set; the words for each are in `reasons.py`."""

    PERMITTED = "permitted"
    WOMENS_HEALTH = "womens_health"
    UNKNOWN_DATA_TYPE = "unknown_data_type"
    UNKNOWN_PARTNER = "unknown_partner"
    PARTNER_SUSPENDED = "partner_suspended"
    FLOW_NOT_DECLARED = "flow_not_declared"
    NO_GRANT = "no_grant"
    GRANT_WITHDRAWN = "grant_withdrawn"
    GRANT_REVOKED = "grant_revoked"
    GRANT_EXPIRED = "grant_expired"
    NOTICE_OUTDATED = "notice_outdated"
    PARTNER_CHANGED = "partner_changed"
    TOGGLE_OFF = "toggle_off"
    DEVICE_PERMISSION_OFF = "device_permission_off"
    REGION_NOT_SERVED = "region_not_served"
    MEMBERSHIP_LAPSED = "membership_lapsed"
    SOURCE_NOT_ALLOWED = "source_not_allowed"
    NOT_CURRENT_DAY = "not_current_day"
    BEFORE_CONSENT = "before_consent"
    ORIGIN_NOT_ALLOWED = "origin_not_allowed"
    WOMENS_HEALTH_ENTRY = "womens_health_entry"
    NOTHING_TO_RELEASE = "nothing_to_release"
    ERROR = "error"  # something broke while deciding: nothing leaves (SR-5.1)


@dataclass(frozen=True, slots=True)
class Datum:
    """One document (or one row of a series) with its provenance. Never printed."""

    kind: str
    fields: Mapping[str, Any] = field(repr=False)
    origin: str = "ring"


@dataclass(frozen=True, slots=True)
class Request:
    """One flow of one partner, asked at one moment; `datum` None asks about the flow alone."""

    partner: str
    direction: Direction
    data_type: str
    at: datetime
    channel: Channel | None = None  # None = the flow's own
    datum: Datum | None = None

    @property
    def flow(self) -> str:
        return f"{self.direction}:{self.data_type}"


@dataclass(frozen=True, slots=True)
class MemberFacts:
    region: str = "US"
    timezone: str = "UTC"
    ring_generation: int = 4
    membership: str = "active"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that was true when the gate was asked, read in one transaction (SR-5.5)."""

    member: MemberFacts
    grant: GrantFacts | None
    partner_status: str = "active"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer. `fields` holds the projection when a datum was asked about and something may leave.

    `mask` says which fields a permit covers: bit n stands for the n-th of the flow's `kind.path`, sorted. `manifest` is
    the digest of a self-service partner's own manifest, "" for the partners in code, whose digest is the policy's.
    """

    permit: bool
    reason: Reason
    policy: str
    fields: Mapping[str, Any] | None = field(default=None, repr=False)
    mask: int = 0
    manifest: str = ""
